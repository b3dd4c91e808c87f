"""Spoilings of series and covariates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from .arrays import DTYPES
from .table import FREE, REFUSE, SAME, spoil


def index_of(value: Any, convert: Callable[[Any], Any]) -> Any:
    """Return a frame with other times."""
    times = convert(value.index.get_level_values(-1))
    if isinstance(value.index, pd.MultiIndex):
        times = pd.MultiIndex.from_arrays(
            [value.index.get_level_values(0), times], names=value.index.names
        )
    return value.set_axis(times, axis=0)


def columns_of(value: Any, convert: Callable[[list], Any]) -> Any:
    frame = value.to_frame() if isinstance(value, pd.Series) else value
    return frame.set_axis(convert(list(frame.columns)), axis=1)


FRAMES = {
    "unsorted": (REFUSE, lambda v: v.iloc[[1, 0, *range(2, len(v))]]),
    "falling": (REFUSE, lambda v: v.iloc[::-1]),
    "time_twice": (REFUSE, lambda v: v.iloc[[0, 0, *range(1, len(v))]]),
    "all_at_once": (REFUSE, lambda v: v.iloc[[0] * len(v)]),
    "times_as_text": (
        REFUSE,
        lambda v: index_of(v, lambda t: pd.Index([f"t{i}" for i in range(len(t))])),
    ),
    "times_as_floats": (REFUSE, lambda v: index_of(v, lambda t: pd.Index(np.arange(len(t)) + 0.5))),
    "times_as_objects": (REFUSE, lambda v: index_of(v, lambda t: pd.Index([object() for _ in t]))),
    "times_missing": (REFUSE, lambda v: index_of(v, lambda t: pd.DatetimeIndex([pd.NaT] * len(t)))),
    "times_of_bools": (
        REFUSE,
        lambda v: index_of(v, lambda t: pd.Index([True, False] * len(t))[: len(t)]),
    ),
    "times_of_intervals": (REFUSE, lambda v: index_of(v, lambda t: pd.interval_range(0, len(t)))),
    "categorical_times": (
        REFUSE,
        lambda v: index_of(v, lambda t: pd.CategoricalIndex(range(len(t)))),
    ),
    "complex_times": (REFUSE, lambda v: index_of(v, lambda t: pd.Index(np.arange(len(t)) * 1j))),
    "no_columns": (REFUSE, lambda v: pd.DataFrame(index=v.index)),
    "same_names": (REFUSE, lambda v: pd.concat([columns_of(v, list)] * 2, axis=1)),
    "column_levels": (
        FREE,
        lambda v: columns_of(v, lambda c: pd.MultiIndex.from_product([["a"], c])),
    ),
    "nan_name": (FREE, lambda v: columns_of(v, lambda c: [np.nan, *c[1:]])),
    "category": (REFUSE, lambda v: v.astype("category")),
    "string_dtype": (REFUSE, lambda v: v.astype("string") + "x"),
    "nullable": (SAME, lambda v: v.astype("Float64")),
    "sparse": (FREE, lambda v: v.astype(pd.SparseDtype(float))),
    "of_lists": (REFUSE, lambda v: v.map(lambda x: [x])),
    "of_frames": (REFUSE, lambda v: v.map(lambda x: pd.Series([x]))),
    "nested_dict": (REFUSE, lambda v: {"y": v}),
    "list_of_it": (FREE, lambda v: [v]),
    "more_levels": (FREE, lambda v: pd.concat({"a": v})),
    "times_as_column": (REFUSE, lambda v: v.reset_index().assign(time=pd.Timestamp("2020"))),
    "groupby": (REFUSE, lambda v: v.groupby(level=0)),
    "gap": (REFUSE, lambda v: v.drop(v.index[1])),
    "plain_array": (FREE, lambda v: v.to_numpy()),
    "cube": (FREE, lambda v: np.zeros((2, 3, 4))),
}
spoil("series covariates", FRAMES)
# Covariates may be labels.
labels = ("words", "word_array", "word_among_objects", "bytes", "structured")
spoil("covariates", {name: (FREE, DTYPES[name][1]) for name in labels})
spoil("covariates", {name: (FREE, FRAMES[name][1]) for name in ("category", "string_dtype")})
# Rows of covariates may be left out or stand in another order.
loose = ("unsorted", "falling", "time_twice", "same_names", "gap")
spoil("covariates", {name: (FREE, FRAMES[name][1]) for name in loose})
spoil("actual all", gap=(FREE, FRAMES["gap"][1]))  # other rows are known, or not needed
spoil("series_fit all", no_rows=(REFUSE, lambda v: v.iloc[:0]))
spoil(
    "series",
    other_frequency=(
        FREE,
        lambda v: index_of(v, lambda t: pd.period_range("2020", periods=len(t), freq="W")),
    ),
    dates_of_another_kind=(
        FREE,
        lambda v: index_of(v, lambda t: pd.date_range("2020", periods=len(t), tz="Asia/Tokyo")),
    ),
    one_row=(FREE, lambda v: v.iloc[:1]),
    renamed=(FREE, lambda v: columns_of(v, lambda c: [f"new_{i}" for i in range(len(c))])),
    another_column=(FREE, lambda v: columns_of(v, list).assign(another=1.0)),
)
spoil(
    "ahead",
    column_missing=(REFUSE, lambda v: v[["p"]]),
    column_renamed=(REFUSE, lambda v: v.rename(columns={"p": "r"})),
    column_unknown=(REFUSE, lambda v: v.assign(r=1.0)),
    order_of_columns=(SAME, lambda v: v[["q", "p"]]),
    numbered_columns=(REFUSE, lambda v: v.set_axis([0, 1], axis=1)),
    row_missing=(REFUSE, lambda v: v.iloc[1:]),
    no_rows=(REFUSE, lambda v: v.iloc[:0]),
    earlier=(
        REFUSE,
        lambda v: index_of(
            v, lambda t: t - 1000 if t.dtype.kind != "M" else t - pd.Timedelta(days=1000)
        ),
    ),
    as_series=(REFUSE, lambda v: v["p"]),
)
