"""Whole distributions of forecasts: of single steps, and of trajectories."""

from __future__ import annotations

import copy
from importlib.util import find_spec
from numbers import Integral
from typing import Any

import numpy as np
import pandas as pd

from skrnn._compat import Interval, StrOptions, validate_parameter_constraints
from skrnn._parameters import draw_seed
from skrnn.series.quantiles import value_at, variance
from skrnn.training import spawn_seeds
from skrnn.training.seeds import set_generator, torch_generator
from skrnn.training.tensors import where

from ._prediction import Prediction, below

DRAWS = {
    "n_paths": [Interval(Integral, 1, None, closed="left")],
    "method": [StrOptions({"residuals", "mc_dropout"})],
}


class Probability(Prediction):
    """Distributions and trajectories of a fitted forecaster."""

    # What the base class of sktime has.
    check_is_fitted: Any
    _check_X: Any
    _check_fh: Any

    def predict_proba(self, fh=None, X=None, marginal=True):
        """Forecast the distribution of each step.

        Between the quantiles that the network returns a quantile is linear in the normal score of
        its level, and beyond them the outermost line goes on: the distribution has the quantiles
        of ``predict_quantiles`` at any level.

        Parameters
        ----------
        fh : int, list, pd.Index or ForecastingHorizon, default=None
            Steps to forecast; those of ``fit`` by default.
        X : time series in a container of sktime, default=None
            Known covariates of the horizon.
        marginal : bool, default=True
            Whether the steps have distributions of their own. Trajectories are what
            ``sample_paths`` returns.

        Returns
        -------
        distribution : skpro BaseDistribution
            With the rows and columns of ``predict``.

        Raises
        ------
        ImportError
            If skpro is not installed.
        NotImplementedError
            If `marginal` is False.
        """
        if find_spec("skpro") is None:
            raise ImportError(
                "predict_proba returns distributions of skpro, which is not installed; install "
                "it by pip install 'skrnn[proba]'."
            )
        return super().predict_proba(fh=fh, X=X, marginal=marginal)  # type: ignore[misc]

    def _predict_proba(self, fh, X, marginal=True):
        from ._distribution import PiecewiseNormal

        if not marginal:
            raise NotImplementedError(
                "marginal=False asks for the joint distribution of all steps, which has no closed "
                "form; use sample_paths for trajectories."
            )
        requests, rows = self._ask(fh, X)
        targets = pd.Index(self._observed.columns.targets)
        quantiles = np.concatenate([part for part, _ in self._in_parts(self._observed, requests)])
        quantiles = quantiles.reshape(len(rows), len(targets), -1)
        return PiecewiseNormal(quantiles, self.plan_.log, index=rows, columns=targets)

    def _predict_var(self, fh, X, cov=False):
        if cov:
            raise NotImplementedError(
                "cov=True asks for the covariances of all steps; estimate them from sample_paths, "
                "or pass cov=False for the variance of each step."
            )
        requests, rows = self._ask(fh, X)
        parts = self._in_parts(self._observed, requests)
        values = np.concatenate([variance(part, self.plan_.to_original) for part, _ in parts])
        targets = self._observed.columns.targets
        return pd.DataFrame(values.reshape(len(rows), -1), index=rows, columns=targets)

    def sample_paths(self, fh=None, X=None, n_paths=100, random_state=None, method="residuals"):
        r"""Draw trajectories: what may follow, over all steps together.

        Sums, maxima or times of crossing over a horizon need to know how the errors of its steps
        go together, which quantiles of single steps do not tell. With ``method="residuals"`` each
        step of the trajectories has the distribution of ``predict_quantiles``, and their
        dependence is that of past errors: a Gaussian copula of the ranks of the errors at
        held-out origins [1]_ [2]_. The series of a panel are drawn independently of each other.

        ``method="mc_dropout"`` forecasts the median with dropout, of other units in each
        trajectory [3]_. The trajectories differ as such networks do and leave out the noise of
        the series itself: bands made of them cover too little.

        Parameters
        ----------
        fh : int, list, pd.Index or ForecastingHorizon, default=None
            Steps behind the end of each series; those of ``fit`` by default.
        X : time series in a container of sktime, default=None
            Known covariates of the horizon.
        n_paths : int, default=100
            Number of trajectories.
        random_state : int, RandomState or None, default=None
            Seed of the draws; None is another one at each call.
        method : {"residuals", "mc_dropout"}, default="residuals"
            What the trajectories differ by.

        Returns
        -------
        paths : pd.DataFrame
            One row for each trajectory and step, with the index ``(path, time)``, for a panel
            ``(path, instances, time)``, and the columns of y: ``paths.loc[0]`` has the form of a
            forecast.

        Raises
        ------
        NotFittedError
            If the forecaster is not fitted.
        ValueError
            If a step is not behind the end of a series, a parameter is invalid, or
            ``method="mc_dropout"`` finds no dropout in the network.

        References
        ----------
        .. [1] Clark, M. et al. (2004). The Schaake shuffle: A method for reconstructing
           space-time variability in forecasted precipitation and temperature fields. Journal of
           Hydrometeorology.
        .. [2] Moller, A., Lenkoski, A. & Thorarinsdottir, T. L. (2013). Multivariate
           probabilistic forecasting using ensemble Bayesian model averaging and copulas.
           Quarterly Journal of the Royal Meteorological Society.
        .. [3] Gal, Y. & Ghahramani, Z. (2016). Dropout as a Bayesian approximation. ICML.

        Examples
        --------
        >>> from sktime.datasets import load_airline
        >>> from skrnn.forecasting import LSTMForecaster
        >>> y = load_airline()
        >>> forecaster = LSTMForecaster(max_epochs=5, random_state=0).fit(y, fh=range(1, 13))
        >>> paths = forecaster.sample_paths(n_paths=500, random_state=0)
        >>> whole_year = paths.groupby("path").sum().quantile([0.1, 0.9])
        >>> whole_year.shape
        (2, 1)
        """
        self.check_is_fitted()
        draws = {"n_paths": n_paths, "method": method}
        validate_parameter_constraints(DRAWS, draws, "sample_paths")
        fh = self._check_fh(fh)
        requests, rows = self._ask(fh, self._check_X(X=X))
        if requests.steps.min() < 1:
            raise ValueError(
                f"fh has the step {requests.steps.min()}, but trajectories begin behind the end "
                "of each series; pass steps from 1 on."
            )
        seed = draw_seed(random_state)
        draw = self._draw_residuals if method == "residuals" else self._draw_networks
        values = draw(requests, n_paths, seed).reshape(n_paths * len(rows), -1)
        path = np.repeat(np.arange(n_paths), len(rows))
        index = below(path, rows.take(np.tile(np.arange(len(rows)), n_paths)), "path")
        return pd.DataFrame(values, index=index, columns=self._observed.columns.targets)

    def _draw_residuals(self, requests, n_paths, seed):
        """Return trajectories (n_paths, n, n_requested, n_targets) as dependent as errors."""
        generator, n_ahead = np.random.default_rng(seed), requests.n_ahead
        dependence, paths = self.widths_.dependence, []
        for quantiles, rows in self._in_parts(self._observed, requests):
            steps = requests.steps[rows][None, :, :, None] - 1
            scores = dependence.draw(generator, n_paths * len(quantiles), n_ahead)
            scores = scores.reshape(n_paths, len(quantiles), n_ahead, -1)
            paths.append(value_at(quantiles, np.take_along_axis(scores, steps, axis=2)))
        return self.plan_.to_original(np.concatenate(paths, axis=1))

    def _draw_networks(self, requests, n_paths, seed):
        """Return medians (n_paths, n, n_requested, n_targets), each of another dropout mask."""
        module = copy.deepcopy(self.module_)
        if not any(getattr(part, "p", 0) for part in module.modules()):
            raise ValueError(
                "method='mc_dropout' needs dropout: train with dropout or recurrent_dropout above "
                "0."
            )
        for part in module.modules():
            if hasattr(part, "sampling"):
                part.sampling = True
        paths = []
        for seed_of_path in spawn_seeds(seed, n_paths):
            redraw = module.register_forward_pre_hook(dropping(seed_of_path))
            paths.append(self._medians(self._observed, requests, module))
            redraw.remove()
        return np.stack(paths)


def dropping(seed):
    """Return what makes each call of a module drop the units that `seed` draws."""

    def redraw(module, args):
        set_generator(module, torch_generator(seed, where(module)[0]))

    return redraw
