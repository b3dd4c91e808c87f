"""An estimator stays unchanged when a fit fails."""

from __future__ import annotations

from contextlib import contextmanager


@contextmanager
def unchanged_on_failure(estimator):
    """Restore the attributes of `estimator` if the block raises."""
    before = dict(vars(estimator))
    try:
        yield
    except BaseException:
        vars(estimator).clear()
        vars(estimator).update(before)
        raise
