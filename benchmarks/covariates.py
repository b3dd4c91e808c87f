"""Forecasts with covariates that are known ahead, compared with what users write by hand.

    python benchmarks/covariates.py [--data DIR] [--study NAME ...] [--models NAME ...] [--jobs N]
                                    [--peers PYTHON] [--csv docs/tables]

DIR, by default the variable SKRNN_DATA, has `forecasting/cta_ridership.csv`; without it that study
is skipped. PYTHON has Prophet, if this one lacks it.

load      Hourly load of five zones, each of them fitted alone; the temperature is known. 12 weeks
          of training, and forecasts of 24 hours at each midnight of the 2 weeks after. Generated.
sales     Daily sales of 50 stores; open days, promotions, prices and holidays are known, size and
          type are static. 3 years of training, and forecasts of 28 days from 3 cutoffs, a
          horizon apart; the second spans Christmas. Generated.
riders    Riders of Chicago's buses and trains; types of days are known. Trained on 2016 to 2018,
          forecasts of 14 days from every week of January to May 2019.

All are fitted once, to the training part, and forecast from each origin with the values up to it,
except Prophet, which is fitted again at each origin. Every choice of a peer is made on a validation
part: the end of the training part, as long as the test part, with the same origins. Then the peer
is fitted to the whole training part. `LSTMForecaster` has its defaults, and gets what a user would
pass: the columns of X, with the names of the static ones, and the holidays. The one without X gets
nothing but the series.

HistGradientBoosting    One regressor for all series of a study on lags, calendar, holidays and
                        covariates. Chosen: direct (the step is a feature) or recursive; values,
                        ratios to the level or differences from the usual value; squared or absolute
                        error; number of trees.
HarmonicRegression      SARIMAX with Fourier terms, for each series. Chosen: logarithms or not, by
                        the validation part; harmonics and ARMA orders, by AIC. Closed days are left
                        out and forecast as 0.
Prophet                 The same covariates and holidays. Chosen: additive or multiplicative. Closed
                        days as above.
SeasonalNaive           Chosen: the shorter season (a day of hours, a week of days) or the longer
                        one (a week, 52 weeks).
Generator               For generated studies: knows everything but the noise to come. A bound.

error is the mean absolute error over origins and steps in percent of the mean of the series in
training, averaged over the series. MAE is in units of y, 80% the fraction of values within this
interval. Seconds are CPU seconds, with one thread, of one fit (choices included) and of all
forecasts; they are means over zones. Each model and study have a process of their own.
"""

import argparse
import os
import sys
from contextlib import closing
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

import _boosting
import _harmonic_regression
import _prophet
import numpy as np
from _process import Clock, Job, answers, dated, interpreters, keep, tell
from _studies import STUDIES

KEY = ["study", "model"]
COLUMNS = (*KEY, "n_series", "n_origins", "error", "MAE", "80%", "fit", "predict", "chosen")
COLUMNS += ("skrnn", "date")
SHOWN = ("error", "MAE", "80%", "fit", "predict")


@dataclass
class Result:
    """Forecasts of a study, shape (n_series, n_origins, horizon), and their cost."""

    point: np.ndarray
    fit: float
    predict: float
    chosen: str = ""
    interval: tuple | None = None


# -- models --------------------------------------------------------------------------------------


def ours(study):
    """Forecast by the default forecaster, with what a user would pass."""
    from skrnn import Covariates
    from skrnn.forecasting import LSTMForecaster

    forecaster = LSTMForecaster(random_state=0)
    if study.static or study.holidays:
        holidays = study.dates_of_holidays() if study.holidays else None
        columns = list(study.static) or None
        forecaster.set_params(covariates=Covariates(static_columns=columns, holidays=holidays))
    X = None if study.X is None else study.X[study.X.index.isin(study.y_train.index)]
    fitting, predicting = Clock(), Clock()
    with fitting:
        forecaster.fit(study.y_train, X=X, fh=study.fh)
    with predicting:
        found = forecaster.backtest(
            study.y_whole, X=study.X, cv=study.cutoffs, alpha=[0.1, 0.5, 0.9]
        )
    shape = len(study.origins), len(study.series), study.horizon, 3
    lower, median, upper = found.to_numpy().reshape(shape).transpose(3, 1, 0, 2)
    plan = "; ".join(str(forecaster.plan_).splitlines())
    return Result(median, fitting.seconds, predicting.seconds, plan, (lower, upper))


def without_covariates(study):
    """Forecast by the default forecaster from the series alone."""
    return ours(replace(study, X=None, static=(), holidays=None))


def boosting(study):
    candidates, clock, validation = _boosting.candidates(), Clock(), study.validation()
    with clock:
        tried = [candidate.choose_trees(validation) for candidate in candidates]
        best = best_of(tried, validation)
    return with_cost(best, study, clock)


def harmonic_regression(study):
    clock, validation = Clock(), study.validation()
    with clock:
        tried = [_harmonic_regression.HarmonicRegression(log) for log in (False, True)]
        best = best_of([candidate.fit(validation) for candidate in tried], validation)
    best.models = []
    return with_cost(best, study, clock)


