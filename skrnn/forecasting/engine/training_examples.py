"""Training examples of a network."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from skrnn.series import ForecastExamples, Panel, RollingExamples

from .origins import split_origins


@dataclass(frozen=True)
class OriginSelection:
    """Origins of a series that enter the loss, and their weights.

    Parameters
    ----------
    n_last : int or None
        Number of newest origins with a complete horizon; None means all origins.
    half_life : float or None
        An origin this many steps before the end of the series has half the weight of the last one.
    """

    n_last: int | None = None
    half_life: float | None = None

    def examples(self, panel: Panel, origins, spec, normalizer, end):
        """Return the examples of the selected ones among `origins`."""
        if self.n_last is not None:
            series, origin = origins
            first = np.full(panel.n_series, np.iinfo(np.int64).max)
            np.minimum.at(first, series, origin)
            last = np.maximum(end - (spec.rollout or spec.horizon), first)
            age = last[series] - origin
            selected = (age >= 0) & (age < self.n_last)
            origins = series[selected], origin[selected]
        return make_examples(panel, origins, spec, normalizer, end=end, half_life=self.half_life)


def make_examples(panel, origins, spec, normalizer, **options):
    """Return the examples at the given origins, rolling ones for a stateful network."""
    kind = RollingExamples if spec.rollout else ForecastExamples
    return kind(panel, origins, spec, normalizer, **options)


def all_examples(normalizer, spec, selection, n_newest=None):
    """Return the selected examples of the panel of a normalizer.

    With `n_newest`, all targets are among this number of newest steps of a series.
    """
    panel = normalizer.panel
    (series, origin), *_ = split_origins(panel, spec, 0.0)
    if n_newest is not None:
        late = origin >= panel.lengths[series] - min(n_newest, panel.lengths.max())
        series, origin = series[late], origin[late]
    return selection.examples(panel, (series, origin), spec, normalizer, panel.lengths)
