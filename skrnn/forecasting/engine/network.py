"""Forecasts of a trained network, from many origins at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from skrnn.series import (
    FixedNormalizer,
    ForecastExamples,
    Panel,
    WindowSpec,
    batch_of,
    chunks,
    roll,
)
from skrnn.series.bounds import Bounds
from skrnn.series.quantiles import MEDIAN
from skrnn.training import Stream

from .error_units import error_units

MAX_ORIGINS = 256  # origins per batch, which limits the memory
MAX_ROLLED_ORIGINS = 4096  # for networks that read step by step, which need less memory
LONGEST_FILLED = 2000  # missing steps before an origin that are forecast; earlier ones stay missing


@dataclass(frozen=True)
class NetworkForecast:
    """Output of a network for some origins, in learned units.

    Parameters
    ----------
    output : ndarray of shape (n, n_steps, n_targets, n_quantiles)
        Quantiles of the error of the baseline, in units of the scale.
    center : ndarray of shape (n, n_steps, n_targets)
        Forecast of the baseline.
    scale : ndarray of shape (n, n_targets)
        Scale of the series at the origins.
    unit : ndarray of shape (n, n_steps, n_targets)
        Unit of the calibrated distances, as `error_units` returns it.
    """

    output: np.ndarray
    center: np.ndarray
    scale: np.ndarray
    unit: np.ndarray

    @classmethod
    def concatenate(cls, parts):
        """Return the forecasts of several groups of origins as one."""
        return cls(
            *(
                np.concatenate([getattr(part, name) for part in parts])
                for name in cls.__annotations__
            )
        )

    def quantiles(self, correction_weight):
        """Return quantiles; their median has the given correction weight."""
        return restored(self.output, self.center, self.scale, correction_weight)


def restored(output, center, scale, correction_weight):
    """Return quantiles in learned units from the output of a network."""
    median = output[..., output.shape[-1] // 2, None]
    corrected = output - (1 - correction_weight) * median
    return center[..., None] + scale[:, None, :, None] * corrected


@dataclass(frozen=True)
class NetworkForecaster:
    """Forecasts of a trained network.

    Parameters
    ----------
    module : torch.nn.Module
        A forecast model; its middle quantile is the median.
    spec : WindowSpec
        Shape of its input and output.
    correction_weight : float
        Weight of the module's correction of the baseline, in [0, 1].
    bounds : Bounds, optional
        Bounds of the targets, in learned units. Medians that are fed back respect them.
    """

    module: Any
    spec: WindowSpec
    correction_weight: float = 1.0
    bounds: Bounds | None = None

    @property
    def max_origins(self):
        """Largest number of origins in a batch."""
        return MAX_ROLLED_ORIGINS if self.spec.rollout else MAX_ORIGINS

    def forecast(self, panel, normalizer, series, origin, n_steps, known=None, *, fill=True):
        """Forecast `n_steps` from each origin; later blocks read the medians of earlier ones.

        Where the newest values are missing, the network first forecasts them from the last observed
        value, and then reads the medians in their place.

        Parameters
        ----------
        panel : Panel
            The series, in learned units.
        normalizer : Normalizer
            Level and scale of the series at each origin.
        series, origin : ndarray of shape (n,)
            Series and origins; an origin is the number of steps that may be read.
        n_steps : int
            Number of steps to forecast.
        known : ndarray of shape (n, n_steps, n_known), optional
            Known covariates of the forecast steps; by default from the panel.
        fill : bool, default=True
            Whether to forecast missing values just before the origins.

        Returns
        -------
        NetworkForecast
        """
        horizon = self.spec.horizon
        n_blocks = -(-n_steps // horizon)  # the head needs the baseline for whole blocks
        stats, reach = normalizer.at(series, origin), self.spec.context_length
        contexts = _contexts(panel, series, origin, n_steps, known, reach)
        if fill:
            self._fill_missing(contexts, panel, normalizer, series, origin)
        baseline = self.spec.baseline.fixed_at(panel, series, origin, n_blocks * horizon, reach)
        spec = replace(self.spec, baseline=baseline)
        reader = (_Steps if spec.rollout else _Blocks)(contexts, stats, spec)
        outputs, centers = [], []
        for start in range(0, n_steps, horizon):
            if start == 0 or not self.spec.rollout:  # each block starts with a new window
                stream = Stream(self.module, len(series))
            batch, center = reader.read(start)
            output = stream.step(batch)[:, -horizon:].astype(np.float64)
            output, center = output[:, : n_steps - start], center[:, : n_steps - start]
            quantiles = restored(output, center, stats.scale, self.correction_weight)
            median = quantiles[..., quantiles.shape[-1] // 2]
            reader.write(start, self._within_bounds(median, panel, series, origin))
            outputs.append(output)
            centers.append(center)
        place = panel, (series, origin), n_steps
        unit = error_units(self.spec.baseline, stats.scale, *place)
        output, center = (np.concatenate(parts, axis=1) for parts in (outputs, centers))
        return NetworkForecast(output, center, stats.scale, unit)

    def _within_bounds(self, median, panel, series, origin):
        if self.bounds is None:
            return median
        lower, upper = self.bounds.at(panel, series, origin)
        return np.clip(median, lower[:, None], upper[:, None])

    def _fill_missing(self, contexts, panel, normalizer, series, origin):
        """Replace the missing values just before origins by the medians of a forecast of them.

        Origins in the same gap share this forecast.
        """
        missing = np.minimum(panel.missing_before(series, origin).max(axis=1), LONGEST_FILLED)
        rows = np.flatnonzero(missing)
        if not len(rows):
            return
        reach, n_steps = self.spec.context_length, int(missing.max())
        gaps = np.stack([series, origin - missing])[:, rows]
        (series, start), which = np.unique(gaps, axis=1, return_inverse=True)
        forecast = self.forecast(panel, normalizer, series, start, n_steps, fill=False)
        median = forecast.quantiles(self.correction_weight)[..., MEDIAN]
        median = self._within_bounds(median, panel, series, start)
        ahead = np.arange(-reach, 0) + missing[rows, None]
        median = median[which.reshape(-1, 1), np.maximum(ahead, 0)]
        values = contexts.y.reshape(contexts.n_series, -1, contexts.n_targets)
        window = values[rows, :reach]
        values[rows, :reach] = np.where((ahead >= 0)[..., None] & np.isnan(window), median, window)


def forecast_in_chunks(network, panel, normalizer, origins, n_steps):
    """Return the `NetworkForecast` of any number of origins."""
    series, origin = origins
    return NetworkForecast.concatenate(
        [
            network.forecast(panel, normalizer, series[rows], origin[rows], n_steps)
            for rows in chunks(len(series), network.max_origins)
        ]
    )


def _contexts(panel, series, origin, n_steps, known, reach):
    """Return a panel of the contexts of the origins, followed by empty steps to forecast."""
    n, length = len(series), reach + n_steps
    y, past = panel.read(series, origin[:, None] + np.arange(-reach, n_steps))
    # Values after the origin must not be read, nor covariates that are unknown there.
    y[:, reach:] = np.nan
    past[:, reach:, panel.n_known :] = np.nan
    if known is not None:
        past[:, reach:, : panel.n_known] = known
    y, past = (values.reshape(n * length, values.shape[-1]) for values in (y, past))
    offsets, start = np.arange(n + 1) * length, panel.start_of(series) + origin - reach
    return Panel(y, offsets, past, panel.n_known, panel.static_of(series), start)


class _Blocks:
    """Inputs of a network that returns blocks of steps; later windows read earlier medians.

    Parameters
    ----------
    contexts : Panel
        Context of each origin, followed by the steps to forecast.
    stats : OriginStats
        Level and scale at the origins.
    spec : WindowSpec
        Shape of the examples.
    """

    def __init__(self, contexts, stats, spec):
        self.contexts, self.stats, self.spec = contexts, stats, spec
        self.reach = spec.context_length
        self.values = contexts.y.reshape(contexts.n_series, -1, contexts.n_targets)

    def read(self, start):
        """Return the `Batch` that ends before step `start`, and the baseline of the block."""
        indices = np.arange(self.contexts.n_series)
        origins = indices, np.full(len(indices), self.reach + start)
        normalizer = FixedNormalizer(self.stats)
        examples = ForecastExamples(self.contexts, origins, self.spec, normalizer)
        batch, normalized = examples.gather_inputs(indices)
        return batch, normalized.center

    def write(self, start, median):
        """Store the medians of a block, which the next windows read."""
        first = self.reach + start
        self.values[:, first : first + median.shape[1]] = median


class _Steps(_Blocks):
    """Inputs of a stateful network: first the window, then single steps.

    All values are normalised at the origin, as in `RollingExamples`, so that the state stays valid
    and the cost of a step does not depend on the length of the window.
    """

    def __init__(self, contexts, stats, spec):
        super().__init__(contexts, stats, spec)
        self.past = contexts.past.reshape(*self.values.shape[:2], -1)
        self.level = stats.level(self.values[:, : self.reach], spec.season)

    def read(self, start):
        """Return the `Batch` of the new steps before step `start`, and the baseline of the step."""
        n_read, now = (1 if start else self.spec.window_length), self.reach + start
        normalized = roll(self.values[:, start:now], self.level, self.stats, self.spec, n_read)
        future = self.past[:, now : now + 1, : self.contexts.n_known]
        read = self.past[:, now - n_read : now]
        return batch_of(normalized, read, future, self.contexts.static), normalized.center
