"""Autocorrelation by FFT, and the test of its peaks against those of noise."""

import numpy as np
from scipy.fft import next_fast_len
from scipy.special import ndtri

# Probability that noise without a season yields a period, divided among all examined lags.
ERROR_RATE = 0.02
# Up to this factor, a multiple and its divisor belong to one pattern (6 within 12). Beyond it,
# they are separate periods (24 within 168).
MAX_SHAPE_FACTOR = 4
# Fraction of the movements not much slower than a period that it must explain. In a long series,
# even the faintest rhythm is significant.
MIN_SHARE = 0.1
# The correlation at the period and at its double must each reach this fraction of both pooled.
_MIN_REPEAT = 1 / 3
# Number of multiples of a period whose correlations are averaged to compare it with others.
_N_LAPS = 4
# Largest number of other multiples to compare with; a long period has thousands.
_N_NEIGHBOURS = 200


class Correlogram:
    """Autocorrelation of a series and of the whitened series, with significance bounds.

    The whitened series decides what is significant; the series itself, how much it explains.

    Parameters
    ----------
    series : ndarray of shape (n_timesteps,)
        The series without its trend. Missing values are NaN.
    white : ndarray of shape (n_whitened,)
        The whitened series, which is slightly shorter.
    longest : int
        The longest period to look for.
    spread : ndarray, default=None
        The mean squared product of `white` at each lag, divided by its squared variance. None
        computes it.

    Attributes
    ----------
    plain : ndarray of shape (n_lags,)
        Autocorrelation of the series, not shrunk towards 0 at long lags.
    single : ndarray of shape (n_lags,)
        Autocorrelation of the whitened series, likewise.
    pooled : ndarray of shape (about 1.5 * longest,)
        Mean of `single` at a lag and at twice the lag, weighted by the number of pairs.
    """

    def __init__(self, series, white, longest, spread=None):
        n = len(white)
        white = white - np.nanmean(white)
        self.longest = min(longest, n // 2 - 1)
        self.n_lags = min(n - 1, self.longest + self.longest // 2 + 1)
        # Beyond two thirds of the series, few pairs are left. Twice a period is always included.
        reach = max(2 * self.longest + 1, min(2 * n // 3, (_N_LAPS + 1) * self.longest))
        self.plain, _ = _correlation(series, reach)
        self.single, n_single = _correlation(white, reach)
        self.pooled, n_pooled = self._pool(n_single)
        if spread is None:
            # This is the variance of the lagged products of white noise, even if the variance of
            # the noise is not constant.
            squares, _ = lagged_products(white**2, reach)
            spread = divide(squares, n_single) / np.nanvar(white) ** 2
        self.spread = spread
        variance = divide(spread[: self.n_lags + 1], n_pooled)
        self._plain_sums, self._pooled_sums, self._variance_sums = (
            np.concatenate(([0.0], np.cumsum(values)))
            for values in (self.plain, self.pooled, variance)
        )

    def candidates(self):
        """List the lags that are significant peaks of their neighbourhood."""
        lags = np.arange(3, self.longest + 1)
        level = self._mean(self._pooled_sums, lags, lags // 2)
        height = np.minimum(self.pooled[lags], self.pooled[lags] - level)
        lags = lags[height > _quantile(ERROR_RATE / self.longest) * self._error(lags)]
        last = np.minimum(lags + lags // 2, self.n_lags)
        lags = lags[self.pooled[lags] >= window_max(self.pooled, lags - lags // 2, last)]
        return sorted({self._refine(lag) for lag in lags if self._repeats(lag)})

    def share(self, period):
        """Return the fraction of the movements not much slower than a period that it explains."""
        level = self._mean(self._plain_sums, period, period // 2)
        return float(np.clip((self.plain[period] - level) / max(1 - level, 1e-12), 0.0, 1.0))

    def stands_out(self, period, divisor, rate=None):
        """Test whether a period is significantly higher than the other multiples of its divisor.

        `rate` is the false positive rate for noise. None corrects it for the number of multiples.
        """
        factor = multiple(period, divisor)
        reach = min(len(self.single) - 1, _N_LAPS * period + period // 2)
        steps = np.arange((factor + 1) // 2, reach // divisor + 1)
        own, others = steps[steps % factor == 0], steps[steps % factor != 0]
        # The factor is rounded: multiples of the period may lie beyond those of the divisor.
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
        """Return the mean height at the multiples of a divisor, relative to that at the period."""
        steps = np.arange(1, multiple(period, divisor) + 1)
        heights = self._heights(self.single, steps, divisor, period)
        return heights[:-1].mean() / heights[-1]

    def _refine(self, period):
        """Move a period by at most a tenth, to the highest mean correlation at its multiples.

        The peak of a smooth rhythm is flat, and noise decides where it is highest.
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
        # Height at multiples of the divisor or of the period. Rounding errors grow with the factor.
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
    """Return the factor by which a lag is a multiple of a period, 0 if it is not."""
    factor = round(lag / period)
    return factor if factor and abs(lag - factor * period) <= _slack(period, factor) else 0


def whiten(series):
    """Subtract a fitted first-order autoregression; pairs with a missing value are ignored."""
    before, after = series[:-1], series[1:]
    known = np.where(np.isnan(after), 0.0, np.nan_to_num(before))
    power = known @ known
    weight = np.clip(known @ np.nan_to_num(after) / power, -1.0, 1.0) if power > 0 else 0.0
    return after - weight * before


def lagged_products(series, n_lags):
    """Return sums of the products of values `lag` apart, and numbers of the observed pairs."""
    n = len(series)
    size = next_fast_len(n + n_lags, real=True)
    known = ~np.isnan(series)
    if known.all():
        return _correlate(series, size)[: n_lags + 1], n - np.arange(n_lags + 1.0)
    sums = _correlate(np.where(known, series, 0.0), size)[: n_lags + 1]
    return sums, np.rint(_correlate(known.astype(np.float64), size)[: n_lags + 1])


def divide(sums, counts):
    """Divide; the result is 0 where the count is 0."""
    return np.divide(sums, counts, out=np.zeros(len(sums)), where=counts > 0)


def window_max(values, first, last):
    """Return the maximum of `values[first : last + 1]` for each pair of ends, in O(n log n)."""
    result = np.empty(len(first))
    level = np.log2(last - first + 1).astype(int)
    table = values
    for exponent in range(level.max(initial=-1) + 1):
        # Any window is covered by two windows whose length is a power of two.
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
    # A period is known to half a step. The error grows with the factor, up to a quarter period.
    return int(min(factor / 2, period / 4))


def _quantile(rate):
    return -ndtri(rate)
