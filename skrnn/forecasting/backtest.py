"""Forecasts from many cutoffs as one batch, without training in between."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sktime.split.base import BaseSplitter

from skrnn._arguments import check_levels, reading

from ._history import History
from ._requests import known_covariates
from ._summaries import at_levels, point
from .engine.request import ForecastRequest
from .frames.cutoffs import (
    Cutoffs,
    RowsAhead,
    SplitWindows,
    check_splitter,
    cutoffs_after,
    cutoffs_at,
    windows_of,
)
from .frames.horizon import check_begin, check_feedback, counts_steps
from .frames.index import with_level


@dataclass(frozen=True)
class RollingRequest:
    """Forecasts of the same steps from many cutoffs.

    Parameters
    ----------
    history : History
        The series.
    cutoffs : Cutoffs
        Where to forecast from.
    request : ForecastRequest
        Which steps.
    frame_index : pd.Index
        Rows of the series, and of the steps after their ends.
    rows : ndarray of shape (n_cutoffs, n_steps)
        Which of them the forecasts are for.
    """

    history: History
    cutoffs: Cutoffs
    request: ForecastRequest
    frame_index: pd.Index
    rows: np.ndarray

    @classmethod
    def of(cls, history, cutoffs, steps, block_length):
        """Request `steps` after all cutoffs.

        Parameters
        ----------
        history : History
            The series, with the covariates of the steps to forecast.
        cutoffs : Cutoffs
            Where to forecast from.
        steps : ndarray of int
            Steps after each cutoff.
        block_length : int
            Steps that the network returns at once; longer horizons are fed back.
        """
        offsets, lengths = history.panel.offsets, history.panel.lengths
        series = np.searchsorted(offsets, cutoffs.row, side="right") - 1
        origin = cutoffs.row - offsets[series] + 1
        n_ahead = max(0, int(steps.max()))
        check_feedback(n_ahead, block_length, history.columns)
        check_begin(steps, origin)
        rows = RowsAhead(history.index, max(0, int((origin - lengths[series]).max()) + n_ahead))
        of_steps = rows.at(series[:, None], origin[:, None] - 1 + steps)
        known = known_rows = None
        if history.columns.n_known and n_ahead:
            ahead = rows.at(series[:, None], origin[:, None] + np.arange(n_ahead))
            used, known_rows = np.unique(ahead, return_inverse=True)
            known_rows = known_rows.reshape(ahead.shape)
            needed = np.isin(used, of_steps[:, steps > 0])
            index, fed_back = rows.frame_index.take(used), n_ahead > block_length
            known = known_covariates(history, index, history.X, needed, fed_back)
        steps = np.tile(steps, (len(series), 1))
        request = ForecastRequest(series, origin, steps, known, known_rows)
        return cls(history, cutoffs, request, rows.frame_index, of_steps)

    def forecast(self, fitted, coverage, alpha):
        """Return the forecasts as a frame with the index (cutoff, [instances,] time).

        Its columns are the targets, with the levels of `coverage` or `alpha` where one is given.
        """
        columns, summary = self.history.columns.targets, point(fitted.plan)
        if coverage is not None:
            coverage = check_levels(coverage, "coverage")
            columns = pd.MultiIndex.from_product([columns, coverage, ["lower", "upper"]])
            alpha = [0.5 + side * 0.5 * float(c) for c in coverage for side in (-1, 1)]
        elif alpha is not None:
            alpha = check_levels(alpha, "alpha")
            columns = pd.MultiIndex.from_product([columns, alpha])
        if alpha is not None:
            summary = at_levels(alpha, fitted.plan)
        values = fitted.forecast(self.history, self.request, summary)
        index = self.frame_index.take(self.rows.ravel())
        times = self.history.index.times.take(self.cutoffs.row).repeat(self.rows.shape[1])
        index = with_level(times, index, "cutoff")
        return pd.DataFrame(values.reshape(len(index), -1), index=index, columns=columns)

    @property
    def single(self):
        """Whether each cutoff has a single forecast."""
        return self.rows.size <= self.cutoffs.split[-1] + 1

    def over_time(self, fitted, *, with_targets):
        """Return the medians as sktime's `update_predict` does.

        That is a frame over time where each cutoff has a single forecast. Otherwise those of all
        cutoffs stand side by side: the columns are the cutoffs, and the targets of each.
        """
        targets = self.history.columns.targets
        values = fitted.forecast(self.history, self.request, point(fitted.plan))
        if not self.single:
            return self._side_by_side(values, targets if with_targets else None)
        index = self._index_of(self.rows.ravel())
        return pd.DataFrame(values.reshape(len(index), -1), index=index, columns=targets)

    def _side_by_side(self, values, columns):
        index, row = np.unique(self.rows, return_inverse=True)
        split = self.cutoffs.split
        table = np.full((len(index), split[-1] + 1, values.shape[-1]), np.nan)
        table[row.reshape(self.rows.shape), split[:, None]] = values
        last = np.maximum.reduceat(self.cutoffs.row, np.flatnonzero(np.diff(split, prepend=-1)))
        cutoffs = pd.Index(list(self.history.index.times.take(last)))
        if columns is not None:
            cutoffs = pd.MultiIndex.from_product([cutoffs, columns])
        table = table.reshape(len(index), -1)
        frame = pd.DataFrame(table, index=self._index_of(index), columns=cutoffs)
        return frame if frame.index.is_monotonic_increasing else frame.sort_index()

    def _index_of(self, rows):
        """Return the index of rows, with its frequency where steps and rows have no gap."""
        index, steps = self.frame_index.take(rows), self.request.steps[0]
        if not isinstance(index, pd.DatetimeIndex):
            return index
        index = pd.DatetimeIndex(index, freq=None)
        consecutive = (np.diff(rows) == 1).all() and (np.diff(steps) == 1).all()
        frequency = self.history.index.frequency
        return frequency.on(index) if consecutive and frequency is not None else index


def find_cutoffs(cv, y, history, before, last_step, spec):
    """Return where a backtest starts.

    Parameters
    ----------
    cv : splitter of sktime, index of cutoffs or None
        As passed to `backtest`.
    y : pd.DataFrame
        Rows to forecast.
    history : History
        The series with these rows.
    before : History
        The series without them.
    last_step : int
        Last step of the horizon.
    spec : WindowSpec
        What the network reads, which a new series has before its first forecast.
    """
    rows_of_y = history.index.frame_index.get_indexer(y.index)
    with reading("cv"):
        if isinstance(cv, BaseSplitter):
            windows = [rows_of_y[window] for window in windows_of(cv, y)]
            return SplitWindows(windows, history.index).cutoffs()
        if cv is not None:
            return cutoffs_at(cv, rows_of_y, history.index)
    reach = 1 + (spec.window_length - 1) * spec.sampling_rate
    return cutoffs_after(before.index, rows_of_y, history.index, max(1, last_step), reach)


def request_splits(before, cv, y, X, fh, fitted):
    """Return what sktime's loop over `update` and `predict` forecasts, and the rows it observes.

    None where that loop has to run: if the windows move back, or leave rows or series out.
    """
    with reading("cv"):
        windows = windows_of(cv, y)
    if not windows or not counts_steps(fh):
        return None
    used, places = np.unique(np.concatenate(windows), return_inverse=True)
    ends = np.cumsum([len(window) for window in windows])[:-1]
    with reading("y"):
        new = y.iloc[used]
    history = before.extended(new, X, fitted)
    rows = history.index.frame_index.get_indexer(new.index)
    splits = SplitWindows(np.split(rows[places], ends), history.index)
    if not splits.move_forward():
        return None
    block_length = fitted.plan.spec.horizon
    return RollingRequest.of(history, splits.cutoffs(), steps_of(fh), block_length), new


def horizon_of(cv, fh):
    """Return the horizon of a backtest: that of the splitter, if `cv` is one."""
    if cv is not None and not pd.api.types.is_list_like(cv):
        check_splitter(cv)
    if not isinstance(cv, BaseSplitter):
        return fh
    if fh is not None:
        raise ValueError(
            f"fh={fh} is passed, but the splitter cv has a horizon, too; pass it to the "
            "splitter alone."
        )
    return cv.get_fh()


def steps_of(fh):
    """Return the steps of a horizon that is the same from each cutoff."""
    if not counts_steps(fh):
        raise ValueError(
            f"fh={fh.to_pandas().tolist()} is not counted in steps, but a backtest forecasts "
            "the same steps from each cutoff; pass a relative horizon such as fh=[1, 2, 3]."
        )
    return fh.to_pandas().to_numpy().astype(int)


def check_coverage_or_alpha(coverage, alpha):
    """Refuse two answers to what a backtest returns."""
    if coverage is not None and alpha is not None:
        raise ValueError(
            "coverage and alpha are both passed, but each says what to return; pass one of them."
        )
