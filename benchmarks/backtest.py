"""Accuracy of the default forecasters on real series, compared with classical ones.

    python benchmarks/backtest.py [--series airline nile] [--models LSTMForecaster AutoETS]
                                  [--jobs 2] [--csv docs/tables]

Monthly, quarterly and yearly series that come with sktime and statsmodels, three cutoffs each, 12
months, 8 quarters or 10 years ahead (a sixth of the series at most). Each forecaster has the same
settings for all series. MASE is scaled by the seasonal naive forecast within the training data. The
ratio is that to the MASE of the seasonal naive forecast on the same steps: its geometric mean over
the series, and its largest value. Each fit has one thread.
"""

import argparse
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from _datasets import CALENDAR, N_CUTOFFS, shipped_series
from joblib import Parallel, delayed
from sktime.forecasting.ets import AutoETS
from sktime.forecasting.naive import NaiveForecaster
from sktime.forecasting.sarimax import SARIMAX
from sktime.forecasting.theta import ThetaForecaster
from threadpoolctl import threadpool_limits
from tqdm import tqdm

from skrnn.forecasting import GRUForecaster, LSTMForecaster, RNNForecaster

NAIVE = "NaiveForecaster"


def make_forecaster(name, y_train, season):
    """A forecaster by its class name; classical ones get the season if there are two of them."""
    season = season if len(y_train) >= 2 * season + 6 else 1
    if name == "AutoETS":  # sktime 1.2 fails to give intervals for multiplicative models
        return AutoETS(auto=True, additive_only=True, sp=season)
    if name == "SARIMAX":
        seasonal = (0, 1, 1, season) if season > 1 else (0, 0, 0, 0)
        return SARIMAX(order=(1, 1, 1), seasonal_order=seasonal, concentrate_scale=True)
    if name == "ThetaForecaster":
        model = "multiplicative" if y_train.min() > 0 else "additive"
        return ThetaForecaster(sp=season, deseasonalize_model=model)
    return {
        NAIVE: lambda: NaiveForecaster(sp=season),
        "LSTMForecaster": lambda: LSTMForecaster(random_state=0),
        "GRUForecaster": lambda: GRUForecaster(random_state=0),
        "RNNForecaster": lambda: RNNForecaster(random_state=0),
    }[name]()


MODELS = (
    *("LSTMForecaster", "GRUForecaster", "RNNForecaster"),
    *("AutoETS", "SARIMAX", "ThetaForecaster", NAIVE),
)


def evaluate(name, y, model, cutoff):
    """Fit before the cutoff, counted from the end; return the row of the scores."""
    season, horizon = CALENDAR[y.index.freqstr[0]]
    horizon = min(horizon, len(y) // 6)
    n_train = len(y) - (cutoff + 1) * horizon
    y_train, y_test = y.iloc[:n_train], y.iloc[n_train : n_train + horizon]
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.showwarning = lambda *args, **kwargs: None  # sktime undoes filters
        start = time.perf_counter()
        forecaster = make_forecaster(model, y_train, season)
        forecaster.fit(y_train, fh=np.arange(1, horizon + 1))
        error = (y_test - forecaster.predict()).abs().mean()
        seconds = time.perf_counter() - start
        inside = {}
        for coverage in (0.8, 0.95):
            interval = forecaster.predict_interval(coverage=coverage)
            lower, upper = interval.iloc[:, 0], interval.iloc[:, 1]
            inside[f"{coverage:.0%}"] = ((lower <= y_test) & (y_test <= upper)).mean()
    mase = error / y_train.diff(season).abs().mean()
    return {"series": name, "model": model, "MASE": mase, **inside, "seconds": seconds}


def run(series, models, n_jobs):
    jobs = [
        delayed(evaluate)(name, y, model, cutoff)
        for name, y in series.items()
        for model in models
        for cutoff in range(N_CUTOFFS)
    ]
    results = Parallel(n_jobs=n_jobs, return_as="generator")(jobs)
    return pd.DataFrame(tqdm(results, total=len(jobs), leave=False))


def summarise(results):
    """MASE of each model on each series, and the means of each model."""
    scores = results.groupby(["series", "model"], sort=False).mean()
    mase = scores["MASE"].unstack("model", sort=False).rename_axis(None, axis=1)
    ratio = mase.div(mase[NAIVE], axis=0)
    means = scores.groupby("model", sort=False).mean()
    means.insert(1, "ratio", np.exp(np.log(ratio).mean()))
    means.insert(2, "largest ratio", ratio.max())
    mase.columns = mase.columns.str.removesuffix("Forecaster")
    return mase, means


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--series", nargs="+", metavar="NAME", choices=(names := shipped_series()))
    parser.add_argument("--models", nargs="+", metavar="NAME", choices=MODELS)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--csv", type=Path, metavar="FOLDER", help="write both tables there")
    args = parser.parse_args()
    chosen = {name: names[name] for name in args.series or names}
    models = dict.fromkeys([*(args.models or MODELS), NAIVE])
    mase, means = summarise(run(chosen, models, args.jobs))
    print(mase.rename_axis("MASE").to_string(float_format="%.2f"))
    print(f"\nMeans over {len(mase)} series; coverage of the 80 % and 95 % intervals")
    print(means.rename_axis(None).to_string(float_format="%.2f"))
    if args.csv:
        args.csv.mkdir(parents=True, exist_ok=True)
        mase.to_csv(args.csv / "backtest_series.csv", float_format="%.2f")
        means.to_csv(args.csv / "backtest_models.csv", float_format="%.2f")


if __name__ == "__main__":
    main()
