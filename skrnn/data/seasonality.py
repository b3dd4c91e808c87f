"""Autocorrelation of a series and the seasonal periods that it shows."""

from statistics import NormalDist

import numpy as np

__all__ = ["autocorrelation", "find_periods"]

# Chance that noise without a season yields a period, spread over all lags that are examined.
_ERROR_RATE = 0.02
# A period must explain this share of the variance, however certain it is in a long series.
_MIN_CORRELATION = 0.1
_MIN_SHARE = 0.05
# Up to this factor a multiple and its divisor are one pattern (6 within 12); beyond it both
# are periods of their own (24 within 168).
_MAX_SHAPE_FACTOR = 4
# The second lap of a period must show at least this part of the correlation of both laps.
_MIN_REPEAT = 1 / 3


def autocorrelation(y, n_lags=None):
    """Compute the autocorrelation of a series, in O(n log n).

    Parameters
    ----------
    y : array-like of shape (n_timesteps,)
        The series. Missing values (NaN) are allowed: a pair of values of which one is missing is
        left out.
    n_lags : int, default=None
        The largest lag. None means all, which is `n_timesteps - 1`.

    Returns
    -------
    ndarray of shape (n_lags + 1,)
        The autocorrelation at lags 0 to `n_lags`; the first entry is 1. A constant series, which
        has none, gets zeros at all other lags, and so does a lag at which every pair has a
        missing member.

    Raises
    ------
    ValueError
        If `y` is empty, not one-dimensional, not numeric or infinite, or if `n_lags` is negative
        or not below the length.

    Notes
    -----
    Without missing values this is the usual estimate of Box and Jenkins [1]_, the sum over the
    ``n - k`` pairs at lag k divided by the sum of all n squares, which draws long lags to zero.
    With missing values the mean over the pairs that are there takes the place of the sum, drawn
    to zero by the same factor ``(n - k) / n``.

    References
    ----------
    .. [1] Box, G. E. P., Jenkins, G. M., Reinsel, G. C. and Ljung, G. M. (2015). Time Series
       Analysis: Forecasting and Control, 5th edition, section 2.1. Wiley.

    Examples
    --------
    >>> import numpy as np
    >>> from skrnn.data.seasonality import autocorrelation
    >>> y = np.tile([1.0, 2.0, 3.0, 2.0], 25)
    >>> autocorrelation(y, n_lags=4).round(2)
    array([ 1.  ,  0.  , -0.98,  0.  ,  0.96])
    """
    y = _check_series(y)
    n_lags = len(y) - 1 if n_lags is None else n_lags
    if not 0 <= n_lags < len(y):
        raise ValueError(
            f"n_lags={n_lags} must lie between 0 and the length of y minus one, {len(y) - 1}."
        )
    correlation = np.zeros(n_lags + 1)
    correlation[0] = 1.0
    seen = y[~np.isnan(y)]
    if len(seen) == 0 or seen.min() == seen.max():
        return correlation
    sums, n_pairs = _lagged_products(y - seen.mean(), n_lags)
    shrink = (len(y) - np.arange(n_lags + 1)) / len(y)
    means = np.divide(sums, n_pairs, out=np.zeros_like(sums), where=n_pairs > 0)
    return shrink * means / means[0]


