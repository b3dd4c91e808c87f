"""The forecast distribution for skpro. Importing this module requires skpro."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr, ndtri
from skpro.distributions.base import BaseDistribution

from skrnn.series.quantiles import STEEPEST, expectation, score_at, value_at, variance


class PiecewiseNormal(BaseDistribution):
    r"""Piecewise normal distribution through given quantiles.

    The quantile function interpolates the given quantiles linearly in the normal score
    :math:`z = \Phi^{-1}(p)` and extrapolates the outermost lines. So each piece of the
    distribution is normal or, with `log`, log-normal. With `log`, the slope of the outer pieces is
    at most 3, so that a single outlier does not make the variance infinite. The quantiles equal
    those of ``predict_quantiles`` at any level. Mean, variance and energy are computed by
    Gauss-Legendre quadrature. Probability beyond a bound is concentrated in the bound, where the
    distribution then has no density.

    Parameters
    ----------
    quantiles : ndarray of shape (n_rows, n_columns, n_levels)
        Increasing quantiles at the levels of the forecasters.
    log : bool, default=False
        Whether `quantiles` are quantiles of the logarithm.
    lower, upper : ndarray of shape (n_rows, n_columns), default=None
        Smallest and largest possible values. None means that there are none.
    index, columns : pd.Index, default=None
        Rows and columns.

    Examples
    --------
    >>> from sktime.datasets import load_airline
    >>> from skrnn.forecasting import LSTMForecaster
    >>> forecaster = LSTMForecaster(max_epochs=5, random_state=0).fit(load_airline(), fh=[1, 2])
    >>> distribution = forecaster.predict_proba()
    >>> distribution.mean().shape, distribution.quantile([0.1, 0.9]).shape
    ((2, 1), (2, 2))
    """

    _tags = {
        "authors": ["skrnn developers"],
        "capabilities:approx": ["pdfnorm"],
        "capabilities:exact": ["mean", "var", "energy", "pdf", "log_pdf", "cdf", "ppf"],
        "distr:measuretype": "continuous",
        "broadcast_init": "off",
    }

    def __init__(self, quantiles, log=False, lower=None, upper=None, index=None, columns=None):
        self.quantiles = quantiles
        self.log = log
        self.lower = lower
        self.upper = upper
        super().__init__(index=index, columns=columns)

    @property
    def _bounds(self):
        shape = np.shape(self.quantiles)[:-1]
        lower = -np.inf if self.lower is None else self.lower
        upper = np.inf if self.upper is None else self.upper
        return np.broadcast_to(lower, shape), np.broadcast_to(upper, shape)

    def _to_original(self, values):
        """Return values in original units; those of a quadrature have two more axes."""
        more = (1,) * (np.ndim(values) - np.ndim(self.quantiles) + 1)
        lower, upper = (np.reshape(bound, bound.shape + more) for bound in self._bounds)
        return np.clip(np.exp(values) if self.log else values, lower, upper)

    @property
    def _steepest(self):
        return STEEPEST if self.log else np.inf

    def _expectation(self, of, up_to=None):
        return expectation(self.quantiles, of, up_to, self._steepest)

    def _score_at(self, x):
        """Return the normal score of values, and the slope of the quantile function there."""
        lower, upper = self._bounds
        if not self.log:
            score, slope = score_at(self.quantiles, x, self._steepest)
        else:
            with np.errstate(divide="ignore"):
                score, slope = score_at(self.quantiles, np.log(np.maximum(x, 0.0)), self._steepest)
            slope = slope * x
        inside = np.where(x < lower, -np.inf, score)
        return np.where(x < upper, inside, np.inf), slope

    def _mean(self):
        return self._expectation(lambda value, _: self._to_original(value))

    def _var(self):
        return variance(self.quantiles, self._to_original, self._steepest)

    def _ppf(self, p):
        return self._to_original(value_at(self.quantiles, ndtri(p), self._steepest))

    def _cdf(self, x):
        return ndtr(self._score_at(x)[0])

    def _pdf(self, x):
        return np.exp(self._log_pdf(x))

    def _log_pdf(self, x):
        score, slope = self._score_at(x)
        with np.errstate(divide="ignore", invalid="ignore"):
            log_pdf = -0.5 * score**2 - np.log(slope) - 0.5 * np.log(2 * np.pi)
        return np.where(np.isfinite(score) & (slope > 0), log_pdf, -np.inf)

    def _energy_self(self):
        r"""Return :math:`E|X - Y| = 2 \int (2 p - 1) Q(p) dp`, summed over the columns."""

        def ranked(value, score):
            return 2 * (2 * ndtr(score) - 1) * self._to_original(value)

        return self._over_columns(self._expectation(ranked))

    def _energy_x(self, x):
        r"""Return :math:`E|X - x| = E X - 2 E[X 1(X < x)] + x (2 F(x) - 1)`."""
        score, _ = self._score_at(x)
        below = self._expectation(lambda value, _: self._to_original(value), up_to=score)
        return self._over_columns(self._mean() - 2 * below + x * (2 * ndtr(score) - 1))

    @staticmethod
    def _over_columns(energy):
        return energy.sum(axis=1) if np.ndim(energy) else energy

    def _iloc(self, rowidx=None, colidx=None):
        if np.isscalar(rowidx) and np.isscalar(colidx):
            return self._iat(rowidx, colidx)
        rows = slice(None) if rowidx is None else np.atleast_1d(rowidx)
        columns = slice(None) if colidx is None else np.atleast_1d(colidx)
        quantiles, lower, upper = (part[rows][:, columns] for part in self._parts)
        index, columns = self.index[rows], self.columns[columns]
        return PiecewiseNormal(quantiles, self.log, lower, upper, index, columns)

    def _iat(self, rowidx=None, colidx=None):
        quantiles, lower, upper = (part[rowidx, colidx] for part in self._parts)
        return PiecewiseNormal(quantiles, self.log, lower, upper)

    @property
    def _parts(self):
        return self.quantiles, *self._bounds

    @classmethod
    def get_test_params(cls, parameter_set="default"):
        """Return settings for tests.

        Parameters
        ----------
        parameter_set : str, default="default"
            Name of the set.

        Returns
        -------
        params : list of dict
            A frame of normal pieces, one with a lower bound, a frame of log-normal pieces, and a
            scalar distribution.
        """
        quantiles = np.sort(np.random.default_rng(0).normal(size=(3, 2, 7)), axis=-1)
        frame = {"index": [0, 1, 2], "columns": ["a", "b"]}
        return [
            {"quantiles": quantiles, **frame},
            {"quantiles": quantiles, "lower": np.zeros((3, 2)), **frame},
            {"quantiles": quantiles, "log": True, **frame},
            {"quantiles": quantiles[0, 0]},
        ]
