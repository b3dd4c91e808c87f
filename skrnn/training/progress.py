"""One progress bar for the stages of a fit."""

from __future__ import annotations

from typing import Any


class Progress:
    """A bar with the name of the current stage; none at ``verbose=0``.

    A stage that trains counts its epochs, and shows the losses and the remaining time.

    Parameters
    ----------
    verbose : int
        Whether to show the bar, on standard error.
    """

    def __init__(self, verbose: int) -> None:
        self.verbose = verbose
        self._bar: Any = None

    def __enter__(self) -> Progress:
        return self

    def stage(self, name: str, n_epochs: int | None = None) -> None:
        """Begin a stage, of a known number of epochs if it trains."""
        if not self.verbose:
            return
        from tqdm.auto import tqdm

        if self._bar is None:
            self._bar = tqdm(desc=name, unit="epoch", bar_format="{desc}")
        bar = self._bar
        bar.set_description_str(name, refresh=False)
        if n_epochs is None:  # it shows the losses of the training before it
            bar.bar_format = "{desc}{postfix}"
        else:
            bar.bar_format = None
            bar.set_postfix_str("", refresh=False)
        bar.reset(total=n_epochs)

    def update(self, record: dict[str, float]) -> None:
        """Show one more epoch."""
        if self._bar is not None:
            losses = {k: f"{v:.4g}" for k, v in record.items() if k.endswith("loss")}
            self._bar.set_postfix(losses, refresh=False)
            self._bar.update()

    def __exit__(self, *exception) -> None:
        if self._bar is not None:
            self._bar.close()


SILENT = Progress(0)
