"""Cases of the forecasters."""

import pickle
from functools import partial

import numpy as np
import pandas as pd
from registry import CASES, case
from samples import Knowing, Network, covariates, heads, hierarchy, panel, series, walk, with_gaps
from sktime.datasets import load_airline, load_longley
from sktime.split import CutoffSplitter, ExpandingWindowSplitter, SlidingWindowSplitter

import skrnn.forecasting
from skrnn import Trainer

FH = list(range(1, 7))
QUICK = {"max_epochs": 3, "early_stopping": False, "learning_rate": 0.03, "random_state": 0}
AS_IT_IS = {"max_epochs": "auto", "early_stopping": True, "learning_rate": 0.01}  # the defaults
BARE = {"baseline": None, "transform": None}  # the network alone


def forecaster(kind, **params):
    """Return a forecaster; names with two underscores are those of its groups."""
    cls = getattr(skrnn.forecasting, kind + "Forecaster")
    if kind == "Module":
        params = {"module": Network, **params}
    elif kind in ("WaveNet", "Transformer", "Seq2Seq"):
        params = {"hidden_size": 8, **params}
    return cls(**QUICK).set_params(**params)


def inside(f):
    """Return what was chosen and learned, as numbers."""
    plan = f.plan_
    baseline = plan.spec.baseline
    weights = getattr(baseline, "named_weights", {})
    return {
        "window": [plan.spec.window_length, plan.spec.sampling_rate, plan.spec.horizon],
        "season": plan.spec.season,
        "log": plan.log,
        "segments": [plan.segment_length or 0, plan.spec.rollout],
        "training": [plan.summary.n_weights, f.best_epoch_, f.n_iter_, f.correction_weight_],
        "baseline": np.array([*sorted(weights)] or [str(baseline.name)]),
        "weights": [weights[name] for name in sorted(weights)],
        "loss": f.history_["loss"],
        "val_loss": f.history_.get("val_loss", []),
        "parameters": [float(p.detach().double().sum()) for p in f.module_.parameters()],
    }


def answers(f, fh=None, X=None):
    return {
        "predict": f.predict(fh, X=X),
        "quantiles": f.predict_quantiles(fh, X=X, alpha=[0.05, 0.5, 0.8]),
        **inside(f),
    }


def forecasts(kind, y=None, fh=FH, X=None, later=None, ask=None, **params):
    """Fit, and return forecasts; `y` is a callable."""
    y = series() if y is None else y()
    return answers(forecaster(kind, **params).fit(y, X=X, fh=fh), ask, later)


def settings(kind, name, y=None, **params):
    CASES[f"{kind}_{name}"] = partial(forecasts, kind, y, **params)


for kind in ("RNN", "LSTM", "GRU", "Module", "Seq2Seq", "Transformer", "WaveNet"):
    settings(kind, "forecaster")
    settings(kind, "bare", lambda: series(60), **BARE, max_epochs=20)
    settings(kind, "recursive", strategy="recursive")
    settings(kind, "stopping", max_epochs=25, early_stopping=True, n_iter_no_change=3, **BARE)
    settings(kind, "as_it_is", load_airline, **AS_IT_IS)
    settings(kind, "panel_as_it_is", panel, fh=[1, 2, 3], strategy="recursive", **AS_IT_IS)

