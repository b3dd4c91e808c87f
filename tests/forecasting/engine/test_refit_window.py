"""The last training on the newest steps only."""

import numpy as np
import pandas as pd
import pytest
from forecasting.series import (
    one_forecaster,
    panel,
    quick,
    seasonal,
    set_correction_weight,
    weights,
)
from series.panels import random_panel

from skrnn import Examples
from skrnn.baselines import SeasonalNaive
from skrnn.forecasting import LSTMForecaster
from skrnn.forecasting.engine.training_examples import OriginSelection, all_examples
from skrnn.series import Normalizer, WindowSpec

FH = [1, 2, 3]
# With z-scores and no baseline nothing but the examples tells a network of the order of old values.
PLAIN = {"normalization": "standard", "baseline": None, "transform": None, "sp": 1}
PLAIN |= {"window_length": 5, "examples__refit_window": 20}


def origins(n_newest, n_last=None):
    """Return the origins of each series that are learned from."""
    spec = WindowSpec(2, 1, 3, season=1, baseline=SeasonalNaive())
    normalizer = Normalizer(random_panel(np.random.default_rng(0), [40, 15]), 1)
    examples = all_examples(normalizer, spec, OriginSelection(n_last), n_newest)
    return [examples.origin[examples.series == i].tolist() for i in range(2)]


def test_origins_are_the_newest():
    assert origins(None) == [list(range(12, 40)), list(range(7, 15))]
    assert origins(10) == [list(range(30, 40)), list(range(7, 15))]
    assert origins(3) == [[37, 38, 39], [12, 13, 14]]
    assert origins(10, n_last=2) == [[36, 37], [11, 12]]


def swapped(y, first, last):
    """Return the series with the steps from `first` to before `last` in reverse order."""
    changed = y.copy()
    changed.iloc[first:last] = y.iloc[first:last].to_numpy()[::-1]
    return changed


@pytest.mark.parametrize("strategy", ["multioutput", "recursive"])
@one_forecaster
def test_older_origins_do_not_matter(cls, strategy):
    """The first window begins five steps before the first of the newest twenty."""
    y = seasonal(80)
    params = {**PLAIN, "strategy": strategy}
    newest = weights(quick(cls, **params).fit(y, fh=FH))
    changed = weights(quick(cls, **params).fit(swapped(y, 0, 55), fh=FH))
    np.testing.assert_allclose(newest, changed, atol=1e-5)
    everything = {**params, "examples__refit_window": None}
    before = weights(quick(cls, **everything).fit(y, fh=FH))
    assert np.abs(before - newest).max() > 1e-3
    changed = weights(quick(cls, **everything).fit(swapped(y, 0, 55), fh=FH))
    assert np.abs(before - changed).max() > 1e-3


def test_windows_and_targets_matter():
    y = seasonal(80)
    params = {**PLAIN, "max_epochs": 30}
    newest = weights(quick(**params).fit(y, fh=FH))
    for first in (50, 70):
        changed = weights(quick(**params).fit(swapped(y, first, first + 10), fh=FH))
        assert np.abs(newest - changed).max() > 1e-3


def test_recent_changes_are_learned():
    """Every other change repeats the one before, in the last quarter its opposite."""
    changes = np.repeat(np.random.default_rng(0).choice([-1.0, 1.0], size=100), 2)
    changes[151::2] *= -1
    y = pd.Series(changes[:-1].cumsum())
    params = {"baseline": "naive", "transform": None, "sp": 1, "window_length": 2, "max_epochs": 80}
    params |= {"early_stopping": False, "random_state": 0}
    follows = {}
    for window in (None, 48):
        forecaster = LSTMForecaster(examples=Examples(refit_window=window), **params).fit(y, fh=[1])
        set_correction_weight(forecaster, 1.0)
        follows[window] = (forecaster.predict().iloc[0] - y.iloc[-1]) * changes[-2]
    assert follows[None] > 0.03
    assert follows[48] < -0.1


def test_number_of_updates_follows_from_the_refit_window():
    """Twenty steps are enough for a season of four."""
    y = seasonal(200, noise=0.0)
    params = {"baseline": None, "transform": None, "sp": 1, "window_length": 8, "random_state": 0}
    forecaster = LSTMForecaster(examples=Examples(refit_window=20), **params).fit(y[:190], fh=FH)
    level = np.abs(y[190:193] - y.iloc[189]).mean()
    assert np.abs(forecaster.predict() - y[190:193]).mean() < 0.2 * level


@pytest.mark.parametrize("params", [{}, {"n_members": 2}, {"strategy": "recursive"}])
def test_panels_of_unequal_lengths(params):
    y = panel(lengths=(60, 18, 30))
    forecaster = quick(examples__refit_window=10, **params).fit(y, fh=FH)
    assert np.isfinite(forecaster.predict()).all(axis=None)


@pytest.mark.parametrize(
    ("params", "text"),
    [
        ({"examples__refit_window": 0}, "The 'refit_window' parameter of Examples must be"),
        ({"examples__refit_window": "auto"}, "The 'refit_window' parameter of Examples must be"),
        (
            {"examples__refit_window": 2},
            "refit_window=2 is shorter than the 3 steps that are learned at",
        ),
        (
            {"examples__refit_window": 9, "refit": False},
            "refit_window=9 limits the data of the refit",
        ),
    ],
)
def test_invalid_windows(params, text):
    with pytest.raises(ValueError, match=text):
        quick(**params).fit(seasonal(40), fh=FH)
