"""What a failed or interrupted call leaves, and what threads share."""

import numpy as np
import pandas as pd
import pytest
from forecasting.series import panel, quick, seasonal, weights
from sktime.forecasting.base import BaseForecaster
from sktime.forecasting.model_evaluation import evaluate
from sktime.split import ExpandingWindowSplitter

from skrnn import Trainer

FH = [1, 2]
Y = seasonal(60)
KNOWN = pd.DataFrame({"x": np.arange(60.0)}, Y.index)
SHORT, NEXT = Y[:50], Y[50:52]


class Failing:
    """A callback that raises an error in an epoch, counted from when it is set."""

    def __init__(self):
        self.error, self.n_left = None, 0

    def __deepcopy__(self, memo):  # clones share it
        return self

    def set(self, error, n_epochs=1):
        self.error, self.n_left = error, n_epochs

    def __call__(self, record):
        self.n_left -= 1
        if self.error is not None and self.n_left == 0:
            raise self.error


def fitted(y=SHORT, X=None, **params):
    failing = Failing()
    trainer = Trainer(callback=failing, on_interrupt="raise")
    return quick(trainer=trainer, **params).fit(y, X=X, fh=FH), failing


def state_of(forecaster):
    """Return all that the forecaster knows, and the objects themselves where it is large."""
    state = {
        k: v for k, v in vars(forecaster).items() if k not in ("_cutoff", "_converter_store_y")
    }
    return state, list(forecaster.cutoff), dict(forecaster._converter_store_y)


def same(left, right):
    """Whether two states are the same; attributes are the same objects or equal."""
    (first, *others), (second, *expected) = left, right
    if others != expected or first.keys() != second.keys():
        return False
    return all(first[name] is second[name] or first[name] == second[name] for name in first)


INFINITE = NEXT.replace(NEXT.iloc[1], np.inf)
RENAMED = pd.DataFrame({"a": NEXT, "b": NEXT})
FAILED_CALLS = {
    "infinite": lambda f: f.update(INFINITE),
    "infinite without training": lambda f: f.update(INFINITE, update_params=False),
    "other columns": lambda f: f.update(RENAMED),
    "gap in the index": lambda f: f.update(Y[50:60:3].set_axis(Y.index[50:60:3].shift(40))),
    "unknown covariates": lambda f: f.update(NEXT, X=KNOWN[50:52]),
    "no series": lambda f: f.update(3),
    "single": lambda f: f.update_predict_single(INFINITE),
    "single of no horizon": lambda f: f.update_predict_single(NEXT, fh=["a"]),
    "many": lambda f: f.update_predict(
        Y[50:].replace(Y.iloc[55], np.inf),
        ExpandingWindowSplitter(fh=FH, initial_window=2),
        reset_forecaster=False,
    ),
    "pretrain": lambda f: f.pretrain(panel().replace(panel().iloc[0, 0], np.inf)),
    "pretrain on one series": lambda f: f.pretrain(Y),
}


@pytest.mark.parametrize("call", FAILED_CALLS.values(), ids=FAILED_CALLS)
def test_a_failed_call_changes_nothing(call):
    forecaster, _ = fitted()
    forecast, before = forecaster.predict(), state_of(forecaster)
    with pytest.raises((ValueError, TypeError, NotImplementedError)):
        call(forecaster)
    assert same(state_of(forecaster), before)
    pd.testing.assert_series_equal(forecaster.predict(), forecast)
    assert forecaster.update(NEXT, update_params=False).cutoff[0] == NEXT.index[-1]


@pytest.mark.parametrize("error", [RuntimeError("stopped"), KeyboardInterrupt()])
@pytest.mark.parametrize("members", [1, 2])
@pytest.mark.parametrize(
    "call",
    [
        lambda f: f.update(NEXT),
        lambda f: f.update_predict_single(NEXT, fh=[5]),
        lambda f: f.update_predict(
            Y[50:], ExpandingWindowSplitter(fh=FH, initial_window=2), reset_forecaster=False
        ),
    ],
    ids=["update", "single", "many"],
)
def test_a_failed_training_changes_nothing(call, members, error):
    forecaster, failing = fitted(n_members=members)
    before, old = state_of(forecaster), weights(forecaster)
    failing.set(error)
    with pytest.raises(type(error)):
        call(forecaster)
    assert same(state_of(forecaster), before)
    np.testing.assert_array_equal(weights(forecaster), old)


def test_a_failed_update_of_a_panel_changes_nothing():
    y = panel()
    step = y.groupby(level=0).cumcount()
    forecaster, failing = fitted(y[step < 30])
    before = state_of(forecaster)
    failing.set(RuntimeError("stopped"))
    with pytest.raises(RuntimeError, match="stopped"):
        forecaster.update(y[(step >= 30) & (step < 33)])
    assert same(state_of(forecaster), before)