two_targets = partial(pd.DataFrame, {"b": series(seed=1), "a": series(seed=2)})
settings("LSTM", "day", partial(series, 80, "day", 7))
settings("GRU", "no_freq", partial(series, 80, "no freq", 7))
settings("RNN", "quarter", partial(series, 60, "quarter", 4))
settings("LSTM", "range", partial(series, 60, "range", 5))
settings("GRU", "int", partial(series, 60, "int", 4))
settings("GRU", "without_season", walk)
settings("LSTM", "without_season_bare", walk, max_epochs=15, **BARE)
settings("GRU", "two_seasons", lambda: series(400, "int", 24) + series(400, "int", 168, seed=1))
settings("GRU", "zone", partial(series, 200, "zone", 24), covariates__calendar_features="auto")
settings("LSTM", "targets", two_targets)
settings("GRU", "targets_bare", two_targets, **BARE, max_epochs=10)
settings("LSTM", "panel", panel)
settings("GRU", "panel_bare", panel, **BARE, max_epochs=10)
settings("GRU", "hierarchy", hierarchy)
settings("LSTM", "gaps", lambda: with_gaps(series()))
settings("GRU", "gaps_panel", lambda: with_gaps(panel()), **BARE)
settings("LSTM", "airline", load_airline)
settings("GRU", "airline_log", load_airline, transform="log", sp=12, fh=[1, 3, 12])
settings("GRU", "airline_no_log", load_airline, transform=None)
settings("LSTM", "short", partial(series, 9))
settings("LSTM", "very_short", partial(series, 4), fh=[1, 2])
settings("GRU", "long", partial(series, 1300, "day", 7), fh=[1, 2, 3])
settings("LSTM", "long_hours", partial(series, 1200, "hour", 24), fh=list(range(1, 25)))
settings("LSTM", "blocks", strategy="recursive", examples__block_length=3)
settings(
    "GRU",
    "blocks_bare",
    strategy="recursive",
    examples__block_length=2,
    examples__sampling_rate=2,
    **BARE,
)
settings("GRU", "beyond", fh=[1, 2, 3], ask=list(range(1, 12)))
settings("GRU", "gap_in_fh", fh=[2, 5])
settings("GRU", "in_sample", ask=[-30, -12, -1, 0, 1, 3])
settings("GRU", "in_sample_panel", panel, ask=[-25, -12, 0, 2])
for baseline in ("smoothing", "theta", "linear", "naive", "median", "drift", None):
    settings("GRU", f"baseline_{baseline}", baseline=baseline)
settings("GRU", "recursive_median", strategy="recursive", baseline="median")
settings("LSTM", "standard", normalization="standard")
settings("GRU", "standard_bare", panel, normalization="standard", **BARE)
settings("GRU", "sp", sp=6, window_length=10)
settings("GRU", "no_sp", sp=1, window_length=5, examples__sampling_rate=2)
settings("GRU", "origins", examples__origins=10, examples__origin_half_life=12.0, **BARE)
settings("GRU", "last_origin", panel, examples__origins="last", **BARE)
settings("GRU", "refit_window", examples__refit_window=30, **BARE)
settings("GRU", "no_refit", refit=False, validation_fraction=0.3, **BARE)
settings("GRU", "members", n_members=3, **BARE)
settings(
    "LSTM",
    "stacked",
    n_layers=2,
    dropout=0.2,
    recurrent_dropout=0.1,
    recurrence__layer_norm=True,
    **BARE,
)
settings("GRU", "both_ways", bidirectional=True, pooling="mean", **BARE)
settings("RNN", "irnn", recurrence__activation="relu", recurrence__initializer="identity", **BARE)
settings("RNN", "jordan", recurrence__feedback="output-hidden", recurrence__output_size=4, **BARE)
settings("GRU", "dense", n_layers=3, recurrence__connections="dense", hidden_size=6, **BARE)
settings("LSTM", "convolution", stem__kernel_size=4, stem__stride=2, pooling="attention", **BARE)
settings("GRU", "segments", window_length=30, stem__kernel_size=6, **BARE)
settings("Seq2Seq", "additive", cell="gru", attention="additive", bidirectional=True, **BARE)
settings("Seq2Seq", "sampling", scheduled_sampling=0.5, n_layers=2, dropout=0.1, **BARE)
settings("Transformer", "settings", n_heads=2, n_layers=1, feedforward_size=12, dropout=0.1, **BARE)
settings("WaveNet", "settings", n_layers=3, n_blocks=2, kernel_size=3, dropout=0.1, **BARE)
settings("Module", "settings", panel, module_params={"width": 4, "dropout": 0.2}, **BARE)
settings("GRU", "float64", trainer=Trainer(precision="float64"), **BARE)
settings("LSTM", "tbptt", trainer=Trainer(tbptt_steps=5, optimizer="sgd"), **BARE)
settings("GRU", "batches", batch_size=7, trainer=Trainer(weight_decay=0.01), **BARE)


@case
def covariates_of_forecasts():
    y, X = series(), covariates(series(78).index)
    known = forecaster("LSTM", **BARE).fit(y, X=X[:72], fh=FH)
    past = forecaster("GRU", covariates__past_columns=["v"]).fit(y, X=X[:72], fh=FH)
    only_past = forecaster("WaveNet", covariates__past_columns=["u", "v"]).fit(y, X=X[:72], fh=FH)
    back = forecaster("GRU", strategy="recursive").fit(y, X=X[:72], fh=FH)
    own = forecaster("Module", module=Knowing, **BARE).fit(y, X=X[:72], fh=FH)
    ahead = X[72:]
    y, X = load_longley()
    shipped = forecaster("GRU").fit(y[:13], X=X[:13], fh=[1, 2, 3])
    return {
        **answers(known, X=ahead),
        "past": past.predict(X=ahead),
        "only_past": only_past.predict(),
        "back": back.predict(X=ahead),
        "own": own.predict(X=ahead),
        "own_paths": own.sample_paths(X=ahead, n_paths=3, random_state=0, method="mc_dropout"),
        "longley": shipped.predict(X=X[13:]),
    }


