"""Smoothing states after each step of a panel, and forecasts from them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from skrnn.series.panel import Panel

from .averaged_smoothing import AveragedSmoothing
from .smoothing_parameters import (
    DAMPING,
    LAG,
    LEVEL,
    LEVEL_ALONE,
    N_STATES,
    SEASON,
    SEASON_ALONE,
    SEASONAL,
    SLOPE,
    TREND,
)


class SmoothingStates:
    """Smoothing states after steps of a panel, and forecasts from them.

    A series is smoothed when a state is first needed. The states are kept from that step on, as a
    forecast from the end of a series needs no others. If an earlier step is needed later, the
    series is smoothed again, and all its states are kept.

    Parameters
    ----------
    panel : Panel
        The series.
    model : AveragedSmoothing
        The fitted smoothing.
    """

    def __init__(self, panel: Panel, model: AveragedSmoothing):
        self.panel = replace(panel)  # a copy, as the panel's cache may refer to this object
        self.model = model
        self._states = np.empty((*panel.y.shape, N_STATES))
        self._since = panel.lengths.copy()

    def smoothing(self, series, origin, n_steps):
        """Forecast by exponential smoothing.

        Parameters
        ----------
        series, origin : ndarray of shape (n,)
            Series and origins; an origin is the number of steps that may be read.
        n_steps : int
            Number of steps to forecast.

        Returns
        -------
        ndarray of shape (n, n_steps, n_targets)
            Forecasts; NaN at an origin without history.
        """
        state, cycle = self._at(series, origin, n_steps, SEASON)
        fading = np.array(DAMPING)
        damped = np.cumsum(fading ** np.arange(1, n_steps + 1)[:, None], axis=0)
        trend = np.einsum("nkd,hd->nhk", state[:, 0, :, TREND:], damped)
        return state[..., LEVEL] + trend + cycle

    def theta(self, series, origin, n_steps):
        """Forecast by the Theta method; parameters and result as for `smoothing`."""
        state, cycle = self._at(series, origin, n_steps, SEASON_ALONE)
        missing = self.panel.missing_before(series, origin)[:, None]  # the level has not moved on
        ahead = np.arange(n_steps)[:, None] + missing
        drift = 0.5 * state[..., SLOPE] * (ahead + state[..., LAG])
        return state[..., LEVEL_ALONE] + drift + cycle

    def _at(self, series, origin, n_steps, season):
        """Return the states at origins, (n, 1, k, N_STATES), and the seasonal component ahead."""
        length = self.model.season
        self._smooth(series, np.maximum(origin - length, 0))
        state = self._read(series, origin - 1)[:, None]
        # The seasonal component of a step was last updated one season before.
        phase = origin[:, None] - length + np.arange(n_steps) % length
        cycle = np.nan_to_num(self._read(series[:, None], phase, season))
        return state, cycle * state[..., SEASONAL]

    def _smooth(self, series, step):
        """Smooth the series whose states from `step` on are not known yet."""
        earlier = step < self._since[series]
        if not earlier.any():
            return
        needed, which = np.unique(series[earlier], return_inverse=True)
        since = np.zeros(len(needed), dtype=int)
        new = self._since[needed] == self.panel.lengths[needed]
        since[new] = self.panel.lengths[needed[new]]
        np.minimum.at(since, which, step[earlier])
        self._since[needed] = since
        self.model.run(self.panel, needed, self.panel.lengths[needed], since, self._states)

    def _read(self, series, step, which=slice(None)):
        """Return the states after steps; NaN before the first step."""
        read = self._states[..., which][np.maximum(self.panel.offsets[series] + step, 0)]
        read[step < 0] = np.nan
        return read
