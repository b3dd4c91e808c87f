"""History, early stopping and checkpoints of the loop."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import NamedTuple

import torch

from .settings import Settings


class _Best(NamedTuple):
    """The best epoch so far, -1 before the first one; its weights if they may be needed again."""

    loss: float
    epoch: int
    weights: dict[str, torch.Tensor] | None


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
        self._names = ["loss", "learning_rate", *(["val_loss"] if validating else [])]
        # Each of the two changes in one assignment, so that an interrupt finds them complete.
        self._records: list[dict[str, float]] = []
        self._best = _Best(math.inf, -1, None)
        self._waited = 0
        self._folder: Path | None = None

    @property
    def n_epochs(self) -> int:
        """Number of epochs recorded."""
        return len(self._records)

    @property
    def history(self) -> dict[str, list[float]]:
        """Values of each epoch, by name."""
        names = {**dict.fromkeys(self._names), **(self._records[0] if self._records else {})}
        return {name: [record[name] for record in self._records] for name in names}

    def start(self, loss: float) -> None:
        """Make the untrained module the best so far."""
        self._best = _Best(loss, -1, self._weights())

    def record(self, epoch: int, record: dict[str, float]) -> bool:
        """Add an epoch and return whether to stop.

        Raises
        ------
        ValueError
            If a loss is not finite.
        """
        _check_finite(epoch, record)
        improved = not self.choosing or record["val_loss"] < self._best.loss
        if improved:
            weights = self._weights() if self.choosing else None
            self._best = _Best(record.get("val_loss", math.nan), epoch, weights)
            self._waited = 0
        elif self.settings.past_peak(epoch):
            self._waited += 1
        self._records.append(record)
        self._save(improved)
        return self.settings.patience is not None and self._waited >= self.settings.patience

    def restore_best(self) -> int:
        """Put the best weights back into the module and return their epoch."""
        if self._best.weights is not None:
            self.module.load_state_dict(self._best.weights)
        return self._best.epoch

    def _weights(self) -> dict[str, torch.Tensor]:
        return {name: value.clone() for name, value in self.module.state_dict().items()}

    def _new_folder(self) -> Path:
        folder = self.settings.checkpoint_dir
        assert folder is not None
        try:
            return new_folder(Path(folder))
        except (OSError, ValueError) as error:
            raise ValueError(f"checkpoint_dir={str(folder)!r} is no folder: {error}.") from error

    def _save(self, improved: bool) -> None:
        """Write ``last.pt`` and, after an improvement, ``best.pt``: the state dict."""
        if self.settings.checkpoint_dir is None:
            return
        if self._folder is None:
            self._folder = self._new_folder()
        for name in ["last", "best"] if improved else ["last"]:
            path = self._folder / f"{name}.pt"
            torch.save(self.module.state_dict(), path.with_suffix(".tmp"))
            os.replace(path.with_suffix(".tmp"), path)  # a crash leaves no partial file


def new_folder(parent: Path) -> Path:
    """Make the first of the folders ``fit-1``, ``fit-2``, ... that does not exist in `parent`.

    Other threads and processes may do the same at the same time.
    """
    parent.mkdir(parents=True, exist_ok=True)
    number = 1
    while True:
        folder = parent / f"fit-{number}"
        try:
            folder.mkdir()
            return folder
        except FileExistsError:
            number += 1


def _check_finite(epoch: int, record: dict[str, float]) -> None:
    if not all(map(math.isfinite, record.values())):
        raise ValueError(
            f"The loss is not finite after epoch {epoch + 1} (loss={record['loss']}); lower "
            "learning_rate, and keep Trainer(clip_norm=1.0), the default."
        )