def prophet(study):
    clock, validation = Clock(), study.validation()
    with clock:
        tried = [candidate.fit(validation) for candidate in _prophet.candidates()]
        best = best_of(tried, validation)
    return with_cost(replace(best, refit=True), study, clock)


def best_of(candidates, validation):
    """Return the candidate whose forecasts of the validation part are best."""
    return min(candidates, key=lambda one: validation.error(one.forecast(validation)))


def with_cost(model, study, fitting):
    """Fit the chosen model to the training part, and forecast."""
    predicting = Clock()
    with fitting:
        model.fit(study)
    with predicting:
        point = model.forecast(study)
    return Result(point, fitting.seconds, predicting.seconds, str(model))


def seasonal_naive(study):
    """Repeat the season that the validation part chooses."""
    validation = study.validation()
    season = min(study.seasons, key=lambda s: validation.error(repeated(validation, s)))
    return Result(repeated(study, season), 0.0, 0.0, f"season {season}")


def repeated(study, season):
    steps = np.arange(study.horizon)
    return study.values[:, study.starts[:, None] + steps % season - season]


def generator(study):
    """Forecast by what generated the data, without the noise after the origin."""
    if study.truth is None:
        raise ValueError("The data are not generated.")
    steps, last = np.arange(study.horizon), study.starts - 1
    noise = (study.values - study.truth)[:, last, None] * study.memory ** (steps + 1)
    return Result(study.truth[:, last[:, None] + 1 + steps] + noise, 0.0, 0.0)


MODELS = {
    "LSTMForecaster": ours,
    "LSTMForecaster without X": without_covariates,
    "HistGradientBoosting": boosting,
    "HarmonicRegression": harmonic_regression,
    "Prophet": prophet,
    "SeasonalNaive": seasonal_naive,
    "Generator": generator,
}
LIBRARIES = {"HarmonicRegression": ["statsmodels"], "Prophet": ["prophet"]}


# -- rows ----------------------------------------------------------------------------------------


def row_of(name, model, folder):
    """Return the row of a model and a study."""
    studies = STUDIES[name](folder)
    results = [MODELS[model](study) for study in studies]
    pairs = list(zip(studies, results, strict=True))
    row = {"study": name, "model": model, "n_series": sum(len(s.series) for s in studies)}
    row |= {
        "n_origins": len(studies[0].origins),
        "error": 100 * float(np.mean([s.error(r.point) for s, r in pairs])),
        "MAE": float(np.mean([np.abs(r.point - s.actual()).mean() for s, r in pairs])),
        "fit": float(np.mean([r.fit for r in results])),
        "predict": float(np.mean([r.predict for r in results])),
        "chosen": " | ".join(dict.fromkeys(r.chosen for r in results)),
    }
    if results[0].interval:
        row["80%"] = float(np.mean([inside(s, *r.interval) for s, r in pairs]))
    return row


def inside(study, lower, upper):
    """Return the fraction of values within an interval."""
    actual = study.actual()
    return ((lower <= actual) & (actual <= upper)).mean()


def in_order(table):
    """Return the table with its columns, and its rows, in the order of studies and models."""
    ranks = {"study": list(STUDIES), "model": list(MODELS)}
    table = table.reindex(columns=COLUMNS)
    return table.sort_values(KEY, key=lambda c: c.map({v: i for i, v in enumerate(ranks[c.name])}))


def show(row):
    """Print a line for a row."""
    figures = (f"{name} {row[name]:.3f}" for name in SHOWN if name in row)
    chosen = row["chosen"] if not row["model"].startswith("LSTM") else ""
    print(f"{row['study']:8}{row['model']:26}", *figures, chosen, sep="  ", flush=True)


def available(names, folder):
    """Return the studies whose files are there."""
    found = []
    for name in names:
        try:
            STUDIES[name](folder)
            found.append(name)
        except FileNotFoundError as error:
            print(f"{name} is skipped: {error}", file=sys.stderr)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default=os.environ.get("SKRNN_DATA"), metavar="DIR")
    parser.add_argument("--study", nargs="+", choices=STUDIES, default=list(STUDIES))
    parser.add_argument("--models", nargs="+", choices=MODELS, default=list(MODELS))
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="processes at once")
    parser.add_argument("--peers", metavar="PYTHON", help="interpreter with the peers")
    parser.add_argument("--csv", type=Path, metavar="FOLDER", help="keep the rows there")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        tell(lambda: row_of(*args.one, args.data))
        return
    missing = {
        model: [name for name in LIBRARIES.get(model, []) if find_spec(name) is None]
        for model in args.models
    }
    jobs = [
        Job(f"{model} on {name}", command(python, name, model, args.data))
        for name in available(args.study, args.data)
        for model, python in interpreters(missing, args.peers).items()
        if not (model == "Generator" and name == "riders")
    ]
    with closing(answers(jobs, args.jobs)) as found:
        for row in found:
            show(row)
            if args.csv:
                keep(dated([row]), args.csv / "covariates.csv", in_order, KEY)


def command(python, name, model, folder):
    """Return the command that prints the row of a model and a study."""
    data = ["--data", folder] if folder else []
    return [python, __file__, "--one", name, model, *data]


if __name__ == "__main__":
    main()
