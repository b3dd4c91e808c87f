"""
Riders of Chicago's trains
==========================

The measured series of chapter 15 in A. Géron, Hands-On Machine Learning (3rd edition): how many
people take a train tomorrow, and on each of the next fourteen days.

    python examples/textbooks/chicago_ridership.py --data DIR [--csv docs/tables]
                                                   [--figures docs/_static] [--seeds 5]

The data are ``forecasting/cta_ridership.csv`` in the folder DIR, default the variable SKRNN_DATA.
"""

import sys
import time
import warnings
from typing import Any, NamedTuple

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from _real_data import fitted, median_and_range, parse_arguments, read_file, verdict, write
from sklearn.linear_model import LinearRegression
from statsmodels.tsa.arima.model import ARIMA
from threadpoolctl import threadpool_limits

from skrnn import Covariates, GRURegressor, LSTMRegressor, RNNRegressor
from skrnn.forecasting import LSTMForecaster

WINDOW, AHEAD = 56, 14  # days that are read, and forecast
# The protocol of the book, and the same a year earlier, where settings are compared.
REPORTED = ("2016-01-01", "2018-12-31", "2019-05-31")
EARLIER = ("2016-01-01", "2017-12-31", "2018-05-31")
PUBLISHED = {"naive": 42143, "SARIMA": 32041}
DAYS_PUBLISHED = np.linspace(25.5, 34.3, AHEAD)  # of which only the first and last are known


class Network(NamedTuple):
    """A line of the first table; figures that are not published or set are None."""

    name: str
    reads: str
    model: Any
    published: int | None = None
    bar: int | None = None


def networks(**budget):
    """Return the networks of one day ahead: the book's at the defaults of skrnn, and variants."""
    squared, absolute = budget, {"loss": "absolute_error", **budget}
    return [
        Network("linear model", "rail", LinearRegression()),
        Network("RNN", "rail", RNNRegressor(**squared), 29015),
        Network("RNN, absolute loss", "rail", RNNRegressor(**absolute), 29015),
        Network("RNN, 3 layers", "rail", RNNRegressor(n_layers=3, **squared), 31211),
        Network("RNN", "all", RNNRegressor(**squared), 22062),
        Network("RNN, Huber loss", "all", RNNRegressor(loss="huber", **budget), 22062),
        Network("RNN, absolute loss", "all", RNNRegressor(**absolute), 22062, 21500),
        Network("LSTM, absolute loss", "all", LSTMRegressor(**absolute), None, 21500),
        Network("GRU, absolute loss", "all", GRURegressor(**absolute), None, 21500),
    ]


# %%
# The data
# --------
# Millions of riders a day. Only the type of tomorrow is known: weekday, Saturday, or Sunday and
# holiday.


def load(folder):
    """Return the table of days: rail, bus, and three columns that mark the type of tomorrow."""
    table = read_file(folder, "cta_ridership.csv", parse_dates=["service_date"])
    table = table.drop_duplicates().set_index("service_date").sort_index().asfreq("D")
    riders = table[["rail_boardings", "bus"]].set_axis(["rail", "bus"], axis=1) / 1e6
    types = day_types(table)
    return pd.concat([riders, types.shift(-1).add_suffix("_tomorrow"), types], axis=1)


def day_types(table):
    """Return a column of zeros and ones for each type of day."""
    return pd.get_dummies(table["day_type"]).astype(float)


def columns(table, reads):
    """Return the columns that a network reads."""
    tomorrow = [name for name in table if name.endswith("_tomorrow")]
    return table[["rail"] if reads == "rail" else ["rail", "bus", *tomorrow]]


class Windows(NamedTuple):
    """Windows (n, 56, c), the riders that follow (n, h), and the first day of these."""

    X: np.ndarray
    y: np.ndarray
    days: pd.DatetimeIndex

    @property
    def y_steps(self):
        """Riders after each step of the windows: (n, 56, h)."""
        horizon = self.y.shape[1]
        riders = np.hstack([self.X[:, :, 0], self.y])
        ahead = [riders[:, k : k + WINDOW] for k in range(1, horizon + 1)]
        return np.stack(ahead, axis=-1)


def windows(table, begin, end, horizon):
    """Return the windows that lie, with their targets, between `begin` and `end`."""
    part = table[begin:end]
    first = np.arange(WINDOW, len(part) - horizon + 1)
    values = part.to_numpy()
    X = np.stack([values[i - WINDOW : i] for i in first])
    y = np.stack([values[i : i + horizon, 0] for i in first])
    return Windows(X, y, part.index[first])


def split(table, protocol, horizon):
    """Return the windows for training, and those to forecast from."""
    begin, cut, end = map(pd.Timestamp, protocol)
    after = cut + pd.Timedelta(days=1)
    return windows(table, begin, cut, horizon), windows(table, after, end, horizon)


# %%
# Without a network
# -----------------


def naive(table, begin, end, period=7):
    """Return the forecasts of every day by the value of a week before."""
    return table["rail"].shift(period)[begin:end]


