"""Forecasts from many cutoffs as one batch, without training in between."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sktime.datatypes import convert_to
from sktime.split.base import BaseSplitter
from sktime.utils.validation.forecasting import check_alpha

from ._history import History
from ._prediction import ForecastRequest, Prediction, below
from .frames.cutoffs import (
    Rows,
    SplitWindows,
    Starts,
    check_splitter,
    starts_at,
    starts_behind,
    windows_of,
)
from .frames.horizon import check_begin, check_feedback, counts_steps
from .frames.rows import merge_rows

WITH_INDEX = ("pd.Series", "pd.DataFrame", "pd-multiindex", "pd_multiindex_hier")


@dataclass
class Rolling:
    """Rolling forecasts that are asked for.

    Parameters
    ----------
    history : History
        The series.
    starts : Starts
        From where to forecast.
    requests : ForecastRequest
        Which steps.
    frame_index : pd.Index
        Rows of the series, and of what lies behind their ends.
    rows : ndarray of shape (n_starts, n_steps)
        Which of them the forecasts are for.
    """

    history: History
    starts: Starts
    requests: ForecastRequest
    frame_index: pd.Index
    rows: np.ndarray

    def frame(self, values, columns):
        """Return values as a frame with the index (cutoff, [instances,] time)."""
        index = self.frame_index.take(self.rows.ravel())
        cutoffs = self.history.index.times.take(self.starts.row).repeat(self.rows.shape[1])
        index = below(cutoffs, index, "cutoff")
        return pd.DataFrame(values.reshape(len(index), -1), index=index, columns=columns)

    def index_of(self, rows):
        """Return the index of rows, with its frequency where steps and rows have no gap."""
        index, steps = self.frame_index.take(rows), self.requests.steps[0]
        if not isinstance(index, pd.DatetimeIndex):
            return index
        follow = (np.diff(rows) == 1).all() and (np.diff(steps) == 1).all()
        with suppress(ValueError):  # days of 24 hours where clocks change
            return pd.DatetimeIndex(index, freq=self.history.index.freq if follow else None)
        return index

    def by_cutoff(self, values, columns):
        """Return the values of each cutoff side by side, as sktime does for several steps."""
        index, row = np.unique(self.rows, return_inverse=True)
        split = self.starts.split
        table = np.full((len(index), split[-1] + 1, values.shape[-1]), np.nan)
        table[row.reshape(self.rows.shape), split[:, None]] = values
        last = np.maximum.reduceat(self.starts.row, np.flatnonzero(np.diff(split, prepend=-1)))
        cutoffs = pd.Index(list(self.history.index.times.take(last)))
        if columns is not None:
            cutoffs = pd.MultiIndex.from_product([cutoffs, columns])
        table = table.reshape(len(index), -1)
        frame = pd.DataFrame(table, index=self.index_of(index), columns=cutoffs)
        return frame if frame.index.is_monotonic_increasing else frame.sort_index()


def as_steps(fh):
    """Return the steps of a relative horizon."""
    return fh.to_pandas().to_numpy().astype(int)


class Backtest(Prediction):
    """Forecasts from cutoffs within series; the network stays as it is."""

    _rows: tuple
    _y_metadata: dict
    _converter_store_y: dict
    # What the base class of sktime and the forecaster have.
    check_is_fitted: Any
    update_predict_single: Any
    _check_X_y: Any
    _check_fh: Any
    _history_of: Any

    def backtest(self, y, X=None, cv=None, fh=None, coverage=None, alpha=None):
        """Forecast from many cutoffs at once, without training in between.

        The forecasts are those of a loop that hands the rows of each cutoff to
        ``update(update_params=False)`` and calls ``predict``: each knows the rows up to its cutoff
        and no later one. All are made in one pass over the network. The forecaster stays as it
        is.

        Parameters
        ----------
        y : time series in a container of sktime
            Rows to forecast, and any before them. Rows that the forecaster has seen need not be
            passed again; where both have one, that of `y` counts.
        X : time series in a container of sktime, default=None
            Covariates of the rows of `y`, and of the steps behind them that are asked for. Those
            known for the horizon are found by their time.
        cv : splitter of sktime, or index of cutoffs, default=None
            Where forecasts start: at the ends of the windows of a splitter such as
            ``ExpandingWindowSplitter``, whose windows say no more than that, or at these times.
            Without it, at every time from the end of what the forecaster has seen to the last one
            with the whole horizon in `y`.
        fh : int, list of int or ForecastingHorizon, default=None
            Steps to forecast from each cutoff. Without it that of the splitter, else that of
            ``fit``.
        coverage : float or list of float, default=None
            Return intervals of this coverage, as ``predict_interval`` does.
        alpha : float or list of float, default=None
            Return quantiles at these levels, as ``predict_quantiles`` does.

        Returns
        -------
        forecasts : pd.Series or pd.DataFrame
            One row for each cutoff and step, with the index ``(cutoff, time)``, for a panel
            ``(cutoff, instances, time)``: ``forecasts.loc[cutoff]`` is what ``predict`` returns
            there. In a panel each series has cutoffs of its own. A series if `y` is one, and
            neither `coverage` nor `alpha` is passed.

        Raises
        ------
        NotFittedError
            If the forecaster is not fitted.
        ValueError
            If there is no cutoff, one is no time of `y`, the horizon is not relative, is passed
            twice or not at all, both `coverage` and `alpha` are passed, or X lacks a row.
        TypeError
            If `cv` is neither a splitter nor an index.

        Examples
        --------
        >>> from sktime.datasets import load_airline
        >>> from skrnn.forecasting import LSTMForecaster
        >>> y = load_airline()
        >>> forecaster = LSTMForecaster(max_epochs=5, random_state=0).fit(y[:120], fh=[1, 2, 3])
        >>> forecasts = forecaster.backtest(y)
        >>> forecasts.index[[0, -1]]
        MultiIndex([('1958-12', '1959-01'),
                    ('1960-09', '1960-12')],
                   names=['cutoff', 'Period'])
        """
        self.check_is_fitted()
        if coverage is not None and alpha is not None:
            raise ValueError(
                "coverage and alpha are both passed, but each says what to return; pass one of "
                "them."
            )
        with self._left_as_it_is():
            rolling = self._rolling(y, X, cv, fh)
        targets = self._observed.columns.targets
        if coverage is not None:
            coverage = check_alpha(coverage, name="coverage")
            columns = pd.MultiIndex.from_product([targets, coverage, ["lower", "upper"]])
            alpha = [0.5 + side * 0.5 * float(c) for c in coverage for side in (-1, 1)]
        elif alpha is not None:
            alpha = check_alpha(alpha)
            columns = pd.MultiIndex.from_product([targets, alpha])
        else:
            frame = rolling.frame(self._medians(rolling.history, rolling.requests), targets)
            return frame.iloc[:, 0].rename(y.name) if isinstance(y, pd.Series) else frame
        return rolling.frame(self._quantiles(rolling.history, rolling.requests, alpha), columns)

    def _rolling(self, y, X, cv, fh):
        """Return what a backtest asks for."""
        if cv is not None and not pd.api.types.is_list_like(cv):
            check_splitter(cv)
        steps = self._steps(cv, fh)
        X, y = self._check_X_y(X=X, y=y)
        history, X, rows_of_y = self._joined(y, X)
        index = history.index
        if isinstance(cv, BaseSplitter):
            windows = (rows_of_y[window] for window in windows_of(cv, y))
            starts = SplitWindows(list(windows), index).starts()
        elif cv is not None:
            starts = starts_at(cv, rows_of_y, index)
        else:
            reach = 1 + (self.plan_.spec.window_length - 1) * self.plan_.spec.sampling_rate
            last_step = max(1, int(steps.max()))
            starts = starts_behind(self._observed.index, rows_of_y, index, last_step, reach)
        return self._ask_from(history, X, starts, steps)

    def _steps(self, cv, fh):
        """Return the steps of a horizon that is the same from each cutoff."""
        if isinstance(cv, BaseSplitter):
            if fh is not None:
                raise ValueError(
                    f"fh={fh} is passed, but the splitter cv has a horizon, too; pass it to the "
                    "splitter alone."
                )
            fh = cv.get_fh()
        fh = self._check_fh(fh)
        if not counts_steps(fh):
            raise ValueError(
                f"fh={fh.to_pandas().tolist()} is not counted in steps, but a backtest forecasts "
                "the same steps from each cutoff; pass a relative horizon such as fh=[1, 2, 3]."
            )
        return as_steps(fh)

    def _joined(self, y, X):
        """Return a history of what was seen and of what is new, its X, and the rows of y in it."""
        columns = self._observed.columns
        columns.check_unknown(X)
        y = columns.named_alike(y)
        X = merge_rows(self._rows[1], X)
        history = self._history_of(merge_rows(self._rows[0], y), X, columns)
        return history, X, history.index.frame_index.get_indexer(y.index)

    def _ask_from(self, history, X, starts, steps):
        """Return the requests of the same steps behind all starts."""
        offsets, lengths = history.panel.offsets, history.panel.lengths
        series = np.searchsorted(offsets, starts.row, side="right") - 1
        origin = starts.row - offsets[series] + 1
        requests = ForecastRequest(series, origin, np.tile(steps, (len(series), 1)))
        n_ahead = requests.n_ahead
        check_feedback(n_ahead, self.plan_.spec.horizon, history.columns)
        check_begin(steps, origin)
        rows = Rows(history.index, max(0, int((origin - lengths[series]).max()) + n_ahead))
        of_steps = rows.at(series[:, None], origin[:, None] - 1 + requests.steps)
        if history.columns.n_known and n_ahead:
            behind = rows.at(series[:, None], origin[:, None] + np.arange(n_ahead))
            used, of_behind = np.unique(behind, return_inverse=True)
            asked = np.isin(used, of_steps[:, steps > 0])
            requests.known = self._covariates(X, rows.frame_index.take(used), asked, n_ahead)
            requests.known_rows = of_behind.reshape(behind.shape)
        return Rolling(history, starts, requests, rows.frame_index, of_steps)

    @contextmanager
    def _left_as_it_is(self):
        """Undo what checking and updating note on the forecaster."""
        before = {**vars(self), "_converter_store_y": dict(self._converter_store_y)}
        try:
            yield
        finally:
            vars(self).clear()
            vars(self).update(before)

    # -- sktime's `update_predict` ------------------------------------------------------------

    def _moving_cutoff(self, y, cv, X, reset_forecaster):
        """Return what sktime's loop over `update` and `predict` returns, from one batch.

        None where the loop has to be run: if the windows go back, or leave rows or series out,
        or y is in a container without index.
        """
        if self._y_metadata["mtype"] not in WITH_INDEX:
            return None
        windows = windows_of(cv, y)
        if not windows:
            return None
        used, places = np.unique(np.concatenate(windows), return_inverse=True)
        ends = np.cumsum([len(window) for window in windows])[:-1]
        seen = y.iloc[used]
        with self._left_as_it_is():
            fh = self._check_fh(cv.get_fh())
            history, X_joined, rows = self._joined(seen, X)
            moving = SplitWindows(np.split(rows[places], ends), history.index)
            if not (counts_steps(fh) and moving.move_on()):
                return None
            rolling = self._ask_from(history, X_joined, moving.starts(), as_steps(fh))
            medians = self._medians(rolling.history, rolling.requests)
        if not reset_forecaster:
            self.update_predict_single(y=seen, fh=cv.get_fh(), X=X, update_params=False)
        return self._as_sktime_formats(rolling, medians)

    def _as_sktime_formats(self, rolling, medians):
        """Return a series over time for single steps, else the forecasts of cutoffs side by side.

        The columns are the cutoffs, and for a frame the targets of each.
        """
        mtype, columns = self._y_metadata["mtype"], rolling.history.columns.targets
        if rolling.rows.size > rolling.starts.split[-1] + 1:
            return rolling.by_cutoff(medians, None if mtype == "pd.Series" else columns)
        index = rolling.index_of(rolling.rows.ravel())
        frame = pd.DataFrame(medians.reshape(len(index), -1), index=index, columns=columns)
        return convert_to(frame, mtype, store=self._converter_store_y, store_behaviour="freeze")
