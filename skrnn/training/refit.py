"""Train with validation, then train again on everything up to the best epoch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch

from .loop import FitResult, fit_module
from .losses import Loss
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
) -> Trained:
    """Train networks on `data`, then train new ones on everything up to the best epoch.

    The second training needs `everything` and `validation`. An interrupt in the first training
    skips it.

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

    Returns
    -------
    trained : Trained
        Results of both trainings.

    Raises
    ------
    ValueError
        If a loss is not finite, or the network cannot be trained in pieces.
    """

    def fit(data, member_settings, validation=None):
        return [
            fit_module(
                build(member),
                data,
                loss,
                settings,
                seed=seed,
                validation=validation,
                optimizer_state=optimizer_state,
            )
            for member, (settings, seed) in enumerate(zip(member_settings, seeds, strict=True))
        ]

    validated = fit(data, [settings] * len(seeds), validation)
    interrupted = any(result.interrupted for result in validated)
    if everything is None or validation is None or interrupted:
        return Trained(validated, validated)
    data, again = everything()
    return Trained(validated, fit(data, [_stopped(again, settings, r) for r in validated]))


def _stopped(again: Settings, first: Settings, result: FitResult) -> Settings:
    """Return `again`, stopped at the fraction of the schedule where `result` was best."""
    n_epochs = -(-(result.best_epoch + 1) * again.n_epochs // first.n_epochs)
    return replace(again, stop_after=n_epochs)
