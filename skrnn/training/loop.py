"""The one training loop."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from skrnn._warnings import warn

from .batches import Batches, gather
from .devices import one_thread, resolve_device, threads_for, work_of
from .flat import FlatParameters
from .interrupts import keeps_interrupted
from .losses import Loss, weighted
from .monitor import Monitor
from .optim import SCHEDULES, make_optimizer
from .progress import SILENT, Progress
from .seeds import spawn_seeds, torch_generator
from .settings import Settings
from .streaming import check_streams, run_in_pieces, truncated_losses
from .tensors import where

VALIDATION_BATCH = 256


@dataclass
class FitResult:
    """Result of a training.

    Parameters
    ----------
    module : torch.nn.Module
        The trained module, on the device it was trained on.
    history : dict of str to list of float
        One entry per epoch: "loss", "learning_rate", with validation "val_loss", and on request
        "gradient_norm" and "largest_gradient_norm".
    n_epochs : int
        Number of epochs run.
    best_epoch : int
        Index of the epoch whose weights the module has; -1 for the untrained module.
    optimizer_state : dict
        State from which training can continue.
    interrupted : bool
        Whether the user interrupted the training, whose best weights so far are kept.
    """

    module: torch.nn.Module
    history: dict[str, list[float]]
    n_epochs: int
    best_epoch: int
    optimizer_state: dict = field(repr=False)
    interrupted: bool = False


@one_thread()
def fit_module(
    module: Any,
    data,
    loss: Loss,
    settings: Settings,
    *,
    seed: int,
    validation=None,
    optimizer_state: dict | None = None,
    progress: Progress = SILENT,
) -> FitResult:
    """Train `module` on `data`.

    Parameters
    ----------
    module : torch.nn.Module
        Any module with ``forward(batch, state=None) -> (output, state)``. It is trained in
        place.
    data, validation : object
        Examples with ``__len__``, ``longest`` (steps of a row), ``mean_weight`` and
        ``gather(index) -> (inputs, targets, weights)``.
    loss : callable
        ``loss(output, target)`` without reduction, of the shape of the weights.
    settings : Settings
        How to run.
    seed : int
        Seed of the order of the rows and of dropout.
    optimizer_state : dict, optional
        State of the optimiser, from an earlier call.
    progress : Progress, optional
        Bar that shows the epochs; none by default.

    Raises
    ------
    ValueError
        If the loss is not finite, or the module cannot be trained in pieces.
    KeyboardInterrupt
        If the training is interrupted, and no epoch is complete or `settings` ask for it.
    """
    if settings.tbptt_steps is not None:
        check_streams(module)
    device = resolve_device(settings.device)
    module.to(device, settings.dtype)
    order_seed, dropout_seed = spawn_seeds(seed, 2)
    rng = np.random.default_rng(order_seed)
    module.set_generator(torch_generator(dropout_seed, device))
    flat = FlatParameters(module)
    optimizer = make_optimizer(
        [flat.parameter], settings.optimizer, settings.learning_rate, settings.weight_decay
    )
    if optimizer_state is not None:
        _restore(optimizer, optimizer_state)
    monitor = Monitor(module, settings, validating=validation is not None)
    interrupted = False
    widest = max(p.numel() for p in module.parameters())
    work = work_of(module, settings.batch_size * widest, data.longest)
    with threads_for(work) as n_threads:
        batches = Batches(
            data, settings.batch_size, settings.max_batches, rng, where(module), n_threads > 1
        )
        if validation is not None and settings.start_from_untrained:
            monitor.start(evaluate(module, validation, loss))
        try:
            for epoch in range(settings.epochs_to_run):
                record = _run_epoch(module, flat, optimizer, batches, loss, settings, epoch)
                if validation is not None:
                    record["val_loss"] = evaluate(module, validation, loss)
                stop = monitor.record(epoch, record)
                progress.update(record)
                if settings.callback is not None:
                    stop = _call(settings.callback, {"epoch": epoch, **record}) or stop
                if stop:
                    break
        except KeyboardInterrupt:
            reached = monitor.choosing or bool(flat.parameter.isfinite().all())
            if not (monitor.n_epochs and reached and keeps_interrupted(settings)):
                raise
            interrupted = True
            warn(
                f"Training was interrupted after {monitor.n_epochs} of {settings.epochs_to_run} "
                f"epochs; the {'best ' if monitor.choosing else ''}weights reached are kept."
            )
    flat.release()
    module.set_generator(None)
    module.eval()
    return FitResult(
        module,
        monitor.history,
        n_epochs=monitor.n_epochs,
        best_epoch=monitor.restore_best(),
        optimizer_state=copy.deepcopy(optimizer.state_dict()),
        interrupted=interrupted,
    )


def _call(callback, record: dict) -> bool:
    """Return whether a callback ends the training; its own errors pass, with a note."""
    try:
        return bool(callback(record))
    except Exception as error:
        error.add_note(f"Raised by the callback of the Trainer after epoch {record['epoch']}.")
        raise


def _run_epoch(module, flat, optimizer, batches, loss, settings, epoch) -> dict[str, float]:
    """Take one step for each batch, and return the record of the epoch."""
    module.train()
    rate = SCHEDULES[settings.schedule]
    # Sums stay on the device, which then need not wait at each step. No small tensor is kept from
    # step to step: it would lie between large buffers and keep their memory from being reused.
    total, norms, largest = flat.grad.new_zeros(3).unbind()
    n_updates = 0
    for i, gathered in enumerate(batches):
        if module.reads_targets:
            module.progress = (epoch + i / len(batches)) / settings.n_epochs
        for done, value in _losses(module, gathered, loss, settings):
            progress = (epoch + (i + done) / len(batches)) / settings.n_epochs
            optimizer.param_groups[0]["lr"] = settings.learning_rate * rate(progress)
            value.backward()
            if settings.gradient_norms:
                norm = torch.linalg.vector_norm(flat.grad)
                norms += norm
                torch.maximum(largest, norm, out=largest)
            _clip(flat.grad, settings)
            optimizer.step()
            flat.grad.zero_()
            total += value.detach()
            n_updates += 1
    record = {
        "loss": total.item() / n_updates,
        "learning_rate": optimizer.param_groups[0]["lr"],
    }
    if settings.gradient_norms:
        record["gradient_norm"] = norms.item() / n_updates
        record["largest_gradient_norm"] = largest.item()
    return record


def _clip(gradient: torch.Tensor, settings: Settings) -> None:
    """Clip by value, then by norm, in place."""
    if settings.clip_value is not None:
        gradient.clamp_(-settings.clip_value, settings.clip_value)
    if settings.clip_norm is not None:
        length = torch.linalg.vector_norm(gradient)
        gradient.mul_((settings.clip_norm / (length + 1e-6)).clamp_(max=1.0))


def _losses(module, gathered, loss, settings) -> Iterator[tuple[float, torch.Tensor]]:
    """Yield the losses of a batch, one for each update, after the fraction of the batch before."""
    batch, target, weight = gathered
    if module.reads_targets:
        batch = batch._replace(target=target)
    if module.reads_weights:
        batch = batch._replace(weights=weight)
    if settings.tbptt_steps is None or settings.tbptt_steps >= batch.x.shape[1]:
        yield 0.0, weighted(loss, module(batch)[0], target, weight)
    else:
        yield from truncated_losses(module, batch, target, weight, loss, settings.tbptt_steps)


@torch.no_grad()
def evaluate(module: torch.nn.Module, data, loss: Loss) -> float:
    """Return the weighted mean loss of `module` on `data`."""
    module.eval()
    total, place = 0.0, where(module)
    for start in range(0, len(data), VALIDATION_BATCH):
        rows = np.arange(start, min(start + VALIDATION_BATCH, len(data)))
        batch, target, weight = gather(place, data, rows)
        value = weighted(loss, run_in_pieces(module, batch), target, weight)
        total += value.item() * len(rows)
    return total / len(data)


def _restore(optimizer: torch.optim.Optimizer, state: dict) -> None:
    """Take over a copy of the moments of an earlier run, but not its learning rate."""
    groups = optimizer.state_dict()["param_groups"]
    optimizer.load_state_dict({"state": copy.deepcopy(state["state"]), "param_groups": groups})
