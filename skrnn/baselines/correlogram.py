"""Sums of lagged products by FFT, and the hills of the autocorrelation above those of noise."""

import numpy as np
from scipy.fft import next_fast_len
from scipy.special import ndtri

# Chance that noise without a season yields a period, spread over all lags that are examined.
ERROR_RATE = 0.02
# Up to this factor a multiple and its divisor are one pattern (6 within 12); beyond it both
# are periods of their own (24 within 168).
MAX_SHAPE_FACTOR = 4
# What a period must explain of the movements that are not much slower than itself: a long
# series makes the faintest rhythm certain.
MIN_SHARE = 0.1
# Either lap of a period must show at least this part of the correlation of both.
_MIN_REPEAT = 1 / 3
# Laps whose correlations are put together where a period is weighed against its neighbours.
_N_LAPS = 4
# Neighbouring multiples that are looked at; a long period has thousands.
_N_NEIGHBOURS = 200


class Correlogram:
    """Autocorrelation of a series and of the same series whitened, with the bounds of noise.

    The whitened series tells what is certain, the series as it is tells how much it matters.

    Parameters
    ----------
    series : ndarray of shape (n_timesteps,)
        The series without its trend. Missing values are NaN.
    white : ndarray of shape (n_whitened,)
        The whitened series, a little shorter.
    longest : int
        The longest period to look for.
    spread : ndarray, default=None
        The mean of the squared products of `white` at each lag, over its squared variance. None
        computes it.

    Attributes
    ----------
    plain : ndarray of shape (n_lags,)
        Autocorrelation of the series, not drawn to zero at long lags.
    single : ndarray of shape (n_lags,)
        The same of the whitened series.
    pooled : ndarray of shape (about 1.5 * longest,)
        Mean of `single` over a lag and its double, weighted by the number of pairs.
    """

    def __init__(self, series, white, longest, spread=None):
        n = len(white)
        white = white - np.nanmean(white)
        self.longest = min(longest, n // 2 - 1)
        self.n_lags = min(n - 1, self.longest + self.longest // 2 + 1)
        # Beyond two thirds of the series few pairs are left; a second lap is always seen.
        reach = max(2 * self.longest + 1, min(2 * n // 3, (_N_LAPS + 1) * self.longest))
        self.plain, _ = _correlation(series, reach)
        self.single, n_single = _correlation(white, reach)
        self.pooled, n_pooled = self._pool(n_single)
        if spread is None:
            # The mean squared product is the variance of a product of white noise, whether or
            # not the variance of the noise is constant.
            squares, _ = lagged_products(white**2, reach)
            spread = divide(squares, n_single) / np.nanvar(white) ** 2
        self.spread = spread
        variance = divide(spread[: self.n_lags + 1], n_pooled)
        self._plain_sums, self._pooled_sums, self._variance_sums = (
            np.concatenate(([0.0], np.cumsum(values)))
            for values in (self.plain, self.pooled, variance)
        )

    def candidates(self):
        """List the lags that are the height of their neighbourhood, far above noise."""
        lags = np.arange(3, self.longest + 1)
        level = self._mean(self._pooled_sums, lags, lags // 2)
        height = np.minimum(self.pooled[lags], self.pooled[lags] - level)
        lags = lags[height > _quantile(ERROR_RATE / self.longest) * self._error(lags)]
        last = np.minimum(lags + lags // 2, self.n_lags)
        lags = lags[self.pooled[lags] >= window_max(self.pooled, lags - lags // 2, last)]
        return sorted({self._refine(lag) for lag in lags if self._repeats(lag)})

    def share(self, period):
        """Give the part that a period explains of the movements no slower than itself."""
        level = self._mean(self._plain_sums, period, period // 2)
        return float(np.clip((self.plain[period] - level) / max(1 - level, 1e-12), 0.0, 1.0))

    def stands_out(self, period, divisor, rate=None):
        """Tell whether a period rises above the other multiples of its divisor.

        `rate` is the chance to say so of noise; None allows for a choice among all multiples.
        """
        factor = multiple(period, divisor)
        reach = min(len(self.single) - 1, _N_LAPS * period + period // 2)
        steps = np.arange((factor + 1) // 2, reach // divisor + 1)
        own, others = steps[steps % factor == 0], steps[steps % factor != 0]
        # The factor is rounded: laps of the period may reach farther than those of the divisor.
        own = own[own // factor * period < len(self.single)]
        if not len(own) or not len(others):
            return False
        others = others[:: 1 + len(others) // _N_NEIGHBOURS]
        white, plain = (
            self._heights(values, own, divisor, period).mean()
            - self._heights(values, others, divisor, period).mean()
            for values in (self.single, self.plain)
        )
        rate = rate or ERROR_RATE / max(2, self.longest // divisor)
        error = np.sqrt(2 / len(own) + 2 / len(others)) * self._error(period)
        return bool(white > _quantile(rate) * error and plain > MIN_SHARE / 2)

    def relative_height(self, divisor, period):
        """Compare the multiples of a divisor below a period with the period itself."""
        steps = np.arange(1, multiple(period, divisor) + 1)
        heights = self._heights(self.single, steps, divisor, period)
        return heights[:-1].mean() / heights[-1]

    def _refine(self, period):
        """Move a period by up to a tenth, to where several laps agree best.

        The hill of a smooth rhythm is flat, and noise decides where it is highest.
        """
        last = min(int(1.1 * period), self.longest)
        lags = np.arange(int(np.ceil(0.9 * period)), last + 1)
        n_laps = np.clip(len(self.plain) // (last + 1), 1, _N_LAPS)
        height = sum(
            self.plain[lap * lags] - self._mean(self._plain_sums, lap * lags, lags // 2)
            for lap in range(1, n_laps + 1)
        )
        return int(lags[height.argmax()])

    def _pool(self, n_pairs):
        lags = np.arange(self.n_lags + 1)
        lags = lags[2 * lags < len(self.single)]
        weight = n_pairs[: self.n_lags + 1].copy()
        sums = self.single[: self.n_lags + 1] * weight
        sums[lags] += self.single[2 * lags] * n_pairs[2 * lags]
        weight[lags] += n_pairs[2 * lags]
        return divide(sums, weight), weight

    def _repeats(self, lag):
        laps = self.single[lag], self.single[2 * lag - 1 : 2 * lag + 2].max()
        return min(laps) > _MIN_REPEAT * self.pooled[lag]

    def _heights(self, values, steps, divisor, period):
        # Multiples of the divisor, whose rounding grows with them, or of the period.
        factor = multiple(period, divisor)
        heights = []
        for step in steps:
            laps, other = divmod(step, factor)
            middle, slack = (
                (divisor * step, _slack(divisor, step)) if other else (period * laps, laps > 1)
            )
            heights.append(values[middle - slack : middle + slack + 1].max())
        return np.array(heights)

    def _error(self, lags):
        mean = self._mean(self._variance_sums, lags, np.asarray(lags) // 2)
        return np.sqrt(np.maximum(mean, 0.0))

    @staticmethod
    def _mean(cumulated, lags, reach):
        last = np.minimum(lags + reach, len(cumulated) - 2)
        return (cumulated[last + 1] - cumulated[lags - reach]) / (last - lags + reach + 1)


def multiple(lag, period):
    """Give the factor by which a lag is a multiple of a period, 0 if it is none."""
    factor = round(lag / period)
    return factor if factor and abs(lag - factor * period) <= _slack(period, factor) else 0


def whiten(series):
    """Take out an autoregression of order one, missing values aside."""
    before, after = series[:-1], series[1:]
    known = np.where(np.isnan(after), 0.0, np.nan_to_num(before))
    power = known @ known
    weight = np.clip(known @ np.nan_to_num(after) / power, -1.0, 1.0) if power > 0 else 0.0
    return after - weight * before


def lagged_products(series, n_lags):
    """Sum the products of values `lag` apart; count the pairs without a missing member."""
    n = len(series)
    size = next_fast_len(n + n_lags, real=True)
    known = ~np.isnan(series)
    if known.all():
        return _correlate(series, size)[: n_lags + 1], n - np.arange(n_lags + 1.0)
    sums = _correlate(np.where(known, series, 0.0), size)[: n_lags + 1]
    return sums, np.rint(_correlate(known.astype(np.float64), size)[: n_lags + 1])


def divide(sums, counts):
    """Divide, with 0 where there is nothing to count."""
    return np.divide(sums, counts, out=np.zeros(len(sums)), where=counts > 0)


def window_max(values, first, last):
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


def _correlation(series, n_lags):
    sums, n_pairs = lagged_products(series, n_lags)
    return divide(sums, n_pairs) * n_pairs[0] / sums[0], n_pairs


def _correlate(values, size):
    spectrum = np.fft.rfft(values, size)
    return np.fft.irfft(spectrum.real**2 + spectrum.imag**2, size)


def _slack(period, factor):
    # A period is known to half a step, so that its multiples drift, but never into each other.
    return int(min(factor / 2, period / 4))


def _quantile(rate):
    return -ndtri(rate)
