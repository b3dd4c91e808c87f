"""The examples that a network learns from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from skrnn.series import ForecastExamples, Panel, RollingExamples

from .origins import split_origins


@dataclass(frozen=True)
class OriginSelection:
    """Which origins of a series enter the loss, and with which weight.

    Parameters
    ----------
    n_last : int or None
        Number of origins, the last ones that have a whole horizon after them; None takes all.
    half_life : float or None
        Steps before the end of the series at which an origin weighs one half.
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
    """Return the examples of origins for a network of this kind."""
    kind = RollingExamples if spec.rollout else ForecastExamples
    return kind(panel, origins, spec, normalizer, **options)


def all_examples(normalizer, spec, selection, n_newest=None):
    """Return the selected examples of the panel of a normalizer.

    With `n_newest` only those whose targets are among this number of newest steps of a series.
    """
    panel = normalizer.panel
    (series, origin), *_ = split_origins(panel, spec, 0.0)
    if n_newest is not None:
        late = origin >= panel.lengths[series] - n_newest
        series, origin = series[late], origin[late]
    return selection.examples(panel, (series, origin), spec, normalizer, panel.lengths)
