"""Spoilings of horizons, levels, cutoffs and plain arguments."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import torch
from sklearn.model_selection import KFold, TimeSeriesSplit
from sktime.forecasting.base import ForecastingHorizon
from sktime.split import ExpandingWindowSplitter, SingleWindowSplitter

from .table import FREE, REFUSE, spoil, values

spoil(
    "fh",
    values(
        empty=(REFUSE, []),
        floats=(REFUSE, [1.5, 2.5]),
        whole_floats=(FREE, [1.0, 2.0]),
        float_array=(REFUSE, np.array([0.5, 1.5])),
        one_float=(REFUSE, 1.5),
        text=(REFUSE, "3"),
        texts=(REFUSE, ["1", "2"]),
        none_within=(REFUSE, [1, None]),
        nan_within=(REFUSE, [1, np.nan]),
        nested=(REFUSE, [[1, 2]]),
        matrix=(REFUSE, np.array([[1, 2], [3, 4]])),
        twice=(REFUSE, [1, 1, 2]),
        true=(REFUSE, True),
        bools=(REFUSE, [True, False]),
        a_set=(FREE, {1, 2}),
        dictionary=(REFUSE, {1: 2}),
        generator=(REFUSE, lambda: (i for i in (1, 2))),
        complex=(REFUSE, 2 + 1j),
        decimals=(FREE, [Decimal(1), Decimal(2)]),
        tensor=(FREE, torch.tensor([1, 2])),
        meta=(REFUSE, torch.empty(2, device="meta")),
        numpy_integer=(FREE, np.int64(2)),
        unsigned=(FREE, np.array([1, 2], dtype="u1")),
        a_range=(FREE, range(1, 3)),
        empty_range=(REFUSE, range(0)),
        zero=(FREE, 0),
        past=(FREE, [-3, -2]),
        long_past=(REFUSE, [-1000]),
        ancient=(REFUSE, [-(10**12)]),
        far=(FREE, [1, 40]),
        very_far=(FREE, [10**7]),
        far_away=(FREE, 10**9),
        beyond=(REFUSE, [10**30]),
        int64_end=(FREE, [2**63 - 1]),
        absolute_integers=(FREE, ForecastingHorizon([1, 2], is_relative=False)),
        far_integers=(FREE, ForecastingHorizon([40, 41], is_relative=False)),
        years=(REFUSE, pd.period_range("2003", periods=2, freq="Y")),
        weeks=(REFUSE, pd.period_range("2003", periods=2, freq="W")),
        dates=(FREE, pd.date_range("2004-03-01", periods=2)),
        zoned=(REFUSE, pd.date_range("2004-03-01", periods=2, tz="Asia/Tokyo")),
        not_times=(REFUSE, pd.DatetimeIndex([pd.NaT, pd.NaT])),
        not_periods=(REFUSE, pd.PeriodIndex(["NaT", "2003-01"], freq="M")),
        duration=(FREE, pd.Timedelta(days=31)),
        durations=(FREE, pd.to_timedelta([1, 2], unit="D")),
        odd_durations=(REFUSE, pd.to_timedelta([1, 2], unit="s")),
        offset=(FREE, pd.offsets.MonthEnd(2)),
        other_offset=(REFUSE, pd.offsets.Minute(1)),
        words_index=(REFUSE, pd.Index(["a", "b"])),
        float_index=(REFUSE, pd.Index([0.5, 1.5])),
        levels=(REFUSE, pd.MultiIndex.from_product([[1], [2, 3]])),
        intervals=(REFUSE, pd.interval_range(1, 3)),
        categories=(REFUSE, pd.CategoricalIndex([1, 2])),
        a_timestamp=(FREE, pd.Timestamp("2004-03-01")),
        a_period=(FREE, pd.Period("2004-03", "M")),
        a_series=(FREE, pd.Series([1, 2])),
        a_frame=(REFUSE, pd.DataFrame({"a": [1, 2]})),
        a_class=(REFUSE, lambda: float),
        horizon_of_years=(
            REFUSE,
            lambda: ForecastingHorizon(
                pd.period_range("2003", periods=2, freq="Y"), is_relative=False
            ),
        ),
        horizon_with_freq=(FREE, lambda: ForecastingHorizon([1, 2], freq="W")),
        periods_1900=(REFUSE, pd.period_range("1900", periods=2, freq="M")),
        date_1700=(REFUSE, pd.DatetimeIndex(["1700-01-01"])),
    ),
)
spoil(
    "level",
    values(
        zero=(REFUSE, 0.0),
        one=(REFUSE, 1.0),
        integer_one=(REFUSE, 1),
        integer_zero=(REFUSE, [0]),
        negative=(REFUSE, -0.1),
        percent=(REFUSE, 90),
        above=(REFUSE, [0.5, 1.5]),
        nan=(REFUSE, np.nan),
        inf=(REFUSE, [np.inf]),
        text=(REFUSE, "0.9"),
        texts=(REFUSE, ["0.9"]),
        empty=(REFUSE, []),
        empty_tuple=(REFUSE, ()),
        empty_array=(REFUSE, np.array([])),
        twice=(REFUSE, [0.5, 0.5]),
        true=(REFUSE, True),
        bools=(REFUSE, [True]),
        none_within=(REFUSE, [0.5, None]),
        nested=(REFUSE, [[0.5]]),
        matrix=(REFUSE, np.array([[0.5, 0.9]])),
        dictionary=(REFUSE, {0.5: 1}),
        a_set=(FREE, {0.5}),
        a_tuple=(FREE, (0.5, 0.9)),
        an_array=(FREE, np.array([0.5, 0.9])),
        a_series=(FREE, pd.Series([0.5, 0.9], index=[3, 3])),
        numpy_float=(FREE, np.float64(0.9)),
        float32=(FREE, np.float32(0.9)),
        float32s=(FREE, [np.float32(0.9)]),
        half=(FREE, np.float16(0.5)),
        nearly_one=(FREE, 1 - 1e-16),
        nearly_one_too=(FREE, [0.5, 1 - 2**-53]),
        tiny=(FREE, 5e-324),
        small=(FREE, [1e-300]),
        complex=(REFUSE, 0.5 + 0j),
        decimal=(FREE, Decimal("0.9")),
        decimals=(FREE, [Decimal("0.5")]),
        fraction=(FREE, Fraction(1, 2)),
        tensor=(FREE, torch.tensor(0.5)),
        tensors=(FREE, torch.tensor([0.5, 0.9])),
        meta=(REFUSE, torch.empty(1, device="meta")),
        generator=(REFUSE, lambda: (x for x in [0.5])),
        missing=(REFUSE, pd.NA),
        a_date=(REFUSE, pd.Timestamp("2020")),
        an_object=(REFUSE, lambda: object()),
    ),
)
spoil(
    "cutoffs",
    values(
        empty=(REFUSE, []),
        number=(REFUSE, 3),
        text=(REFUSE, "2003"),
        true=(REFUSE, True),
        texts=(REFUSE, ["a"]),
        floats=(REFUSE, [0.5]),
        none_within=(REFUSE, [None]),
        not_a_time=(REFUSE, [pd.NaT]),
        nested=(REFUSE, [[1, 2], [3, 4]]),
        matrix=(REFUSE, np.array([[1, 2]])),
        dictionary=(REFUSE, {"a": 1}),
        ragged=(REFUSE, [[1], [2, 3]]),
        objects=(REFUSE, lambda: [object()]),
        sklearn=(REFUSE, TimeSeriesSplit(2)),
        shuffled=(REFUSE, KFold(2)),
        years=(REFUSE, pd.period_range("2003", periods=2, freq="Y")),
        zoned=(REFUSE, pd.date_range("2001-04", periods=2, tz="Asia/Tokyo")),
        far=(REFUSE, pd.period_range("2099", periods=2, freq="M")),
        levels=(REFUSE, pd.MultiIndex.from_product([[1], [2]])),
        intervals=(REFUSE, pd.interval_range(1, 3)),
        meta=(REFUSE, torch.empty(2, device="meta")),
        a_class=(REFUSE, lambda: ExpandingWindowSplitter),
    ),
    twice=(FREE, lambda v: [*v, *v]),
    a_set=(FREE, lambda v: set(v)),
    generator=(FREE, lambda v: (x for x in v)),
    reversed=(FREE, lambda v: v[::-1]),
)
SPLITTERS = values(
    a_class=(REFUSE, lambda: ExpandingWindowSplitter),
    sklearn=(REFUSE, TimeSeriesSplit(2)),
    text=(REFUSE, "expanding"),
    number=(REFUSE, 3),
    no_window=(REFUSE, lambda: ExpandingWindowSplitter(initial_window=10**6, fh=[1])),
    negative=(REFUSE, lambda: ExpandingWindowSplitter(initial_window=-3, fh=[1])),
    no_step=(REFUSE, lambda: ExpandingWindowSplitter(initial_window=3, fh=[1], step_length=0)),
    empty_fh=(REFUSE, lambda: ExpandingWindowSplitter(initial_window=3, fh=[])),
    single=(FREE, lambda: SingleWindowSplitter(fh=[1, 2], window_length=3)),
)
spoil("splitter", SPLITTERS)

# -- other arguments -----------------------------------------------------------------------------

spoil(
    "flag",
    values(
        text=(REFUSE, "no"),
        two=(REFUSE, 2),
        a_list=(REFUSE, []),
        nan=(REFUSE, np.nan),
        an_array=(REFUSE, np.array([True, False])),
        missing=(REFUSE, pd.NA),
        numpy_bool=(FREE, np.True_),
        an_object=(REFUSE, lambda: object()),
    ),
)
COUNTS = values(
    zero=(REFUSE, 0),
    negative=(REFUSE, -3),
    half=(REFUSE, 2.5),
    true=(REFUSE, True),
    numpy_true=(REFUSE, np.True_),
    text=(REFUSE, "3"),
    nan=(REFUSE, np.nan),
    inf=(REFUSE, np.inf),
    a_list=(REFUSE, [3]),
    array=(REFUSE, np.array([3])),
    complex=(REFUSE, 3 + 0j),
    decimal=(REFUSE, Decimal(3)),
    missing=(REFUSE, pd.NA),
    numpy_integer=(FREE, np.int16(3)),
    beyond_int64=(REFUSE, 10**30),
    an_object=(REFUSE, lambda: object()),
)
spoil("count", COUNTS)
spoil("step_number", COUNTS, without="zero negative")
spoil(
    "choice",
    values(
        unknown=(REFUSE, "unknown"),
        none=(REFUSE, None),
        number=(REFUSE, 1),
        a_list=(REFUSE, ["r2"]),
        raw=(REFUSE, b"r2"),
        true=(REFUSE, True),
        an_object=(REFUSE, lambda: object()),
        dictionary=(REFUSE, {}),
    ),
)
spoil(
    "seed",
    values(
        text=(REFUSE, "a"),
        negative=(REFUSE, -1),
        half=(REFUSE, 1.5),
        far=(REFUSE, 10**30),
        true=(FREE, True),
        a_list=(REFUSE, [1]),
        nan=(REFUSE, np.nan),
        generator=(REFUSE, lambda: np.random.default_rng(0)),
        an_object=(REFUSE, lambda: object()),
    ),
)
spoil(
    "parameter_name",
    values(
        unknown=(REFUSE, "hiden_size"),
        unknown_nested=(REFUSE, "trainer__clipnorm"),
        nested_in_number=(REFUSE, "learning_rate__x"),
        private=(REFUSE, "_state"),
        empty=(REFUSE, ""),
        fitted=(REFUSE, "module_"),
        method=(REFUSE, "fit"),
    ),
)
