"""Checks of a user's own network on a few rows, before the training."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from .adapter import ModuleAdapter, _article, _quoted, copied, unequal_lengths
from .models import channels
from .private_draws import private_draws

TOLERANCE = 1e-4  # relative to the largest output: rounding errors of sums in float32
PADDING = 3  # appended steps


def check_module(
    module: nn.Module,
    batch: Any,
    *,
    output_size: int | None = None,
    per_step: bool = False,
    scores: bool = False,
    padded: bool = True,
) -> int:
    """Check a copy of a network on a few rows.

    Parameters
    ----------
    module : torch.nn.Module
        Network of the user, as returned by `construct`.
    batch : Batch
        A few rows, as tensors with the device and dtype of the training.
    output_size : int, optional
        Required width of the output; any width by default.
    per_step : bool
        Whether an output for each step is required, instead of one for each row.
    scores : bool
        Whether the outputs are class scores, to which a softmax is applied later.
    padded : bool
        Whether rows may have unequal lengths.

    Returns
    -------
    width : int
        Last axis of the output.

    Raises
    ------
    TypeError
        If the output is no tensor of floating-point numbers.
    ValueError
        If the output has a wrong shape, is not finite or does not depend on the parameters; if
        ``forward`` draws from a process-wide generator, or is random in evaluation mode; if a row
        depends on other rows or on its padding.
    """
    trial = _Trial(module, batch)
    if batch.lengths is not None and "lengths" not in trial.model.fields:
        raise ValueError(unequal_lengths(module))

    output = trial.run_in_training(batch)
    trial.check_output(output, batch, output_size, per_step)
    if not output.requires_grad:
        raise ValueError(
            f"{trial.name}.forward returns what does not depend on its parameters; compute it "
            "without torch.no_grad(), detach() and NumPy."
        )

    trial.model.eval()
    output = trial.run(batch)
    trial.check_output(output, batch, output_size, per_step)
    if scores:
        trial.check_scores(output)
    trial.compare(
        output,
        trial.run(batch),
        batch,
        "returns something else for the same rows in evaluation mode; let what is random depend "
        "on self.training",
    )
    if padded and "lengths" in trial.model.fields:
        trial.compare(
            output,
            trial.run(_with_padding(batch)),
            batch,
            "reads the padding after the end of a row; leave out the steps from 'lengths' on, as "
            "in h.masked_fill(~valid[:, :, None], 0) with valid = torch.arange(h.shape[1]) < "
            "lengths[:, None]",
        )
    trial.compare(
        output[-1:],
        trial.run(_last_row(batch)),
        _last_row(batch),
        "returns something else for a row alone than in a batch; give nn.LSTM, nn.GRU and attention"
        " batch_first=True, and do not reduce over the axis of the rows (axis 0)",
    )
    return output.shape[-1]


class _Trial:
    """A copy of the network, and the checks of its outputs."""

    def __init__(self, module: nn.Module, batch: Any) -> None:
        self.name = type(module).__name__
        self.n_runs, self.draws = 0, True  # whether it may draw in evaluation mode
        self.model = ModuleAdapter(copied(module)).to(batch.x.device, batch.x.dtype)
        self.model.set_generator(torch.Generator(batch.x.device).manual_seed(0))

    def run_in_training(self, batch: Any) -> Tensor:
        """Return the output in training mode; check that no process-wide generator is used."""
        with private_draws(0, batch.x.device) as draws, torch.enable_grad():
            output = self._forward(self.model.train(), batch)
        if draws.any:
            raise ValueError(
                f"{self.name}.forward draws from a process-wide random generator; use nn.Dropout "
                "(or nn.Dropout1d) as a layer, in place of functional dropout and of the argument "
                "dropout of nn.LSTM, nn.GRU or nn.MultiheadAttention, and draw other numbers with "
                "generator=self.generator, which the training sets on a module that has "
                "self.generator = None."
            )
        return output

    @torch.no_grad()
    def run(self, batch: Any) -> Tensor:
        """Return the output in evaluation mode."""
        if not self.draws:  # private draws take as long as a few runs
            return self._forward(self.model, batch)
        self.n_runs += 1
        with private_draws(self.n_runs, batch.x.device) as draws:
            output = self._forward(self.model, batch)
        self.draws = draws.any
        return output

    def _forward(self, model: ModuleAdapter, batch: Any) -> Tensor:
        try:
            return model(_map(batch, torch.clone))[0]  # some networks write into their input
        except Exception as error:
            convolves = any(isinstance(part, nn.Conv1d) for part in model.modules())
            raise ValueError(
                f"{self.name}.forward failed on x of shape {_input_shape(batch)}, that is (rows, "
                f"steps, channels), in {batch.x.dtype}: {_quoted(error)}; correct it"
                + (" (nn.Conv1d reads x.transpose(1, 2))." if convolves else ".")
            ) from error

    def check_output(
        self, output: Any, batch: Any, output_size: int | None, per_step: bool
    ) -> None:
        if not isinstance(output, Tensor):
            raise TypeError(
                f"{self.name}.forward returned {_article(output)}, but one tensor is needed; "
                "return the tensor alone (nn.LSTM returns a pair: h, _ = self.lstm(x))."
            )
        if not output.is_floating_point():
            raise TypeError(
                f"{self.name}.forward returned numbers of type {output.dtype}, but floating-point "
                "ones are needed; return what the last layer computes, without argmax or rounding."
            )
        n, t = batch.x.shape[:2]
        rows = (n, t) if per_step else (n,)
        got = tuple(output.shape)
        width = output_size if output_size is not None else got[-1] if got else None
        if got != (*rows, width):
            needed = ", ".join(map(str, rows)) + (", w" if output_size is None else f", {width}")
            raise ValueError(
                f"{self.name}.forward returned the shape {got} for x of shape "
                f"{_input_shape(batch)}, but ({needed}) is needed; "
                f"{_remedy(got, rows, output_size, t)}."
            )
        if not torch.isfinite(output).all():
            raise ValueError(
                f"{self.name}.forward returned NaN or infinity for standardised inputs; look for "
                "a division by zero, or a logarithm or root of what is not positive."
            )

    def check_scores(self, output: Tensor) -> None:
        sums = output.sum(dim=-1)
        if output.shape[-1] > 1 and (output >= 0).all() and torch.allclose(sums, sums.new_ones(())):
            raise ValueError(
                f"{self.name}.forward returned probabilities, but scores are needed, which the "
                "loss turns into probabilities; leave out the softmax."
            )

    def compare(self, output: Tensor, other: Tensor, batch: Any, what: str) -> None:
        """Compare the outputs of the valid steps."""
        other = other[:, : output.shape[1]] if output.ndim == 3 else other
        output = output[:, : other.shape[1]] if output.ndim == 3 else output
        same_shape = output.shape == other.shape
        difference = (output - other).abs() if same_shape else output.new_full((1,), torch.inf)
        if output.ndim == 3 and same_shape and batch.lengths is not None:
            steps = torch.arange(output.shape[1], device=output.device)
            difference = difference[steps < batch.lengths[:, None]]
        if not difference.max() <= TOLERANCE * max(1.0, float(output.abs().max())):
            raise ValueError(f"{self.name}.forward {what}.")


def _remedy(got: tuple[int, ...], rows: tuple[int, ...], output_size: int | None, t: int) -> str:
    """Return advice on a wrong shape."""
    n = rows[0]
    if len(got) == len(rows) and got == rows:
        return "keep the last axis, that is leave out squeeze"
    if len(got) > 1 and got[0] == t != n and got[1] == n:
        return "give nn.LSTM, nn.GRU or attention batch_first=True"
    if len(rows) == 1 and len(got) == 3 and got[:2] == (n, t):
        return "take the last step, h[:, -1], or the mean over the steps, h.mean(dim=1)"
    if len(rows) == 1 and len(got) == 3 and got[0] == n:
        return "take the mean or the maximum over the axis of the steps, or flatten it"
    if len(rows) == 2 and got == (n, output_size, t):
        return "swap the last two axes, h.transpose(1, 2)"
    if len(rows) == 2 and len(got) == 2:
        return "apply the last layer to all steps h, not to h[:, -1]: there is a target per step"
    if len(rows) == 2 and len(got) == 3 and got[0] == n and got[1] != t:
        return "keep the number of steps: a convolution needs padding"
    if output_size is not None and got[:-1] == rows:
        return "end with nn.Linear(..., output_size), an argument that the constructor gets"
    return "the first axis are the rows, which must stay as they are"


def _map(batch: Any, change: Any) -> Any:
    """Return a batch of the same type with all its tensors changed."""
    return type(batch)(*(None if field is None else change(field) for field in batch))


def _input_shape(batch: Any) -> tuple[int, ...]:
    return tuple(channels(batch).shape)


def _last_row(batch: Any) -> Any:
    """Return a batch of the last row, without padding."""
    row = _map(batch, lambda field: field[-1:])
    if batch.lengths is None:
        return row
    n_steps = int(batch.lengths[-1])
    past = None if row.past is None else row.past[:, :n_steps]
    return row._replace(x=row.x[:, :n_steps], past=past, lengths=None)


def _with_padding(batch: Any) -> Any:
    """Return the batch with more padding, filled with arbitrary values."""
    n, t, _ = batch.x.shape
    lengths = batch.lengths
    if lengths is None:
        lengths = torch.full((n,), t, device=batch.x.device)
    steps = torch.arange(t + PADDING, device=batch.x.device)
    padding = steps >= lengths[:, None]

    def fill(x: Tensor) -> Tensor:
        anything = torch.sin(1.0 + steps).to(x.dtype)[:, None].expand(n, -1, x.shape[2])
        longer = torch.cat([x, x.new_zeros(n, PADDING, x.shape[2])], dim=1)
        return torch.where(padding[:, :, None], 10 * anything, longer)

    past = None if batch.past is None else fill(batch.past)
    return batch._replace(x=fill(batch.x), past=past, lengths=lengths)