def find_periods(y, *, max_period=None, max_periods=3):
    """Find the seasonal periods of a series from its autocorrelation.

    Parameters
    ----------
    y : array-like of shape (n_timesteps,)
        The series, in equal steps of time. Missing values (NaN) are allowed.
    max_period : int, default=None
        The longest period to look for. None means a third of the series, so that three seasons
        are there to be compared; more than half of the series is never searched.
    max_periods : int, default=3
        The largest number of periods to return.

    Returns
    -------
    list of int
        The periods in steps, the one that explains most of the variance first; empty if there
        is none, which is always so for fewer than nine values. The shortest possible period is
        3: two steps cannot be told from mere alternation.

    Raises
    ------
    ValueError
        If `y` is empty, not one-dimensional, not numeric or infinite, or if `max_period` or
        `max_periods` is not positive.

    Notes
    -----
    The search follows the idea that a season is a hill of the autocorrelation [1]_, with care
    about what else makes hills:

    1. A linear trend is subtracted, and the series is whitened twice by an autoregression of
       order one. That turns the series without a season that one meets (noise, autoregressions,
       random walks, changing levels) into something close to white noise, the red-noise
       background of climatology [2]_. Two real roots do not oscillate, apart from alternation,
       and leave any cycle in place.
    2. A candidate is a lag L whose correlation, pooled over the lags L and 2L, is the highest
       between L/2 and 3L/2 and exceeds both zero and the mean of that neighbourhood by a
       one-sided bound of normal theory, corrected for the number of lags. The standard error
       allows for a variance that changes in time [3]_.
    3. From the strongest candidate the search goes down to a divisor if its other multiples are
       as high (24 rather than 72), and up to a multiple of at most four if that stands out from
       its neighbours (12 rather than 6).
    4. The mean pattern of the period is subtracted and the search begins again. A multiple of a
       period that was found before has to stand out from the neighbouring multiples, as 168
       does in hourly data with a weekly rhythm.

    References
    ----------
    .. [1] Vlachos, M., Yu, P. and Castelli, V. (2005). On periodicity detection and structural
       periodic similarity. Proceedings of the SIAM International Conference on Data Mining,
       449-460.
    .. [2] Mann, M. E. and Lees, J. M. (1996). Robust estimation of background noise and signal
       detection in climatic time series. Climatic Change, 33, 409-445.
    .. [3] Taylor, S. J. (1984). Estimating the variances of autocorrelations calculated from
       financial time series. Applied Statistics, 33, 300-308.

    Examples
    --------
    >>> import numpy as np
    >>> from skrnn.data.seasonality import find_periods
    >>> rng = np.random.default_rng(0)
    >>> hour = np.arange(24 * 7 * 8)
    >>> weekend = hour // 24 % 7 >= 5
    >>> load = 10 + 3 * np.sin(2 * np.pi * hour / 24) - 2 * weekend + rng.normal(size=len(hour))
    >>> find_periods(load)
    [24, 168]
    >>> find_periods(rng.normal(size=500).cumsum())
    []
    """
    y = _check_series(y)
    for name, value in (("max_period", max_period), ("max_periods", max_periods)):
        if value is not None and value < 1:
            raise ValueError(f"{name}={value} must be at least 1.")
    longest = len(y) // 3 if max_period is None else min(max_period, len(y) // 2)
    series = _subtract_trend(y)
    shares, left = {}, 1.0
    while len(shares) < max_periods and left > _MIN_SHARE:
        correlogram = _Correlogram.of(series, longest)
        candidates = [
            lag
            for lag in (correlogram.candidates() if correlogram else [])
            if left * correlogram.pooled[lag] > _MIN_SHARE and _is_new(lag, shares, correlogram)
        ]
        if not candidates:
            break
        period = _settle(candidates, correlogram)
        share = left * min(correlogram.pooled[period], 1.0)
        left -= share
        # A pattern that turns out to be longer takes the place of its part.
        parts = [found for found in shares if 1 < _multiple(period, found) <= _MAX_SHAPE_FACTOR]
        shares[period] = share + sum(shares.pop(found) for found in parts)
        series = _subtract_pattern(series, period)
    return sorted(shares, key=shares.get, reverse=True)


