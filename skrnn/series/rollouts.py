"""Examples of consecutive origins, for networks that carry a state from step to step."""

from __future__ import annotations

import numpy as np

from .examples import ForecastExamples, Normalized, batch_of
from .origin_view import OriginView


class RollingExamples(ForecastExamples):
    """Windows up to an origin, and the steps after it, each forecast from all earlier values.

    In training, the network reads the true values of these steps (teacher forcing; Williams &
    Zipser, 1989); in prediction, its own forecasts. All values are normalised at the first origin,
    since the state of the network carries over from step to step.

    Targets and weights have the shape (n, spec.rollout, n_targets), the input has
    ``spec.window_length + spec.rollout - 1`` steps.
    """

    def _target_steps(self, index):
        return self.origin[index][:, None] + np.arange(self.spec.rollout)

    def gather_inputs(self, index):
        """Return the `Batch` and the `Normalized` windows of the examples."""
        series, origin, spec = self.series[index], self.origin[index], self.spec
        n_read = spec.window_length + spec.rollout - 1
        steps = np.arange(-spec.context_length, spec.rollout - 1)
        y, past = self.panel.read(series, origin[:, None] + steps)
        stats = self.normalizer.at(series, origin)
        level = stats.level(y[:, : spec.context_length], spec.season)
        normalized = roll(y, level, stats, spec, n_read)
        future = self.panel.read_covariates(series, self._target_steps(index))
        future = future[..., : self.panel.n_known]
        static = self.panel.static_of(series)
        return batch_of(normalized, past[:, -n_read:], future, static), normalized


def roll(y, level, stats, spec, n_read):
    """Normalise the last `n_read` steps, and forecast the step after each context by the baseline.

    Parameters
    ----------
    y : ndarray of shape (n, spec.context_length + m - 1, n_targets)
        Values: m overlapping contexts.
    level : ndarray of shape (n, 1, n_targets)
        Level at the first origin.
    stats : OriginStats
        Level and scale of the series at the first origin.
    spec : WindowSpec
        Shape of the examples. Its horizon is 1, and its baseline reads only the window.
    n_read : int
        Steps that the network reads.

    Returns
    -------
    Normalized
        The windows; `center` has the shape (n, m, n_targets).
    """
    contexts = np.lib.stride_tricks.sliding_window_view(y, spec.context_length, axis=1)
    n, m, k, _ = contexts.shape
    contexts = np.moveaxis(contexts, -1, 2).reshape(n * m, -1, k)
    scale = stats.scale[:, None]
    levels, scales = (part.repeat(m, axis=0) for part in (level, scale))
    view = OriginView(contexts, levels, scales, spec.season, spec.n_seasons, spec.horizon)
    center = spec.baseline.forecast(view)
    return Normalized.of(y[:, -n_read:], center.reshape(n, m, k), level, scale, spec)
