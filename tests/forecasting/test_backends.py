"""Backtests in this process, in others, in threads and on dask: the same numbers."""

import numpy as np
import pandas as pd
import pytest
from forecasting.series import panel, quick, seasonal
from selection import mainly
from sktime.benchmarking.forecasting import ForecastingBenchmark
from sktime.forecasting.model_evaluation import evaluate
from sktime.forecasting.naive import NaiveForecaster
from sktime.performance_metrics.forecasting import MeanAbsoluteScaledError
from sktime.performance_metrics.forecasting.probabilistic import PinballLoss
from sktime.split import ExpandingWindowSplitter

BACKENDS = [None, "loky", "threading", "dask"]
FH = [1, 2, 3]
CV = ExpandingWindowSplitter(fh=FH, initial_window=36, step_length=4)


def settings(backend):
    """Return the arguments for a backend with two workers."""
    if backend == "dask":
        pytest.importorskip("dask.dataframe", reason="dask is an extra")
    return {"backend": backend, "backend_params": {"n_jobs": 2} if backend == "loky" else {}}


def scores_of(backend, y):
    result = evaluate(
        quick(dropout=0.2),
        cv=CV,
        y=y,
        scoring=[MeanAbsoluteScaledError(), PinballLoss()],
        error_score="raise",
        **settings(backend),
    )
    return result.filter(like="test_").to_numpy()


@pytest.mark.parametrize("kind", mainly(["panel"], ["series", "panel"]))
@pytest.mark.parametrize("backend", BACKENDS)
def test_evaluate(backend, kind):
    y = {"series": seasonal(51), "panel": panel(lengths=(51, 51))}[kind]
    here, there = scores_of(None, y), scores_of(backend, y)
    assert here.shape == (4, 2)
    np.testing.assert_array_equal(here, there)


def load_one():
    return seasonal(51)


def load_other():
    return seasonal(51, seed=1)


def benchmark(backend, folder):
    benchmark = ForecastingBenchmark(**settings(backend))
    benchmark.add_estimator(quick(), "network")
    benchmark.add_estimator(quick(hidden_size=3), "smaller")
    benchmark.add_estimator(NaiveForecaster(sp=4), "naive")
    for load in (load_one, load_other):
        benchmark.add_task(load, CV, [MeanAbsoluteScaledError()])
    return benchmark.run(str(folder / "results.csv"))


@pytest.mark.parametrize("backend", BACKENDS[1:])
def test_benchmark(backend, tmp_path):
    (tmp_path / "there").mkdir()
    here, there = benchmark(None, tmp_path), benchmark(backend, tmp_path / "there")
    # A benchmark drops what fails: count the rows.
    assert len(here) == len(there) == 6
    key = ["validation_id", "model_id"]
    here, there = (frame.sort_values(key).reset_index(drop=True) for frame in (here, there))
    pd.testing.assert_frame_equal(here[key], there[key])
    scores = [c for c in here if "MeanAbsoluteScaledError" in c and "time" not in c]
    assert scores
    np.testing.assert_array_equal(here[scores], there[scores])
    mean = here.set_index("model_id")[next(c for c in scores if c.endswith("mean"))]
    assert mean["network"].nunique() == 2
    assert not np.array_equal(mean["network"], mean["smaller"])
