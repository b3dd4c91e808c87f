"""Origins that follow one another, for networks that read on from step to step."""

from __future__ import annotations

import numpy as np

from .origins import (
    ForecastExamples,
    Normalized,
    anchor_forecast,
    as_channels,
    batch_of,
    last_season_level,
)


class RollingExamples(ForecastExamples):
    """Windows up to an origin, and the steps behind it, each forecast from all before it.

    The network reads on over the true values (teacher forcing; Williams & Zipser, 1989). All is
    normalised at the first origin, as it will be when the network reads its own forecasts: then
    its state goes on from step to step.

    Targets and weights have the shape (n, spec.rollout, n_targets), the input has
    ``spec.window_length + spec.rollout - 1`` steps.
    """

    def _target_steps(self, index):
        return self.origin[index][:, None] + np.arange(self.spec.rollout)

    def gather_inputs(self, index):
        """Return the `Batch` and the `Normalized` windows of the examples."""
        series, spec = self.series[index], self.spec
        n_read = spec.window_length + spec.rollout - 1
        steps = np.arange(-spec.context_length, spec.rollout - 1)
        y, past = self.panel.read(series, self.origin[index][:, None] + steps)
        level = origin_level(y[:, : spec.context_length], self.location[series], spec)
        normalized = roll(y, level, self.scale[series][:, None], spec, n_read)
        _, future = self.panel.read(series, self._target_steps(index))
        future = future[..., : self.panel.n_known]
        return batch_of(normalized.x, past[:, -n_read:], future), normalized


def origin_level(context, location, spec):
    """Return the level (n, 1, n_targets) of contexts at their end."""
    return last_season_level(context, spec.season, location)[:, None]


def roll(y, level, scale, spec, n_read):
    """Normalise the last `n_read` steps, and forecast what follows each context by the anchor.

    Parameters
    ----------
    y : ndarray of shape (n, spec.context_length + m - 1, n_targets)
        Values; the first context ends where m - 1 steps are left.
    level, scale : ndarray of shape (n, 1, n_targets)
        Level at the first origin, and scale of the series.
    spec : WindowSpec
        What to read; its horizon is 1.
    n_read : int
        Steps that the network reads.

    Returns
    -------
    Normalized
        With a center of shape (n, m, n_targets).
    """
    contexts = np.lib.stride_tricks.sliding_window_view(y, spec.context_length, axis=1)
    n, m, k, _ = contexts.shape
    contexts = np.moveaxis(contexts, -1, 2).reshape(n * m, -1, k)
    center = anchor_forecast(contexts, np.repeat(level, m, axis=0), spec).reshape(n, m, k)
    return Normalized(as_channels(y[:, -n_read:], level, scale), center, scale)