@case
def static_columns():
    y, longer = panel(), panel((54, 37, 46))
    X = covariates(longer.index)
    X["size"] = pd.factorize(longer.index.get_level_values(0))[0] + 1.0
    f = forecaster(
        "GRU", covariates__static_columns=["size"], covariates__past_columns=["v"], **BARE
    )
    f.fit(y, X=X.loc[y.index], fh=FH)
    return answers(f, X=X.drop(y.index)[["u"]])


@case
def calendar():
    y = series(100, "day", 7)
    days = pd.Series("feast", index=pd.date_range("2001-03-01", periods=30, freq="9D"))
    days.iloc[::3] = "fair"
    auto = forecaster(
        "GRU", covariates__calendar_features="auto", covariates__holidays=days, **BARE
    ).fit(y, fh=FH)
    named = forecaster(
        "LSTM",
        covariates__calendar_features=["day_of_week", "month"],
        covariates__holidays=list(days.index),
    )
    table = forecaster("GRU", covariates__holidays=dict(days))
    hours = forecaster("GRU", covariates__calendar_features=["hour"], strategy="recursive")
    return {
        **answers(auto),
        "table": table.fit(y, fh=FH).predict(),
        "named": named.fit(y, fh=FH).predict(),
        "hours": hours.fit(series(120, "hour", 24), fh=FH).predict(),
        "months": forecaster("RNN", covariates__calendar_features="auto")
        .fit(series(), fh=FH)
        .predict(),
    }


@case
def cold_start():
    f = forecaster(
        "LSTM", examples__cold_start=True, covariates__calendar_features=["month"], **BARE
    )
    f.pretrain(panel((60,) * 8), fh=FH)
    few = f.clone().fit(panel((3, 14, 50), first=8), fh=FH)
    return {
        **answers(few),
        "one": f.clone().fit(series(1), fh=FH).predict(),
        "in_sample": few.predict([-2, 0, 1]),
        "updated": few.update(panel((6, 20), first=20), update_params=False).predict(),
        "backtest": f.clone().fit(series(4), fh=FH).backtest(series(20), coverage=0.8),
    }


@case
def pretrain():
    f = forecaster("GRU", **BARE).pretrain(panel(), fh=FH)
    again = forecaster("GRU", **BARE).pretrain(panel(), fh=FH)
    again.pretrain(panel((45, 50), first=5), fh=FH)
    kept = forecaster("LSTM", normalization="standard", baseline=None).pretrain(panel(), fh=FH)
    return {
        **answers(f.clone().fit(series(40, seed=9), fh=FH)),
        "again": again.clone().fit(series(40, seed=9), fh=FH).predict(),
        "standard": kept.clone().fit(series(40, seed=9), fh=FH).predict(),
    }


@case
def update():
    y, results = series(84), {}
    for learns in (False, True):
        f = forecaster("GRU", **BARE).fit(y[:60], fh=FH)
        f.update(y[60:72], update_params=learns)
        results |= {f"{learns}": f.predict(), f"{learns}_quantiles": f.predict_quantiles()}
        f.update(y[72:], update_params=learns)
        results[f"{learns}_twice"] = f.predict()
        results[f"{learns}_single"] = f.update_predict_single(y[80:], update_params=learns)
    many = panel((48, 40, 44))
    f = forecaster("LSTM", **BARE).fit(heads(many, 36), fh=FH)
    results["panel"] = f.update(many, update_params=True).predict()
    return results


@case
def update_predict():
    y, results = series(84), {}
    splitters = {
        "steps": ExpandingWindowSplitter(fh=[1, 2, 3], initial_window=62, step_length=4),
        "single": SlidingWindowSplitter(fh=[1], window_length=64, step_length=3),
    }
    for name, cv in splitters.items():
        for learns in (False, True):
            f = forecaster("GRU", **BARE).fit(y[:60], fh=[1, 2, 3])
            results[f"{name}_{learns}"] = f.update_predict(y, cv=cv, update_params=learns)
    days = series(70, "day", 7)
    f = forecaster("LSTM").fit(days[:60], fh=[1, 2])
    cv = SlidingWindowSplitter(fh=[1, 2], window_length=30, step_length=2, start_with_window=True)
    results["days"] = f.update_predict(days, cv=cv, update_params=False)
    many = panel((48, 48, 48))
    f = forecaster("GRU").fit(heads(many, 36), fh=[1])
    cv = ExpandingWindowSplitter(fh=[1], initial_window=38, step_length=2)
    return {**results, "panel": f.update_predict(many, cv=cv, update_params=False)}


