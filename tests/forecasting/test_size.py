"""Long series and many series."""

import tracemalloc

import numpy as np
import pandas as pd
from forecasting.series import BARE, quick

MEGABYTE = 2**20


def peak_of(call):
    """Return the result of a call and the most memory that it held beyond what it found."""
    tracemalloc.start()
    try:
        result = call()
        return result, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_of_a_long_series():
    """200,000 windows of 500 steps would be 800 MB."""
    n = 200_000
    rng = np.random.default_rng(0)
    y = pd.Series(rng.normal(size=n).cumsum(), index=pd.date_range("2001", periods=n, freq="min"))
    forecaster = quick(window_length=500, max_epochs=1, hidden_size=1, **BARE)
    _, peak = peak_of(lambda: forecaster.fit(y, fh=[1, 2, 3]))
    assert peak < 100 * MEGABYTE
    # Looking back over many origins goes piece by piece, too.
    prediction, peak = peak_of(lambda: forecaster.predict(np.arange(-9_999, 1)))
    assert len(prediction) == 10_000
    assert peak < 150 * MEGABYTE


def test_series_that_all_end_at_different_times():
    lengths = np.random.default_rng(0).permutation(np.arange(20, 320))
    y = pd.concat({i: pd.DataFrame({"y": np.sin(np.arange(n))}) for i, n in enumerate(lengths)})
    forecaster = quick(max_epochs=1)
    prediction = forecaster.fit(y, fh=[1, 2]).predict()
    assert list(prediction.index.get_level_values(1)[::2]) == list(lengths)
