"""Accuracy of the default forecasters on real series, beside classical ones.

    python benchmarks/backtest.py [--series airline nile] [--models LSTMForecaster AutoETS]
                                  [--jobs 2] [--csv docs/tables]

Monthly, quarterly and yearly series that come with sktime and statsmodels, three cutoffs each, 12
months, 8 quarters or 10 years ahead (a sixth of the series at most). Every forecaster has one
recipe for all series. MASE is scaled by the seasonal naive forecast within the training data. The
ratio is that to the MASE of the seasonal naive forecast on the same steps: its geometric mean over
the series, and its largest value. Each fit has one thread.
"""

import argparse
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from sktime import datasets as sktime_datasets
from sktime.forecasting.ets import AutoETS
from sktime.forecasting.naive import NaiveForecaster
from sktime.forecasting.sarimax import SARIMAX
from sktime.forecasting.theta import ThetaForecaster
from statsmodels import datasets
from statsmodels.datasets import elec_equip
from threadpoolctl import threadpool_limits
from tqdm import tqdm

from skrnn.forecasting import GRUForecaster, LSTMForecaster, RNNForecaster

N_CUTOFFS = 3
CALENDAR = {"M": (12, 12), "Q": (4, 8), "Y": (1, 10)}  # season and horizon
NAIVE = "NaiveForecaster"


def shipped_series():
    """All series by name, with periods as index."""
    carbon = datasets.co2.load_pandas().data["co2"].resample("MS").mean().interpolate()
    sea = datasets.elnino.load_pandas().data.set_index("YEAR").to_numpy().ravel()
    electric = elec_equip.load_pandas().data.iloc[:, 0]
    macro = datasets.macrodata.load_pandas().data
    german = datasets.interest_inflation.load_pandas().data
    return {
        "airline": sktime_datasets.load_airline(),
        "shampoo": sktime_datasets.load_shampoo_sales(),
        "PBS": sktime_datasets.load_PBS_dataset(),
        "co2": carbon.to_period(),
        "elnino": dated(sea, "1950-01", "M"),
        "elec_equip": dated(electric, "1995-01", "M"),
        "uschange": dated(sktime_datasets.load_uschange()[0], "1970Q1", "Q"),
        "realgdp": dated(macro["realgdp"], "1959Q1", "Q"),
        "unemp": dated(macro["unemp"], "1959Q1", "Q"),
        "tbilrate": dated(macro["tbilrate"], "1959Q1", "Q"),
        "cpi": dated(macro["cpi"], "1959Q1", "Q"),
        "interest": dated(german["R"], "1972Q2", "Q"),
        "inflation": dated(german["Dp"], "1972Q2", "Q"),
        "lynx": sktime_datasets.load_lynx(),
        "sunspots": dated(datasets.sunspots.load_pandas().data["SUNACTIVITY"], "1700", "Y"),
        "nile": dated(datasets.nile.load_pandas().data["volume"], "1871", "Y"),
    }


def dated(values, start, freq):
    index = pd.period_range(start, periods=len(values), freq=freq)
    return pd.Series(np.asarray(values, dtype=float), index)


def make_forecaster(name, y_train, season):
    """A forecaster by its class name; classical ones get the season where two of it are there."""
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
