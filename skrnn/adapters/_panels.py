"""From sktime's panels to the sequences of the scikit-learn estimators."""

from __future__ import annotations

import numpy as np
from sklearn.base import clone
from sklearn.utils import get_tags

# sktime converts to the first of these that suits: series of unequal lengths fit the first only.
PANELS = ["pd-multiindex", "numpy3D"]
TAGS = {
    "authors": ["skrnn developers"],
    "maintainers": ["skrnn developers"],
    "X_inner_mtype": PANELS,
    "capability:multivariate": True,
    "capability:unequal_length": True,
    "capability:missing_values": False,
    "capability:categorical_in_X": False,
    "capability:random_state": False,  # the wrapped estimator has the parameter
    "property:randomness": "stochastic",
}


def sequences(X):
    """Return an array (n, n_timesteps, n_channels), or a list of such if lengths differ.

    Parameters
    ----------
    X : ndarray of shape (n, n_channels, n_timesteps), or DataFrame with levels (instance, time)
        A panel of sktime.
    """
    if isinstance(X, np.ndarray):
        return X.transpose(0, 2, 1)
    instance = X.index.get_level_values(0)
    starts = np.flatnonzero(instance[1:] != instance[:-1]) + 1
    series = np.split(X.to_numpy(dtype=np.float64), starts)
    same = len({len(one) for one in series}) == 1
    return np.stack(series) if same else series


def capabilities(estimator):
    """Return the tags that depend on the estimator in a panel estimator."""
    known = hasattr(estimator, "__sklearn_tags__") and not isinstance(estimator, type)
    return {"capability:missing_values": known and get_tags(estimator).input_tags.allow_nan}


def fitted(estimator, default, kind, is_kind, X, y):
    """Return a copy of the estimator, or of `default` for None, fitted to a panel.

    Raises
    ------
    TypeError
        If the estimator is not of this kind.
    """
    estimator = default if estimator is None else estimator
    is_object = hasattr(estimator, "__sklearn_tags__") and not isinstance(estimator, type)
    if not (is_object and is_kind(estimator)):
        raise TypeError(
            f"estimator is {estimator!r}, which is no {kind} object; pass one, such as {default!r}."
        )
    return clone(estimator).fit(sequences(X), y)
