"""Forecasts from many origins at once, block by block."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from skrnn.data import ForecastExamples, Panel
from skrnn.training import predict_module

ORIGINS_AT_ONCE = 4096  # bounds the memory of a rolling forecast


@dataclass
class _Gathered:
    """A batch that is there already."""

    batch: object

    def __len__(self):
        return len(self.batch.x)

    def gather(self, index):
        return type(self.batch)(*(None if f is None else f[index] for f in self.batch))


def forecast_blocks(module, panel, series, origin, n_steps, spec, stats, known=None):
    """Forecast `n_steps` from each origin; blocks of the horizon are fed back as medians.

    Parameters
    ----------
    module : torch.nn.Module
        A forecast model; its middle quantile is the median.
    panel : Panel
        The series, in learned units.
    series, origin : ndarray of shape (n,)
        From where to forecast; an origin is the number of steps that may be read.
    n_steps : int
        Steps to forecast.
    spec : WindowSpec
        What the module reads and returns.
    stats : tuple of ndarray
        Location and scale of each series.
    known : ndarray of shape (n, n_steps, n_known), optional
        Known covariates of the forecast steps; read from the panel without.

    Returns
    -------
    ndarray of shape (n, n_steps, n_targets, n_quantiles)
        Quantiles in learned units.
    """
    parts = []
    for start in range(0, len(series), ORIGINS_AT_ONCE):
        rows = slice(start, start + ORIGINS_AT_ONCE)
        future = None if known is None else known[rows]
        parts.append(
            _forecast_chunk(module, panel, series[rows], origin[rows], n_steps, spec, stats, future)
        )
    return np.concatenate(parts)


def _forecast_chunk(module, panel, series, origin, n_steps, spec, stats, known):
    n, reach = len(series), spec.context_length
    context = np.arange(-reach, n_steps)
    y, past = panel.read(series, origin[:, None] + context)
    y[:, reach:] = np.nan  # what lies behind the origin is what is asked for
    if known is not None:
        past[:, reach:, : panel.n_known] = known
    working = Panel(
        y.reshape(n * len(context), -1),
        np.arange(n + 1) * len(context),
        past.reshape(n * len(context), panel.past.shape[1]),
        panel.n_known,
    )
    location, scale = (s[series] for s in stats)
    blocks = []
    for start in range(0, n_steps, spec.horizon):
        here = np.full(n, reach + start)
        examples = ForecastExamples(working, np.arange(n), here, spec, location, scale)
        batch, normalized = examples.gather_inputs(np.arange(n))
        output = np.stack(predict_module(module, _Gathered(batch))).astype(np.float64)
        quantiles = normalized.restore(output)[:, : n_steps - start]
        blocks.append(quantiles)
        steps = slice(reach + start, reach + start + quantiles.shape[1])
        working.y.reshape(n, len(context), -1)[:, steps] = quantiles[..., output.shape[-1] // 2]
    return np.concatenate(blocks, axis=1)
