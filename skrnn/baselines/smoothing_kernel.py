"""Compiled recursion of exponential smoothing, for all parameters in parallel.

Each series is smoothed separately, in loops of a fixed order, so that its states are the same bit
for bit whatever the other series are. Array expressions are written as loops as well, which
compile in a third of the time.

Parameters have the shape (5, p): the gains of level, trend and season, the damping of the trend,
and whether there is a season.
"""

from __future__ import annotations

import math

import numpy as np

from .smoothing_parameters import (
    LAG,
    LEVEL,
    LEVEL_ALONE,
    SEASON,
    SEASON_ALONE,
    SEASONAL,
    SLOPE,
    TREND,
)

EVIDENCE = 0.5  # power of the likelihood, as no series follows the model exactly
NEGLIGIBLE = -40.0  # logarithm below which a weight is 0


def compiled(function):
    """Compile on the first call, or load the code from the disk; do nothing without numba."""
    try:
        from numba import njit

        from skrnn._kernel_cache import cached
    except ImportError:
        return function
    return cached(njit(nogil=True, error_model="numpy")(function))


@compiled
def smooth(
    y, begin, stop, since, season, starts, parameters, log_prior, n_alone, fading, states, evidence
):
    """Compute the states after the steps of series, and the likelihood of each parameter.

    Parameters
    ----------
    y : ndarray of shape (n_rows,)
        All series, one after the other; NaN where missing.
    begin, stop, since : ndarray of shape (n,)
        First row of each series, the row after its last one, and the first row whose states are
        wanted.
    season : int
        Steps of a season.
    starts : ndarray of shape (n_starts,)
        Numbers of steps that the initial states are estimated from. Each is used until the next
        one is available.
    parameters : ndarray of shape (5, p)
        Parameters; those without a trend come first.
    log_prior : ndarray of shape (p,)
        Logarithm of their prior weights.
    n_alone : int
        Number of parameters without a trend.
    fading : ndarray of shape (p,)
        Index of the damping of each.
    states : ndarray of shape (n_rows, n_states)
        Output: averaged states, with the trend of each damping from `TREND` on; NaN before the
        first value.
    evidence : ndarray of shape (n, p)
        Output: log-likelihood at the end of each series.
    """
    for i in range(len(begin)):
        first = begin[i]
        while first < stop[i] and np.isnan(y[first]):
            first += 1
        for row in range(since[i], first):
            for k in range(states.shape[1]):
                states[row, k] = np.nan
        values, unit = _in_unit(y[first : stop[i]])
        wanted = max(0, since[i] - first)
        for k in range(len(starts)):
            if starts[k] > len(values):
                break
            whole = k + 1 == len(starts) or starts[k + 1] > len(values)
            n_steps = len(values) if whole else starts[k + 1] - 1
            if whole or wanted < n_steps:
                _run(
                    values, unit, n_steps, season, starts[k], parameters, log_prior, n_alone,
                    fading, first, wanted, states, evidence[i],
                )  # fmt: skip


@compiled
def _in_unit(y):
    """Return scaled values, and the unit: a power of two near the largest, which keeps all bits."""
    largest = 0.0
    for value in y:
        if abs(value) > largest:  # false for NaN
            largest = abs(value)
    _, exponent = math.frexp(largest)
    unit = math.ldexp(1.0, exponent - 1)
    values = np.empty(len(y))
    for t in range(len(y)):
        values[t] = y[t] / unit
    return values, unit


@compiled
def _run(
    y, unit, n_steps, season, n_seen, parameters, log_prior, n_alone, fading, first, wanted,
    states, likelihood,
):  # fmt: skip
    """Smooth a series whose initial states are estimated from `n_seen` steps.

    The states after step t are written to row ``first + t``, for t from `wanted` on.
    """
    n = parameters.shape[1]
    gain, trend_gain, season_gain, phi = parameters[0], parameters[1], parameters[2], parameters[3]
    seasonal = n_seen >= 2 * season and season > 1
    pattern, cycle = np.zeros(season), np.empty((season, n))
    start_level, start_trend = _start(y, season, n_seen, pattern)
    level, trend, squares, weight = np.empty(n), np.empty(n), np.zeros(n), np.empty(n)
    for j in range(n):
        level[j] = start_level
        trend[j] = start_trend if phi[j] > 0 else 0.0
        for phase in range(season):
            cycle[phase, j] = pattern[phase] * parameters[4, j]
    line, n_errors, largest = np.zeros(5), 0, 0.0
    for t in range(n_steps):
        value, at_phase = y[t], cycle[t % season]
        if np.isnan(value):
            for j in range(n):
                drift = phi[j] * trend[j]
                level[j] += drift
                trend[j] = drift
        else:
            settled = 1.0 if t >= max(3, season) else 0.0
            learning = 1.0 if seasonal else 0.0
            for j in range(n):
                drift = phi[j] * trend[j]
                error = value - (level[j] + drift + at_phase[j])
                squares[j] += settled * error * error
                level[j] += drift + gain[j] * error
                trend[j] = drift + trend_gain[j] * error
                at_phase[j] += learning * season_gain[j] * error
            n_errors += int(settled)
            largest = max(largest, abs(value))
            _add(line, t, value)
        if t < wanted:
            continue
        complete = t + 1 >= n_seen  # before that, only the season is taken from this start
        if complete or seasonal:
            state = states[first + t]
            _likelihood(squares, n_errors, largest, likelihood)
            _weigh(likelihood, log_prior, n_alone, weight)
            state[SEASON_ALONE] = _mean(at_phase, weight, n_alone) * unit
            if complete:
                state[LEVEL_ALONE] = _mean(level, weight, n_alone) * unit
                state[LAG] = _lag(gain, weight, n_alone, t + 1)
            _weigh(likelihood, log_prior, n, weight)
            state[SEASON] = _mean(at_phase, weight, n) * unit
            if complete:
                state[LEVEL] = _mean(level, weight, n) * unit
                state[SLOPE] = _slope(line) * unit
                state[SEASONAL] = 1.0 if seasonal else 0.0
                _trends(trend, weight, fading, unit, state)
    _likelihood(squares, n_errors, largest, likelihood)


