"""The batch that a module receives."""

from typing import Any, NamedTuple


class Batch(NamedTuple):
    """Inputs of one forward pass: NumPy arrays first, tensors inside the training loop.

    Parameters
    ----------
    x : (n, t, c)
        Sequences, padded with zeros on the right to the length of the longest one.
    lengths : (n,) of int, optional
        Number of valid steps of each row. None means that all `t` steps are valid.
    past : (n, t, p), optional
        Covariates at the steps of `x`.
    future : (n, h, f), optional
        Covariates that are known for the horizon.
    static : (n, s), optional
        Features that do not change over time.
    baseline : (n, h, k), optional
        Forecast that the module corrects, in the units of its output.
    target : (n, k) or (n, m, k), optional
        Values to predict, for modules that read them in training (teacher forcing).
    weights : (n,), optional
        Weights of the rows, for modules that read them in training (batch normalisation).
    """

    x: Any
    lengths: Any = None
    past: Any = None
    future: Any = None
    static: Any = None
    baseline: Any = None
    target: Any = None
    weights: Any = None
