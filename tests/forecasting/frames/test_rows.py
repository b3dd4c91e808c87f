"""Ordering and merging of the rows of frames."""

import pandas as pd
import pytest

from skrnn.forecasting.frames.rows import merge_rows


def frame(rows):
    return pd.DataFrame({"y": rows.values()}, index=pd.Index(rows))


@pytest.mark.parametrize(
    "new",
    [{3: 9.0, 4: 5.0}, {2: 9.0}, {1: 9.0, 3: 8.0}, {4: 5.0, 2: 9.0}],
    ids=["end", "middle", "several", "any order"],
)
def test_new_values_replace_old_ones(new):
    old = {1: 1.0, 2: 2.0, 3: 3.0}
    merged = merge_rows(frame(old), frame(new), "y")
    assert merged["y"].to_dict() == {**old, **new}
    assert merged.index.is_monotonic_increasing


def test_each_series_has_its_own_rows():
    old, new = pd.concat({"b": frame({1: 1.0, 2: 2.0}), "a": frame({1: 3.0})}), {2: 9.0, 3: 8.0}
    merged = merge_rows(old, pd.concat({"b": frame(new)}), "y")["y"]
    expected = {("b", 1): 1.0, ("b", 2): 9.0, ("b", 3): 8.0, ("a", 1): 3.0}
    assert list(merged.items()) == list(expected.items())
