"""Sequences read in pieces: truncated backpropagation, and predictions of long sequences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from .losses import Loss, weighted

PIECE = 2048  # steps of a piece in prediction: memory does not grow with the length


def check_streams(module: torch.nn.Module) -> None:
    """Refuse a module that cannot continue from a state.

    Raises
    ------
    ValueError
        If the module does not declare that its state continues a sequence (`streams`).
    """
    if not module.streams:
        raise ValueError(
            "tbptt_steps needs a network that reads a sequence piece by piece: a WaveNet, or a "
            "recurrent one with bidirectional=False and stem=None, both with "
            "pooling='last' or a target for each step; otherwise set tbptt_steps=None."
        )


def pieces(batch: Any, n_steps: int) -> Iterator[tuple[slice, Any]]:
    """Cut a batch along time; yield the steps of each piece, and the piece as a batch.

    A row that has ended before a piece has length 0 in it.
    """
    for start in range(0, batch.x.shape[1], n_steps):
        steps = slice(start, start + n_steps)
        x = batch.x[:, steps]
        past = None if batch.past is None else batch.past[:, steps]
        lengths = batch.lengths
        if lengths is not None:
            lengths = (lengths - start).clamp(0, x.shape[1])
        yield steps, batch._replace(x=x, past=past, lengths=lengths)


def run_in_pieces(module: torch.nn.Module, batch: Any) -> Tensor:
    """Return the output of `module`, which reads long sequences in pieces if it can."""
    outputs, state = [], None
    for piece in pieces_of(batch, module):
        output, state = module(piece, state)
        outputs.append(output)
    return joined(outputs)


def pieces_of(batch: Any, module: torch.nn.Module) -> list[Any]:
    """Return a long batch in pieces if the module can read them, else the whole.

    A module that samples reads the whole, as it draws at each call.
    """
    if batch.x.shape[1] <= PIECE or not module.streams or module.sampling:
        return [batch]
    return [piece for _, piece in pieces(batch, PIECE)]


def joined(outputs: list[Tensor]) -> Tensor:
    """Return the output for the whole sequence from those of its pieces."""
    if len(outputs) > 1 and outputs[0].ndim == 3:  # one for each step
        return torch.cat(outputs, dim=1)
    return outputs[-1]


def truncated_losses(
    module: torch.nn.Module, batch: Any, target: Tensor, weight: Tensor, loss: Loss, n_steps: int
) -> Iterator[tuple[float, Tensor]]:
    """Yield the losses of a batch, each with a graph of at most `n_steps` steps.

    With a target for each step there is one loss for each piece. The losses are scaled so that
    their mean is the loss of the batch, and each piece continues from the state of the last one
    (Williams & Peng, 1990). With one target for the whole sequence, the gradient flows through
    the last `n_steps` steps of each row.

    Yields
    ------
    done : float
        Fraction of the batch before this loss, in [0, 1).
    value : Tensor
        Weighted loss.
    """
    state = None
    if _per_step(batch, weight):
        n_pieces = -(-batch.x.shape[1] // n_steps)
        for i, (steps, piece) in enumerate(pieces(batch, n_steps)):
            output, state = module(piece, state)
            value = weighted(loss, output, target[:, steps], weight[:, steps])
            yield i / n_pieces, n_pieces * value
            state = tuple(part.detach() for part in state)
        return
    before, tail = _split(batch, n_steps)
    with torch.no_grad():
        for _, piece in pieces(before, n_steps):
            _, state = module(piece, state)
    output, _ = module(tail, state)
    yield 0.0, weighted(loss, output, target, weight)


def _per_step(batch, weight):
    return weight.ndim == 2 and weight.shape[1] == batch.x.shape[1]


def _split(batch, n_steps):
    """Return what is before the last `n_steps` steps of each row, and these steps."""
    n, total = batch.x.shape[:2]
    n_steps = min(n_steps, total)
    if batch.lengths is None:
        starts = batch.x.new_full((n,), total - n_steps, dtype=torch.int64)
    else:
        starts = (batch.lengths - n_steps).clamp(min=0)
    longest = int(starts.max())
    steps = starts[:, None] + torch.arange(n_steps, device=starts.device)
    rows = torch.arange(n, device=starts.device)[:, None]
    before, tail = {}, {}
    for name in ("x", "past"):
        values = getattr(batch, name)
        if values is not None:
            before[name], tail[name] = values[:, :longest], values[rows, steps.clamp(max=total - 1)]
    if batch.lengths is not None:
        before["lengths"], tail["lengths"] = starts, batch.lengths - starts
    return batch._replace(**before), batch._replace(**tail)
