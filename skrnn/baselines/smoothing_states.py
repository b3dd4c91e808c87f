"""States of a smoothing after each step of a panel, and the forecasts that follow from them."""

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
    """States of a smoothing after steps of a panel, and the forecasts that follow.

    A series is smoothed when it is first needed, and its states are kept from the step on that
    was needed: a forecast from its end needs no others. An earlier step keeps all of them.

    Parameters
    ----------
    panel : Panel
        The series.
    model : AveragedSmoothing
        What smooths them.
    """

    def __init__(self, panel: Panel, model: AveragedSmoothing):
        self.panel = replace(panel)  # whose own cache may hold these states: no reference circle
        self.model = model
        self._states = np.empty((*panel.y.shape, N_STATES))
        self._since = panel.lengths.copy()

    def smoothing(self, series, origin, n_steps):
        """Forecast by the smoothing.

        Parameters
        ----------
        series, origin : ndarray of shape (n,)
            From where; an origin is the number of steps that may be read.
        n_steps : int
            Steps to forecast.

        Returns
        -------
        ndarray of shape (n, n_steps, n_targets)
            NaN from an origin without history.
        """
        state, cycle = self._at(series, origin, n_steps, SEASON)
        fading = np.array(DAMPING)
        damped = np.cumsum(fading ** np.arange(1, n_steps + 1)[:, None], axis=0)
        trend = np.einsum("nkd,hd->nhk", state[:, 0, :, TREND:], damped)
        return state[..., LEVEL] + trend + cycle

    def theta(self, series, origin, n_steps):
        """Forecast by the Theta method; parameters and result as for `smoothing`."""
        state, cycle = self._at(series, origin, n_steps, SEASON_ALONE)
        ahead = np.arange(n_steps)[:, None]
        drift = 0.5 * state[..., SLOPE] * (ahead + state[..., LAG])
        return state[..., LEVEL_ALONE] + drift + cycle

    def _at(self, series, origin, n_steps, season):
        """Return the states at origins, (n, 1, k, N_STATES), and the season of the steps ahead."""
        length = self.model.season
        self._smooth(series, np.maximum(origin - length, 0))
        state = self._read(series, origin - 1)[:, None]
        # The season of a step was last seen at the same phase of the last season.
        phase = origin[:, None] - length + np.arange(n_steps) % length
        cycle = np.nan_to_num(self._read(series[:, None], phase, season))
        return state, cycle * state[..., SEASONAL]

    def _smooth(self, series, step):
        """Smooth series as far as their states from steps on are not known yet."""
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
        """Return the states after steps, NaN before the first one."""
        read = self._states[..., which][np.maximum(self.panel.offsets[series] + step, 0)]
        read[step < 0] = np.nan
        return read
