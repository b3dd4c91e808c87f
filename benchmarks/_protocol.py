"""How `accuracy.py` lets a model forecast a set, in a process of its own.

    python benchmarks/_protocol.py SET MODEL [--data DIR] [--cutoffs N]

prints the rows of the table as JSON. Seconds are those of fit and predict. Intervals are not timed,
except for forecasts from many origins, which are all quantiles.
Forecasters of skrnn learn from all series and forecast from each origin without another fit. Peers
are fitted to each series alone, and again at each of a sample of the origins.
"""

import argparse
import sys
from dataclasses import dataclass

import numpy as np
import pandas as pd
from _baselines import MODELS
from _datasets import at_cutoffs, at_origin, load_all, split
from _process import Clock, peak, tell
from _scores import LEVELS, naive_scale, scales, score, summarise

ORIGINS_AT_ONCE = 512  # bounds the memory of quantiles far ahead


@dataclass
class Forecasts:
    """Forecasts of a model from some origins, and their cost.

    Parameters
    ----------
    scores : pd.DataFrame
        One row for each series and origin, by their positions in the set.
    seconds : float
        Of computing, to fit and predict.
    plan : str
        Plan of the forecaster, as text.
    n_failed : int
        Fits that failed and were replaced by the naive forecast.
    """

    scores: pd.DataFrame
    seconds: float
    plan: str = ""
    n_failed: int = 0


# -- skrnn ---------------------------------------------------------------------------------------


def forecast_together(model, dataset):
    """Fit to all series at once, and forecast from every origin."""
    return forecast_fitted(*fitted(model, dataset), dataset)


def fitted(model, dataset):
    """Return a forecaster that is fitted to all series, and the clock of its fit."""
    train, _ = covariates(dataset)
    forecaster, clock = model.make(dataset), Clock()
    with clock:
        forecaster.fit(dataset.y_train, X=train, fh=dataset.fh)
    return forecaster, clock


def forecast_fitted(forecaster, clock, dataset):
    """Forecast from every origin without another fit."""
    if dataset.rolling:
        blocks = at_origins(forecaster, dataset, clock)
    else:
        _, ahead = covariates(dataset)
        with clock:
            point = forecaster.predict(X=ahead)
        quantiles = forecaster.predict_quantiles(alpha=list(LEVELS), X=ahead)
        blocks = [([0], *aligned(dataset, point, quantiles))]
    actual, scale = dataset.actual(), scales(dataset)
    parts = [
        at_positions(score(actual[:, rows], point, quantiles, scale), rows)
        for rows, point, quantiles in blocks
    ]
    return Forecasts(pd.concat(parts), clock.seconds, in_words(forecaster.plan_))


def in_words(plan):
    """Return a plan as one line."""
    return "; ".join(str(plan).splitlines())


def at_origins(forecaster, dataset, clock):
    """Yield positions of origins, and the medians and quantiles from there."""
    shape = (len(dataset.series), dataset.horizon, len(LEVELS))
    for first in range(0, len(dataset.origins), ORIGINS_AT_ONCE):
        rows = list(range(len(dataset.origins)))[first : first + ORIGINS_AT_ONCE]
        cutoffs = dataset.cutoffs[rows]
        with clock:
            found = forecaster.backtest(
                dataset.y_whole, X=dataset.X, cv=cutoffs, alpha=list(LEVELS)
            )
        quantiles = found.to_numpy().reshape(len(rows), *shape).swapaxes(0, 1)
        yield rows, quantiles[..., LEVELS.index(0.5)], quantiles


def covariates(dataset):
    """Return the covariates of the training part, and of the first horizon."""
    if dataset.X is None:
        return None, None
    ahead = dataset.y_test.index[: dataset.horizon]
    return dataset.X.loc[dataset.y_train.index], dataset.X.loc[ahead]


def aligned(dataset, point, quantiles):
    """Return frames of forecasts as arrays (n_series, 1, horizon, ...), matched by their times."""
    rows, shape = dataset.y_test.index, (-1, 1, dataset.horizon)
    values = point.loc[rows].to_numpy(float).reshape(shape)
    return values, quantiles.loc[rows].to_numpy(float).reshape(*shape, len(LEVELS))


