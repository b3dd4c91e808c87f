"""The windows of a splitter."""

import numpy as np
import pandas as pd
import pytest

from skrnn.forecasting.frames.cutoffs import SplitWindows
from skrnn.forecasting.frames.index import SeriesIndex

INDEX = SeriesIndex(pd.RangeIndex(12), np.array([0, 12]))


@pytest.mark.parametrize(
    ("windows", "expected"),
    [
        ([range(5), range(2, 7)], True),
        ([range(5), range(7)], True),
        ([range(3, 7), range(2, 9)], False),  # starts earlier, although it ends later
        ([range(3, 7), range(4, 6)], False),
        ([range(5), range(0, 7, 2)], False),
    ],
    ids=["sliding", "expanding", "earlier start", "earlier end", "gaps"],
)
def test_windows_that_move_forward(windows, expected):
    assert SplitWindows([np.array(rows) for rows in windows], INDEX).move_forward() == expected
