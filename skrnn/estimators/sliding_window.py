"""Windows over the rows of one table, around any regressor or classifier."""

from __future__ import annotations

from numbers import Integral
from typing import NamedTuple, Self

import numpy as np
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.utils import get_tags
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted, has_fit_parameter, validate_data

from skrnn._arguments import as_numbers, read_weights, reading
from skrnn._bases import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, RegressorMixin
from skrnn._compat import HasMethods, Interval
from skrnn._constructors import checked, with_checked_calls
from skrnn._docstrings import fill_in
from skrnn._parameter_group import GroupedParams
from skrnn._state import unchanged_on_failure
from skrnn.data import Lookback, Windows

from ._base import SequenceEstimator
from ._clock import Clock
from ._inputs import FLOATS, check_same_length, read_labels, read_targets_of_rows
from ._scores import accuracy, r2
from ._wrapped import check_whole_windows, read_windows

TEXTS = {
    "parameters": """
    window_length : int, default=24
        Number of rows in a window.
    sampling_rate : int, default=1
        Distance between two rows of a window: 2 reads every other row.
    horizon : int, default=1
        Distance from the last row of the window to the predicted row. With 0 the window ends
        with the features of the predicted row.
    """,
    "notes": """
    Row ``i`` is predicted from the rows ``i - horizon``, ``i - horizon - sampling_rate`` and so
    on [1]_. `fit` uses the rows whose windows lie entirely in the table. The targets are not
    features: to let the model read past targets, add them as a column of `X`.

    `predict` places its rows in time

    - by their index, if `X` is a DataFrame as in `fit`, with integers or times in rising order.
      If the index of the training rows has a constant step (calendar days and months included),
      steps are counted; any other index gives only the order. With a time zone, days and longer
      steps are counted in local time, and shorter ones in elapsed time.
    - directly after the training rows otherwise, unless they are the training rows themselves.

    The last ``horizon + sampling_rate * (window_length - 1)`` training rows are kept. Windows that
    begin before the first row of `X` read those of them that are earlier. All other missing rows
    are read as the column means of the training rows. A warning is raised if older training rows,
    which are not kept, are missing: pass the rows before, too.

    The sequence estimators of this package gather their windows during training. Any other
    estimator gets a copy of all windows, of shape (n_rows, window_length * n_features), the
    oldest row first. Sequence estimators inside of it, for instance in a search, a pipeline or an
    ensemble, read each row of this copy as ``window_length`` steps: their `n_channels` is set
    where it is None. What transforms the columns before them has to keep their order. Their early
    stopping holds out windows at random, which overlap those that they learn.

    `set_params` of a fitted estimator takes effect at the next `fit`.
    """,
    "fitted": """
    estimator_ : object
        The fitted estimator of the windows.
    n_features_in_ : int
        Number of columns of `X`.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, if all are strings.
    """,
    "references": """
    .. [1] T. G. Dietterich (2002), "Machine learning for sequential data: a review", Structural,
       Syntactic, and Statistical Pattern Recognition, LNCS 2396, 15-30.
    """,
}


def _inner_has(name):
    """Return a check that the inner estimator has a method, which raises its own error."""

    def check(self):
        getattr(getattr(self, "estimator_", self.estimator), name)
        return True

    return check


class Geometry(NamedTuple):
    """Position of a window and of the row that is predicted from it."""

    window_length: int
    sampling_rate: int
    horizon: int

    @property
    def reach(self):
        """Number of rows before the predicted one that are needed."""
        return self.horizon + self.sampling_rate * (self.window_length - 1)

    def windows(self, table, rows):
        """Return the windows for the given rows of a table."""
        return Windows(table, rows - self.horizon, self.window_length, self.sampling_rate)


