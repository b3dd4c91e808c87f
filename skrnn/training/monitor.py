"""History, early stopping, progress bar and checkpoints of the loop."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import Any

import torch

from .settings import Settings


class Monitor:
    """Keep the history and the best weights, and decide when to stop.

    Parameters
    ----------
    module : torch.nn.Module
        The module in training.
    settings : Settings
        Patience, schedule and folder of the checkpoints.
    validating : bool
        Whether there is a validation loss by which to choose the weights.
    """

    def __init__(self, module: torch.nn.Module, settings: Settings, *, validating: bool) -> None:
        self.module = module
        self.settings = settings
        self.choosing = validating and settings.keep_best
        self.history: dict[str, list[float]] = {"loss": [], "learning_rate": []}
        if validating:
            self.history["val_loss"] = []
        self.best_loss = math.inf
        self.best_epoch = -1
        self._best_weights: dict[str, torch.Tensor] | None = None
        self._waited = 0

    def start(self, loss: float) -> None:
        """Make the untrained module the best so far."""
        self.best_loss = loss
        self._best_weights = self._weights()

    def record(self, epoch: int, record: dict[str, float]) -> bool:
        """Add an epoch and return whether to stop.

        Raises
        ------
        ValueError
            If a loss is not finite.
        """
        _check_finite(epoch, record)
        for name, value in record.items():
            self.history.setdefault(name, []).append(value)
        improved = not self.choosing or record["val_loss"] < self.best_loss
        if improved:
            self.best_loss, self.best_epoch = record.get("val_loss", math.nan), epoch
            self._best_weights = self._weights() if self.choosing else None
            self._waited = 0
        elif self.settings.past_peak(epoch):
            self._waited += 1
        save_checkpoint(self.module, self.settings.checkpoint_dir, improved)
        return self.settings.patience is not None and self._waited >= self.settings.patience

    def restore_best(self) -> int:
        """Put the best weights back into the module and return their epoch."""
        if self._best_weights is not None:
            self.module.load_state_dict(self._best_weights)
        return self.best_epoch

    def _weights(self) -> dict[str, torch.Tensor]:
        return {name: value.clone() for name, value in self.module.state_dict().items()}


class Progress:
    """A progress bar over the epochs, with losses and remaining time; none at verbose=0."""

    def __init__(self, settings: Settings) -> None:
        self.n_epochs = settings.epochs_to_run
        self.verbose = settings.verbose
        self._bar: Any = None

    def __enter__(self) -> Progress:
        if self.verbose:
            from tqdm.auto import tqdm

            self._bar = tqdm(total=self.n_epochs, unit="epoch", leave=True)
        return self

    def update(self, record: dict[str, float]) -> None:
        """Show one more epoch."""
        if self._bar is not None:
            losses = {k: f"{v:.4g}" for k, v in record.items() if k.endswith("loss")}
            self._bar.set_postfix(losses, refresh=False)
            self._bar.update()

    def __exit__(self, *exception) -> None:
        if self._bar is not None:
            self._bar.close()


def save_checkpoint(module: torch.nn.Module, folder: str | os.PathLike | None, best: bool) -> None:
    """Write ``last.pt`` and, after an improvement, ``best.pt``: the state dict of the module."""
    if folder is None:
        return
    Path(folder).mkdir(parents=True, exist_ok=True)
    for name in ["last", "best"] if best else ["last"]:
        path = Path(folder) / f"{name}.pt"
        torch.save(module.state_dict(), path.with_suffix(".tmp"))
        os.replace(path.with_suffix(".tmp"), path)  # a crash leaves no partial file


def _check_finite(epoch: int, record: dict[str, float]) -> None:
    if not all(map(math.isfinite, record.values())):
        raise ValueError(
            f"The loss is not finite after epoch {epoch + 1} (loss={record['loss']}); lower "
            "learning_rate, and keep Trainer(clip_norm=1.0), the default."
        )
