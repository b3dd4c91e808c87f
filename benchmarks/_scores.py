"""The scores of `accuracy.py`, and published figures that check data and scores.

Forecasts have the shape (n_series, n_origins, horizon), quantiles one axis more. Everything is a
mean over the steps ahead first; a table takes the mean over origins and series.
"""

import numpy as np
import pandas as pd

COVERAGES = (0.8, 0.95)
LEVELS = (0.025, 0.1, 0.5, 0.9, 0.975)  # the ends of both intervals, and the median
M4_NAIVE2 = {"sMAPE": 18.383, "MASE": 2.395}  # hourly series, M4 organisers
# Published figures; forecasts that miss one have another protocol.
REPEATED = {
    ("m4_hourly", 24): {"sMAPE": 13.912, "MASE": 1.193},
    ("etth1_96", 1): {"MSE": 1.294, "MAE": 0.713},
    ("airline", 12): {"MAPE": 0.132},
}
BASELINES = {
    ("hospital", "SES"): {"MASE": 0.813},
    ("us_births", "SES"): {"MASE": 4.343},
    ("airline", "AutoARIMA"): {"MASE": 0.58, "MAPE": 0.042},
}
ROUNDED, FITTED = 0.0011, 0.003  # fits of other libraries end a little elsewhere


def naive_scale(y, season):
    """Mean absolute error of the seasonal naive forecast within a series."""
    y = np.asarray(y, dtype=float)
    season = season if len(y) > season else 1
    return np.abs(y[season:] - y[:-season]).mean()


def score(actual, point, quantiles, scale):
    """Return the scores, one row for each series and origin.

    Parameters
    ----------
    actual, point : ndarray of shape (n_series, n_origins, horizon)
        Observed values and forecasts.
    quantiles : ndarray of shape (n_series, n_origins, horizon, n_levels) or None
        At `LEVELS`.
    scale : ndarray of shape (n_series,)
        Of MASE, MSIS and the pinball loss. A series without change has none.
    """
    error = np.abs(actual - point)
    positive = (actual > 0).all(axis=2, keepdims=True)
    unit = np.where(scale > 0, scale, np.nan)[:, None, None]
    with np.errstate(invalid="ignore"):  # 0 for 0 is no error
        symmetric = np.nan_to_num(200 * error / (np.abs(actual) + np.abs(point)))
    steps = {
        "MASE": error / unit,
        "sMAPE": symmetric,
        "MAPE": error / np.where(positive, actual, np.nan),
        "MAE": error,
        "MSE": error**2,
    }
    if quantiles is not None:
        steps |= interval_scores(actual, quantiles, unit)
    index = pd.MultiIndex.from_product(
        [range(len(actual)), range(actual.shape[1])], names=["series", "origin"]
    )
    return pd.DataFrame({name: s.mean(axis=2).ravel() for name, s in steps.items()}, index)


def interval_scores(actual, quantiles, unit):
    """Return coverage, MSIS of the wider interval and mean pinball loss, step by step."""
    scores = {}
    for coverage in COVERAGES:
        lower, upper = interval(quantiles, coverage)
        inside = (lower <= actual) & (actual <= upper)
        scores[f"{coverage:.0%}"] = np.where(np.isfinite(upper - lower), inside, np.nan)
    outside = np.clip(lower - actual, 0, None) + np.clip(actual - upper, 0, None)
    scores["MSIS"] = (upper - lower + 2 / (1 - coverage) * outside) / unit
    over = actual[..., None] - quantiles
    pinball = np.maximum(over * LEVELS, over * (np.array(LEVELS) - 1)).mean(axis=-1)
    scores["pinball"] = pinball / unit
    return scores


def interval(quantiles, coverage):
    ends = (LEVELS.index(round((1 - coverage) / 2, 3)), LEVELS.index(round((1 + coverage) / 2, 3)))
    return tuple(quantiles[..., i] for i in ends)


def summarise(name, scores):
    """Return the means of the scores of a set."""
    means = scores.mean()
    if name == "m4_hourly":
        means["OWA"] = np.mean([means[key] / value for key, value in M4_NAIVE2.items()])
    return means


# -- checks --------------------------------------------------------------------------------------


def check_data(dataset):
    """Stop if the repeated last season does not have its published figure.

    Raises
    ------
    ValueError
        If it differs in the last published digit.
    """
    for (name, period), figures in REPEATED.items():
        if name == dataset.name:
            means = summarise(name, score_repeated(dataset, period))
            compare(means, figures, f"{name}, last {period} steps repeated", ROUNDED)


def score_repeated(dataset, period):
    """Return the scores of the last `period` steps before each origin, repeated."""
    actual, series = dataset.actual(), dataset.series.values()
    steps = np.arange(dataset.horizon) % period - period
    everything = [np.concatenate([y, t]) for y, t in zip(series, dataset.tests(), strict=True)]
    starts = np.array(dataset.origins)[:, None] + steps
    point = np.stack([v[len(y) + starts] for v, y in zip(everything, series, strict=True)])
    return score(actual, point, None, scales(dataset))


def scales(dataset):
    """Return the scale of each series."""
    return np.array([naive_scale(y, dataset.season) for y in dataset.series.values()])


def check_row(row):
    """Raise a ValueError if a row differs from its published figure."""
    place = (row["set"], row["model"])
    compare(row, BASELINES.get(place, {}), "{1} on {0}".format(*place), FITTED)


def compare(means, figures, what, tolerance):
    for key, figure in figures.items():
        if abs(means[key] - figure) > tolerance:
            raise ValueError(
                f"{what}: {key} is {means[key]:.4f}, but {figure} is known; data or scores are not "
                "those of the protocol."
            )


def check_scores():
    """Compare the scores with those of sktime on a random series.

    Raises
    ------
    AssertionError
        If they differ.
    """
    from sktime.performance_metrics.forecasting import (
        MeanAbsolutePercentageError,
        MeanAbsoluteScaledError,
    )
    from sktime.performance_metrics.forecasting.probabilistic import EmpiricalCoverage, PinballLoss

    rng = np.random.default_rng(0)
    train, actual, point = rng.uniform(1, 2, (3, 24))
    spread = np.sort(rng.normal(size=(24, len(LEVELS))), axis=1)
    quantiles = point[:, None] + spread - spread[:, [2]]
    scale = naive_scale(train, 12)
    ours = score(actual[None, None], point[None, None], quantiles[None, None], np.array([scale]))
    columns = pd.MultiIndex.from_product([["y"], LEVELS])
    frame = pd.DataFrame(quantiles, columns=columns)
    y = pd.Series(actual, name="y")
    theirs = {
        "MASE": MeanAbsoluteScaledError(sp=12)(actual, point, y_train=train),
        "sMAPE": 100 * MeanAbsolutePercentageError(symmetric=True)(actual, point),
        "MAPE": MeanAbsolutePercentageError(symmetric=False)(actual, point),
        "pinball": PinballLoss()(y, frame) / scale,
    }
    for coverage in COVERAGES:
        lower, upper = interval(quantiles, coverage)
        ends = pd.MultiIndex.from_product([["y"], [coverage], ["lower", "upper"]])
        bounds = pd.DataFrame(np.column_stack([lower, upper]), columns=ends)
        theirs[f"{coverage:.0%}"] = EmpiricalCoverage()(y, bounds)
    np.testing.assert_allclose(ours.iloc[0][list(theirs)], list(theirs.values()), rtol=1e-9)
