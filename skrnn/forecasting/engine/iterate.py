"""Forecasts from many origins at once, block by block."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from skrnn.series import (
    FixedNormalizer,
    ForecastExamples,
    Panel,
    RollingExamples,
    WindowSpec,
    batch_of,
    roll,
)
from skrnn.training import Stream, predict_module

ORIGINS_AT_ONCE = 4096  # bounds the memory of a rolling forecast


def make_examples(panel, origins, spec, normalizer, **options):
    """Return the examples that a network of this kind learns from."""
    kind = RollingExamples if spec.rollout else ForecastExamples
    return kind(panel, origins, spec, normalizer, **options)


def make_forecaster(module, spec, correction_weight=1.0):
    """Return what forecasts with a network of this kind."""
    kind = RollingForecaster if spec.rollout else BlockForecaster
    return kind(module, spec, correction_weight)


@dataclass
class Gathered:
    """A batch that is there already."""

    batch: Any

    def __len__(self):
        return len(self.batch.x)

    def gather(self, index):
        """Return rows of the batch."""
        return type(self.batch)(*(None if f is None else f[index] for f in self.batch))


@dataclass
class BlockForecaster:
    """A trained network, and how to forecast with it.

    Parameters
    ----------
    module : torch.nn.Module
        A forecast model; its middle quantile is the median.
    spec : WindowSpec
        What the module reads and returns.
    correction_weight : float
        Weight of the module's correction of the baseline, in [0, 1].
    """

    module: Any
    spec: WindowSpec
    correction_weight: float = 1.0

    def forecast(self, panel, normalizer, series, origin, n_steps, known=None):
        """Forecast `n_steps` from each origin; blocks of the horizon are fed back as medians.

        Parameters
        ----------
        panel : Panel
            The series, in learned units.
        normalizer : Normalizer
            Where the series stand at each origin.
        series, origin : ndarray of shape (n,)
            From where to forecast; an origin is the number of steps that may be read.
        n_steps : int
            Steps to forecast.
        known : ndarray of shape (n, n_steps, n_known), optional
            Known covariates of the forecast steps; read from the panel without.

        Returns
        -------
        ndarray of shape (n, n_steps, n_targets, n_quantiles)
            Quantiles in learned units.
        """
        parts, horizon = [], self.spec.horizon
        n_baselineed = (
            -(-n_steps // horizon) * horizon
        )  # the head reads the baseline of a whole block
        for start in range(0, len(series), ORIGINS_AT_ONCE):
            rows = slice(start, start + ORIGINS_AT_ONCE)
            working = self._working_panel(
                panel, series[rows], origin[rows], n_steps, None if known is None else known[rows]
            )
            stats = normalizer.at(series[rows], origin[rows], n_baselineed)
            parts.append(self._feed(working, stats, n_steps))
        return np.concatenate(parts)

    def _working_panel(self, panel, series, origin, n_steps, known):
        """Return a panel of the contexts, with empty steps for the forecasts."""
        n, reach = len(series), self.spec.context_length
        length = reach + n_steps
        y, past = panel.read(series, origin[:, None] + np.arange(-reach, n_steps))
        # What lies behind the origin is what is asked for, or is not known there.
        y[:, reach:] = np.nan
        past[:, reach:, panel.n_known :] = np.nan
        if known is not None:
            past[:, reach:, : panel.n_known] = known
        flat = (a.reshape(n * length, a.shape[-1]) for a in (y, past))
        y, past = flat
        static = panel.static_of(series)
        return Panel(y, np.arange(n + 1) * length, past, panel.n_known, static)

    def _feed(self, working, stats, n_steps):
        """Forecast block by block, and write each median where the next block reads it."""
        everyone, reach = np.arange(working.n_series), self.spec.context_length
        values = working.y.reshape(len(everyone), reach + n_steps, -1)
        normalizer, blocks = FixedNormalizer(stats, reach), []
        for start in range(0, n_steps, self.spec.horizon):
            origin = np.full(len(everyone), reach + start)
            examples = ForecastExamples(working, (everyone, origin), self.spec, normalizer)
            batch, normalized = examples.gather_inputs(everyone)
            output = np.stack(predict_module(self.module, Gathered(batch)))
            quantiles = normalized.restore(self._weighted(output))[:, : n_steps - start]
            steps = slice(reach + start, reach + start + quantiles.shape[1])
            values[:, steps] = quantiles[..., quantiles.shape[-1] // 2]
            blocks.append(quantiles)
        return np.concatenate(blocks, axis=1)

    def _weighted(self, output):
        """Return the output with as much of its correction of the baseline as is believed."""
        output = output.astype(np.float64)
        return output - (1 - self.correction_weight) * output[..., output.shape[-1] // 2, None]


class RollingForecaster(BlockForecaster):
    """A trained network that reads on: a step costs the same however long the window is.

    Everything is normalised at the origin, so that the state of the network goes on from step to
    step, as in `data.rollout.RollingExamples`.
    """

    def _feed(self, working, stats, n_steps):
        """Forecast step by step, and let the network read each median next."""
        n, reach, spec = working.n_series, self.spec.context_length, self.spec
        values = working.y.reshape(n, reach + n_steps, -1)
        past = working.past.reshape(n, reach + n_steps, -1)
        level = stats.level(values[:, :reach], spec.season)
        stream = Stream(self.module, n)
        forecasts = []
        for step in range(n_steps):
            n_read, now = (1 if step else spec.window_length), reach + step
            normalized = roll(values[:, step:now], level, stats, spec, n_read)
            future = past[:, now : now + 1, : working.n_known]
            read = past[:, now - n_read : now]
            output = stream.step(batch_of(normalized, read, future, working.static))
            quantiles = normalized.restore(self._weighted(output[:, -1:]))
            values[:, now] = quantiles[:, 0, :, quantiles.shape[-1] // 2]
            forecasts.append(quantiles)
        return np.concatenate(forecasts, axis=1)
