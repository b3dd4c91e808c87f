"""Spoilings of arrays, and of what is passed as one."""

from __future__ import annotations

import array
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import torch
from scipy import sparse

from .table import (
    FREE,
    REFUSE,
    SAME,
    cast,
    dates,
    each,
    masked,
    numbers,
    one,
    rebuilt,
    spoil,
    structured,
    values,
)


class Broken:
    """An array-like whose conversion fails."""

    shape, ndim, dtype = (24, 6, 2), 3, np.dtype(float)

    def __len__(self):
        return 24

    def __array__(self, *_, **__):
        raise RuntimeError("no memory for this")


class Endless:
    """Has no length, and an item for each index."""

    def __getitem__(self, index):
        return 0.0


DTYPES = {
    "dates": (REFUSE, dates),
    "dates_ns": (REFUSE, lambda v: rebuilt(dates(v), lambda a: a.astype("M8[ns]"))),
    "durations": (REFUSE, lambda v: rebuilt(dates(v), lambda a: a - a.min())),
    "date_objects": (REFUSE, each(lambda x: pd.Timestamp("2020") + pd.Timedelta(days=int(x)))),
    "words": (REFUSE, each(lambda x: "up" if x > 0 else "down")),
    "word_array": (
        REFUSE,
        lambda v: rebuilt(v, lambda a: np.where(np.asarray(a) > 0, "up", "down")),
    ),
    "numbers_as_text": (FREE, each(str)),
    "bytes": (REFUSE, each(lambda x: b"x")),
    "complex": (REFUSE, cast(complex)),
    "complex_objects": (REFUSE, each(lambda x: complex(x, 1))),
    "structured": (REFUSE, structured),
    "void": (REFUSE, lambda v: rebuilt(v, lambda a: np.zeros(np.shape(a), "V8"))),
    "objects": (SAME, cast(object)),
    "decimals": (SAME, each(Decimal)),
    "fractions": (SAME, each(Fraction)),
    "none_among_objects": (FREE, one(None)),
    "word_among_objects": (REFUSE, one("x")),
    "list_among_objects": (REFUSE, each(lambda x: [x])),
    "dict_among_objects": (REFUSE, each(lambda x: {"x": x})),
    "float16": (FREE, cast(np.float16)),
    "longdouble": (SAME, cast(np.longdouble)),
    "big_endian": (SAME, cast(">f8")),
    "int8": (FREE, cast(np.int8)),
    "uint64": (FREE, lambda v: rebuilt(v, lambda a: np.abs(np.asarray(a)).astype("u8"))),
    "bool": (FREE, lambda v: rebuilt(v, lambda a: np.asarray(a) > 0)),
    "inf": (REFUSE, one(np.inf)),
    "minus_inf": (REFUSE, one(-np.inf)),
    "huge": (FREE, one(1e300)),
    "huge_float32": (FREE, one(3e38)),
    "tiny": (FREE, one(5e-324)),
    "far_integer": (FREE, one(10**30)),
}
spoil("data", DTYPES)
spoil("sequences targets table frame step weights", nan=(REFUSE, one(np.nan)))
spoil("covariates", nan=(FREE, one(np.nan)))
spoil("observed", nan=(FREE, one(np.nan)), all_nan=(FREE, lambda v: v * np.nan))
spoil("series_fit", all_nan=(REFUSE, lambda v: v * np.nan))

NO_DATA = values(
    none=(REFUSE, None),
    number=(REFUSE, 3.0),
    text=(REFUSE, "abc"),
    raw=(REFUSE, b"abc"),
    dictionary=(REFUSE, {"a": 1}),
    a_set=(REFUSE, {1.0, 2.0}),
    ellipsis=(REFUSE, ...),
    an_object=(REFUSE, lambda: object()),
    a_class=(REFUSE, lambda: float),
    a_function=(REFUSE, lambda: len),
    endless=(REFUSE, Endless),
    a_slice=(REFUSE, slice(3)),
    empty_list=(REFUSE, []),
    empty_dict=(REFUSE, {}),
    broken=(REFUSE, Broken),
    missing=(REFUSE, pd.NA),
    not_a_time=(REFUSE, pd.NaT),
)
MADE_OF_DATA = {
    "generator": (REFUSE, lambda v: (x for x in numbers(v))),
    "iterator": (REFUSE, lambda v: iter(numbers(v))),
    "set_of_numbers": (REFUSE, lambda v: set(numbers(v).ravel().tolist())),
    "dict_of_numbers": (REFUSE, lambda v: dict(enumerate(numbers(v).ravel().tolist()))),
    "items": (REFUSE, lambda v: {"X": v}),
    "meta_tensor": (REFUSE, lambda v: torch.empty(np.shape(numbers(v)), device="meta")),
    "gradient": (FREE, lambda v: torch.tensor(numbers(v).astype(float), requires_grad=True)),
    "bfloat16": (FREE, lambda v: torch.tensor(numbers(v).astype(float)).bfloat16()),
    "sparse_tensor": (REFUSE, lambda v: torch.tensor(numbers(v).astype(float)).to_sparse()),
    "three_rows": (REFUSE, lambda v: (v, v, v)),
    "wrapped": (REFUSE, lambda v: np.array(v, dtype=object)[None, None, None, None]),
}
spoil("sequences targets table frame step", NO_DATA, MADE_OF_DATA)
spoil("weights", NO_DATA, MADE_OF_DATA, without="none number")  # a number is the weight of all
spoil("covariates", NO_DATA, MADE_OF_DATA, without="none")
spoil("series", NO_DATA, MADE_OF_DATA, without="none empty_list empty_dict")  # nothing to update
spoil("series_fit", NO_DATA)
spoil("ahead", NO_DATA)

