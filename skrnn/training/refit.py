"""Train with validation, then train again on everything up to the best epoch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch

from skrnn._warnings import warn

from .devices import one_thread
from .interrupts import keeps_interrupted
from .loop import FitResult, fit_module
from .losses import Loss
from .progress import SILENT, Progress
from .settings import Settings


@dataclass(frozen=True)
class Trained:
    """What `fit_and_refit` returns: one result for each member.

    Parameters
    ----------
    validated : list of FitResult
        The first training. Its history and best epochs describe the fit.
    final : list of FitResult
        The last training, whose networks predict; `validated` itself without a second one.
    """

    validated: list[FitResult]
    final: list[FitResult]


@one_thread()
def fit_and_refit(
    build: Callable[[int], torch.nn.Module],
    data: Any,
    loss: Loss,
    settings: Settings,
    seeds: Sequence[int],
    *,
    validation: Any = None,
    everything: Callable[[], tuple[Any, Settings]] | None = None,
    optimizer_state: dict | None = None,
    progress: Progress = SILENT,
    title: str = "",
) -> Trained:
    """Train networks on `data`, then train new ones on everything up to the best epoch.

    The second training needs `everything` and `validation`.

    An interrupt either raises or keeps what there is, as the settings say. In the first training
    it keeps the members that are complete, or the first one as far as it got, and there is no
    second training. In the second training it keeps the networks of the first one.

    Parameters
    ----------
    build : callable
        ``build(member)`` returns an untrained network, the same one at each call.
    data, validation : object
        Examples, as for `fit_module`.
    loss : callable
        Loss without reduction.
    settings : Settings
        How to run the first training.
    seeds : sequence of int
        Seed of each member. Their number is the number of members.
    everything : callable, optional
        ``everything()`` returns the examples of the second training and its settings. It is
        called after the first training. A schedule of another length is stopped at the same
        fraction of it.
    optimizer_state : dict, optional
        State of the optimizer with which both trainings start.
    progress : Progress, optional
        Bar that shows the two stages; none by default.
    title : str, default=""
        Beginning of the names of the stages.

    Returns
    -------
    trained : Trained
        Results of both trainings.

    Raises
    ------
    ValueError
        If a loss is not finite, or the network cannot be trained in pieces.
    KeyboardInterrupt
        If a training is interrupted and nothing is kept.
    """

    def fit(member, data, settings, validation=None):
        return fit_module(
            build(member),
            data,
            loss,
            settings,
            seed=seeds[member],
            validation=validation,
            optimizer_state=optimizer_state,
            progress=progress,
        )

    progress.stage(f"{title}train", len(seeds) * settings.epochs_to_run)
    validated = [fit(0, data, settings, validation)]
    interrupted = validated[0].interrupted
    try:
        for member in range(1, 1 if interrupted else len(seeds)):
            validated.append(fit(member, data, _all_or_nothing(settings), validation))
    except KeyboardInterrupt:
        if not keeps_interrupted(settings):
            raise
        interrupted = True
        n_complete = f"{len(validated)} of {len(seeds)}"
        warn(f"Training was interrupted; {n_complete} networks are complete and are kept.")
    if everything is None or validation is None or interrupted:
        return Trained(validated, validated)
    try:
        stage = f"{title}train on everything"
        progress.stage(stage)
        data, again = everything()
        again = _all_or_nothing(again)
        stops = [_stopped(again, settings, result) for result in validated]
        progress.stage(stage, sum(stop.epochs_to_run for stop in stops))
        final = [fit(member, data, stop) for member, stop in enumerate(stops)]
    except KeyboardInterrupt:
        if not keeps_interrupted(settings):
            raise
        final = validated
        warn("Training was interrupted in the refit; the network before the refit is kept.")
    return Trained(validated, final)


def _all_or_nothing(settings: Settings) -> Settings:
    return replace(settings, on_interrupt="raise")


def _stopped(again: Settings, first: Settings, result: FitResult) -> Settings:
    """Return `again`, stopped at the fraction of the schedule where `result` was best."""
    n_epochs = -(-(result.best_epoch + 1) * again.n_epochs // first.n_epochs)
    return replace(again, stop_after=n_epochs)
