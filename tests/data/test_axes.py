"""Which arrays look as if their axes were in another order."""

import numpy as np
import pytest
from scipy.signal import lfilter

from skrnn.data.axes import looks_transposed

RNG = np.random.default_rng(0)
SERIES = {
    "noise": RNG.normal(size=(50, 80, 2)),
    "random walks": RNG.normal(size=(50, 30, 6)).cumsum(axis=1),
    "one channel": RNG.normal(size=(30, 40, 1)).cumsum(axis=1),
    "autoregression": lfilter([1], [1, -0.7], RNG.normal(size=(50, 40, 6)), axis=1),
    "channels of other units": RNG.normal(size=(50, 100, 3)).cumsum(axis=1) * [1, 50, 9]
    + [0, 9, 5],
    "common season": np.sin(np.arange(48) / 4)[:, None] + 0.3 * RNG.normal(size=(50, 48, 3)),
    "large": 1e300 * RNG.normal(size=(20, 30, 2)),
}
WIDE = {
    "features of other units": RNG.normal(size=(200, 3, 40)) * np.exp(RNG.normal(size=40)),
    "features of other levels": RNG.normal(size=(200, 1, 20)) + RNG.normal(size=20),
    "embeddings": RNG.normal(size=(100, 20, 300)) + 0.3 * RNG.normal(size=300),
    "standardised walks": RNG.normal(size=(200, 5, 64)).cumsum(axis=1) / np.arange(1, 6)[:, None],
    "categories": np.eye(27)[RNG.choice(27, size=(100, 2), p=np.arange(27) / 351)],
    "spectra": RNG.normal(size=(50, 20, 1)).cumsum(axis=1) * np.exp(-np.linspace(0, 3, 64)),
    "a few more channels than steps": RNG.normal(size=(50, 6, 20)),
    "constant": np.ones((20, 2, 30)),
}


@pytest.mark.parametrize("x", SERIES.values(), ids=SERIES)
def test_series(x):
    assert not looks_transposed(x)
    assert looks_transposed(np.swapaxes(x, 1, 2))


@pytest.mark.parametrize("x", WIDE.values(), ids=WIDE)
def test_wide_sequences(x):
    assert not looks_transposed(x)
