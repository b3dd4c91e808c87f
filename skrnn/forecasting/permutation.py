"""Importance of covariates: the increase of the forecast error when one of them is permuted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from skrnn._arguments import reading
from skrnn.series import Panel

from ._history import History
from ._summaries import point
from .backtest import RollingRequest
from .engine.origins import split_origins
from .engine.request import ForecastRequest
from .frames.cutoffs import Cutoffs
from .frames.index import float_values


@dataclass(frozen=True)
class Feature:
    """A covariate, or several that are permuted together, and where a panel has them.

    Parameters
    ----------
    name : object
        Name of the column, or of the group.
    past, static : sequence of int
        Columns in ``past`` and ``static`` of the panel.
    """

    name: Any
    past: Any = ()
    static: Any = ()

    @classmethod
    def all_of(cls, columns):
        """Return the features of a forecaster: the columns of X, the calendar and holidays.

        Parameters
        ----------
        columns : Columns
            Roles of the columns.
        """
        n_cycles, n_known = 2 * len(columns.calendar.cycles), columns.n_known
        n_given = n_known - columns.calendar.n_columns
        known, past_only, static = (
            _places(names, start, columns.categories)
            for names, start in (
                (columns.known, 0),
                (columns.past_only, n_known),
                (columns.static, 0),
            )
        )
        groups = {
            "calendar_features": range(n_given, n_given + n_cycles),
            "holidays": range(n_given + n_cycles, n_known),
        }
        return [
            *(cls(name, past=place) for name, place in [*known, *past_only]),
            *(cls(name, static=place) for name, place in static),
            *(cls(name, past=list(place)) for name, place in groups.items() if place),
        ]


def _places(names, start, categories):
    """Return each name with its columns in the panel, of which a category has several."""
    names_of_columns = categories.names(names)
    return [
        (name, [start + i for i, owner in enumerate(names_of_columns) if owner == name])
        for name in names
    ]


@dataclass(frozen=True)
class Exchange:
    """An exchange of blocks of steps between times and series, and of static features.

    Parameters
    ----------
    rows, from_rows : ndarray
        Rows of the panel, and the rows whose covariates they get.
    from_series : ndarray of shape (n_series,)
        Series whose static features each series gets.
    """

    rows: np.ndarray
    from_rows: np.ndarray
    from_series: np.ndarray

    @classmethod
    def draw(cls, panel, ends, length, rng):
        """Draw an exchange in which each block, and each series, gets another one.

        Parameters
        ----------
        panel : Panel
            The series.
        ends : ndarray of shape (n_series,)
            Row after the last block of each series. Blocks are counted backwards from there, and
            the oldest steps, fewer than a block, stay.
        length : int
            Steps of a block.
        rng : numpy.random.Generator
            Source of the draw.
        """
        bounds = zip(panel.offsets[:-1], ends, strict=True)
        blocks = [np.arange(end - length, first - 1, -length) for first, end in bounds]
        starts = np.concatenate(blocks)
        if len(starts) < 2:
            raise ValueError(
                f"y has fewer than two horizons of {length} steps, between which covariates can be "
                "exchanged; pass more rows, or a shorter fh."
            )
        step = np.arange(length)
        rows, source = starts[:, None] + step, starts[_others(len(starts), rng)][:, None] + step
        return cls(rows.ravel(), source.ravel(), _others(panel.n_series, rng))

    def of(self, feature, panel):
        """Return a panel in which a feature is exchanged."""
        past, static = panel.past, panel.static
        if len(feature.past):
            past = past.copy()
            past[np.ix_(self.rows, feature.past)] = panel.past[np.ix_(self.from_rows, feature.past)]
        if len(feature.static):
            static = static.copy()
            static[:, feature.static] = panel.static[np.ix_(self.from_series, feature.static)]
        return replace(panel, past=past, static=static)


def _others(n, rng):
    """Return a random permutation that leaves none of `n` > 1 items in its place."""
    order = rng.permutation(n)
    others = np.empty(n, dtype=int)
    others[order] = np.roll(order, 1)
    return others


@dataclass(frozen=True)
class ObservedForecasts:
    """Forecasts of steps whose values, and covariates, are in the panel.

    Parameters
    ----------
    history : History
        The series.
    request : ForecastRequest
        Origins and steps.
    rows : ndarray of shape (n_origins, n_steps)
        Rows of the panel that are forecast.
    actual : ndarray of shape (n_origins * n_steps, n_targets)
        Observed values of these rows.
    """

    history: History
    request: ForecastRequest
    rows: np.ndarray
    actual: np.ndarray

    @classmethod
    def of(cls, history, rows, steps, block_length):
        """Forecast `steps` after the given rows, of those that a whole horizon follows.

        Raises
        ------
        ValueError
            If there is none, or no value to compare with.
        """
        panel, last = history.panel, max(1, int(steps.max()))
        series = np.searchsorted(panel.offsets, rows, side="right") - 1
        rows = rows[rows + last < panel.offsets[series + 1]]
        if len(rows) == 0:
            raise ValueError(
                f"y has no cutoff that is followed by a whole horizon of {last} steps; pass more "
                "rows, or other cutoffs as cv."
            )
        cutoffs = Cutoffs(rows, np.arange(len(rows)))
        rolling = RollingRequest.of(history, cutoffs, steps, block_length)
        # Without covariates of its own, a forecast reads those in the panel.
        request = replace(rolling.request, known=None, known_rows=None)
        actual = float_values(history.y)[rolling.rows.ravel()]
        if np.isnan(actual).any(axis=1).all():
            raise ValueError("y has no value over the horizons; pass observed ones.")
        return cls(history, request, rolling.rows, actual)

    @property
    def ends(self):
        """Row after the last step that is forecast in each series."""
        ends = self.history.panel.offsets[1:].copy()
        last = np.zeros_like(ends)
        np.maximum.at(last, self.request.series, self.rows.max(axis=1) + 1)
        return np.where(last > 0, last, ends)

    def error(self, fitted, panel: Panel, scoring):
        """Return the error of the forecasts from a panel with the same values.

        Steps with a missing value are left out.
        """
        observed = replace(self.history, panel=panel)
        forecasts = fitted.forecast(observed, self.request, point(fitted.plan))
        forecasts, known = forecasts.reshape(self.actual.shape), ~np.isnan(self.actual).any(axis=1)
        with reading("scoring"):
            return float(scoring(self.actual[known], forecasts[known]))


def check_scoring(scoring):
    """Return the error metric, by default the mean absolute error.

    Raises
    ------
    TypeError, ValueError
        If it is no function, or needs the training data.
    """
    if scoring is None:
        # Here, as this imports all metrics of sktime and its transformers.
        from sktime.performance_metrics.forecasting import MeanAbsoluteError

        return MeanAbsoluteError()
    if not callable(scoring):
        raise TypeError(f"scoring={scoring!r} is no function; pass a metric of sktime, or None.")
    if hasattr(scoring, "get_tag") and scoring.get_tag("requires-y-train", False):
        raise ValueError(
            f"scoring={scoring} needs the training data of each forecast, which it does not get; "
            "pass a metric of y_true and y_pred alone, such as MeanAbsoluteError()."
        )
    return scoring


def validation_rows(history, spec, validation_fraction, last_step):
    """Return the cutoffs in the validation part of the training data, at least one a series."""
    panel = history.panel
    *_, end = split_origins(panel, spec, validation_fraction)
    stop = panel.lengths - last_step + 1
    start = np.minimum(end, stop - 1)
    spans = zip(panel.offsets, np.maximum(start, 1), stop, strict=False)
    return np.concatenate([first + np.arange(a, b) - 1 for first, a, b in spans])


def one_horizon_apart(rows, offsets, last_step):
    """Return every `last_step`-th of the rows of each series, the last one included."""
    series = np.searchsorted(offsets, rows, side="right") - 1
    newest = np.zeros(len(offsets), dtype=int)
    np.maximum.at(newest, series, rows)
    return rows[(newest[series] - rows) % last_step == 0]


def importances(fitted, columns, forecasts, scoring, n_repeats, seed):
    """Return the table of `feature_importances`.

    Parameters
    ----------
    fitted : FittedForecaster
        What forecasts.
    columns : Columns
        Roles of the columns.
    forecasts : ObservedForecasts
        Forecasts to compare.
    scoring : callable
        Error metric.
    n_repeats : int
        Number of permutations of each feature.
    seed : int
        Seed of the permutations, which are the same for all features.
    """
    features = Feature.all_of(columns)
    if not features:
        raise ValueError(
            "The forecaster was fitted without covariates, so there are no importances; pass X, "
            "or covariates=Covariates(...)."
        )
    panel = forecasts.history.panel
    length = max(1, forecasts.request.n_ahead)
    rng = np.random.default_rng(seed)
    exchanges = [Exchange.draw(panel, forecasts.ends, length, rng) for _ in range(n_repeats)]
    error = forecasts.error(fitted, panel, scoring)
    increase = np.array(
        [
            [forecasts.error(fitted, each.of(feature, panel), scoring) for each in exchanges]
            for feature in features
        ]
    )
    increase -= error
    mean = increase.mean(axis=1)
    table = {"mean": mean, "std": increase.std(axis=1), "relative": mean / error}
    names = pd.Index([feature.name for feature in features], name="feature")
    return pd.DataFrame(table, index=names).sort_values("mean", ascending=False, kind="stable")
