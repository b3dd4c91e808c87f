"""Exponential smoothing of many series at once, averaged over its parameters."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .averaging import learned_prior, weights_of
from .panel import Panel

# What is averaged over: how far an error moves level, trend and season, and how the trend fades.
LEVEL_GAINS = (0.02, 0.05, 0.1, 0.18, 0.3, 0.45, 0.65, 0.85, 1.0)
TREND_GAINS = (0.03, 0.1, 0.25, 0.5)
DAMPING = (0.8, 0.9, 0.97, 1.0)
SEASON_GAINS = (0.0, 0.05, 0.15, 0.35)

STEPS_ASKED = 50_000  # of a panel, from which its prior is learned
PRIOR_SERIES = 5.0  # that the prior before any data counts for
EVIDENCE = 0.5  # power of the likelihood: no series follows a smoothing exactly
SHARE_KEPT, MOST_KEPT = 0.99, 96  # of the prior, after it is learned
ELEMENTS_AT_ONCE = 2**16  # which stay in the cache


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
        n_asked = int(np.clip(STEPS_ASKED // max(1.0, end.mean()), 1, panel.n_series))
        asked = np.linspace(0, panel.n_series - 1, n_asked).astype(int)
        evidence = [
            _Run(start, rows, _n_start(season)).evidence()
            for rows in _chunks(panel, asked, end, len(grid))
        ]
        return start._believing(
            learned_prior(start.log_prior, np.concatenate(evidence), PRIOR_SERIES)
        )

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
        """Smooth all series of a panel."""
        states = np.full((*panel.y.shape, N_STATES), np.nan)
        everyone = np.arange(panel.n_series)
        for rows in _chunks(panel, everyone, panel.lengths, len(self.grid)):
            for n_seen, stop in _starts(self.season, rows.y.shape[1]):
                run = _Run(self, rows, n_seen)
                for t in range(stop):
                    run.read(t)
                    live = np.flatnonzero(t < rows.length)
                    at = rows.begin[live] + t, rows.target[live]
                    if t + 1 >= n_seen:
                        states[at] = run.states(t)[live]
                    elif run.seasonal:
                        states[*at, SEASONS] = run.states(t)[live, SEASONS]
        return Smoothed(panel, self.season, states)


@dataclass
class _Rows:
    """Series of like length as a matrix that begins with their first values.

    Parameters
    ----------
    y : ndarray of shape (n_rows, n_steps)
        Values over their unit; NaN where missing, and behind the end.
    unit : ndarray of shape (n_rows,)
        About the largest value, as a power of two: no bit of a value depends on later ones.
    begin, target : ndarray of shape (n_rows,)
        Where the first value stands in the panel.
    length : ndarray of shape (n_rows,)
        Steps from there to the end.
    """

    y: np.ndarray
    unit: np.ndarray
    begin: np.ndarray
    target: np.ndarray
    length: np.ndarray


def _chunks(panel, series, end, n_parameters):
    """Yield the series in pieces that fit the cache, all targets of each."""
    order = series[np.argsort(end[series], kind="stable")]
    n_at_once = max(1, ELEMENTS_AT_ONCE // (n_parameters * panel.n_targets))
    for i in range(0, len(order), n_at_once):
        some = order[i : i + n_at_once]
        steps = np.arange(max(1, end[some].max()))
        values, _ = panel.read(some, np.where(steps < end[some][:, None], steps, -1))
        y = np.moveaxis(values, 2, 1).reshape(-1, len(steps))
        observed = ~np.isnan(y)
        first = observed.argmax(axis=1)
        length = np.where(observed.any(axis=1), end[some].repeat(panel.n_targets) - first, 0)
        _, exponent = np.frexp(np.where(observed, np.abs(y), 0.0).max(axis=1))
        unit = np.ldexp(1.0, exponent - 1)
        # What comes round to the end is missing, as what lies behind it.
        y = np.take_along_axis(y, (steps + first[:, None]) % len(steps), axis=1)
        begin = panel.offsets[some].repeat(panel.n_targets) + first
        target = np.tile(np.arange(panel.n_targets), len(some))
        yield _Rows(y / unit[:, None], unit, begin, target, length)


class _Run:
    """All smoothings of a grid along some rows, from a start that reads `n_seen` steps."""

    def __init__(self, smoothing: Smoothing, rows: _Rows, n_seen):
        self.grid, self.log_prior = smoothing.grid, smoothing.log_prior
        self.season, self.rows = smoothing.season, rows
        self.alone = slice(int((self.grid[:, 2] == 0).sum()))
        self.fading = [np.flatnonzero(self.grid[:, 2] == damping) for damping in DAMPING]
        level, trend, cycle = _start(rows.y, self.season, n_seen)
        shape = (len(rows.y), len(self.grid))
        self.level = np.broadcast_to(level[:, None], shape).copy()
        self.trend = np.where(self.grid[:, 2] > 0, trend[:, None], 0.0)
        self.seasonal = n_seen >= 2 * self.season > 2
        self.season_gain = np.maximum(self.grid[:, 3], 0.0) * (1 - self.grid[:, 0]) * self.seasonal
        self.cycle = cycle.T[:, :, None] * (self.grid[:, 3] >= 0)
        self.squares, self.n_errors = np.zeros(shape), np.zeros((len(rows.y), 1))
        self.largest, self.line = np.zeros((len(rows.y), 1)), _Line(len(rows.y))

    def evidence(self):
        """Return the log-likelihood of all steps, (n_rows, p)."""
        for t in range(self.rows.y.shape[1]):
            self.read(t)
        return self._log_likelihood()

    def read(self, t):
        """Go on over step `t`."""
        alpha, beta, phi, _ = self.grid.T
        y, season = self.rows.y[:, t, None], self.cycle[t % self.season]
        drift, known = phi * self.trend, ~np.isnan(y)
        error = np.where(known, y - (self.level + drift + season), 0.0)
        settled = known & (t >= max(3, self.season))
        self.squares += np.where(settled, error * error, 0.0)
        self.n_errors += settled
        self.largest = np.fmax(self.largest, np.abs(y))
        self.line.add(t, y[:, 0])
        self.level += drift + alpha * error
        self.trend = drift + alpha * beta * error
        season += self.season_gain * error

    def states(self, t):
        """Return the averaged states behind step `t`, (n_rows, N_STATES)."""
        level, season, alone = self.level, self.cycle[t % self.season], self.alone
        log_weight = self.log_prior + self._log_likelihood()
        weight, weight_alone = weights_of(log_weight), weights_of(log_weight[:, alone])
        gain, unit = self.grid[alone, 0], self.rows.unit
        lag = (1 - (1 - gain) ** (t + 1)) / gain
        weighted = weight * self.trend
        return np.stack(
            [
                (weight * level).sum(axis=1) * unit,
                (weight_alone * level[:, alone]).sum(axis=1) * unit,
                (weight * season).sum(axis=1) * unit,
                (weight_alone * season[:, alone]).sum(axis=1) * unit,
                self.line.slope() * unit,
                (weight_alone * lag).sum(axis=1),
                np.full(len(level), float(self.seasonal)),
                # The last bits of a product of matrices would follow the number of rows.
                *(weighted.take(some, axis=1).sum(axis=1) * unit for some in self.fading),
            ],
            axis=1,
        )

    def _log_likelihood(self):
        """Return the log-likelihood of normal errors, and of two more like the best ones."""
        n = self.n_errors
        least = 1e-20 * self.largest**2 + 1e-300
        best = self.squares.min(axis=1, keepdims=True) + least
        return -0.5 * EVIDENCE * n * np.log(self.squares / best + 2 / np.maximum(n, 1))


class _Line:
    """Slope of the least-squares line through what each row has shown so far."""

    def __init__(self, n_rows):
        self.sums = np.zeros((5, n_rows))

    def add(self, t, y):
        known = ~np.isnan(y)
        value = np.where(known, y, 0.0)
        self.sums += np.stack([known, t * known, value, t * t * known, t * value])

    def slope(self):
        n, t, y, tt, ty = self.sums
        spread = n * tt - t * t
        return np.where(n > 2, (n * ty - t * y) / np.where(spread > 0, spread, 1.0), 0.0)


def _n_start(season):
    """Return of how many steps the states before the first one are."""
    return 2 * season if season > 1 else 5


def _starts(season, n_steps):
    """Return how many steps each start reads, and the step at which the next one takes over."""
    n_seen = [1]
    while n_seen[-1] < _n_start(season):
        n_seen.append(min(n_seen[-1] + max(1, n_seen[-1] // 2), _n_start(season)))
    stops = [*(n - 1 for n in n_seen[1:]), n_steps]
    return [(n, min(stop, n_steps)) for n, stop in zip(n_seen, stops, strict=True) if n <= n_steps]


def _start(y, season, n_seen):
    """Return level, trend and season before the first step."""
    n_start, n_seen = _n_start(season), min(n_seen, y.shape[1])
    y = np.pad(y[:, :n_seen], ((0, 0), (0, n_start - n_seen)), constant_values=np.nan)
    known, cycle = ~np.isnan(y), np.zeros((len(y), season))
    if season > 1:
        trend = np.nan_to_num(_row_mean(y[:, season:] - y[:, :season])) / season
    else:
        line = _Line(len(y))
        for t in range(n_start):
            line.add(t, y[:, t])
        trend = line.slope()
    steps = np.where(known, np.arange(n_start), np.nan)
    level = np.nan_to_num(_row_mean(y) - trend * (_row_mean(steps) + 1))
    if n_seen >= 2 * season > 2:
        left = y - level[:, None] - trend[:, None] * (np.arange(n_start) + 1)
        pattern = np.nan_to_num(_row_mean(left.reshape(len(y), 2, season).swapaxes(1, 2)))
        pattern -= pattern.mean(axis=1, keepdims=True)
        whole = known.sum(axis=1) > 1.5 * season  # less tells no season
        cycle = np.where(whole[:, None], pattern, 0.0)
    return level, trend, cycle


def _row_mean(values):
    """Mean along the last axis of what is observed, NaN of nothing."""
    known = ~np.isnan(values)
    total, count = np.where(known, values, 0.0).sum(axis=-1), known.sum(axis=-1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


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


LEVEL, LEVEL_ALONE, SEASON, SEASON_ALONE, SLOPE, LAG, SEASONAL = range(7)
SEASONS, TRENDS = slice(SEASON, SLOPE), slice(7, 7 + len(DAMPING))
N_STATES = TRENDS.stop


@dataclass
class Smoothed:
    """States of a smoothing behind each step of a panel, and the forecasts that follow.

    Parameters
    ----------
    panel : Panel
        The series.
    season : int
        Steps of a season.
    states : ndarray of shape (total_steps, n_targets, N_STATES)
        Averages over the parameters.
    """

    panel: Panel
    season: int
    states: np.ndarray

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
        ahead = np.arange(1, n_steps + 1)[:, None]
        state = self._read(self.states, series, origin - 1)[:, None]
        # The season of a step was last seen at the same phase of the last season.
        phase = origin[:, None] - self.season + (ahead[:, 0] - 1) % self.season
        cycle = np.nan_to_num(self._read(self._cycles, series[:, None], phase))
        cycle = cycle * state[..., SEASONAL, None]
        fading = np.array(DAMPING)
        damped = np.cumsum(fading**ahead, axis=0)  # (n_steps, n_dampings)
        trend = np.einsum("nkd,hd->nhk", state[:, 0, :, TRENDS], damped)
        smoothing = state[..., LEVEL] + trend + cycle[..., 0]
        drift = 0.5 * state[..., SLOPE] * (ahead - 1 + state[..., LAG])
        return smoothing, state[..., LEVEL_ALONE] + drift + cycle[..., 1]

    @cached_property
    def _cycles(self):
        return np.ascontiguousarray(self.states[..., SEASONS])

    def _read(self, states, series, step):
        """States behind steps, NaN before the first one."""
        read = states[np.maximum(self.panel.offsets[series] + step, 0)]
        read[step < 0] = np.nan
        return read
