"""Texts that several docstrings share."""

from __future__ import annotations

from collections.abc import Callable
from inspect import cleandoc

RUNNING = """
    trainer : Trainer, default=None
        How to run the training: optimiser, schedule, clipping, device, precision. None means
        ``Trainer()``; ``set_params(trainer__device="cuda")`` works also then.
    random_state : int, RandomState or None, default=None
        Seed of initial weights, order of the rows, split and dropout. An int gives the same
        weights each time, bit for bit, on the same machine with the same number of threads.
    verbose : int, default=0
        1 shows a progress bar with the stage of the fit, the losses and the remaining time.
    """


def fill_in(**texts: str) -> Callable[[type], type]:
    """Return a class decorator that puts shared texts into the docstring.

    ``%(running)s`` in the docstring becomes the text of that name. A name without a text raises a
    KeyError.
    """
    texts = {name: cleandoc(text) for name, text in {"running": RUNNING, **texts}.items()}

    def decorate(cls: type) -> type:
        if cls.__doc__:  # there is none under python -OO
            cls.__doc__ = cleandoc(cls.__doc__) % texts
        return cls

    return decorate


def pooling(default: str) -> str:
    """Return the text of the parameter `pooling`."""
    return f"""
    pooling : {{"last", "mean", "attention"}}, default="{default}"
        What the output is computed from: the last step (of each direction), the mean over the
        steps, or a mean with learned weights (Yang et al., 2016).
    """
