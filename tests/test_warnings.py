"""Every warning names the line of the user, whatever lies between."""

import sys
import warnings
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone, is_classifier
from sklearn.exceptions import DataConversionWarning
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sktime.forecasting.compose import TransformedTargetForecaster
from sktime.transformations.series.difference import Differencer

from skrnn import (
    Covariates,
    LSTMClassifier,
    LSTMRegressor,
    SlidingWindowClassifier,
    SlidingWindowRegressor,
    Trainer,
    WaveNetClassifier,
    WaveNetRegressor,
)
from skrnn._warnings import warn
from skrnn.forecasting import LSTMForecaster, WaveNetForecaster
from skrnn.nn import compiled

QUICK = {"hidden_size": 4, "max_epochs": 1, "random_state": 0}
RNG = np.random.default_rng(0)
X = RNG.normal(size=(20, 6))
SUMS = X.sum(axis=1)
Y = pd.Series(RNG.normal(size=60), pd.period_range("2001-01", periods=60, freq="D", name="t"))
KNOWN = pd.DataFrame({"x": np.arange(70.0)}, pd.period_range("2001-01", periods=70, freq="D"))


def targets_of(estimator):
    return SUMS > 0 if is_classifier(estimator) else SUMS


def caught_here(caught, message):
    """Whether there is one such warning, and this file is where it points."""
    files = [warning.filename for warning in caught if message in str(warning.message)]
    assert files == [__file__]


def interrupt(record):
    raise KeyboardInterrupt


def piped(estimator):
    return make_pipeline(StandardScaler(), estimator)


def differenced(forecaster):
    return TransformedTargetForecaster([("difference", Differencer()), ("model", forecaster)])


INTERRUPTED = {**QUICK, "trainer": Trainer(callback=interrupt)}
TOO_DEEP = {**QUICK, "n_layers": 4}
ESTIMATOR_FITS = [
    (LSTMRegressor(**INTERRUPTED), "interrupted"),
    (LSTMClassifier(**INTERRUPTED), "interrupted"),
    (WaveNetRegressor(**TOO_DEEP), "see 16 steps"),
    (WaveNetClassifier(**TOO_DEEP), "see 16 steps"),
]
FORECASTER_FITS = [
    (LSTMForecaster(**INTERRUPTED, early_stopping=False), "interrupted"),
    (WaveNetForecaster(**TOO_DEEP, window_length=9), "see 16 steps"),
]


@pytest.mark.parametrize("wrap", [lambda estimator: estimator, piped])
@pytest.mark.parametrize(("estimator", "message"), ESTIMATOR_FITS)
def test_fit(estimator, message, wrap):
    with pytest.warns(UserWarning, match=message) as caught:
        wrap(estimator).fit(X, targets_of(estimator))
    caught_here(caught, message)


def test_partial_fit():
    with pytest.warns(UserWarning, match="interrupted") as caught:
        LSTMRegressor(**INTERRUPTED).partial_fit(X, SUMS)
    caught_here(caught, "interrupted")


@pytest.mark.parametrize("wrap", [lambda forecaster: forecaster, differenced])
@pytest.mark.parametrize(("forecaster", "message"), FORECASTER_FITS)
def test_fit_of_forecasters(forecaster, message, wrap):
    with pytest.warns(UserWarning, match=message) as caught:
        wrap(forecaster).fit(Y, fh=[1, 2])
    caught_here(caught, message)


@pytest.mark.parametrize("wrap", [lambda estimator: estimator, piped])
@pytest.mark.parametrize("cls", [LSTMRegressor, LSTMClassifier])
def test_column_vectors(cls, wrap):
    estimator = cls(**QUICK)
    with pytest.warns(DataConversionWarning) as caught:
        wrap(estimator).fit(X, targets_of(estimator)[:, None])
    caught_here(caught, "A column-vector y was passed")


@pytest.mark.parametrize("wrap", [lambda estimator: estimator, piped])
def test_without_numba(wrap, monkeypatch):
    monkeypatch.setitem(sys.modules, "skrnn.nn.kernels", None)
    monkeypatch.delattr("skrnn.nn.kernels", raising=False)
    compiled.kernels.cache_clear()
    try:
        with pytest.warns(RuntimeWarning, match="numba") as caught:
            wrap(LSTMRegressor(**QUICK)).fit(X, SUMS)
    finally:
        compiled.kernels.cache_clear()
    caught_here(caught, "numba is not installed")