class _SlidingWindow(MetaEstimatorMixin, GroupedParams, BaseEstimator):
    _parameter_constraints = {
        "estimator": [HasMethods("fit")],
        "window_length": [Interval(Integral, 1, None, closed="left")],
        "sampling_rate": [Interval(Integral, 1, None, closed="left")],
        "horizon": [Interval(Integral, 0, None, closed="left")],
    }

    @checked
    def __init__(self, estimator, window_length=24, sampling_rate=1, horizon=1) -> None:
        self.estimator = estimator
        self.window_length = window_length
        self.sampling_rate = sampling_rate
        self.horizon = horizon

    def fit(self, X, y, sample_weight=None) -> Self:
        """Train a clone of the estimator on the windows.

        Parameters
        ----------
        X : array-like of shape (n_rows, n_features)
            Rows in the order of time.
        y : array-like of shape (n_rows,) or (n_rows, n_outputs)
            Target of each row.
        sample_weight : array-like of shape (n_rows,), default=None
            Weights of the targets. The estimator has to accept `sample_weight`.

        Returns
        -------
        self : object
            The fitted estimator.

        Raises
        ------
        ValueError
            If a parameter is out of its range or an argument has the wrong shape. The estimator
            then keeps its earlier state.
        """
        with unchanged_on_failure(self):
            self._validate_params()
            self._check_kind()
            self._clock = Clock.of(X)
            X, y, labels = self._read(X, y)
            weights = self._read_weights(sample_weight, X)
            shape = self.window_length, self.sampling_rate, self.horizon
            self._geometry = Geometry(*map(int, shape))  # small integers of NumPy overflow
            reach = self._geometry.reach
            if len(X) <= reach:
                raise ValueError(
                    f"X has n_samples={len(X)} rows, but window_length={self.window_length}, "
                    f"sampling_rate={self.sampling_rate} and horizon={self.horizon} need at least "
                    f"{reach + 1}; pass more rows, or a smaller window_length."
                )
            self._lookback = Lookback(X, labels, reach)
            whole = np.arange(reach, len(X))
            weights = {name: values[reach:] for name, values in weights.items()}
            self.estimator_ = clone(self.estimator)
            self._fit_estimator(self._windows(X, whole), y[reach:], weights)
        return self

    def predict(self, X) -> np.ndarray:
        """Predict the target of each row.

        Parameters
        ----------
        X : array-like of shape (n_rows, n_features)
            Rows in the order of time. They may follow the training rows or overlap them.

        Returns
        -------
        y : ndarray of shape (n_rows,) or (n_rows, n_outputs)
            Predictions.
        """
        return self._apply("predict", X)

    def score(self, X, y, sample_weight=None) -> float:
        """Return R² of a regressor, the accuracy of a classifier.

        Parameters
        ----------
        X, y : as for `fit`
            Rows in the order of time, and their targets.
        sample_weight : array-like of shape (n_rows,), default=None
            Weights of the targets.

        Returns
        -------
        score : float
            Score of the predictions.
        """
        y_pred = self.predict(X)
        if not is_regressor(self):
            return accuracy(y, y_pred, sample_weight)
        return r2(read_targets_of_rows(y), y_pred, sample_weight)

    def _apply(self, method, X):
        check_is_fitted(self)
        windows = self._windows(*self._lookback.extend(*self._read_table(X, reset=False)))
        return getattr(self.estimator_, method)(windows)

    def _fit_estimator(self, windows, y, weights):
        """Fit the estimator, and let networks inside of it read windows as windows."""
        if isinstance(windows, Windows):
            self.estimator_.fit(windows, y, **weights)
            return
        n_channels = self.n_features_in_
        read_windows(self.estimator_, n_channels)
        self.estimator_.fit(windows, y, **weights)
        check_whole_windows(self.estimator_, n_channels, windows.shape[1])

    def _windows(self, table, rows):
        """Return the windows for the given rows, as the inner estimator takes them."""
        windows = self._geometry.windows(table, rows)
        return windows if isinstance(self.estimator_, SequenceEstimator) else windows.to_table()

    def _check_kind(self):
        kinds = {"regressor": is_regressor, "classifier": is_classifier}
        wanted, other = sorted(kinds, key=lambda kind: kinds[kind](self), reverse=True)
        if kinds[other](self.estimator):
            raise ValueError(
                f"estimator={self.estimator!r} is a {other}, but {type(self).__name__} needs a "
                f"{wanted}; pass one, or use SlidingWindow{other.capitalize()}."
            )

        if not (kinds[wanted](self.estimator) or hasattr(self.estimator, "predict")):
            raise ValueError(
                f"estimator={self.estimator!r} has no predict; {type(self).__name__} needs a "
                f"{wanted}."
            )

    def _read(self, X, y):
        table, labels = self._read_table(X, reset=True)
        y = read_targets_of_rows(y) if is_regressor(self) else read_labels(y)
        check_same_length(y, table, "y")
        return table, y, labels

    def _read_table(self, X, *, reset):
        """Return the rows of the table, and their times or None."""
        with reading("X"):
            labels = self._clock.labels(X)
            return validate_data(self, as_numbers(X, "X"), dtype=FLOATS, reset=reset), labels

    def _read_weights(self, sample_weight, X):
        if sample_weight is None:
            return {}
        if not has_fit_parameter(self.estimator, "sample_weight"):
            raise ValueError(
                f"sample_weight was passed, but the estimator {type(self.estimator).__name__} "
                "takes none in fit; leave it out, or use an estimator that does."
            )
        return {"sample_weight": read_weights(sample_weight, X)}

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        inner = get_tags(self.estimator)
        tags.target_tags.multi_output = inner.target_tags.multi_output
        tags.non_deterministic = inner.non_deterministic
        return tags


