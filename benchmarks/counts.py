"""Forecasts of intermittent demand, compared with Croston's method and others for such series.

    python benchmarks/counts.py [--n-series 2500] [--csv docs/tables]

The series resemble sales of spare parts: 51 months, of which the last 12 are forecast, mostly of
zeros. They are generated: a mean demand that differs from part to part, drifts and has a weak
season; counts with a negative binomial distribution about it; parts with fewer than three sales in
training are left out. Everything is fitted once, to the first 39 months.

LSTMForecaster             Defaults: the median.
LSTMForecaster, mean       ``Target(point_forecast="mean")``, the same fit.
LSTMForecaster, integer    ``Target(integer=True)``, the same fit.
Croston                    sktime's, smoothing .1, with the quantiles of a negative binomial
                           distribution, whose dispersion is that of the history of the series.
TSB                        Teunter, Syntetos & Babai (2011), both constants .1; quantiles as above.
SES                        Simple exponential smoothing, constant .1; quantiles as above.
History                    Median and quantiles of the history of the series.
History, mean              Its mean.
Zero                       Always zero.

MASE and RMSSE are in units of the naive errors in training. The median minimises MASE, the mean
RMSSE: each kind of forecast has one of the two that suits it. bias is the mean of forecast minus
outcome, in percent of the mean demand. 80% is the fraction of values within this interval, which is
larger where the distribution is discrete; 90% and 97.5% are the fractions up to these quantiles.
pinball is the mean of the pinball losses at .5, .75, .9 and .975, in units of MASE. Seconds are CPU
seconds of fit and forecast.
"""

import argparse
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from _process import Clock, write
from scipy import stats

N_MONTHS, HORIZON = 39, 12
LEVELS = (0.1, 0.5, 0.75, 0.9, 0.975)
SMOOTHING = 0.1


def parts(n_series, seed=0):
    """Return demand, shape (n_series, n_months)."""
    rng, months = np.random.default_rng(seed), np.arange(N_MONTHS + HORIZON)
    kept = []
    while len(kept) < n_series:
        drift = np.exp(np.cumsum(rng.normal(scale=0.08, size=len(months))))
        season = 1 + 0.3 * rng.random() * np.sin(2 * np.pi * (months + rng.integers(12)) / 12)
        mean = rng.gamma(0.7, 0.6) * drift * season
        size = mean * rng.choice([0.5, 1, 3]) + 1e-9
        demand = rng.negative_binomial(size, size / (size + mean))
        if np.count_nonzero(demand[:N_MONTHS]) >= 3:
            kept.append(demand)
    return np.array(kept, dtype=float)


def frame(values):
    """Return series, one a row, as a pd-multiindex."""
    times = pd.period_range("1998-01", periods=values.shape[1], freq="M")
    index = pd.MultiIndex.from_product([range(len(values)), times], names=["part", "month"])
    return pd.DataFrame({"demand": values.ravel()}, index)


# -- models: training values to points and quantiles ---------------------------------------------


def network(known):
    """Return median, mean and quantiles of one fit, and quantiles as whole numbers."""
    from skrnn.forecasting import LSTMForecaster

    forecaster = LSTMForecaster(random_state=0).fit(frame(known), fh=range(1, HORIZON + 1))
    shape = len(known), HORIZON, -1
    quantiles = forecaster.predict_quantiles(alpha=list(LEVELS)).to_numpy().reshape(shape)
    mean = forecaster.predict_proba().mean().to_numpy().reshape(shape[:2])
    print(forecaster.plan_)
    return {
        "LSTMForecaster": (quantiles[..., 1], quantiles),
        "LSTMForecaster, mean": (mean, quantiles),
        "LSTMForecaster, integer": (np.rint(quantiles[..., 1]), np.rint(quantiles)),
    }


def croston(known):
    from sktime.forecasting.croston import Croston

    rate = [Croston(SMOOTHING).fit(pd.Series(y), fh=[1]).predict().iloc[0] for y in known]
    return {"Croston": with_quantiles(np.array(rate), known)}