def sarima(table, begin, end):
    """Return the forecasts of a SARIMA model, fitted again each day to the days since January."""
    forecasts = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of statsmodels, about its starting points
        for day in table[begin:end].index:
            past = table.loc["2019-01-01" : day - pd.Timedelta(days=1), "rail"] * 1e6
            model = ARIMA(past, order=(1, 0, 0), seasonal_order=(0, 1, 1, 7))
            forecasts[day] = model.fit().forecast().iloc[0] / 1e6
    return pd.Series(forecasts)


def references(table, begin="2019-03-01", end="2019-05-31"):
    """Return the lines of the models without a network."""
    lines = []
    for name, forecast in {"naive": naive, "SARIMA": sarima}.items():
        start = time.perf_counter()
        error = riders((forecast(table, begin, end) - table["rail"][begin:end]).abs())
        lines.append(
            {
                "model": {"naive": "the value a week before"}.get(name, "SARIMA, fitted daily"),
                "reads": "rail",
                "published": f"{PUBLISHED[name]:,}",
                "March to May": f"{error:,.0f}",
                "seconds": f"{time.perf_counter() - start:.1f}",
            }
        )
    return lines


def riders(errors):
    """Return the mean of absolute errors, in riders instead of millions."""
    return float(np.mean(np.abs(errors))) * 1e6


# %%
# One day ahead
# -------------


def measure(network, table, n_seeds):
    """Return the line of one network, and its forecasts: one row for each seed."""
    earlier, _, _ = errors_of(network, table, EARLIER, n_seeds)
    errors, forecasts, seconds = errors_of(network, table, REPORTED, n_seeds)
    _, valid = split(columns(table, network.reads), REPORTED, 1)
    march = valid.days >= "2019-03-01"
    middle, spread = median_and_range(errors, "{:,.0f}")
    line = {
        "model": network.name,
        "reads": network.reads,
        "published": "" if network.published is None else f"{network.published:,}",
        "bar": "" if network.bar is None else f"{network.bar:,}",
        "error": verdict(middle, np.median(errors), network.bar),
        "range": spread,
        "March to May": f"{np.median([riders(f[march]) for f in forecasts - valid.y[:, 0]]):,.0f}",
        "a year earlier": f"{np.median(earlier):,.0f}",
        "seconds": f"{seconds:.1f}",
    }
    return line, pd.DataFrame(forecasts, columns=valid.days)


def errors_of(network, table, protocol, n_seeds):
    """Return errors and forecasts for each seed, and the seconds of a fit."""
    train, valid = split(columns(table, network.reads), protocol, 1)
    if isinstance(network.model, LinearRegression):
        start = time.perf_counter()
        model = LinearRegression().fit(train.X[:, :, 0], train.y[:, 0])
        seconds = time.perf_counter() - start
        forecasts = model.predict(valid.X[:, :, 0])[None]
    else:
        models, seconds = fitted(network.model, n_seeds, train.X, train.y[:, 0])
        forecasts = np.stack([model.predict(valid.X) for model in models])
    return [riders(f) for f in forecasts - valid.y[:, 0]], forecasts, seconds


def one_day(table, n_seeds, **budget):
    """Return the first table, and the forecasts of the network with the lowest error earlier."""
    lines, forecasts = references(table), {}
    for network in networks(**budget):
        line, forecasts[network.name, network.reads] = measure(network, table, n_seeds)
        lines.append(line)
        print(f"  {network.name}, {network.reads}: {line['error']}", file=sys.stderr)
    best = min(lines[2:], key=lambda line: float(line["a year earlier"].replace(",", "")))
    chosen = forecasts[best["model"], best["reads"]]
    together = riders(chosen.mean() - table["rail"][chosen.columns])
    shown = verdict(f"{together:,.0f}", together, 21500)
    name = f"{best['model']}, mean of {n_seeds} fits"
    lines.append({"model": name, "reads": "all", "bar": "21,500", "error": shown})
    return pd.DataFrame(lines, columns=list(lines[2])).fillna(""), chosen.mean()


# %%
# Fourteen days ahead
# -------------------
# The networks learn a vector of fourteen values from the whole window, or at each of its steps. The
# sktime forecaster gets the table of days: the series, the types of all days as known covariates,
# and the buses as a covariate known for the past only.


def two_weeks_networks(**budget):
    """Return the networks: (name, whether it has targets per step, model)."""
    absolute = {"loss": "absolute_error", **budget}
    return [
        ("RNN, vector", False, RNNRegressor(**absolute)),
        ("LSTM, vector", False, LSTMRegressor(**absolute)),
        ("RNN, sequence", True, RNNRegressor(**absolute)),
    ]


def daily_errors(forecasts, y):
    """Return the mean absolute error of each day ahead, in riders."""
    return np.abs(forecasts - y).mean(axis=-2) * 1e6