@compiled
def _mean(values, weight, n):
    """Return the weighted sum of the first `n` values: their mean if the weights sum to 1."""
    total = 0.0
    for j in range(n):
        total += weight[j] * values[j]
    return total


@compiled
def _lag(gain, weight, n, n_steps):
    """Return the mean number of steps by which a level without a trend lags behind a line."""
    total = 0.0
    for j in range(n):
        if weight[j] > 0:
            total += weight[j] * (1 - (1 - gain[j]) ** n_steps) / gain[j]
    return total


@compiled
def _trends(trend, weight, fading, unit, state):
    """Compute the weighted sum of the trends of each damping."""
    for k in range(TREND, len(state)):
        state[k] = 0.0
    for j in range(len(trend)):
        if fading[j] >= 0:
            state[TREND + fading[j]] += weight[j] * trend[j] * unit


@compiled
def _weigh(likelihood, log_prior, n, weight):
    """Compute the weights of the first `n` parameters, which sum to 1."""
    highest = -np.inf
    for j in range(n):
        highest = max(highest, likelihood[j] + log_prior[j])
    total = 0.0
    for j in range(n):
        exponent = likelihood[j] + log_prior[j] - highest
        weight[j] = math.exp(exponent) if exponent > NEGLIGIBLE else 0.0
        total += weight[j]
    for j in range(n):
        weight[j] /= total


@compiled
def _likelihood(squares, n, largest, result):
    """Compute the log-likelihood of normal errors, with two added errors of the best fit."""
    best = squares[0]
    for j in range(len(squares)):
        best = min(best, squares[j])
    best += 1e-20 * largest * largest + 1e-300
    prior = 2.0 / max(n, 1)
    for j in range(len(squares)):
        result[j] = -0.5 * EVIDENCE * n * math.log(squares[j] / best + prior)


@compiled
def _add(line, t, value):
    """Add a value to the sums of a regression on time."""
    line[0] += 1
    line[1] += t
    line[2] += value
    line[3] += t * t
    line[4] += t * value


@compiled
def _slope(line):
    """Return the slope of the least-squares line."""
    n, t, y, tt, ty = line[0], line[1], line[2], line[3], line[4]
    spread = n * tt - t * t
    return (n * ty - t * y) / spread if n > 2 and spread > 0 else 0.0


@compiled
def _start(y, season, n_seen, pattern):
    """Return level and trend before the first step, and fill `pattern` with the season."""
    n = min(n_seen, len(y))
    trend = _start_trend(y[:n], season)
    n_known, total, steps = 0, 0.0, 0.0
    for t in range(n):
        if not np.isnan(y[t]):
            n_known += 1
            total += y[t]
            steps += t + 1
    if n_known == 0:
        return 0.0, trend
    level = (total - trend * steps) / n_known
    if n_seen >= 2 * season and season > 1 and n_known > 1.5 * season:  # too few otherwise
        for phase in range(season):
            count = 0
            for t in range(phase, n, season):
                if not np.isnan(y[t]):
                    pattern[phase] += y[t] - level - trend * (t + 1)
                    count += 1
            pattern[phase] /= max(count, 1)
        mean = _mean(pattern, np.ones(season), season) / season
        for phase in range(season):
            pattern[phase] -= mean
    return level, trend


@compiled
def _start_trend(y, season):
    """Return the mean change per step between seasons; without a season, the slope of a line."""
    if season == 1:
        line = np.zeros(5)
        for t in range(len(y)):
            if not np.isnan(y[t]):
                _add(line, t, y[t])
        return _slope(line)
    change, count = 0.0, 0
    for t in range(season, len(y)):
        if not np.isnan(y[t] - y[t - season]):
            change += y[t] - y[t - season]
            count += 1
    return change / max(count, 1) / season
