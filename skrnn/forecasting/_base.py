"""Base class of the forecasters, which converts frames to panels and quantiles to frames."""

from __future__ import annotations

from dataclasses import replace
from importlib.util import find_spec

import numpy as np
import pandas as pd

from skrnn._groups import Covariates
from skrnn._parameters import draw_seed
from skrnn.training import Progress, spawn_seeds

from ._forecaster_parameters import ForecasterParameters
from ._history import History, LearnedSeries
from ._requests import request_horizon
from ._rolling import RollingForecaster
from ._summaries import all_levels, at_levels, point, split_bounds, variance_of
from .engine.learning import learn, train_further
from .frames.calendar import Calendar
from .frames.calendar_seasons import calendar_seasons, steps_of_year
from .frames.clock_changes import warn_of_clock_change
from .frames.columns import Columns
from .frames.horizon import check_feedback, last_step
from .frames.index import SeriesIndex, with_level
from .frames.reading import read_panel
from .frames.rows import group_series
from .sampling import check_sampling, sample

MTYPES = ["pd.DataFrame", "pd-multiindex", "pd_multiindex_hier"]
LEARNED = ["fitted_", "columns_", "history_", "n_iter_", "best_epoch_"]


class SequenceForecaster(ForecasterParameters, RollingForecaster):
    """Base of the forecasters."""

    _tags = {
        "y_inner_mtype": MTYPES,
        "X_inner_mtype": MTYPES,
        "capability:multivariate": True,
        "capability:exogenous": True,
        "capability:insample": True,
        "capability:pred_int": True,
        "capability:pred_int:insample": True,
        "capability:missing_values": True,
        "capability:update": True,
        "capability:pretrain": True,
        "capability:categorical_in_X": True,
        "capability:random_state": True,
        "property:randomness": "derandomized",
        "requires-fh-in-fit": False,
        "X-y-must-have-same-index": True,
        "authors": ["skrnn developers"],
        "maintainers": ["skrnn developers"],
        "python_dependencies": None,
    }
    # sktime warns about its own default at each construction; the history is kept here.
    _config = {"remember_data": False}

    def __post_init__(self):
        if "_state" in vars(self):  # sktime's constructor also calls this hook
            return
        RollingForecaster.__init__(self)
        self._y = self._X = None

    # -- fit ---------------------------------------------------------------------------------

    def _fit(self, y, X, fh):
        y = group_series(y)
        if self.state == "pretrained":
            self._observed = self._pretrained_history(y, X)
            return self
        self._check_parameters(self.get_params(deep=False))
        index, given = SeriesIndex.of(y), self.covariates or Covariates()
        calendar = Calendar.of(given.calendar_features, given.holidays, index)
        columns = Columns.of(y, X, given, calendar)
        panel = read_panel(y, X, columns, index)
        horizon = None if fh is None else max(1, last_step(fh, index))
        seasons, year = calendar_seasons(index.frequency), steps_of_year(index.frequency)
        with Progress(self.verbose) as progress:
            progress.stage("plan")
            plan, n_steps = self._make_plan(panel, seasons, horizon, columns.targets, year)
            check_feedback(n_steps if fh is not None else 1, plan.spec.horizon, columns)
            warn_of_clock_change(index.times, index.frequency, plan.spec.season)
            learned = learn(panel, plan, n_steps, self._training_options(progress))
        self.fitted_, self.columns_, run = learned.forecaster, columns, learned.result
        self.history_, self.n_iter_, self.best_epoch_ = run.history, run.n_epochs, run.best_epoch
        series = LearnedSeries.of(index, plan.normalizer(learned.panel))
        self._observed = History.of_panel(learned.panel, y, X, columns, index, self.fitted_, series)
        return self

    def _pretrain(self, y, X=None, fh=None):
        self._fit(y, X, fh)
        del self._observed  # `fit` passes other series
        return self

    def _pretrain_update(self, y, X=None, fh=None):
        self._train_further(self._pretrained_history(group_series(y), X))
        # From now on, keep also what an ordinary fit has learned.
        self._pretrained_attrs = list(LEARNED)
        return self

    def _update(self, y, X=None, update_params=True):
        # Forecasts start at the end of the new rows, even if later rows were already observed.
        self._observed = self._observed.extended(y, X, self.fitted_, up_to_y=True)
        if update_params:
            self._train_further(self._observed)
        return self

    def _pretrained_history(self, y, X):
        """Return the history of series other than those of the training."""
        columns = self.columns_.of_same_form(y, X, self.covariates or Covariates())
        return History.of(y, X, columns, self.fitted_)

    def _train_further(self, history):
        """Train a copy of the network for a few more epochs, at a constant learning rate."""

        def settings(n_examples):
            first = self._settings(n_examples, self.plan_)
            return replace(first, n_epochs=max(1, first.n_epochs // 10)).continued()

        seed = spawn_seeds([draw_seed(self.random_state), self.n_iter_], 1)[0]
        selection = self._origin_selection()
        with Progress(self.verbose) as progress:
            self.fitted_ = train_further(self.fitted_, history, selection, settings, seed, progress)

    # -- predict -------------------------------------------------------------------------------

    @property
    def module_(self):
        """The trained network."""
        return self.fitted_.module

    @property
    def network_spec_(self):
        """Description of the network, or of each member."""
        return self.fitted_.network_spec

    @property
    def plan_(self):
        """The settings chosen for the training data."""
        return self.fitted_.plan

    @property
    def correction_weight_(self):
        """Weight of the network's correction of the baseline."""
        return self.fitted_.correction_weight

    def _request(self, fh, X):
        """Return the request for a horizon, and the index of its forecasts."""
        return request_horizon(self._observed, fh, X, self.plan_.spec)

    def _frame(self, values, rows, columns=None):
        """Return values as a frame, by default with the columns of y."""
        columns = self._observed.columns.targets if columns is None else columns
        return pd.DataFrame(values.reshape(len(rows), -1), index=rows, columns=columns)

    def _predict(self, fh, X):
        request, rows = self._request(fh, X)
        values = self.fitted_.forecast(self._observed, request, point(self.plan_))
        return self._frame(values, rows)

    def _predict_quantiles(self, fh, X, alpha):
        request, rows = self._request(fh, X)
        values = self.fitted_.forecast(self._observed, request, at_levels(alpha, self.plan_))
        columns = pd.MultiIndex.from_product([self._observed.columns.targets, alpha])
        return self._frame(values, rows, columns)

    def _predict_var(self, fh, X, cov=False):
        if cov:
            raise NotImplementedError(
                "cov=True, the covariance between steps, is not available; estimate it from "
                "sample_paths, or pass cov=False for the variance of each step."
            )
        request, rows = self._request(fh, X)
        values = self.fitted_.forecast(self._observed, request, variance_of(self.plan_))
        return self._frame(values, rows)

    def predict_proba(self, fh=None, X=None, marginal=True):
        """Forecast the distribution of each step.

        The quantiles of the distribution are those of ``predict_quantiles`` at any level. Between
        the levels of the network, quantiles are interpolated linearly in the normal score of the
        level; beyond the outermost levels, they are extrapolated along the last line.

        Parameters
        ----------
        fh : int, list, pd.Index or ForecastingHorizon, default=None
            Steps to forecast; those of ``fit`` by default.
        X : time series in a container of sktime, default=None
            Known covariates of the horizon.
        marginal : bool, default=True
            Whether to return the marginal distribution of each step. The joint distribution is
            not available; use ``sample_paths`` instead.

        Returns
        -------
        distribution : skpro BaseDistribution
            Distribution with the rows and columns of ``predict``.

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
                "it with pip install 'skrnn[proba]'."
            )
        return super().predict_proba(fh=fh, X=X, marginal=marginal)

    def _predict_proba(self, fh, X, marginal=True):
        from ._distribution import PiecewiseNormal

        if not marginal:
            raise NotImplementedError(
                "marginal=False, the joint distribution of all steps, has no closed form; use "
                "sample_paths for trajectories."
            )
        request, rows = self._request(fh, X)
        values = self.fitted_.forecast(self._observed, request, all_levels)
        targets = pd.Index(self._observed.columns.targets)
        quantiles, lower, upper = split_bounds(values.reshape(len(rows), len(targets), -1))
        return PiecewiseNormal(quantiles, self.plan_.log, lower, upper, rows, targets)

    def sample_paths(
        self, fh=None, X=None, n_paths=100, random_state=None, method="residuals"
    ) -> pd.DataFrame:
        r"""Draw sample paths from the joint distribution of all steps.

        Use sample paths for the distribution of a sum, a maximum or a crossing time over the
        horizon. These depend on the correlation between the errors of different steps, which
        quantiles of single steps do not contain.

        ``method="residuals"`` draws each step from the distribution of ``predict_quantiles``. A
        Gaussian copula, estimated from the ranks of the errors at held-out origins, makes the
        steps dependent [1]_ [2]_. The series of a panel are drawn independently.

        ``method="mc_dropout"`` forecasts the median with a different dropout mask for each path
        [3]_. The paths then show the uncertainty of the network but not the noise of the series,
        so bands made from them are too narrow.

        Parameters
        ----------
        fh : int, list, pd.Index or ForecastingHorizon, default=None
            Steps after the end of each series; those of ``fit`` by default.
        X : time series in a container of sktime, default=None
            Known covariates of the horizon.
        n_paths : int, default=100
            Number of sample paths.
        random_state : int, RandomState or None, default=None
            Seed of the draws. None draws a new seed at each call.
        method : {"residuals", "mc_dropout"}, default="residuals"
            Source of the variation between paths.

        Returns
        -------
        paths : pd.DataFrame
            One row per path and step, with the index ``(path, time)``, for a panel
            ``(path, instances, time)``, and the columns of y. ``paths.loc[0]`` looks like the
            output of ``predict``.

        Raises
        ------
        NotFittedError
            If the forecaster is not fitted.
        ValueError
            If a step is not after the end of its series, a parameter is invalid, or the network
            has no dropout with ``method="mc_dropout"``.

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
        check_sampling(n_paths, method)
        fh = self._check_fh(fh)
        request, rows = self._request(fh, self._check_X(X=X))
        seed = draw_seed(random_state)
        values = sample(self.fitted_, self._observed, request, n_paths, method, seed)
        path = np.repeat(np.arange(n_paths), len(rows))
        rows = rows.take(np.tile(np.arange(len(rows)), n_paths))
        return self._frame(values, with_level(path, rows, "path"))