# -- predictions ---------------------------------------------------------------------------

PREDICTIONS = {
    "predict": lambda model, **kwargs: model.predict(**kwargs),
    "predict_interval": lambda model, **kwargs: model.predict_interval(**kwargs),
    "predict_quantiles": lambda model, **kwargs: model.predict_quantiles(alpha=[0.1], **kwargs),
    "predict_proba": lambda model, **kwargs: model.predict_proba(**kwargs),
    "sample_paths": lambda model, **kwargs: model.sample_paths(n_paths=2, **kwargs),
}
forecasts = pytest.mark.parametrize("forecast", PREDICTIONS.values(), ids=PREDICTIONS)


@forecasts
def test_holidays_that_end_too_early(forecast):
    days = ["2001-01-03", "2001-01-10", "2001-01-20"]
    model = LSTMForecaster(**QUICK, covariates=Covariates(holidays=days)).fit(Y[:50], fh=[1])
    with pytest.warns(UserWarning, match="holidays ends") as caught:
        forecast(model)
    caught_here(caught, "holidays ends")


@forecasts
def test_steps_without_covariates(forecast):
    model = LSTMForecaster(**QUICK, strategy="recursive").fit(Y[:50], X=KNOWN[:50], fh=[3])
    with pytest.warns(UserWarning, match="no rows for the steps") as caught:
        forecast(model, X=KNOWN[52:53])
    caught_here(caught, "no rows for the steps")


def test_update():
    trainer = Trainer(callback=lambda record: fitted and interrupt(record))
    fitted = []
    model = LSTMForecaster(**QUICK, trainer=trainer).fit(Y[:50], fh=[1])
    fitted.append(model)
    with pytest.warns(UserWarning, match="interrupted") as caught:
        model.update(Y[50:])
    caught_here(caught, "interrupted")


def test_backtest():
    model = LSTMForecaster(**QUICK, strategy="recursive").fit(Y[:50], X=KNOWN[:50], fh=[3])
    with pytest.warns(UserWarning, match="no rows for the steps") as caught:
        model.backtest(Y, X=KNOWN.drop(KNOWN.index[61]), cv=Y.index[-1:])
    caught_here(caught, "no rows for the steps")


SLIDING = [SlidingWindowRegressor(Ridge()), SlidingWindowClassifier(LogisticRegression())]


@pytest.mark.parametrize("wrap", [lambda estimator: estimator, piped])
@pytest.mark.parametrize("estimator", SLIDING)
def test_windows_of_training_rows(estimator, wrap):
    rows = pd.DataFrame(X, columns=list("abcdef"))
    model = wrap(clone(estimator).set_params(window_length=3))
    model[:-1].set_output(transform="pandas") if wrap is piped else None
    model.fit(rows, targets_of(estimator))
    with pytest.warns(UserWarning, match="X begins within the training rows") as caught:
        model.predict(rows[10:])
    caught_here(caught, "X begins within")


def test_a_search_names_the_line_of_its_fit():
    keeping = clone(LSTMRegressor(**INTERRUPTED)).set_params(trainer__on_interrupt="keep")
    with pytest.warns(UserWarning, match="interrupted") as caught:
        cross_val_predict(keeping, X, SUMS, cv=2)
    assert {warning.filename for warning in caught} == {__file__}


def called_from(module, function):
    """Call `function` by code of this module."""
    namespace = {"__name__": module, "function": function}
    exec("def call():\n    function()", namespace)
    namespace["call"]()


def test_frames_of_libraries_are_skipped():
    with pytest.warns(UserWarning, match="inside") as caught:
        called_from("sktime.somewhere", partial(warn, "inside"))
    caught_here(caught, "inside")


def test_a_function_of_the_user_is_nearer_than_the_library_that_calls_it():
    with pytest.warns(UserWarning, match="inside") as caught:
        called_from("sklearn.somewhere", lambda: warn("inside"))
    caught_here(caught, "inside")
    assert "lambda" in Path(__file__).read_text().splitlines()[caught[0].lineno - 1]


def test_a_warning_is_shown_once_for_each_line():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        for _ in range(2):
            warn("Twice.")
    assert len(caught) == 1
