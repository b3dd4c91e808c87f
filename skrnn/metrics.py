"""Scorers for targets at every step."""

from __future__ import annotations

from numbers import Integral

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.metrics import cluster, get_scorer, get_scorer_names

from ._arguments import read_weights, reading

__all__ = ["sequence_scorer"]

LARGEST_SQUARED = 1e150  # sums of squares of larger values overflow


def sequence_scorer(name, step=None):
    """Make a scorer for regressors with one target per step.

    Pass it as ``scoring`` to scikit-learn's searches and cross-validation. scikit-learn's own
    scorers reject three-dimensional targets and lists of sequences.

    Parameters
    ----------
    name : str
        Name of a regression scorer of scikit-learn, such as "neg_mean_squared_error",
        "neg_mean_absolute_error" or "r2".
    step : int, default=None
        Step of each sequence to score: 0 is the first step, -1 the last. None scores all steps
        with equal weights.

    Returns
    -------
    scorer : callable
        Function ``scorer(estimator, X, y, sample_weight=None)`` with one weight per sequence. It
        raises a ValueError if `y` or the predictions are not one target per step.

    Raises
    ------
    ValueError
        If `name` is not a regression scorer, or `step` is not an integer.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.model_selection import cross_val_score
    >>> from skrnn import GRURegressor
    >>> from skrnn.metrics import sequence_scorer
    >>> X = np.random.default_rng(0).normal(size=(60, 10, 1))
    >>> y = np.cumsum(X, axis=1)
    >>> model = GRURegressor(hidden_size=8, random_state=0)
    >>> scores = cross_val_score(model, X, y, scoring=sequence_scorer("r2", step=-1), cv=3)
    >>> scores.shape
    (3,)
    """
    return _SequenceScorer(name, step)


class _SequenceScorer:
    def __init__(self, name, step):
        whole = isinstance(step, Integral) and not isinstance(step, bool)
        if not whole and step is not None:
            raise ValueError(f"step={step!r} is not a step of a sequence; pass an int, or None.")
        _check_name(name)
        self.name = name
        self.step = step

    def __call__(self, estimator, X, y, sample_weight=None):
        align = getattr(estimator, "align_targets", None)
        with reading("y"):
            true = _as_sequences(y if align is None else align(y), "y")
        predicted = _as_sequences(estimator.predict(X), "The prediction")
        _check_same_steps(true, predicted)
        true_steps, predicted_steps = self._chosen(true), self._chosen(predicted)
        weights = {}
        if sample_weight is not None:
            counts = [len(steps) for steps in true_steps]
            weights = {"sample_weight": np.repeat(read_weights(sample_weight, true), counts)}
        y_pred, y_true = np.concatenate(predicted_steps), np.concatenate(true_steps)
        with np.errstate(over="ignore", invalid="ignore"):
            score = get_scorer(self.name)(_Echo(), y_pred, y_true, **weights)
        if not np.isfinite(score) and (largest := np.abs(y_true).max()) > LARGEST_SQUARED:
            raise ValueError(f"y has a value of size {largest:g}, whose square overflows; clip it.")
        return score

    def __repr__(self):
        step = "" if self.step is None else f", step={self.step}"
        return f"sequence_scorer({self.name!r}{step})"

    def _chosen(self, sequences):
        """Return the steps to score of each sequence."""
        if self.step is None:
            return sequences
        for i, steps in enumerate(sequences):
            if not -len(steps) <= self.step < len(steps):
                raise ValueError(
                    f"step={self.step} is out of range for sequence {i}, which has {len(steps)} "
                    "steps; choose a step that all sequences have, such as -1 for the last one."
                )
        return [steps[self.step][None] for steps in sequences]


class _Echo(RegressorMixin, BaseEstimator):
    """Predicts its input, so that scikit-learn's scorers score predictions made before."""

    def predict(self, X):
        return X


def _check_name(name):
    if not isinstance(name, str) or name not in get_scorer_names() or not _scores_numbers(name):
        raise ValueError(
            f"name={name!r} is not a regression scorer; pass a name such as 'r2' or "
            "'neg_mean_absolute_error' (sklearn.metrics.get_scorer_names() lists all)."
        )


def _scores_numbers(name):
    """Whether a scorer accepts real numbers."""
    if name in cluster.__all__:  # cluster scorers only warn about them
        return False
    values = np.array([0.5, 1.5, 0.2])
    try:
        get_scorer(name)(_Echo(), values, values)
    except (ValueError, AttributeError):
        return False
    return True


def _as_sequences(values, what):
    """Return one array of steps for each sequence."""
    if isinstance(values, np.ndarray) and values.dtype != object:
        form, sequences = f"shape {values.shape}", list(values) if values.ndim == 3 else []
    else:
        sequences = [np.asarray(steps) for steps in values]
        form = f"items of shape {sorted({steps.shape for steps in sequences})}"
    if not sequences or not all(steps.ndim in (1, 2) and len(steps) for steps in sequences):
        raise ValueError(
            f"{what} has {form}, but sequence_scorer needs one target per step: an array of shape "
            "(n_samples, n_timesteps, n_targets), or a list of (n_timesteps_i, n_targets); for one "
            "target per sequence, use scikit-learn's own scorers."
        )
    return sequences


def _check_same_steps(true, predicted):
    if [steps.shape for steps in true] == [steps.shape for steps in predicted]:
        return
    pairs = zip(true, predicted, strict=False)
    i = next((i for i, (a, b) in enumerate(pairs) if a.shape != b.shape), None)
    if i is None:
        text = f"{len(true)} sequences, but the prediction has {len(predicted)}"
    else:
        text = f"shape {true[i].shape} in sequence {i}, but the prediction {predicted[i].shape}"
    raise ValueError(f"y has {text}; pass the targets of the sequences in X.")
