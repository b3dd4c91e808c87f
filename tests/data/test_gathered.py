import numpy as np
import pytest
from series.panels import random_panel

from skrnn.baselines import SeasonalNaive
from skrnn.data import gathered
from skrnn.data.gathered import gathered_once
from skrnn.series import ForecastExamples, Normalizer, RollingExamples, WindowSpec


def examples(rollout):
    horizon = 1 if rollout else 3
    spec = WindowSpec(4, 1, horizon, season=1, baseline=SeasonalNaive(), rollout=rollout)
    panel = random_panel(np.random.default_rng(0), [20, 12])
    origins = np.array([0, 0, 1, 1]), np.array([5, 18, 7, 12])
    kind = RollingExamples if rollout else ForecastExamples
    return kind(panel, origins, spec, Normalizer(panel, 1))


@pytest.mark.parametrize("rollout", [0, 3])
def test_rows_are_those_of_the_examples(rollout):
    data = examples(rollout)
    once = gathered_once(data)
    assert once is not data
    assert (len(once), once.longest, once.mean_weight) == (4, data.longest, data.mean_weight)
    rows = np.array([3, 0, 3])
    (batch, *others), (expected, *parts) = once.gather(rows), data.gather(rows)
    for ours, theirs in zip([*batch, *others], [*expected, *parts], strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_large_data_are_gathered_batch_by_batch(monkeypatch):
    monkeypatch.setattr(gathered, "MAX_BYTES", 100)
    data = examples(0)
    assert gathered_once(data) is data