def tsb(known):
    """Smooth the probability of a demand in each month, and its size where there is one."""
    probability = np.clip((known > 0).mean(axis=1), 0.01, None)
    size = known.sum(axis=1) / np.count_nonzero(known, axis=1)
    for y in known.T:
        size = np.where(y > 0, size + SMOOTHING * (y - size), size)
        probability += SMOOTHING * ((y > 0) - probability)
    return {"TSB": with_quantiles(probability * size, known)}


def smoothing(known):
    level = known[:, :6].mean(axis=1)
    for y in known.T:
        level += SMOOTHING * (y - level)
    return {"SES": with_quantiles(level, known)}


def history(known):
    quantiles = np.quantile(known, LEVELS, axis=1, method="inverted_cdf").T[:, None]
    quantiles = np.repeat(quantiles, HORIZON, axis=1)
    mean = np.repeat(known.mean(axis=1)[:, None], HORIZON, axis=1)
    return {
        "History": (quantiles[..., 1], quantiles),
        "History, mean": (mean, quantiles),
        "Zero": (0 * mean, None),
    }


def with_quantiles(rate, known):
    """Return forecasts, and quantiles of a negative binomial distribution with this mean."""
    mean, variance = known.mean(axis=1), known.var(axis=1, ddof=1)
    dispersion = np.clip(variance / mean, 1.01, None)[:, None]
    rate = np.maximum(rate, 1e-6)[:, None]
    quantiles = stats.nbinom.ppf(LEVELS, rate / (dispersion - 1), 1 / dispersion)
    return tuple(np.repeat(part, HORIZON, axis=1) for part in (rate, quantiles[:, None]))


# -- scores ----------------------------------------------------------------------------------------


def scores(actual, known, point, quantiles):
    """Return the scores of a model as a dict."""
    change = np.diff(known)
    scale, squared = np.abs(change).mean(axis=1), (change**2).mean(axis=1)
    row = {
        "MASE": (np.abs(actual - point).mean(axis=1) / scale).mean(),
        "RMSSE": np.sqrt(((actual - point) ** 2).mean(axis=1) / squared).mean(),
        "bias": 100 * (point - actual).mean() / actual.mean(),
    }
    if quantiles is not None:
        over = actual[..., None] - quantiles
        loss = np.maximum(over * LEVELS, over * (np.array(LEVELS) - 1))[..., 1:]
        below = (over <= 0).mean(axis=(0, 1))
        row |= {
            "80%": ((over[..., 0] >= 0) & (over[..., 3] <= 0)).mean(),
            "90%": below[3],
            "97.5%": below[4],
            "pinball": (loss.mean(axis=(1, 2)) / scale).mean(),
        }
    return row


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--n-series", type=int, default=2500, metavar="N")
    parser.add_argument("--csv", type=Path, metavar="FOLDER", help="write the table there")
    args = parser.parse_args()
    demand = parts(args.n_series)
    known, actual = demand[:, :N_MONTHS], demand[:, N_MONTHS:]
    print(f"{(known == 0).mean():.0%} zeros, mean demand {known.mean():.2f}")
    rows = []
    for model in (network, croston, tsb, smoothing, history):
        clock = Clock()
        with clock, warnings.catch_warnings():
            warnings.showwarning = lambda *args, **kwargs: None  # sktime undoes filters
            found = model(known)
        for name, forecasts in found.items():
            row = {"model": name, **scores(actual, known, *forecasts), "seconds": clock.seconds}
            rows.append(row)
    table = in_words(rows)
    print(table.to_string(index=False))
    if args.csv:
        write(table, args.csv / "counts.csv")


def in_words(rows):
    """Return the table as text."""
    digits = {"MASE": 3, "RMSSE": 3, "pinball": 3, "bias": 0, "seconds": 1}
    table = pd.DataFrame(rows)
    for name in table.columns[1:]:
        scale, places = (100, 1) if name.endswith("%") else (1, digits[name])
        table[name] = [f"{scale * x:.{places}f}" if x == x else "\N{EN DASH}" for x in table[name]]
    return table


if __name__ == "__main__":
    main()
