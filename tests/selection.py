"""Which cases run with every change, and which in `make test-all` only."""

import pytest


def mainly(kept, cases):
    """Return the cases; those that are not among `kept` run in `make test-all` only."""
    return [case if case in kept else pytest.param(case, marks=pytest.mark.full) for case in cases]