ARRAYS = {
    "tensor": (SAME, lambda v: torch.tensor(numbers(v).reshape(np.shape(v)))),
    "masked": (REFUSE, masked),
    "nothing_masked": (SAME, lambda v: np.ma.array(np.asarray(v))),
    "memoryview": (SAME, lambda v: memoryview(np.ascontiguousarray(v))),
    "nested_lists": (SAME, lambda v: np.asarray(v).tolist()),
    "nested_tuples": (SAME, lambda v: tuple(np.asarray(v).tolist())),
    "fortran": (SAME, lambda v: np.asfortranarray(v)),
    "reversed_strides": (SAME, lambda v: np.asarray(v)[::-1].copy()[::-1]),
    "no_columns": (REFUSE, lambda v: np.asarray(v)[..., :0]),
    "scalar": (REFUSE, lambda v: np.float64(1)),
    "zero_dimensional": (REFUSE, lambda v: np.array(1.0)),
    "no_rows": (REFUSE, lambda v: np.asarray(v)[:0]),
    "recarray": (REFUSE, lambda v: structured(np.asarray(v)).view(np.recarray)),
    "five_axes": (REFUSE, lambda v: np.asarray(v).reshape(*np.shape(v), *[1] * (5 - np.ndim(v)))),
}
spoil("channels flat table steps", ARRAYS)
spoil(
    "flat table",
    csr=(REFUSE, lambda v: sparse.csr_matrix(np.asarray(v))),
    coo_array=(REFUSE, lambda v: sparse.coo_array(np.asarray(v))),
    matrix=(FREE, lambda v: np.asmatrix(v)),
    one_dimensional=(REFUSE, lambda v: np.asarray(v)[:, 0]),
    frame=(SAME, lambda v: pd.DataFrame(v)),
    frame_of_dates=(REFUSE, lambda v: pd.DataFrame(dates(v))),
    frame_of_words=(REFUSE, lambda v: pd.DataFrame(v).map(str).assign(w="x")),
    nullable=(SAME, lambda v: pd.DataFrame(v).astype("Float64")),
    nullable_missing=(
        REFUSE,
        lambda v: pd.DataFrame(v).astype("Float64").mask(pd.DataFrame(v) > 1),
    ),
    categories=(FREE, lambda v: pd.DataFrame(v).astype("category")),
    sparse_frame=(FREE, lambda v: pd.DataFrame(v).astype(pd.SparseDtype(float))),
    same_column_names=(FREE, lambda v: pd.DataFrame(v).set_axis(["c"] * np.shape(v)[1], axis=1)),
    column_levels=(
        FREE,
        lambda v: pd.DataFrame(v).set_axis(
            pd.MultiIndex.from_product([["a"], range(np.shape(v)[1])]), axis=1
        ),
    ),
    mixed_column_names=(FREE, lambda v: pd.DataFrame(v).rename(columns={0: "a"})),
    buffer=(REFUSE, lambda v: array.array("d", np.ravel(v))),
)
spoil("rows", fewer_rows=(REFUSE, lambda v: v[:-1]), more_rows=(REFUSE, lambda v: doubled(v)))
spoil("later", other_width=(REFUSE, lambda v: wider(v)))
spoil(
    "frame",
    reversed_columns=(REFUSE, lambda v: v[v.columns[::-1]]),
    no_names=(FREE, lambda v: v.to_numpy()),
)
spoil(
    "list",
    one_empty=(REFUSE, lambda v: [*v[:-1], v[-1][:0]]),
    one_none=(REFUSE, lambda v: [*v[:-1], None]),
    one_word=(REFUSE, lambda v: [*v[:-1], "abc"]),
    one_number=(REFUSE, lambda v: [*v[:-1], 1.0]),
    one_wider=(REFUSE, lambda v: [*v[:-1], wider(v[-1])]),
    one_of_words=(REFUSE, lambda v: [*v[:-1], [["a", "b"]]]),
    one_of_dates=(REFUSE, lambda v: [*v[:-1], dates(v[-1])]),
    one_complex=(REFUSE, lambda v: [*v[:-1], v[-1].astype(complex)]),
    one_nan=(REFUSE, lambda v: [*v[:-1], v[-1] * np.nan]),
    one_ragged=(REFUSE, lambda v: [*v[:-1], [[1.0], [1.0, 2.0]]]),
    one_dict=(REFUSE, lambda v: [*v[:-1], {"a": 1}]),
    one_meta=(REFUSE, lambda v: [*v[:-1], torch.empty(3, 2, device="meta")]),
    one_gradient=(FREE, lambda v: [*v[:-1], torch.tensor(v[-1], requires_grad=True)]),
    one_masked=(REFUSE, lambda v: [*v[:-1], masked(v[-1])]),
    first_none=(REFUSE, lambda v: [None, *v[1:]]),
    first_word=(REFUSE, lambda v: ["abc", *v[1:]]),
    frames=(SAME, lambda v: [pd.DataFrame(x) for x in v]),
    a_series=(SAME, lambda v: pd.Series(v)),
    structured_items=(REFUSE, lambda v: [structured(x) for x in v]),
    deeper=(REFUSE, lambda v: [[x] for x in v]),
)


def doubled(value: Any) -> Any:
    if isinstance(value, list):
        return [*value, *value]
    return pd.concat([value, value]) if hasattr(value, "iloc") else np.concatenate([value, value])


def wider(value: Any) -> Any:
    """Return an array with more columns, one axis longer if it had one."""
    if isinstance(value, list):
        return [wider(part) for part in value]
    if isinstance(value, pd.DataFrame):
        return value.assign(another=1.0)
    return np.concatenate([value] * 3, axis=-1)