def at_positions(scores, origins, series=None):
    """Return scores with the positions of series and origins in the set."""
    index = scores.index
    places = [np.array(origins)[index.get_level_values(1)]]
    rows = index.get_level_values(0)
    places.insert(0, rows if series is None else np.array(series)[rows])
    return scores.set_axis(pd.MultiIndex.from_arrays(places, names=index.names))


# -- one series at a time ------------------------------------------------------------------------


def forecast_apart(model, dataset):
    """Fit to each series alone, at each of some origins."""
    n_failed, clock, parts = 0, Clock(), []
    for position in dataset.refit_origins():
        present = at_origin(dataset, position) if dataset.rolling else dataset
        train, test = present.series, split(present.y_test)
        for i, name in enumerate(dataset.series):
            asked = (train[name], test[name].index, dataset, clock)
            try:
                point, quantiles = forecast_one(model, *asked)
            except Exception as error:
                print(f"{name}: {error!r}", file=sys.stderr)
                n_failed += 1
                point, quantiles = forecast_one(MODELS["Naive"], *asked)
            scale = naive_scale(dataset.series[name], dataset.season)
            actual = test[name].to_numpy(float)[None, None]
            row = score(actual, point, quantiles, np.array([scale]))
            parts.append(at_positions(row, [position], [i]))
    return Forecasts(pd.concat(parts), clock.seconds, n_failed=n_failed)


def forecast_one(model, y, ahead, dataset, clock):
    """Return the forecast of one series, and its quantiles if it has them."""
    season = dataset.season if len(y) >= model.n_seasons * dataset.season + 6 else 1
    forecaster = model.make(y, season)
    reads = dataset.X is not None and forecaster.get_tag("capability:exogenous")
    past, future = (dataset.X.loc[y.index], dataset.X.loc[ahead]) if reads else (None, None)
    with clock:
        forecast = forecaster.fit(y, X=past, fh=dataset.fh).predict(X=future)
    point = forecast.loc[ahead].to_numpy(float)
    if not np.isfinite(point).all():
        raise ValueError("The forecast is not finite.")
    quantiles = None
    if forecaster.get_tag("capability:pred_int"):
        found = forecaster.predict_quantiles(alpha=list(LEVELS), X=future).loc[ahead]
        quantiles = found.to_numpy(float)[None, None]
    return point[None, None], quantiles


# -- the rows of the table -----------------------------------------------------------------------


def rows_of(name, model_name, folder, n_cutoffs=1):
    """Return the rows of a model on a set, from its end or from several cutoffs."""
    model, sets = MODELS[model_name], load_all(name, folder)
    if n_cutoffs > 1:
        sets = [one for dataset in sets for one in at_cutoffs(dataset, n_cutoffs)]
    forecast = forecast_together if model.ours else forecast_apart
    results = [forecast(model, dataset) for dataset in sets]
    first = {"set": name, "model": model_name, "versions": model.versions()}
    rows = rows_of_parts(name, sets, results)
    if n_cutoffs > 1:
        rows += [
            row(f"cutoff {i}", name, pd.concat({i: result.scores}, names=["fit"]))
            for i, result in enumerate(results)
        ]
    return [first | row for row in rows]


def rows_of_parts(name, sets, results):
    """Return the row of all origins, and that of the origins that every model has."""
    scores = pd.concat({i: r.scores for i, r in enumerate(results)}, names=["fit"])
    common = scores.index.get_level_values("origin").isin(sets[0].refit_origins())
    parts = {"all": scores}
    if sets[0].rolling:
        parts = {"sample": scores[common]} if common.all() else parts | {"sample": scores[common]}
    cost = {
        "seconds": sum(r.seconds for r in results),
        "peak_mb": peak(),
        "n_failed": sum(r.n_failed for r in results),
        "plan": results[0].plan if len(results) == 1 else "",
    }
    return [row(part, name, scores) | cost for part, scores in parts.items()]


def row(part, name, scores):
    """Return the means of the scores, and the numbers of series and origins."""
    counts = {
        "part": part,
        "n_series": len(scores.groupby(level=["fit", "series"])),
        "n_origins": len(scores.index.unique("origin")),
    }
    return counts | summarise(name, scores).to_dict()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("set")
    parser.add_argument("model", choices=MODELS)
    parser.add_argument("--data")
    parser.add_argument("--cutoffs", type=int, default=1)
    args = parser.parse_args()
    tell(lambda: rows_of(args.set, args.model, args.data, args.cutoffs))


if __name__ == "__main__":
    main()
