"""Forecasts from past cutoffs, to measure how good they are."""

from __future__ import annotations

from typing import Any

import pandas as pd
from sktime.datatypes import convert_to

from skrnn._arguments import check_count, reading
from skrnn._parameters import draw_seed
from skrnn._state import detached

from ._calls import CarefulForecaster
from .backtest import (
    RollingRequest,
    check_coverage_or_alpha,
    find_cutoffs,
    horizon_of,
    request_splits,
    steps_of,
)
from .permutation import (
    ObservedForecasts,
    check_scoring,
    importances,
    one_horizon_apart,
    validation_rows,
)

WITH_INDEX = ("pd.Series", "pd.DataFrame", "pd-multiindex", "pd_multiindex_hier")


class RollingForecaster(CarefulForecaster):
    """Base class of a forecaster that forecasts from many cutoffs without training in between.

    Attributes
    ----------
    fitted_ : FittedForecaster
        What forecasts.
    plan_ : Plan
        The settings chosen for the training data.
    validation_fraction : float
        Newest fraction of the training data, which chose them.
    """

    fitted_: Any
    plan_: Any
    validation_fraction: float
    _observed: Any

    def backtest(
        self, y, X=None, cv=None, fh=None, coverage=None, alpha=None
    ) -> pd.Series | pd.DataFrame:
        """Forecast from many cutoffs at once, without training in between.

        The result is the same as calling ``update(update_params=False)`` and ``predict`` at each
        cutoff: a forecast only uses the rows up to its cutoff. `backtest` is faster, because it
        computes all forecasts together. It does not change the forecaster.

        Parameters
        ----------
        y : time series in a container of sktime
            Rows to forecast, and optionally earlier ones. You need not pass rows that the
            forecaster has already observed; if you do, the rows of `y` replace them.
        X : time series in a container of sktime, default=None
            Covariates of the rows of `y` and, if `y` ends earlier, of the steps to forecast.
        cv : splitter of sktime, or index of cutoffs, default=None
            Where forecasts start: at the ends of the training windows of a splitter such as
            ``ExpandingWindowSplitter``, or at the given times. None starts at every time from the
            last one observed by the forecaster up to the last one with a whole horizon in `y`.
        fh : int, list of int or ForecastingHorizon, default=None
            Steps to forecast from each cutoff. None takes the horizon of the splitter, or without
            one the horizon of ``fit``.
        coverage : float or list of float, default=None
            Coverage of intervals to return as ``predict_interval`` does.
        alpha : float or list of float, default=None
            Levels of quantiles to return as ``predict_quantiles`` does.

        Returns
        -------
        forecasts : pd.Series or pd.DataFrame
            One row per cutoff and step, with the index ``(cutoff, time)``, for a panel
            ``(cutoff, instances, time)``. ``forecasts.loc[cutoff]`` is what ``predict`` returns
            at that cutoff. In a panel, series may have different cutoffs. The result is a Series
            if `y` is one and neither `coverage` nor `alpha` is passed.

        Raises
        ------
        NotFittedError
            If the forecaster is not fitted.
        ValueError
            If there is no cutoff or one is not in the index of `y`; if the horizon is not
            relative, is passed twice or not at all; if both `coverage` and `alpha` are passed; or
            if X lacks a row.
        TypeError
            If `cv` is neither a splitter nor an index.

        Examples
        --------
        >>> from sktime.datasets import load_airline
        >>> from skrnn.forecasting import LSTMForecaster
        >>> y = load_airline()
        >>> forecaster = LSTMForecaster(max_epochs=5, random_state=0).fit(y[:120], fh=[1, 2, 3])
        >>> forecasts = forecaster.backtest(y)
        >>> forecasts.index[[0, -1]]
        MultiIndex([('1958-12', '1959-01'),
                    ('1960-09', '1960-12')],
                   names=['cutoff', 'Period'])
        """
        self.check_is_fitted()
        check_coverage_or_alpha(coverage, alpha)
        reader = detached(self)  # sktime's checks note horizon and forms on it
        steps = steps_of(reader._check_fh(horizon_of(cv, fh)))
        X, new = reader._check_X_y(X=X, y=y)
        history = self._observed.extended(new, X, self.fitted_)
        spec, before = self.plan_.spec, self._observed
        cutoffs = find_cutoffs(cv, new, history, before, int(steps.max()), spec)
        rolling = RollingRequest.of(history, cutoffs, steps, spec.horizon)
        frame = rolling.forecast(self.fitted_, coverage, alpha)
        plain = coverage is None and alpha is None and isinstance(y, pd.Series)
        return frame.iloc[:, 0].rename(y.name) if plain else frame

    def feature_importances(
        self,
        y=None,
        X=None,
        cv=None,
        fh=None,
        scoring=None,
        n_repeats=5,
        random_state=None,
    ) -> pd.DataFrame:
        """Measure how much each covariate contributes to the accuracy, by permutation.

        The importance of a covariate is the increase of the forecast error when its values are
        permuted [1]_. The forecaster is not trained again, and not changed. Blocks of one horizon
        are exchanged between times and between series, so that values stay together that follow
        each other; static columns are exchanged between series. Both the history and the horizon
        have the permuted values. The calendar features are one feature, and so are the holidays.

        Parameters
        ----------
        y : time series in a container of sktime, default=None
            Rows to forecast, best those after the training data, as for ``backtest``. None
            forecasts the rows that the forecaster has observed, from the newest
            `validation_fraction` of their cutoffs.
        X : time series in a container of sktime, default=None
            Covariates of the rows of `y`.
        cv : splitter of sktime, or index of cutoffs, default=None
            Where forecasts start, as for ``backtest``. None takes cutoffs that are one horizon
            apart. Cutoffs without a whole horizon in `y` are left out.
        fh : int, list of int or ForecastingHorizon, default=None
            Steps to forecast from each cutoff. None takes the horizon of the splitter, or without
            one the horizon of ``fit``.
        scoring : callable, default=None
            Error metric, lower for better forecasts: one of sktime, or a function
            ``scoring(y_true, y_pred)`` of arrays of shape (n_forecasts, n_targets). Steps with
            missing values are left out. None takes the mean absolute error.
        n_repeats : int, default=5
            Number of permutations of each covariate.
        random_state : int, RandomState or None, default=None
            Seed of the permutations. None draws a new seed at each call.

        Returns
        -------
        importances : pd.DataFrame
            One row per feature, the most important one first. The columns are "mean" and "std"
            of the increase of the error over the permutations, in units of the error, and
            "relative", the mean as a fraction of the error without permutation.

        Raises
        ------
        NotFittedError
            If the forecaster is not fitted.
        ValueError
            If the forecaster has no covariates, there is no cutoff, or `y` has fewer than two
            horizons.

        See Also
        --------
        skrnn.plotting.plot_importances : Plot of the table.

        Notes
        -----
        With ``refit=True``, the default, the network has learned from all rows that were passed to
        ``fit``. Importances measured on these rows say what the network relies on, also if it does
        not help on new data. Pass later rows as `y` and `X` to measure what helps, or fit with
        ``refit=False`` and leave `y` out: the network then has not learned from the steps that are
        forecast, although it has been chosen by them.

        Covariates that carry the same information share it: permuting one of them leaves the
        other.

        References
        ----------
        .. [1] Breiman, L. (2001). Random forests. Machine Learning.

        Examples
        --------
        >>> from sktime.datasets import load_longley
        >>> from skrnn.forecasting import GRUForecaster
        >>> y, X = load_longley()
        >>> forecaster = GRUForecaster(max_epochs=5, random_state=0).fit(
        ...     y[:12], X=X[:12], fh=[1, 2]
        ... )
        >>> forecaster.feature_importances(y, X, random_state=0).columns
        Index(['mean', 'std', 'relative'], dtype='str')
        """
        self.check_is_fitted()
        n_repeats = check_count(n_repeats, "n_repeats")
        scoring = check_scoring(scoring)
        reader = detached(self)
        steps = steps_of(reader._check_fh(horizon_of(cv, fh)))
        X, new = reader._check_X_y(X=X, y=y)
        before, spec, last_step = self._observed, self.plan_.spec, max(1, int(steps.max()))
        newest = y is None and cv is None
        new = before.y if y is None else new
        history = before.extended(new, X, self.fitted_)
        if newest:
            rows = validation_rows(history, spec, self.validation_fraction, last_step)
        else:
            rows = find_cutoffs(cv, new, history, before, last_step, spec).row
        if cv is None:
            rows = one_horizon_apart(rows, history.panel.offsets, last_step)
        forecasts = ObservedForecasts.of(history, rows, steps, spec.horizon)
        seed = draw_seed(random_state)
        return importances(self.fitted_, history.columns, forecasts, scoring, n_repeats, seed)

    def _predict_moving_cutoff(self, y, cv, X=None, update_params=True, reset_forecaster=True):
        served = None
        if not update_params and self._y_metadata["mtype"] in WITH_INDEX:
            with reading("cv"):
                fh = detached(self)._check_fh(cv.get_fh())
            served = request_splits(self._observed, cv, y, X, fh, self.fitted_)
        if served is None:  # sktime's loop over `update` and `predict`
            return super()._predict_moving_cutoff(y, cv, X, update_params, reset_forecaster)
        rolling, observed = served
        if not reset_forecaster:
            self.update_predict_single(y=observed, fh=cv.get_fh(), X=X, update_params=False)
        mtype = self._y_metadata["mtype"]  # as the update has left it, in sktime's loop, too
        forecasts = rolling.over_time(self.fitted_, with_targets=mtype != "pd.Series")
        if not rolling.single:
            return forecasts
        store = self._converter_store_y
        return convert_to(forecasts, mtype, store=store, store_behaviour="freeze")
