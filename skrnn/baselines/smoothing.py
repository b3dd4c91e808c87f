"""Exponential smoothing of many series at once, averaged over its parameters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from skrnn.series.panel import Panel

from .smoothing_grid import (
    DAMPING,
    LAG,
    LEVEL,
    LEVEL_ALONE,
    LEVEL_GAINS,
    N_STATES,
    SEASON,
    SEASON_GAINS,
    SEASONAL,
    SLOPE,
    TREND,
    TREND_GAINS,
)
from .weighting import learned_prior, weights_of

STEPS_ASKED = 50_000  # of a panel, from which its prior is learned
PRIOR_SERIES = 5.0  # that the prior before any data counts for
SHARE_KEPT, MOST_KEPT = 0.99, 96  # of the prior, after it is learned


@dataclass(frozen=True, eq=False)
class Smoothing:
    r"""Exponential smoothing with additive trend and season, averaged over its parameters.

    The error correction form (Hyndman, Koehler, Ord & Snyder, 2008) with the forecast
    :math:`\hat y_t = l_{t-1} + \phi b_{t-1} + s_{t-m}` and its error :math:`e_t` is

    .. math:: l_t = l_{t-1} + \phi b_{t-1} + \alpha e_t, \quad b_t = \phi b_{t-1} + \alpha \beta
        e_t, \quad s_t = s_{t-m} + \gamma (1 - \alpha) e_t.

    Instead of estimating the parameters of each series, the forecasts of a grid of them are
    averaged with weights that follow from the errors so far by Bayes' rule, with a prior that is
    learned from all series of a panel (empirical Bayes; Robbins, 1956). So the weights at an
    origin know nothing of later values, and a series of a few values is smoothed as its panel is.

    The states before the first step are read off the first two seasons (five steps without one).
    From an origin that lies within them there is no season, and the smoothing starts from half of
    the steps before it, or more.

    Parameters
    ----------
    season : int
        Steps of a season; 1 without one.
    grid : ndarray of shape (p, 4)
        :math:`\alpha, \beta, \phi, \gamma`, those without a trend (:math:`\phi = 0`) first;
        :math:`\gamma < 0` is without a season.
    log_prior : ndarray of shape (p,)
        Logarithm of the weights before any error.
    """

    season: int
    grid: np.ndarray
    log_prior: np.ndarray

    @classmethod
    def learn(cls, panel: Panel, season: int, end=None) -> Smoothing:
        """Learn the prior from (a part of) the series.

        Parameters
        ----------
        panel : Panel
            The series, in the units in which they are smoothed.
        season : int
            Steps of a season.
        end : ndarray of shape (n_series,), optional
            Steps of each series that may be read, all by default.
        """
        end = panel.lengths if end is None else end
        grid = _grid(season)
        n_parameters = 2.0 * (grid[:, 2] > 0) + (grid[:, 2] % 1 > 0) + (grid[:, 3] >= 0)
        start = cls(season, grid, _normalized(-n_parameters))
        n_requested = int(np.clip(STEPS_ASKED // max(1.0, end.mean()), 1, panel.n_series))
        asked = np.linspace(0, panel.n_series - 1, n_requested).astype(int)
        evidence = start.run(panel, asked, end[asked], end[asked])
        return start._believing(learned_prior(start.log_prior, evidence, PRIOR_SERIES))

    def _believing(self, log_prior):
        """Return the smoothing without the parameters that (nearly) no series follows."""
        order = np.argsort(-log_prior)
        n_kept = 1 + np.searchsorted(np.exp(log_prior[order]).cumsum(), SHARE_KEPT)
        kept = np.zeros(len(order), dtype=bool)
        kept[order[: min(n_kept, MOST_KEPT)]] = True
        level_only = self.grid[:, 2] == 0
        kept[np.argmax(np.where(level_only, log_prior, -np.inf))] = True  # for the method of Theta
        return Smoothing(self.season, self.grid[kept], _normalized(log_prior[kept]))

    def follow(self, panel: Panel) -> Smoothed:
        """Return what smooths the series of a panel, as far as they are asked for."""
        return Smoothed(panel, self)

    def run(self, panel: Panel, series, end, since, states=None):
        """Smooth series up to their ends.

        Parameters
        ----------
        panel : Panel
            The series.
        series, end, since : ndarray of shape (n,)
            Which ones, how many steps of each, and behind which of these the states are wanted.
        states : ndarray of shape (total_steps, n_targets, N_STATES), optional
            To write to.

        Returns
        -------
        ndarray of shape (n_targets * n, p)
            Log-likelihood of each target of each series under each parameter.
        """
        from .smoothing_kernel import smooth

        alpha, beta, phi, gamma = self.grid.T
        season = np.maximum(gamma, 0.0) * (1 - alpha)
        parameters = np.stack([alpha, alpha * beta, season, phi, gamma >= 0])
        fading = np.array([DAMPING.index(damping) if damping else -1 for damping in phi])
        n_alone = int((phi == 0).sum())
        states = np.empty((0, panel.n_targets, N_STATES)) if states is None else states
        evidence = np.zeros((panel.n_targets, len(series), len(phi)))  # of a series without values
        begin = panel.offsets[series]
        for k, y in enumerate(panel.y.T):
            smooth(
                np.ascontiguousarray(y), begin, begin + end, begin + since, self.season,
                _starts(self.season), parameters, self.log_prior, n_alone, fading, states[:, k],
                evidence[k],
            )  # fmt: skip
        return evidence.reshape(-1, len(phi))


def _n_start(season):
    """Return of how many steps the states before the first one are."""
    return 2 * season if season > 1 else 5


def _starts(season):
    """Return how many steps each start reads: the next one takes over where it can read more."""
    n_seen = [1]
    while n_seen[-1] < _n_start(season):
        n_seen.append(min(n_seen[-1] + max(1, n_seen[-1] // 2), _n_start(season)))
    return np.array(n_seen)


def _grid(season):
    """Return all parameters, (p, 4), those without a trend first."""
    gammas = (-1.0, *SEASON_GAINS) if season > 1 else (-1.0,)
    level_only = [(a, 0.0, 0.0, c) for a in LEVEL_GAINS for c in gammas]
    trends = [
        (a, b, f, c) for a in LEVEL_GAINS for b in TREND_GAINS for f in DAMPING for c in gammas
    ]
    return np.array(level_only + trends)


def _normalized(log_weight):
    return np.log(weights_of(log_weight))


class Smoothed:
    """States of a smoothing behind steps of a panel, and the forecasts that follow.

    A series is smoothed when it is first asked for, and its states are kept from the step on that
    was asked for: a forecast from its end needs no others. Asked for an earlier one, all are.

    Parameters
    ----------
    panel : Panel
        The series.
    smoothing : Smoothing
        What to do with them.
    """

    def __init__(self, panel: Panel, smoothing: Smoothing):
        self.panel, self.smoothing = panel, smoothing
        self._states = np.empty((*panel.y.shape, N_STATES))
        self._since = panel.lengths.copy()

    def forecast(self, series, origin, n_steps):
        r"""Forecast from origins by smoothing and by the method of Theta.

        Theta (Assimakopoulos & Nikolopoulos, 2000) is the smoothing without a trend plus half the
        slope of the line through all values so far (Hyndman & Billah, 2003).

        Parameters
        ----------
        series, origin : ndarray of shape (n,)
            From where; an origin is the number of steps that have been seen.
        n_steps : int
            Steps to forecast.

        Returns
        -------
        smoothing, theta : ndarray of shape (n, n_steps, n_targets)
            NaN from an origin without history.
        """
        season = self.smoothing.season
        self._follow(series, np.maximum(origin - season, 0))
        ahead = np.arange(1, n_steps + 1)[:, None]
        state = self._read(series, origin - 1)[:, None]
        # The season of a step was last seen at the same phase of the last season.
        phase = origin[:, None] - season + (ahead[:, 0] - 1) % season
        cycle = np.nan_to_num(self._read(series[:, None], phase, slice(SEASON, SLOPE)))
        cycle = cycle * state[..., SEASONAL, None]
        fading = np.array(DAMPING)
        damped = np.cumsum(fading**ahead, axis=0)  # (n_steps, n_dampings)
        trend = np.einsum("nkd,hd->nhk", state[:, 0, :, TREND:], damped)
        smoothing = state[..., LEVEL] + trend + cycle[..., 0]
        drift = 0.5 * state[..., SLOPE] * (ahead - 1 + state[..., LAG])
        return smoothing, state[..., LEVEL_ALONE] + drift + cycle[..., 1]

    def _follow(self, series, step):
        """Smooth series as far as their states behind steps are not known yet."""
        earlier = step < self._since[series]
        if not earlier.any():
            return
        asked, which = np.unique(series[earlier], return_inverse=True)
        since = np.zeros(len(asked), dtype=int)
        new = self._since[asked] == self.panel.lengths[asked]
        since[new] = self.panel.lengths[asked[new]]
        np.minimum.at(since, which, step[earlier])
        self._since[asked] = since
        self.smoothing.run(self.panel, asked, self.panel.lengths[asked], since, self._states)

    def _read(self, series, step, which=slice(None)):
        """States behind steps, NaN before the first one."""
        read = self._states[..., which][np.maximum(self.panel.offsets[series] + step, 0)]
        read[step < 0] = np.nan
        return read