class _Correlogram:
    """Autocorrelation of a whitened series with the bounds that noise would keep.

    Parameters
    ----------
    series : ndarray of shape (n_timesteps,)
        The whitened series, with mean zero.
    longest : int
        The longest period to look for.

    Attributes
    ----------
    single : ndarray of shape (n_timesteps,)
        Autocorrelation, not drawn to zero at long lags.
    pooled : ndarray of shape (about 1.5 * longest,)
        Autocorrelation at a lag and at twice that lag taken together.
    """

    def __init__(self, series, longest):
        n = len(series)
        sums, n_pairs = _lagged_products(series, n - 1)
        # The sum of squared products is the variance of a sum of products of white noise,
        # whether or not the variance of the noise is constant.
        squares, _ = _lagged_products(series**2, n - 1)
        variance = sums[0] / n_pairs[0]
        self.longest = longest
        self.n_lags = min(n - 1, longest + longest // 2 + 1)
        self.single = _divide(sums, n_pairs) / variance
        sums, squares, n_pairs = (
            _add_double_lag(values, self.n_lags) for values in (sums, squares, n_pairs)
        )
        self.pooled = _divide(sums, n_pairs) / variance
        self._sum_pooled = _cumulate(self.pooled)
        self._sum_variance = _cumulate(_divide(squares, n_pairs**2) / variance**2)

    @classmethod
    def of(cls, series, longest):
        """Whiten a series and correlate what is left; None if nothing is left."""
        white = _whiten(_whiten(series))
        seen = white[~np.isnan(white)]
        longest = min(longest, len(white) // 2 - 1)
        if longest < 3 or len(seen) < 8 or seen.std() == 0:
            return None
        return cls(white - seen.mean(), longest)

    def candidates(self):
        """List the lags that are the height of their neighbourhood, far above noise."""
        lags = np.arange(3, self.longest + 1)
        height = self.pooled[lags]
        height = np.minimum(height, height - self._neighbourhood(self._sum_pooled, lags))
        bound = _quantile(_ERROR_RATE / self.longest) * self.standard_error(lags)
        lags = lags[height > np.maximum(bound, _MIN_CORRELATION)]
        first, last = self._ends(lags)
        lags = lags[self.pooled[lags] >= _window_max(self.pooled, first, last)]
        return [int(lag) for lag in lags if self._repeats(lag)]

    def stands_out(self, period, divisor):
        """Tell whether a period rises above the other multiples of its divisor."""
        factor = _multiple(period, divisor)
        reach = min(2 * len(self.single) // 3, 4 * period + period // 2)
        steps = np.arange((factor + 1) // 2, reach // divisor + 1)
        own = steps % factor == 0
        if own.all() or not own.any():
            return False
        heights = np.array([self._ridge(divisor, step) for step in steps])
        heights[own] = self.single[period * (steps[own] // factor)]
        # One of a few multiples is a question for one test, one of many for many.
        small = factor <= _MAX_SHAPE_FACTOR
        rate = 0.05 if small else _ERROR_RATE / max(2, self.longest // divisor)
        error = np.sqrt(2 / own.sum() + 2 / (~own).sum()) * self.standard_error(period)
        bound = max(_quantile(rate) * error, _MIN_CORRELATION)
        return heights[own].mean() - heights[~own].mean() > bound

    def relative_height(self, divisor, period):
        """Compare the multiples of a divisor below a period with the period itself."""
        steps = range(1, _multiple(period, divisor))
        return np.mean([self._ridge(divisor, step) for step in steps]) / self.single[period]

    def standard_error(self, lags):
        """Give the standard error of the pooled correlation of noise."""
        return np.sqrt(np.maximum(self._neighbourhood(self._sum_variance, lags), 0.0))

    def _ends(self, lags):
        return (lags + 1) // 2, np.minimum(lags + lags // 2, self.n_lags)

    def _neighbourhood(self, cumulated, lags):
        first, last = self._ends(lags)
        return (cumulated[last + 1] - cumulated[first]) / (last - first + 1)

    def _repeats(self, lag):
        # A period in steps is rounded: the second lap may end a step earlier or later.
        laps = self.single[lag], self.single[2 * lag - 1 : 2 * lag + 2].max()
        return min(laps) > _MIN_REPEAT * self.pooled[lag]

    def _ridge(self, divisor, step):
        slack = _slack(divisor, step)
        middle = divisor * step
        return self.single[middle - slack : middle + slack + 1].max()


def _is_new(lag, found, correlogram):
    """Tell whether a candidate says more than the periods that were found before it."""
    for period in found:
        if abs(lag - period) <= max(1, period // 4):
            return False
        if 1 < _multiple(period, lag) <= _MAX_SHAPE_FACTOR:
            return False
        if _multiple(lag, period) > 1 and not correlogram.stands_out(lag, period):
            return False
    return True


def _settle(candidates, correlogram):
    """Choose the strongest candidate or the divisor or multiple of it that is the period."""
    period = max(candidates, key=lambda lag: correlogram.pooled[lag])
    for divisor in candidates:
        factor = _multiple(period, divisor)
        if factor < 2:
            continue
        own_period = (
            factor > _MAX_SHAPE_FACTOR and correlogram.relative_height(divisor, period) > 1 / 3
        )
        if own_period or not correlogram.stands_out(period, divisor):
            period = divisor
            break
    for factor in range(2, _MAX_SHAPE_FACTOR + 1):
        multiple = factor * period
        if multiple <= correlogram.longest and correlogram.stands_out(multiple, period):
            return multiple
    return period


def _multiple(lag, period):
    """Give the factor by which a lag is a multiple of a period, 0 if it is none."""
    factor = round(lag / period)
    return factor if factor and abs(lag - factor * period) <= _slack(period, factor) else 0


def _slack(period, factor):
    # A period is known to half a step, so that its multiples drift, but never into each other.
    return int(min(factor / 2, period / 4))


def _check_series(y):
    try:
        y = np.asarray(y, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError("y must be numeric; encode or drop what is not a number.") from error
    if y.ndim == 2 and y.shape[1] == 1:
        y = y[:, 0]
    if y.ndim != 1:
        raise ValueError(
            f"y must be one series of shape (n_timesteps,), but has shape {y.shape}; "
            "pass one column at a time."
        )
    if len(y) == 0:
        raise ValueError("y is empty; at least one value is needed.")
    if np.isinf(y).any():
        raise ValueError("y contains infinite values; replace them by NaN to leave them out.")
    return y


def _subtract_trend(y):
    """Subtract the least-squares line; a series that is a line becomes exactly zero."""
    seen = ~np.isnan(y)
    if not seen.any():
        return y
    time = np.arange(len(y)) - np.flatnonzero(seen).mean()
    residual = y - y[seen].mean()
    residual -= time * (time[seen] @ residual[seen]) / max(time[seen] @ time[seen], 1.0)
    rounding = 1e3 * np.finfo(np.float64).eps * np.abs(y[seen]).max()
    return residual if residual[seen].std() > rounding else np.where(seen, 0.0, np.nan)


def _whiten(series):
    """Take out an autoregression of order one, missing values aside."""
    before, after = series[:-1], series[1:]
    both = ~np.isnan(before) & ~np.isnan(after)
    power = before[both] @ before[both]
    weight = np.clip(before[both] @ after[both] / power, -1.0, 1.0) if power > 0 else 0.0
    return after - weight * before


def _subtract_pattern(series, period):
    """Subtract the mean of each phase of a period."""
    phase = np.arange(len(series)) % period
    seen = ~np.isnan(series)
    sums = np.bincount(phase[seen], weights=series[seen], minlength=period)
    counts = np.bincount(phase[seen], minlength=period)
    return series - _divide(sums, counts)[phase]


def _lagged_products(series, n_lags):
    """Sum the products of values `lag` apart; count the pairs without a missing member."""
    n = len(series)
    size = 1 << (n + n_lags - 1).bit_length()
    seen = ~np.isnan(series)
    if seen.all():
        return _correlate(series, size)[: n_lags + 1], n - np.arange(n_lags + 1.0)
    sums = _correlate(np.where(seen, series, 0.0), size)[: n_lags + 1]
    return sums, np.rint(_correlate(seen.astype(np.float64), size)[: n_lags + 1])


def _correlate(values, size):
    spectrum = np.fft.rfft(values, size)
    return np.fft.irfft(spectrum.real**2 + spectrum.imag**2, size)


def _add_double_lag(values, n_lags):
    added = values[: n_lags + 1].copy()
    doubles = values[: 2 * n_lags + 1 : 2]
    added[: len(doubles)] += doubles
    return added


def _divide(sums, counts):
    return np.divide(sums, counts, out=np.zeros(len(sums)), where=counts > 0)


def _cumulate(values):
    return np.concatenate(([0.0], np.cumsum(values)))


def _window_max(values, first, last):
    """Give the maximum of `values[first : last + 1]` for each pair of ends, in O(n log n)."""
    result = np.empty(len(first))
    level = np.log2(last - first + 1).astype(int)
    table = values
    for exponent in range(level.max(initial=-1) + 1):
        # Two windows whose length is a power of two cover any window.
        at, width = level == exponent, 2**exponent
        result[at] = np.maximum(table[first[at]], table[last[at] - width + 1])
        table = np.maximum(table[:-width], table[width:])
    return result


def _quantile(rate):
    return NormalDist().inv_cdf(1 - rate)
