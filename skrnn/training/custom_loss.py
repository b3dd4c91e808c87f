"""A loss that the user has written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor


class CustomLoss:
    """Call a function of the user's, and check what it returns.

    Parameters
    ----------
    function : callable
        ``function(output, target)`` returns a tensor of the shape of the target.
    multioutput : bool
        Whether the last axis of the target are the outputs, over which the loss is the mean.
    """

    def __init__(self, function: Callable[[Tensor, Tensor], Any], *, multioutput: bool) -> None:
        self.function = function
        self.multioutput = multioutput

    def __call__(self, output: Tensor, target: Tensor) -> Tensor:
        """Return the losses.

        Raises
        ------
        TypeError, ValueError
            If the function returns no tensor, or one of another shape, or one through which no
            gradient flows. Its own errors pass, with a note.
        """
        try:
            losses = self.function(output, target)
        except Exception as error:
            error.add_note("Raised by the function that was passed as loss.")
            raise
        _check(losses, output, target)
        losses = losses.to(output.dtype)
        return losses.mean(dim=-1) if self.multioutput else losses

    def without_padding(
        self, output: Tensor, target: Tensor, weight: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Fill steps without weight with a step that has one.

        The function may be infinite at values that do not occur, and a weight of 0 would make NaN
        of it.
        """
        if weight.ndim < 2:
            return output, target
        counts, step = (weight > 0)[..., None], weight.argmax()
        return (
            torch.where(counts, output, output.detach().flatten(0, 1)[step]),
            torch.where(counts, target, target.flatten(0, 1)[step]),
        )


def _check(losses: Any, output: Tensor, target: Tensor) -> None:
    """Raise an error if the losses are not what `weighted` needs."""
    if not isinstance(losses, Tensor):
        raise TypeError(
            f"The function that was passed as loss returned an object of type "
            f"{type(losses).__name__}; return a torch tensor with one value for each entry of "
            "the target."
        )
    if losses.shape != target.shape:
        raise ValueError(
            f"The function that was passed as loss returned a tensor of shape "
            f"{tuple(losses.shape)} for a target of shape {tuple(target.shape)}; return one value "
            "for each entry of the target, without a mean or sum over them."
        )
    if output.requires_grad and not losses.requires_grad:
        raise ValueError(
            "The function that was passed as loss returned a tensor without gradient; compute it "
            "from the output by differentiable operations of torch."
        )
