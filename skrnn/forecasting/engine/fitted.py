"""Fitted forecaster, without frames: from panels to calibrated quantiles."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from skrnn.series import LEVELS, CovariateScaler, ForecastWidths
from skrnn.series.limits import widened_after_jumps, within_limits
from skrnn.training import to_cpu

from .cold_start import ColdStart
from .network import NetworkForecaster
from .plan import Plan, in_learned_units
from .units import with_positive_values


@dataclass(frozen=True)
class FittedForecaster:
    """Everything that a forecast needs besides the series: network, plan and calibration.

    Parameters
    ----------
    module : torch.nn.Module
        The network.
    network_spec : NetworkSpec or OwnModuleSpec
        Description of the network, or of each member of an ensemble.
    correction_weight : float
        Weight of the network's correction of the baseline, in [0, 1].
    plan : Plan
        Shape of the examples, units and baseline.
    widths : ForecastWidths
        Calibration of the quantiles.
    scaler : CovariateScaler
        Standardisation of the covariates.
    cold_start : ColdStart or None
        Forecaster of series of a few steps.
    """

    module: Any
    network_spec: Any
    correction_weight: float
    plan: Plan
    widths: ForecastWidths
    scaler: CovariateScaler
    cold_start: ColdStart | None = None

    @property
    def network(self):
        """The network as a forecaster of the median and its quantiles."""
        return NetworkForecaster(
            self.module, self.plan.spec, self.correction_weight, self.plan.learned_bounds
        )

    def read(self, panel, learned):
        """Return a panel in learned units, with standardised covariates.

        If logarithms are learned, `with_positive_values` replaces later values that have none.

        Parameters
        ----------
        panel : Panel
            Series and covariates in original units.
        learned : ndarray of shape (n_series,)
            Index of each series among the training series; -1 for a new one.
        """
        panel = self.without_zeros(panel)
        panel = with_positive_values(panel) if self.plan.log else panel
        return in_learned_units(panel, self.plan, learned)

    def without_zeros(self, panel):
        """Return a panel without structural zeros, and with standardised covariates."""
        return self.plan.zeros.hide(self.scaler.transform(panel))

    def normalizer(self, panel, units=None):
        """Return level and scale of the series of a panel that `read` returned.

        The scale at an origin comes from the history before it, unless `units` gives it.
        """
        unsettled = np.zeros(panel.n_series, dtype=int)
        return self.plan.normalizer(panel, unsettled, units)

    def forecast(self, observed, request, summarize):
        """Compute the requested forecasts.

        Parameters
        ----------
        observed : Observed
            The series.
        request : ForecastRequest
            Origins and steps.
        summarize : callable
            ``summarize(quantiles, lower, upper)`` reduces quantiles (m, n_targets, n_levels) in
            learned units to the result (m, n_targets, ...), given the bounds (m, n_targets) in
            original units. It is called for some of the origins at a time, to save memory.

        Returns
        -------
        ndarray of shape (n, n_requested, n_targets, ...)
        """
        values: Any = None
        known: Any = None if request.known is None else self.scaler.transform_known(request.known)
        for part in request.parts(self.network.max_origins):
            covariates = None if part.known_rows is None else known[part.known_rows]
            origins = part.series, part.origin
            quantiles = self.quantiles(observed, origins, part.n_steps, covariates)
            bounds = self.plan.bounds_at(observed.panel, observed.learned, origins)
            kept = summarize(quantiles[part.found], *(each[part.found[0]] for each in bounds))
            if values is None:
                values = np.empty((*request.steps.shape, *kept.shape[1:]))
            values[part.place] = kept
        return values

    def quantiles(self, observed, origins, n_steps, known=None):
        """Return calibrated quantiles (n, n_steps, n_targets, n_levels) in learned units.

        Parameters
        ----------
        observed : Observed
            The series. Each is read only up to its origin.
        origins : tuple of ndarray of shape (n,)
            Series and origins; an origin is the number of steps that may be read.
        n_steps : int
            Steps to forecast.
        known : ndarray of shape (n, n_steps, n_known), optional
            Standardised known covariates of the forecast steps; by default from the panel.
        """
        panel = observed.panel
        quantiles = np.empty((len(origins[0]), n_steps, panel.n_targets, len(LEVELS)))
        for rows, network, widths, normalizer, learned in self._parts(observed, origins[1]):
            series, origin = origins[0][rows], origins[1][rows]
            missing = panel.missing_before(series, origin)
            n_needed = widths.n_needed(n_steps, missing)
            ahead = None if known is None else _padded(known[rows], n_needed)
            forecast = network.forecast(panel, normalizer, series, origin, n_needed, ahead)
            calibrated = widths.apply(
                forecast.quantiles(network.correction_weight),
                forecast.unit,
                learned[series],
                missing,
                n_steps,
            )
            calibrated = widened_after_jumps(calibrated, panel, (series, origin))
            quantiles[rows] = within_limits(
                calibrated, panel, (series, origin), forecast.scale, log=self.plan.log
            )
        return self.plan.with_known(quantiles, panel, observed.learned, origins, known)

    def _parts(self, observed, origin):
        """Yield the origins with a long and with a short history, each with its forecaster."""
        ordinary = self.network, self.widths, observed.normalizer, observed.learned
        cold = self.cold_start
        if cold is None or not (short := cold.forecasts(origin)).any():
            yield slice(None), *ordinary
            return
        if not short.all():
            yield ~short, *ordinary
        new = np.full(observed.panel.n_series, -1)
        yield short, cold.network, cold.widths, cold.normalizer(observed.panel), new

    def __getstate__(self):
        """Pickle the networks on the CPU, so that they can be loaded on any machine."""
        state = {**vars(self), "module": to_cpu(self.module)}
        if self.cold_start is not None:
            state["cold_start"] = replace(self.cold_start, module=to_cpu(self.cold_start.module))
        return state


def _padded(known, n_steps):
    """Return known covariates (n, n_steps, n_known), unknown after the given steps."""
    later = ((0, 0), (0, n_steps - known.shape[1]), (0, 0))
    return known if n_steps == known.shape[1] else np.pad(known, later, constant_values=np.nan)
