"""Error bars of the generated series, and windows around scikit-learn's regressors."""

import time
import warnings

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from _series import BUDGET, N_STEPS, load, squared_error
from sklearn.compose import TransformedTargetRegressor
from sklearn.linear_model import LinearRegression
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sktime.datasets import load_airline
from sktime.forecasting.compose import make_reduction
from sktime.transformations.series.boxcox import LogTransformer

from skrnn import LSTMRegressor
from skrnn.forecasting import LSTMForecaster

COVERAGES = (0.8, 0.95)
DEVIATIONS = (1.28, 1.96)  # that hold so much of a normal distribution
SIZE = {"hidden_size": 20, "n_layers": 2}

# %%
# Three kinds of intervals
# ------------------------
# Each returns the forecasts (n, 10), and the lower and upper ends (n, 10) of each coverage.


def dropout_intervals(train, valid, **budget):
    """Return forecasts and error bars of a network that predicts with dropout."""
    model = LSTMRegressor(
        dropout=0.2, recurrent_dropout=0.2, random_state=0, **SIZE, **(BUDGET | budget)
    ).fit(train.X, train.y)
    mean, deviation = model.predict(valid.X, return_std=True)
    return mean, [(mean - z * deviation, mean + z * deviation) for z in DEVIATIONS]


def residual_intervals(train, valid, **budget):
    """Return forecasts, and the quantiles of the errors on training series that were held out."""
    seen, held_out = train.part(0, 0.8), train.part(0.8, 1)
    model = LSTMRegressor(random_state=0, **SIZE, **(BUDGET | budget)).fit(seen.X, seen.y)
    errors = np.abs(held_out.y - model.predict(held_out.X))
    mean, n = model.predict(valid.X), len(errors)
    # A new error is as likely to fall between any two of the n held out: split conformal.
    widths = [np.quantile(errors, min(1, c * (n + 1) / n), axis=0) for c in COVERAGES]
    return mean, [(mean - width, mean + width) for width in widths]


def quantile_intervals(train, valid, **budget):
    """Return forecasts and intervals of a forecaster that was trained on other series."""
    horizon = list(range(1, train.y.shape[1] + 1))
    forecaster = LSTMForecaster(window_length=N_STEPS, random_state=0, **SIZE, **budget)
    forecaster.pretrain(as_panel(np.hstack([train.X[:, :, 0], train.y])), fh=horizon)
    forecaster.fit(as_panel(valid.X[:, :, 0]), fh=horizon)
    median = forecaster.predict().to_numpy().reshape(valid.y.shape)
    table = forecaster.predict_interval(coverage=list(COVERAGES))
    return median, [
        tuple(
            table["value", c, end].to_numpy().reshape(valid.y.shape) for end in ("lower", "upper")
        )
        for c in COVERAGES
    ]


def as_panel(series):
    """Return series of shape (n, n_values) as a panel of sktime."""
    names = ["series", "step"]
    index = pd.MultiIndex.from_product([range(n) for n in series.shape], names=names)
    return pd.DataFrame({"value": series.ravel().astype(float)}, index)


KINDS = {
    "Dropout, 1.28 and 1.96 deviations": dropout_intervals,
    "LSTM, errors on held-out series": residual_intervals,
    "LSTMForecaster, quantiles": quantile_intervals,
}


def measure_intervals(intervals, valid):
    """Return the error of the forecasts, and coverage and width of the intervals."""
    predicted, bounds = intervals
    line = {"error": f"{squared_error(predicted, valid):.5f}"}
    for coverage, (lower, upper) in zip(COVERAGES, bounds, strict=True):
        inside = np.mean((lower <= valid.y) & (valid.y <= upper))
        line |= {
            f"within {coverage:.0%}": f"{inside:.2f}",
            f"width of {coverage:.0%}": f"{np.mean(upper - lower):.3f}",
        }
    return line


def draw(intervals, valid, path, n_series=4):
    """Draw the first series with their forecasts and intervals of 80 and 95 %."""
    plt.switch_backend("agg")
    shape = {"nrows": n_series, "ncols": len(intervals), "sharex": True, "sharey": True}
    fig, axes = plt.subplots(**shape, figsize=(11, 1.9 * n_series), layout="constrained")
    read, ahead = np.arange(30, N_STEPS), N_STEPS + np.arange(valid.y.shape[1])
    for column, (name, (predicted, bounds)) in zip(axes.T, intervals.items(), strict=True):
        for i, ax in enumerate(column):
            for (lower, upper), alpha in zip(bounds, (0.35, 0.18), strict=True):
                ax.fill_between(ahead, lower[i], upper[i], color="#0072B2", alpha=alpha, lw=0)
            ax.plot(read, valid.X[i, read, 0], color="0.25", lw=1.2)
            ax.plot(ahead, predicted[i], color="#0072B2", lw=1.8, label="forecast")
            ax.plot(ahead, valid.y[i], "x", color="#D55E00", ms=5, label="observed")
            ax.spines[["top", "right"]].set_visible(False)
        column[0].set_title(name, fontsize="medium", loc="left")
        column[-1].set_xlabel("step")
    fig.legend(*ax.get_legend_handles_labels(), loc="outside upper right", ncols=2, frameon=False)
    fig.savefig(path, dpi=120)
    plt.close(fig)


# %%
# Windows of one series around any regressor
# ------------------------------------------
# Two years of lags, on logarithms, as the recurrent forecaster takes them by itself.


def reductions():
    """Return forecasters that remember nothing but the last two years, by their names."""
    # Inputs and targets standardised, as the networks of skrnn do it inside.
    perceptron = TransformedTargetRegressor(
        make_pipeline(StandardScaler(), MLPRegressor(max_iter=2000, random_state=0)),
        transformer=StandardScaler(),
    )
    regressors = {"LinearRegression": LinearRegression(), "MLPRegressor": perceptron}
    return {
        f"{name}, {strategy}": LogTransformer()
        * make_reduction(regressor, window_length=24, strategy=strategy)
        for name, regressor in regressors.items()
        for strategy in ("recursive", "direct")
    }


def compare_on_airline(forecasters):
    """Return the errors on the last twelve months of the airline passengers."""
    y = load_airline()
    y_train, y_test = y[:-12], y[-12:]
    lines = []
    for name, forecaster in forecasters.items():
        begin = time.perf_counter()
        predicted = forecaster.fit(y_train, fh=list(range(1, 13))).predict()
        seconds = time.perf_counter() - begin
        error = (predicted - y_test).abs()
        lines.append(
            {
                "forecaster": name,
                "MAE": f"{error.mean():.1f}",
                "MAPE": f"{(error / y_test).mean():.3f}",
                "seconds": f"{seconds:.1f}",
            }
        )
    return pd.DataFrame(lines)


# %%
# Both tables
# -----------


def make_tables(figures=None):
    """Return both tables by name; write the figure, if a folder is given."""
    train, valid = load(10)
    intervals = {name: kind(train, valid) for name, kind in KINDS.items()}
    lines = [{"intervals": name} | measure_intervals(intervals[name], valid) for name in KINDS]
    if figures is not None:
        draw(intervals, valid, figures / "textbook_error_bars.png")
    with warnings.catch_warnings(record=True):  # sktime 1.2 warns of 1.3 at each construction
        airline = compare_on_airline(
            reductions() | {"LSTMForecaster": LSTMForecaster(random_state=0)}
        )
    return {"intervals": pd.DataFrame(lines), "airline": airline}
