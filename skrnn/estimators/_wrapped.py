"""Networks inside of other estimators, such as a search, a pipeline or an ensemble."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sklearn.base import BaseEstimator
from sklearn.frozen import FrozenEstimator

from ._base import SequenceEstimator


def networks_in(value: Any) -> Iterator[SequenceEstimator]:
    """Yield the networks that an estimator holds and that read its `X`.

    They are found in parameters, also in the grid of a search, and in fitted attributes. The final
    estimator of a stack reads predictions, and a frozen estimator has learned its form of `X`.
    """
    if isinstance(value, SequenceEstimator):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from networks_in(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from networks_in(part)
    elif isinstance(value, BaseEstimator) and not isinstance(value, FrozenEstimator):
        parts = {**value.get_params(deep=False), **vars(value)}
        for name, part in parts.items():
            if not name.startswith("final_estimator"):
                yield from networks_in(part)


def read_windows(estimator: Any, n_channels: int) -> None:
    """Let the networks inside of `estimator` read flattened windows of this many channels."""
    for network in networks_in(estimator):
        if network.n_channels is None:
            network.n_channels = n_channels


def check_whole_windows(estimator: Any, n_channels: int, n_columns: int) -> None:
    """Refuse a fitted estimator whose networks have read other columns than those of a window.

    A network whose `n_channels` is another one does not read windows.
    """
    for network in networks_in(estimator):
        n_read = vars(network).get("n_features_in_", n_columns)
        if network.n_channels == n_channels > 1 and n_read != n_columns:
            raise ValueError(
                f"The windows have {n_columns} columns, but {type(network).__name__} inside of "
                f"{type(estimator).__name__} gets {n_read} of another meaning, which it cannot "
                f"read as steps of {n_channels} channels; leave out what selects or combines "
                "columns, or set n_channels=1 to read them one by one."
            )
