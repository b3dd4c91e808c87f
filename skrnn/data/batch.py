"""The typed object that carries a batch from the data to the module."""

from typing import Any, NamedTuple


class Batch(NamedTuple):
    """Inputs of one forward pass; arrays when gathered, tensors once the loop has moved them.

    Parameters
    ----------
    x : (n, t, c)
        Sequences, padded with zeros on the right up to the longest one.
    lengths : (n,) of int, optional
        Number of valid steps of each row. None when every row has `t` of them.
    past : (n, t, p), optional
        Covariates of the same steps as `x`.
    future : (n, h, f), optional
        Known covariates of the horizon.
    static : (n, s), optional
        Features that do not change over time.
    baseline : (n, h, k), optional
        Forecast that the output corrects, in the units of the output.
    target : (n, k) or (n, m, k), optional
        What is to be predicted, for modules that read it in training.
    """

    x: Any
    lengths: Any = None
    past: Any = None
    future: Any = None
    static: Any = None
    baseline: Any = None
    target: Any = None