@with_checked_calls
@fill_in(**TEXTS)
class SlidingWindowRegressor(RegressorMixin, _SlidingWindow):
    """Regression on windows over the rows of one table.

    The rows of `X` are time steps in order. `fit` cuts them into windows and trains any regressor
    on the windows; `predict` returns one value for each row.

    Parameters
    ----------
    estimator : regressor
        Estimator of the windows, such as a recurrent network, a random forest or a pipeline.
    %(parameters)s

    Attributes
    ----------
    %(fitted)s

    See Also
    --------
    SlidingWindowClassifier : The same for labels.

    Notes
    -----
    %(notes)s

    References
    ----------
    %(references)s

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.linear_model import Ridge
    >>> from skrnn import SlidingWindowRegressor
    >>> X = np.sin(np.arange(200.0))[:, None]
    >>> model = SlidingWindowRegressor(Ridge(alpha=1e-3), window_length=4)
    >>> model.fit(X[:150], X[:150, 0]).score(X[150:], X[150:, 0]) > 0.99
    True
    """

    score = _SlidingWindow.score


@with_checked_calls
@fill_in(**TEXTS)
class SlidingWindowClassifier(ClassifierMixin, _SlidingWindow):
    """Classification on windows over the rows of one table.

    The rows of `X` are time steps in order. `fit` cuts them into windows and trains any classifier
    on the windows; `predict` returns one label for each row.

    Parameters
    ----------
    estimator : classifier
        Estimator of the windows, such as a recurrent network, a random forest or a pipeline.
    %(parameters)s

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Labels of the training data.
    %(fitted)s

    See Also
    --------
    SlidingWindowRegressor : The same for numbers.

    Notes
    -----
    %(notes)s

    References
    ----------
    %(references)s

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.svm import SVC
    >>> from skrnn import SlidingWindowClassifier
    >>> X = np.random.default_rng(0).normal(size=(300, 1))
    >>> y = np.where(X[:, 0] > np.roll(X[:, 0], 1), "up", "down")
    >>> model = SlidingWindowClassifier(SVC(), window_length=2, horizon=0)
    >>> model.fit(X[:200], y[:200]).score(X[200:], y[200:]) > 0.9
    True
    """

    score = _SlidingWindow.score

    @property
    def classes_(self):
        """Labels of the training data."""
        return self.estimator_.classes_

    @available_if(_inner_has("predict_proba"))
    def predict_proba(self, X) -> np.ndarray:
        """Return the probability of each class for each row.

        Parameters
        ----------
        X : array-like of shape (n_rows, n_features)
            Rows in the order of time, as for `predict`.

        Returns
        -------
        proba : ndarray of shape (n_rows, n_classes)
            Probabilities, columns in the order of ``classes_``.
        """
        return self._apply("predict_proba", X)

    @available_if(_inner_has("decision_function"))
    def decision_function(self, X):
        """Return the decision scores for each row.

        Parameters
        ----------
        X : array-like of shape (n_rows, n_features)
            Rows in the order of time, as for `predict`.

        Returns
        -------
        scores : ndarray of shape (n_rows,) or (n_rows, n_classes)
            Scores, as the estimator returns them.
        """
        return self._apply("decision_function", X)