@case
def backtest():
    y = series(84)
    f = forecaster("GRU", **BARE).fit(y[:60], fh=FH)
    cv = CutoffSplitter(np.array([62, 65, 70]), fh=[1, 4], window_length=40)
    return {
        "all": f.backtest(y),
        "cutoffs": f.backtest(y, cv=y.index[[55, 61, 66]], fh=[1, 2, 9]),
        "splitter": f.backtest(y, cv=cv),
        "intervals": f.backtest(y, cv=cv, coverage=[0.9, 0.5]),
        "quantiles": f.backtest(y, cv=cv, alpha=[0.2, 0.7]),
    }


@case
def backtest_with_covariates():
    y = panel((48, 48, 48))
    X = covariates(y.index)
    seen = heads(y, 36)
    f = forecaster("LSTM", covariates__past_columns=["v"]).fit(
        seen, X=X.loc[seen.index], fh=[1, 2, 3]
    )
    back = forecaster("RNN", strategy="recursive").fit(seen, fh=[1, 2, 3])
    return {"panel": f.backtest(y, X=X), "recursive": back.backtest(y, coverage=0.8)}


@case
def probability():
    results = {}
    for name, y in {"one": load_airline(), "many": panel()}.items():
        f = forecaster("GRU", max_epochs=10).fit(y, fh=FH)
        results |= {
            f"{name}_interval": f.predict_interval(coverage=[0.5, 0.9, 0.99]),
            f"{name}_quantiles": f.predict_quantiles(alpha=[0.001, 0.3, 0.995]),
            f"{name}_var": f.predict_var(),
            f"{name}_beyond": f.predict_interval(list(range(1, 15)), coverage=0.8),
            f"{name}_paths": f.sample_paths(n_paths=5, random_state=0),
            f"{name}_far_paths": f.sample_paths([2, 9], n_paths=3, random_state=1),
        }
        proba = f.predict_proba(FH)
        results |= {f"{name}_mean": proba.mean(), f"{name}_ppf": proba.ppf(0.7)}
        results[f"{name}_cdf"] = proba.cdf(1.01 * proba.mean())
        results[f"{name}_pdf"] = proba.pdf(1.01 * proba.mean())
        results[f"{name}_energy"] = proba.iloc[[0, 2]].energy()
        results[f"{name}_energy_of"] = proba.energy(proba.mean() + 1)
    f = forecaster("LSTM", **BARE).fit(two_targets(), fh=FH)
    one = forecaster("GRU").fit(series(), fh=FH)
    return {
        **results,
        "targets_paths": f.sample_paths(n_paths=5, random_state=0),
        "targets_var": f.predict_var(),
        "targets_proba": f.predict_proba().ppf(0.9),
        "in_sample": one.predict_interval([-20, 0, 1], coverage=0.8),
        "residuals": one.predict_residuals(series()),
    }


@case
def pickled_forecasters():
    f = forecaster("LSTM", examples__cold_start=True, n_members=2).pretrain(panel((60,) * 4), fh=FH)
    f = pickle.loads(pickle.dumps(f))
    return {"predict": f.clone().fit(panel((4, 50)), fh=FH).predict()}


@case
def dropout_paths():
    f = forecaster("LSTM", dropout=0.2, **BARE).fit(series(), fh=FH)
    g = forecaster("GRU", recurrent_dropout=0.2, strategy="recursive", **BARE).fit(panel(), fh=FH)
    return {
        name: x.sample_paths(n_paths=4, random_state=0, method="mc_dropout")
        for name, x in {"one": f, "many": g}.items()
    }


@case
def attention_of_forecasts():
    f = forecaster("Seq2Seq", attention="dot", **BARE).fit(series(), fh=FH)
    g = forecaster("Seq2Seq", attention="additive", **BARE).fit(panel(), fh=FH)
    X = covariates(series(78).index)
    h = forecaster("Seq2Seq", attention="dot").fit(series(), X=X[:72], fh=FH)
    results = {"known": h.attention_weights(X=X[72:])}
    return {
        **results,
        "one": f.attention_weights(),
        "many": g.attention_weights(),
        "predict": g.predict(),
    }
