"""Growth of errors with the distance, measured on series whose growth is known."""

import numpy as np
import pytest

from skrnn.baselines import Level
from skrnn.forecasting.engine.growth import growth_exponent
from skrnn.forecasting.engine.origins import origins_between
from skrnn.series import Normalizer, Panel, WindowSpec

NOISE = np.random.default_rng(0).normal(size=(2000, 20))
CYCLE = 5 * np.sin(np.arange(2000) * np.pi / 6)[:, None]


def exponent(*columns, n_steps=6):
    """Return the exponents of a panel; each target has its series one after the other."""
    length, n_series = columns[0].shape
    y = np.stack([column.T.ravel() for column in columns], axis=1)
    panel = Panel(y, np.arange(n_series + 1) * length, np.empty((len(y), 0)))
    spec = WindowSpec(100, 1, n_steps, 12, Level())
    origins = origins_between(np.full(n_series, 24), panel.lengths)
    return growth_exponent(panel, Normalizer(panel, 12), origins, spec, n_steps)


def test_of_each_target():
    walk, seasonal = exponent(NOISE.cumsum(axis=0), NOISE + CYCLE)
    assert walk == pytest.approx(0.5, abs=0.03)
    assert seasonal == pytest.approx(0.0, abs=0.06)


def test_is_never_faster_than_a_random_walk():
    assert exponent(NOISE.cumsum(axis=0).cumsum(axis=0)) == 0.5


@pytest.mark.parametrize("length", [20, 61, 100])
def test_short_series_tell_little(length):
    assert exponent(NOISE[:length, :1] + CYCLE[:length]) > 0.35


def test_constant_and_missing_values():
    assert exponent(np.ones((300, 2))) == 0.5
    assert exponent(np.where(NOISE[:300, :2] < 9, np.nan, 1.0)) == 0.5