def two_weeks(table, n_seeds, **budget):
    """Return the second table, seconds by column, and the forecasts of the first network."""
    train, valid = split(columns(table, "all"), REPORTED, AHEAD)
    lines = {"day": np.arange(1, AHEAD + 1), "published": DAYS_PUBLISHED * 1000}
    known = table["rail"]
    lines["a week before"] = daily_errors(weekly_pattern(known, valid.days), valid.y)
    seconds, drawn = {}, None
    for name, per_step, model in two_weeks_networks(**budget):
        models, seconds[name] = fitted(
            model, n_seeds, train.X, train.y_steps if per_step else train.y
        )
        forecasts = np.stack([m.predict(valid.X) for m in models])
        forecasts = forecasts[:, :, -1] if per_step else forecasts
        lines[name] = np.median(daily_errors(forecasts, valid.y), axis=0)
        drawn = forecasts.mean(axis=0) if drawn is None else drawn
        print(f"  {name}: {lines[name].mean():,.0f}", file=sys.stderr)
    lines["RNN, vector, mean of fits"] = daily_errors(drawn, valid.y)
    begin = time.perf_counter()
    forecaster = fit_forecaster(table, **budget)
    seconds["LSTMForecaster"] = time.perf_counter() - begin
    rolled = roll(forecaster, table, valid.days)
    lines["LSTMForecaster"] = daily_errors(rolled.to_numpy(), valid.y)
    result = pd.DataFrame(lines).set_index("day")
    result.loc["mean"] = result.mean()
    result = result.map("{:,.0f}".format)
    result.loc["seconds"] = pd.Series(seconds).map("{:.1f}".format)
    return result.fillna("").reset_index(), pd.DataFrame(drawn, valid.days), rolled


def weekly_pattern(series, days):
    """Return the fourteen days from each day on, repeating the week before it."""
    weeks = [series[day - pd.Timedelta(days=7) :].iloc[:7] for day in days]
    return np.stack([np.tile(week, AHEAD // 7) for week in weeks])


def fit_forecaster(table, **budget):
    """Return the forecaster, fitted to the training part."""
    y, X = series_and_covariates(table)
    forecaster = LSTMForecaster(
        covariates=Covariates(past_columns=["bus"]), random_state=0, **budget
    )
    begin, cut, _ = REPORTED
    return forecaster.fit(y[begin:cut], X=X[begin:cut], fh=list(range(1, AHEAD + 1)))


def series_and_covariates(table):
    """Return riders of trains, and the covariates: riders of buses, and types of days."""
    types = [name for name in table if len(name) == 1]
    return table["rail"], table[["bus", *types]]


def roll(forecaster, table, days):
    """Return the forecasts from each day: new days are observed, but nothing is fitted."""
    y, X = series_and_covariates(table)
    forecasts, cut = [], pd.Timestamp(REPORTED[1])
    for day in days:
        new = slice(cut + pd.Timedelta(days=1), day - pd.Timedelta(days=1))
        forecaster.update(y[new], X=X[new], update_params=False)
        cut = new.stop
        forecasts.append(forecaster.predict(X=X[day:].iloc[:AHEAD]).to_numpy().ravel())
    return pd.DataFrame(forecasts, days)


# %%
# The figure
# ----------


def draw(table, tomorrow, fortnights, path):
    """Draw forecasts of one day, and of fourteen days from every second Monday."""
    plt.switch_backend("agg")
    fig, axes = plt.subplots(2, 1, figsize=(10, 6), layout="constrained", sharex=True)
    seen = table["rail"]["2019-03-25":"2019-05-31"]
    for ax in axes:
        ax.plot(seen.index, seen, color="0.25", lw=1, marker=".", ms=4, label="observed")
        ax.spines[["top", "right"]].set_visible(False)
        ax.set(ylabel="million riders", ylim=(0.15, 0.85))
    tomorrow = tomorrow[seen.index[0] : seen.index[-1]]
    axes[0].plot(tomorrow.index, tomorrow, color="#0072B2", lw=1.5, label="forecast")
    mondays = [day for day in fortnights.index if day in seen.index and day.weekday() == 0]
    for i, day in enumerate(mondays[::2]):
        days = pd.date_range(day, periods=AHEAD)
        label = "forecast" if i == 0 else None
        axes[1].plot(days, fortnights.loc[day], color="#0072B2", lw=1.5, label=label)
        axes[1].axvline(day - pd.Timedelta(hours=12), color="0.7", lw=0.8, ls=":")
    axes[0].set_title("One day ahead", loc="left", fontsize="medium")
    axes[1].set_title("Fourteen days ahead, from the dotted lines", loc="left", fontsize="medium")
    axes[0].legend(frameon=False, ncols=2, loc="lower right", bbox_to_anchor=(1, 1))
    fig.savefig(path, dpi=150)
    plt.close(fig)


def main(arguments=None):
    """Make the tables and the figure that the command line asks for."""
    options = parse_arguments("Riders of Chicago's trains.", 5, arguments)
    table = load(options.data)
    with threadpool_limits(1):  # quickest for small matrices
        days, tomorrow = one_day(table, options.seeds)
        write(days, "textbook_chicago_one_day", options.csv)
        weeks, fortnights, _ = two_weeks(table, options.seeds)
        write(weeks, "textbook_chicago_two_weeks", options.csv)
    if options.figures is not None:
        draw(table, tomorrow, fortnights, options.figures / "textbook_chicago.png")


if __name__ == "__main__":
    main()