FAILED_FITS = {
    "nothing": (lambda f: f.fit(None), TypeError),
    "no series": (lambda f: f.fit(3, fh=FH), TypeError),
    "no horizon": (lambda f: f.fit(SHORT, fh=["a"]), (TypeError, ValueError)),
    "infinite": (lambda f: f.fit(INFINITE, fh=FH), ValueError),
    "covariates": (lambda f: f.fit(SHORT, X=KNOWN[:10], fh=FH), ValueError),
    "parameter": (lambda f: f.set_params(hidden_size=-1).fit(SHORT, fh=FH), ValueError),
}


@pytest.mark.parametrize(("call", "error"), FAILED_FITS.values(), ids=FAILED_FITS)
def test_a_failed_fit_leaves_it_unfitted(call, error):
    forecaster, _ = fitted()
    with pytest.raises(error):
        call(forecaster)
    assert not forecaster.is_fitted
    assert forecaster.cutoff is None
    assert not [name for name in vars(forecaster) if name.endswith("_")]


@pytest.mark.parametrize("error", [RuntimeError("stopped"), KeyboardInterrupt()])
def test_a_failed_fit_leaves_what_was_pretrained(error):
    failing = Failing()
    forecaster = quick(trainer=Trainer(callback=failing, on_interrupt="raise"))
    forecaster.pretrain(panel(), fh=FH)
    before = weights(forecaster)
    for attempt in (INFINITE, SHORT, INFINITE):
        if attempt is SHORT:
            forecaster.fit(SHORT)
            continue
        with pytest.raises(ValueError, match="infinite"):
            forecaster.fit(attempt)
        assert forecaster.state == "pretrained"
    failing.set(error)
    with pytest.raises(type(error)):
        forecaster.pretrain(panel())
    assert forecaster.state == "pretrained"
    np.testing.assert_array_equal(weights(forecaster), before)


# -- interrupts ----------------------------------------------------------------------------


def interrupted_fit(at, **params):
    failing = Failing()
    failing.set(KeyboardInterrupt(), at)
    with pytest.warns(UserWarning, match="interrupted"):
        return quick(trainer=Trainer(callback=failing), **params).fit(Y, fh=FH)


def test_an_interrupted_refit_forecasts_as_without_one():
    alone = quick(refit=False, early_stopping=True).fit(Y, fh=FH)
    forecaster = interrupted_fit(alone.n_iter_ + 1, early_stopping=True)
    for forecast in (
        lambda f: f.predict(),
        lambda f: f.predict_interval(coverage=0.8),
    ):
        np.testing.assert_array_equal(forecast(forecaster), forecast(alone))


def test_an_interrupted_member_is_left_out():
    alone = quick(refit=False, n_members=1).fit(Y, fh=FH)
    forecaster = interrupted_fit(alone.n_iter_ + 1, n_members=3, refit=True)
    assert forecaster.plan_.summary.n_members == 1
    assert np.isfinite(forecaster.predict()).all()


def test_an_interrupted_update_keeps_data_and_weights():
    failing = Failing()
    forecaster = quick(trainer=Trainer(callback=failing)).fit(SHORT, fh=FH)
    before = weights(forecaster)
    failing.set(KeyboardInterrupt())
    with pytest.warns(UserWarning, match="Training was interrupted"):
        forecaster.update(NEXT)
    assert forecaster.cutoff[0] == NEXT.index[-1]
    assert not np.array_equal(weights(forecaster), before)


def test_an_interrupt_ends_an_evaluation_and_a_series_of_updates():
    failing = Failing()
    forecaster = quick(trainer=Trainer(callback=failing))
    failing.set(KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        evaluate(forecaster, ExpandingWindowSplitter(FH, 50), Y, error_score="raise")
    forecaster.fit(SHORT, fh=FH)
    failing.set(KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        forecaster.update_predict(Y[50:], ExpandingWindowSplitter(FH, 2))
    assert failing.n_left == 0


# -- threads -------------------------------------------------------------------------------


def test_the_horizon_is_that_of_the_call(monkeypatch):
    """sktime notes it on the forecaster, where another thread may put its own."""
    forecaster, _ = fitted()
    expected = forecaster.predict(fh=[3, 4])
    check = BaseForecaster._check_fh

    def beside_another(self, fh, pred_int=False):
        check(self, fh, pred_int)
        return check(self, [1], pred_int)

    monkeypatch.setattr(BaseForecaster, "_check_fh", beside_another)
    pd.testing.assert_series_equal(forecaster.predict(fh=[3, 4]), expected)
