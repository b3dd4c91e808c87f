"""What happens to an estimator when a fit fails."""

from __future__ import annotations

from contextlib import contextmanager


@contextmanager
def unchanged_on_failure(estimator):
    """Give `estimator` its attributes of before if the block raises."""
    before = dict(vars(estimator))
    try:
        yield
    except BaseException:
        vars(estimator).clear()
        vars(estimator).update(before)
        raise
