"""Valid calls of all that is public, of which a draw spoils one argument."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from estimators.cases import ESTIMATORS, STREAMING_REGRESSORS, make, make_problem
from forecasting.series import FORECASTERS, quick, seasonal
from sklearn.base import clone, is_classifier
from sklearn.linear_model import LogisticRegression, Ridge
from sktime.split import ExpandingWindowSplitter

import skrnn.forecasting
from skrnn import GRURegressor, LSTMClassifier, SlidingWindowClassifier, SlidingWindowRegressor
from skrnn._parameter_group import ParameterGroup
from skrnn.forecasting import LSTMForecaster
from skrnn.metrics import sequence_scorer


@dataclass(frozen=True, eq=False)
class Argument:
    """A valid value, the tags that say which spoilings it takes, and what a parameter may be."""

    value: Any
    tags: tuple[str, ...]
    constraints: tuple = ()

    @classmethod
    def of(cls, value: Any, tags: str) -> Argument:
        return cls(value, tuple(tags.split()))


@dataclass(frozen=True, eq=False)
class Call:
    """A valid call: ``run(**arguments)`` returns what there is to see of its result."""

    name: str
    run: Callable[..., Any]
    arguments: dict[str, Argument] = field(default_factory=dict)


# -- estimators ----------------------------------------------------------------------------------


@cache
def fitted(cls: Any, form: str = "channels", **params: Any) -> Any:
    return make(cls, dropout=0.1, **params).fit(*estimator_data(cls, form))


def estimator_data(cls: Any, form: str) -> tuple:
    X, y = make_problem(cls, n=24, c=1 if form == "flat" else 2)
    if form == "flat":
        return X[:, :, 0], y
    return ([x[: 3 + i % 4] for i, x in enumerate(X)] if form == "list" else X), y


def estimator_calls(cls: Any, form: str):
    X, y = estimator_data(cls, form)
    sequences, labels = f"data sequences {form}", is_classifier(cls())
    x_fit = Argument.of(X, f"{sequences} rows")
    x_later = Argument.of(X[:5], f"{sequences} later")
    y_fit = Argument.of(y, "labels rows" if labels else "data targets rows")
    weights = Argument.of(np.ones(len(X)), "data weights rows")
    title = f"{cls.__name__}({form})"

    def fit(method: str):
        def run(**arguments):
            return outputs(getattr(make(cls, dropout=0.1), method)(**arguments), X[:5])

        return run

    def later(method: str, **fixed):
        return lambda **arguments: getattr(fitted(cls, form), method)(**arguments, **fixed)

    both = {"X": x_fit, "y": y_fit, "sample_weight": weights}
    x_val = Argument.of(X[:5], f"{sequences} rows")
    y_val = Argument.of(y[:5], "labels rows known" if labels else "data targets rows")
    yield Call(f"{title}.fit", fit("fit"), {**both, "X_val": x_val, "y_val": y_val})
    partial = {"classes": Argument.of(np.unique(y), "classes")} if labels else {}
    yield Call(f"{title}.partial_fit", fit("partial_fit"), {**both, **partial})
    yield Call(f"{title}.score", later("score"), both)
    yield Call(f"{title}.predict", later("predict"), {"X": x_later})
    if labels:
        yield Call(f"{title}.predict_proba", later("predict_proba"), {"X": x_later})
    else:
        std = {"return_std": Argument.of(True, "flag"), "mc_samples": Argument.of(3, "count")}
        yield Call(f"{title}.predict(return_std=True)", later("predict"), {"X": x_later, **std})
    if cls in STREAMING_REGRESSORS or cls is LSTMClassifier:
        _, state = fitted(cls, form).predict_step(np.ones((4, len(X[0].T) if X[0].ndim > 1 else 1)))
        step = np.ones((4, 1 if form == "flat" else 2))
        arguments = {
            "x": Argument.of(step, "data step later"),
            "state": Argument.of(state, "state"),
        }
        yield Call(f"{title}.predict_step", later("predict_step"), arguments)


def outputs(estimator: Any, X: Any) -> Any:
    return getattr(estimator, "predict_proba", estimator.predict)(X)


def seq2seq_calls():
    cls = skrnn.Seq2SeqRegressor
    X, _ = estimator_data(cls, "channels")
    model = make(cls, attention="dot").fit(X, X[:, :4])
    later = Argument.of(X[:5], "data sequences channels later")
    yield Call(
        "Seq2SeqRegressor.predict(n_steps=3)",
        model.predict,
        {"X": later, "n_steps": Argument.of(3, "count")},
    )
    yield Call("Seq2SeqRegressor.attention_weights", model.attention_weights, {"X": later})


def per_step_calls():
    X, _ = estimator_data(GRURegressor, "channels")
    y = Argument.of(X.sum(axis=2, keepdims=True), "data targets steps rows")
    x = Argument.of(X, "data sequences channels rows")

    def fit(X, y):
        return make(GRURegressor).fit(X, y).predict(estimator_data(GRURegressor, "channels")[0])

    model = make(GRURegressor).fit(X, y.value)
    alone = Argument.of(y.value, "data targets steps")
    weight = {"sample_weight": Argument.of(np.ones(len(X)), "data weights rows")}
    yield Call("GRURegressor(per step).fit", fit, {"X": x, "y": y})
    yield Call("GRURegressor(per step).score", model.score, {"X": x, "y": y, **weight})
    yield Call("GRURegressor(per step).align_targets", model.align_targets, {"y": alone})

    def score(name="r2", step=-1, **arguments):
        return sequence_scorer(name, step=step)(model, **arguments)

    chosen = {"name": Argument.of("r2", "choice"), "step": Argument.of(-1, "step_number")}
    yield Call("sequence_scorer", score, {**chosen, "X": x, "y": y, **weight})


def window_calls(cls: Any, inner: Any):
    table = np.random.default_rng(0).normal(size=(40, 2))
    target = table[:, 0] if cls is SlidingWindowRegressor else np.where(table[:, 0] > 0, "a", "b")
    for form in ("table", "frame"):
        frame = pd.DataFrame(table, columns=["a", "b"], index=pd.date_range("2020", periods=40))
        X = table if form == "table" else frame
        model = cls(inner, window_length=3).fit(X, target)
        x = Argument.of(X, f"data {form} rows")
        numeric = cls is SlidingWindowRegressor
        y = Argument.of(target, "data targets rows" if numeric else "labels rows")
        weight = Argument.of(np.ones(40), "data weights rows")
        title = f"{cls.__name__}({form})"

        def fit(cls=cls, X0=X, **arguments):
            return cls(clone(inner), window_length=3).fit(**arguments).predict(X0)

        yield Call(f"{title}.fit", fit, {"X": x, "y": y, "sample_weight": weight})
        yield Call(f"{title}.predict", model.predict, {"X": Argument.of(X, f"data {form} later")})
        yield Call(f"{title}.score", model.score, {"X": x, "y": y, "sample_weight": weight})


# -- forecasters ---------------------------------------------------------------------------------

N, AHEAD, LATER = 36, 3, 6
FORMS = ("series", "covariates", "frame", "panel", "dates", "numbers")


@cache
def forecast_data(form: str) -> tuple[Any, Any]:
    """Return a series of each form, and its covariates, with the rows of updates and horizon."""
    kind = {"dates": "datetime", "numbers": "range"}.get(form, "period")
    n = N + LATER + AHEAD
    y = seasonal(n, kind, name="sales")
    X = pd.DataFrame({"p": np.sin(np.arange(n)), "q": np.arange(n) % 7 * 1.0}, index=y.index)
    if form == "frame":
        y = pd.DataFrame({"a": y, "b": seasonal(n, kind, seed=4)})
    if form == "panel":
        names = ["shop", "time"]
        y = pd.concat({"u": y.to_frame(), "v": y.to_frame() + 9}, names=names)
        return y, pd.concat({"u": X, "v": X}, names=names)
    return y, X if form in ("covariates", "dates") else None


def rows(frame: Any, start: int, stop: int) -> Any:
    if frame is None or not isinstance(frame.index, pd.MultiIndex):
        return None if frame is None else frame.iloc[start:stop]
    return frame.groupby(level=0, group_keys=False).apply(lambda part: part.iloc[start:stop])


@cache
def fitted_forecaster(cls: Any, form: str) -> Any:
    y, X = (rows(frame, 0, N) for frame in forecast_data(form))
    return quick(cls).fit(y, X=X, fh=list(range(1, AHEAD + 1)))


def forecaster_calls(cls: Any, form: str):
    y, X = forecast_data(form)
    title = f"{cls.__name__}({form})"

    def xs(start, stop, tags):
        return (
            {} if X is None else {"X": Argument.of(rows(X, start, stop), f"data covariates {tags}")}
        )

    def ys(start, stop, tags):
        return {"y": Argument.of(rows(y, start, stop), f"data series {tags}")}

    fh = {"fh": Argument.of([1, 2, 3], "fh")}
    ahead = xs(N, N + AHEAD, "ahead")

    def fit(**arguments):
        forecaster = quick(cls).fit(**arguments)
        fresh = {} if arguments.get("X") is None else {"X": rows(X, N, N + AHEAD)}
        return forecaster.predict(**fresh)

    def on_copy(method, **fixed):
        def run(**arguments):
            forecaster = copy.deepcopy(fitted_forecaster(cls, form))
            return getattr(forecaster, method)(**arguments, **fixed)

        return run

    def update(**arguments):
        forecaster = copy.deepcopy(fitted_forecaster(cls, form)).update(**arguments)
        end = N + LATER
        return forecaster.predict(X=rows(X, end, end + AHEAD))

    new = {**ys(N, N + LATER, "observed new"), **xs(N, N + LATER, "rows")}
    params = {"update_params": Argument.of(False, "flag")}
    learn = {**ys(0, N, "observed series_fit"), **xs(0, N, "rows"), **fh}
    yield Call(f"{title}.fit", fit, learn)
    yield Call(f"{title}.predict", on_copy("predict"), {**fh, **ahead})
    level = {"coverage": Argument.of([0.5, 0.9], "level")}
    yield Call(f"{title}.predict_interval", on_copy("predict_interval"), {**fh, **ahead, **level})
    level = {"alpha": Argument.of([0.1, 0.9], "level optional")}
    yield Call(f"{title}.predict_quantiles", on_copy("predict_quantiles"), {**fh, **ahead, **level})
    cov = {"cov": Argument.of(False, "flag")}
    yield Call(f"{title}.predict_var", on_copy("predict_var"), {**fh, **ahead, **cov})
    marginal = {"marginal": Argument.of(True, "flag")}
    yield Call(f"{title}.predict_proba", on_copy("predict_proba"), {**fh, **ahead, **marginal})
    paths = {
        "n_paths": Argument.of(4, "count"),
        "random_state": Argument.of(0, "seed"),
        "method": Argument.of("residuals", "choice"),
    }
    yield Call(f"{title}.sample_paths", on_copy("sample_paths"), {**fh, **ahead, **paths})
    yield Call(f"{title}.update", update, {**new, **params})
    both = {**ys(N, N + AHEAD, "actual"), **ahead}
    yield Call(f"{title}.score", on_copy("score"), {**both, **fh})
    if form != "panel":  # sktime takes all levels of the index of y for its horizon
        yield Call(f"{title}.predict_residuals", on_copy("predict_residuals"), both)
    everything = {**ys(0, N + LATER, "observed all"), **xs(0, N + LATER, "rows all")}
    cutoffs = rows(y, N, N + 2).index.get_level_values(-1)[:2]
    cv = {"cv": Argument.of(cutoffs, "cutoffs")}
    for name, tags in (("coverage", "level optional"), ("alpha", "level optional")):
        levels = {name: Argument.of([0.5, 0.9], tags)}
        run = on_copy("backtest")
        yield Call(f"{title}.backtest({name})", run, {**everything, **cv, **fh, **levels})
    if X is not None:
        draw = {"n_repeats": Argument.of(1, "count"), "random_state": Argument.of(0, "seed")}
        run, arguments = on_copy("feature_importances"), {**everything, **cv, **fh, **draw}
        yield Call(f"{title}.feature_importances", run, arguments)
    splitter = ExpandingWindowSplitter(initial_window=N, fh=[1])
    split = {"cv": Argument.of(splitter, "splitter")}
    run = on_copy("update_predict")
    if form != "panel":  # has NaN where its cutoffs stand side by side
        yield Call(f"{title}.update_predict", run, {**everything, **split, **params})
    single = {**ys(N, N + LATER, "observed new"), **xs(N, N + LATER + AHEAD, "rows ahead")}
    run = on_copy("update_predict_single")
    yield Call(f"{title}.update_predict_single", run, {**single, **fh, **params})

    if form != "panel":
        return

    def pretrain(**arguments):
        known = {"y": rows(y, 0, N), "X": rows(X, 0, N), "fh": [1, 2, 3]}
        return quick(cls).pretrain(**arguments).fit(**known).predict(X=rows(X, N, N + AHEAD))

    yield Call(f"{title}.pretrain", pretrain, learn)


# -- parameters ----------------------------------------------------------------------------------


def parameter_calls(cls: Any, valid: Any):
    """Yield the fit of a class in which each parameter may be wrong, those of groups included."""
    constraints = dict(cls._parameter_constraints)
    for name, allowed in cls._parameter_constraints.items():
        for kind in allowed:
            if isinstance(kind, type) and issubclass(kind, ParameterGroup):
                inner = kind._parameter_constraints.items()
                constraints |= {f"{name}__{key}": rules for key, rules in inner}
    defaults = valid().get_params()
    arguments = {
        name: Argument(
            defaults.get(name), ("parameter", name.rpartition("__")[2]), tuple(constraints[name])
        )
        for name in sorted(constraints)
        if name.partition("__")[0] in defaults
    }

    def run(**given):
        return valid(**given).fitted_output()

    yield Call(f"{cls.__name__}(...)", run, arguments)


class Fitting:
    """An object with parameters to try: ``fitted_output()`` fits it and predicts."""

    def __init__(self, estimator: Any, output: Callable[[Any], Any]) -> None:
        self.estimator, self._output = estimator, output

    def get_params(self) -> dict:
        return self.estimator.get_params()

    def fitted_output(self) -> Any:
        return self._output(clone(self.estimator))


def estimator_maker(cls: Any):
    X, y = estimator_data(cls, "channels")

    def valid(**params):
        estimator = make(cls).set_params(**params)
        return Fitting(estimator, lambda model: outputs(model.fit(X, y), X))

    return valid


def forecaster_maker(cls: Any):
    y, X = (rows(frame, 0, N) for frame in forecast_data("covariates"))

    def valid(**params):
        def output(forecaster):
            return forecaster.fit(y, X=X, fh=[1, 2]).predict(X=rows(later, N, N + 2))

        later = forecast_data("covariates")[1]
        return Fitting(quick(cls).set_params(**params), output)

    return valid


def window_maker(cls: Any, inner: Any):
    X = np.random.default_rng(0).normal(size=(40, 2))
    y = X[:, 0] if cls is SlidingWindowRegressor else np.where(X[:, 0] > 0, "a", "b")

    def valid(**params):
        estimator = cls(inner, window_length=3).set_params(**params)
        return Fitting(estimator, lambda model: model.fit(X, y).predict(X))

    return valid


def set_params_call(cls: Any, make_one: Callable[[Any], Any], group: str):
    def run(name, value):
        return make_one(cls).set_params(**{name: value}).get_params(deep=False)

    arguments = {
        "name": Argument.of(f"{group}__clip_norm", "parameter_name"),
        "value": Argument.of(1.0, "parameter_value"),
    }
    yield Call(f"{cls.__name__}.set_params", run, arguments)


@cache
def all_calls() -> tuple[Call, ...]:
    """Return the valid calls: classes that share all their code have fewer forms."""
    calls: list[Call] = []
    for cls in ESTIMATORS:
        forms = (
            ("channels", "flat", "list") if cls in (GRURegressor, LSTMClassifier) else ("channels",)
        )
        for form in forms:
            calls += estimator_calls(cls, form)
        calls += parameter_calls(cls, estimator_maker(cls))
        calls += set_params_call(cls, make, "trainer")
    windows = ((SlidingWindowRegressor, Ridge()), (SlidingWindowClassifier, LogisticRegression()))
    for cls, inner in windows:
        calls += window_calls(cls, inner)
        calls += parameter_calls(cls, window_maker(cls, inner))
    calls += [*seq2seq_calls(), *per_step_calls()]
    for cls in FORECASTERS:
        for form in FORMS if cls is LSTMForecaster else ("covariates",):
            calls += forecaster_calls(cls, form)
        calls += parameter_calls(cls, forecaster_maker(cls))
        calls += set_params_call(cls, quick, "trainer")
    return tuple(calls)
