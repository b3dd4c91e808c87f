"""Plain settings of the loop."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace

import torch

from .optim import PEAK


@dataclass(frozen=True)
class Settings:
    """How to run the loop. The facades build it from their parameters and the `Trainer`.

    Parameters
    ----------
    n_epochs : int
        Length of the schedule in epochs.
    batch_size : int
        Rows of a batch.
    max_batches : int, optional
        Batches of an epoch. Each epoch samples its rows from a larger data set.
    learning_rate : float
        Peak of the schedule.
    patience : int, optional
        Number of epochs without a better validation loss, counted after the peak of the
        schedule, that stop the training. None trains to the end.
    keep_best : bool
        Whether the weights of the lowest validation loss are restored at the end.
    stop_after : int, optional
        Number of epochs to run, if fewer than the schedule has.
    start_from_untrained : bool
        Whether the untrained module may be the best one.
    on_interrupt : {"auto", "keep", "raise"}
        What an interrupt does; see `keeps_interrupted`.
    checkpoint_dir : str or path-like, optional
        Folder in which each training makes one of its own for its weights.
    """

    n_epochs: int
    batch_size: int
    learning_rate: float
    max_batches: int | None = None
    optimizer: str = "adam"
    schedule: str = "one_cycle"
    weight_decay: float = 0.0
    clip_norm: float | None = 1.0
    clip_value: float | None = None
    gradient_norms: bool = False
    tbptt_steps: int | None = None
    patience: int | None = None
    keep_best: bool = True
    stop_after: int | None = None
    start_from_untrained: bool = False
    device: str = "cpu"
    precision: str = "float32"
    callback: Callable[[dict], bool | None] | None = None
    checkpoint_dir: str | os.PathLike | None = None
    on_interrupt: str = "auto"

    @property
    def dtype(self) -> torch.dtype:
        """Floating-point type of the weights."""
        return torch.float64 if self.precision == "float64" else torch.float32

    @property
    def epochs_to_run(self) -> int:
        """Number of epochs to run of the schedule."""
        return self.n_epochs if self.stop_after is None else self.stop_after

    def past_peak(self, epoch: int) -> bool:
        """Whether this epoch ends after the peak of the rate, where patience begins to count."""
        return self.schedule == "constant" or epoch + 1 > PEAK * self.n_epochs

    def continued(self) -> Settings:
        """Return settings that continue from trained weights, at a constant rate.

        A one-cycle schedule has ended near zero, so training continues at a tenth of its peak.
        """
        cycle = self.schedule == "one_cycle"
        rate = self.learning_rate / 10 if cycle else self.learning_rate
        return replace(self, learning_rate=rate, schedule="constant")
