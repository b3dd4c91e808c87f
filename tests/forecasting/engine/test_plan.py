"""The text of the plan: one property of the data, or one parameter, is changed at a time."""

import numpy as np
import pandas as pd
import pytest

from skrnn import Target
from skrnn.forecasting import LSTMForecaster, WaveNetForecaster


def months(n=96, n_series=1, seed=0):
    """Return series of months with a season, positive and additive, as a panel if several."""
    rng, t = np.random.default_rng(seed), np.arange(n)
    times = pd.period_range("2001-01", periods=n, freq="M")
    values = [50 + 5 * np.sin(2 * np.pi * t / 12) + rng.normal(size=n) for _ in range(n_series)]
    if n_series == 1:
        return pd.Series(values[0], times, name="y")
    index = pd.MultiIndex.from_product([range(n_series), times], names=["series", "time"])
    return pd.DataFrame({"y": np.concatenate(values)}, index)


def lines_of(y, horizon=3, cls=LSTMForecaster, **params):
    """Return the lines of the plan by their names."""
    params = {"max_epochs": 2, "random_state": 0, "baseline": "smoothing"} | params
    plan = cls(**params).fit(y, fh=range(1, horizon + 1)).plan_
    return dict(line.split(": ", 1) for line in str(plan).splitlines())


@pytest.fixture(scope="module")
def usual():
    return lines_of(months())


def test_a_plan_names_every_choice(usual):
    assert list(usual) == [
        *("season", "units", "bounds", "normalization", "baseline", "window", "horizon"),
        *("network", "training", "correction"),
    ]
    assert usual["season"].startswith("12 steps")
    assert usual["normalization"].startswith("(value - mean of the last season)")
    assert usual["horizon"] == "3 steps at once"


def test_noise_has_no_season(usual):
    noise = pd.Series(np.random.default_rng(0).normal(50, 1, 96), months().index)
    plan = lines_of(noise)
    assert plan["season"].startswith("none")
    assert plan["normalization"] == "(value - last value) / mean absolute change"


def test_a_plan_names_bounds(usual):
    assert usual["bounds"] == "from 0 where no value is negative"
    assert lines_of(months(), target=Target(bounds=(0, 1e6)))["bounds"] == "from 0 to 1e+06"
    assert "bounds" not in lines_of(months() - 60)


@pytest.mark.parametrize(("n", "seen"), [(547, False), (548, True)])
def test_a_year_of_days_counts_from_one_and_a_half_on(n, seen):
    step = np.arange(n)
    values = 100 + 9 * np.sin(2 * np.pi * step / 365.25) + np.random.default_rng(0).normal(size=n)
    y = pd.Series(values, pd.date_range("2023-03-01", periods=n))
    assert ("a season of 365.25" in lines_of(y).get("covariates", "")) == seen


def test_negative_values_have_no_logarithm():
    assert lines_of(months() - 60)["units"] == "as they are (some values are not positive)"


def test_a_long_series_has_its_baselines_weighed_from_earlier_origins():
    weighed = [lines_of(months(n), baseline="auto")["baseline"] for n in (800, 1400)]
    reason = "(weights from errors on held-out origins"
    assert weighed[0].endswith(f"{reason})")
    assert weighed[1].endswith(f"{reason} and on cross-fitted earlier ones)")


def test_a_longer_horizon_needs_a_longer_window(usual):
    plan = lines_of(months(), horizon=30)
    assert usual["window"] == "24 steps (two seasons)"
    assert plan["window"] == "38 steps (1.25 horizons, at least 8 steps)"
    assert plan["horizon"] == "30 steps at once"


def test_a_short_series_has_a_short_window():
    assert (
        lines_of(months(40))["window"]
        == "20 steps (half of the longest series, which has 40 steps)"
    )


def test_long_windows_are_read_in_segments_by_a_wide_network(usual):
    t = np.arange(24 * 40)
    y = np.sin(2 * np.pi * t / 24) + 0.1 * np.random.default_rng(0).normal(size=len(t))
    hours = pd.Series(y, pd.period_range("2001-01-01 00:00", periods=len(t), freq="h"))
    plan = lines_of(hours, horizon=96)
    assert plan["window"].startswith("120 steps, in segments of 24")
    assert plan["network"].startswith("128 units wide")
    assert usual["network"].startswith("32 units wide")


@pytest.mark.parametrize(
    ("n_series", "n_epochs", "of"),
    [(1, 300, "one batch of 64"), (40, 14, "up to 50 batches of 32")],
)
def test_more_origins_are_learned_from_in_more_updates(n_series, n_epochs, of):
    """Half of ``30 sqrt(n)`` updates, at least 300."""
    y = months(n_series=n_series)
    plan = lines_of(y, max_epochs="auto")["training"]
    assert plan.startswith(f"{n_epochs} epochs of {of} origins, learning rate up to 0.01")


def test_parameters_are_in_the_plan():
    plan = lines_of(months(), n_members=2, max_epochs=3, learning_rate=0.002, batch_size=16)
    assert plan["network"].endswith("mean of 2 networks")
    assert plan["training"].startswith(
        "3 epochs of up to 4 batches of 16 origins, learning rate up to 0.002"
    )


def test_without_a_baseline_nothing_is_corrected():
    assert "correction" not in lines_of(months(), baseline=None)


def test_best_epoch_without_held_out_data():
    assert "lowest" not in lines_of(months(5), horizon=3, sp=1)["training"]


def test_recursive_networks_feed_single_steps_back():
    plan = lines_of(months(), cls=WaveNetForecaster, baseline="naive", strategy="recursive")
    assert plan["horizon"] == "one step, fed back"
