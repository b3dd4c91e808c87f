"""A strided convolution over time: the stem of an encoder."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .contract import Module


class StridedConvolution(Module):
    r"""Windows of `kernel_size` steps, `stride` steps apart, each turned into one vector.

    :math:`\mathrm{relu}(W [x_{s-k+1}; \ldots; x_s] + b)` at the steps :math:`s = T - 1,
    T - 1 - \mathrm{stride}, \ldots`, for complete windows only. The last window ends at the last
    valid step of its row, so that left-over steps are at the beginning. A row that is shorter than
    a window is padded with zeros at the beginning. With a stride of `kernel_size`, this is the
    segment embedding of SegRNN (Lin et al., 2023).

    Shape
    -----
    Input ``(n, t, input_size)``; output ``(n, m, output_size)`` and the number of windows of each
    row, (n,), or None where all rows have ``m = 1 + (t - kernel_size) // stride``.
    """

    def __init__(self, input_size: int, output_size: int, kernel_size: int, stride: int) -> None:
        super().__init__()
        self.kernel_size, self.stride = kernel_size, stride
        self.linear = nn.Linear(kernel_size * input_size, output_size)

    def counts(self, lengths):
        """Return the number of windows for each length (a tensor or a whole number)."""
        counts = 1 + (lengths - self.kernel_size) // self.stride
        return counts.clamp(min=1) if isinstance(counts, Tensor) else max(counts, 1)

    def forward(self, x: Tensor, lengths: Tensor | None) -> tuple[Tensor, Tensor | None]:
        n, n_steps, _ = x.shape
        ends = torch.full((n,), n_steps, device=x.device) if lengths is None else lengths
        counts = self.counts(ends)
        window = torch.arange(1 - self.kernel_size, 1, device=x.device)
        number = torch.arange(self.counts(n_steps), device=x.device)
        last = ends[:, None] - 1 - self.stride * (counts[:, None] - 1 - number)
        steps = last[..., None] + window
        rows = torch.arange(n, device=x.device)[:, None, None]
        valid = (steps >= 0) & (number < counts[:, None])[..., None]
        windows = x[rows, torch.where(valid, steps, 0)] * valid[..., None]
        return torch.relu(self.linear(windows.flatten(2))), None if lengths is None else counts
