"""Spoilings of targets, labels, weights and states."""

from __future__ import annotations

import numpy as np
import pandas as pd
import torch
from scipy import sparse

from .arrays import NO_DATA
from .table import FREE, REFUSE, SAME, dates, each, masked, one, spoil, structured, values

spoil(
    "labels",
    NO_DATA,
    numbers=(REFUSE, lambda v: np.linspace(0, 1, len(v))),
    label_nan=(REFUSE, lambda v: np.where(np.arange(len(v)) > 2, np.nan, 1.0)),
    label_none=(REFUSE, lambda v: np.where(np.arange(len(v)) > 2, None, "up")),
    label_na=(REFUSE, lambda v: pd.Series(v, dtype="string").mask(np.arange(len(v)) == 1)),
    mixed_labels=(REFUSE, lambda v: np.array([1, "up"] * len(v), dtype=object)[: len(v)]),
    label_objects=(REFUSE, lambda v: np.array([object() for _ in v])),
    label_sets=(REFUSE, lambda v: [{x} for x in v]),
    label_dicts=(REFUSE, lambda v: [{"a": x} for x in v]),
    label_complex=(REFUSE, lambda v: np.arange(len(v)) * 1j),
    label_structured=(REFUSE, lambda v: structured(np.arange(len(v)) % 2)),
    nested_labels=(REFUSE, lambda v: [[x] * (1 + i % 2) for i, x in enumerate(v)]),
    two_columns=(REFUSE, lambda v: np.stack([v, v], axis=1)),
    label_generator=(REFUSE, lambda v: (x for x in v)),
    label_dates=(FREE, lambda v: pd.to_datetime(np.where(v == v[0], "2020", "2021"))),
    label_series=(SAME, lambda v: pd.Series(v, index=range(9, 9 + len(v)))),
    label_categories=(SAME, lambda v: pd.Categorical(v)),
    label_string_dtype=(SAME, lambda v: pd.Series(v, dtype="string")),
    label_bytes=(FREE, lambda v: np.asarray(v).astype("S")),
    label_meta=(REFUSE, lambda v: torch.empty(len(v), device="meta")),
    label_masked=(
        REFUSE,
        lambda v: np.ma.array(np.arange(len(v)) % 2, mask=np.arange(len(v)) == 0),
    ),
)
spoil("known", unknown_label=(REFUSE, lambda v: np.where(np.arange(len(v)) == 0, "other", v)))
spoil(
    "targets",
    target_masked=(REFUSE, masked),
    list_among_objects=(FREE, each(lambda x: [x])),
    target_series=(SAME, lambda v: pd.Series(list(v), index=range(9, 9 + len(v)))),
    target_column=(FREE, lambda v: np.asarray(v)[:, None]),
    target_four_axes=(REFUSE, lambda v: np.asarray(v).reshape(len(v), -1, 1, 1, 1)),
    target_csr=(REFUSE, lambda v: sparse.csr_matrix(np.asarray(v).reshape(len(v), -1))),
    target_object_rows=(REFUSE, lambda v: np.array([{}] * len(v), dtype=object)),
    target_tensor=(SAME, lambda v: torch.tensor(np.asarray(v))),
)
spoil(
    "steps",
    step_missing=(REFUSE, lambda v: v[:, 1:]),
    no_steps=(REFUSE, lambda v: v[:, :0]),
    list_of_steps=(SAME, lambda v: list(v)),
    one_short=(FREE, lambda v: [*v[:-1], v[-1][:-1]]),
)
spoil(
    "weights",
    negative=(REFUSE, one(-1.0)),
    all_zero=(REFUSE, lambda v: v * 0),
    weight_matrix=(REFUSE, lambda v: np.stack([v, v], axis=1)),
    weight_short=(REFUSE, lambda v: v[:-1]),
    weight_text=(REFUSE, lambda _: "balanced"),
    weight_negative_scalar=(REFUSE, lambda _: -2.0),
    weight_nan_scalar=(REFUSE, lambda _: np.nan),
    weight_true=(FREE, lambda _: True),
    weight_series=(SAME, lambda v: pd.Series(v, index=[0] * len(v))),
    weight_masked=(REFUSE, masked),
)
spoil(
    "classes",
    NO_DATA,
    class_missing=(REFUSE, lambda v: v[:1]),
    class_twice=(FREE, lambda v: [*v, *v]),
    class_nested=(REFUSE, lambda v: [list(v)]),
    class_nan=(REFUSE, lambda _: [np.nan, 1.0]),
    class_none=(REFUSE, lambda v: [*v, None]),
    class_mixed=(FREE, lambda v: [*v, 3]),
    class_generator=(REFUSE, lambda v: (x for x in v)),
    without="none",
)
spoil(
    "state",
    values(
        number=(REFUSE, 1.0),
        text=(REFUSE, "abc"),
        dictionary=(REFUSE, {"h": 1}),
        an_object=(REFUSE, lambda: object()),
    ),
    float64=(SAME, lambda v: tuple(p.astype(np.float64) for p in v)),
    float16_state=(FREE, lambda v: tuple(p.astype(np.float16) for p in v)),
    integers=(FREE, lambda v: tuple(np.asarray(p).astype(int) for p in v)),
    numbers_as_text=(FREE, lambda v: tuple(p.astype(str) for p in v)),
    complex_state=(REFUSE, lambda v: tuple(p.astype(complex) for p in v)),
    nan_state=(REFUSE, lambda v: tuple(p * np.nan for p in v)),
    inf_state=(REFUSE, lambda v: tuple(p + np.inf for p in v)),
    tensors=(SAME, lambda v: tuple(torch.tensor(p) for p in v)),
    meta_state=(REFUSE, lambda v: tuple(torch.empty(p.shape, device="meta") for p in v)),
    lists=(SAME, lambda v: [p.tolist() for p in v]),
    reversed_order=(FREE, lambda v: v[::-1]),
    too_many=(REFUSE, lambda v: (*v, v[0])),
    too_few=(REFUSE, lambda v: v[:-1]),
    none_within=(REFUSE, lambda v: (None, *v[1:])),
    other_rows=(REFUSE, lambda v: tuple(p[:2] for p in v)),
    other_width=(REFUSE, lambda v: tuple(np.concatenate([p, p], axis=-1) for p in v)),
    flat_state=(REFUSE, lambda v: tuple(p.ravel() for p in v)),
    bare=(FREE, lambda v: v[0]),
    date_state=(REFUSE, lambda v: tuple(dates(p) for p in v)),
    object_state=(FREE, lambda v: tuple(p.astype(object) for p in v)),
    fortran_state=(SAME, lambda v: tuple(np.asfortranarray(p) for p in v)),
)
