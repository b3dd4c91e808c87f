"""Calibration on held-out origins: weight of the correction, and widths of the intervals."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np

from skrnn.baselines import weigh_forecasts
from skrnn.series import LEVELS, ForecastWidths, effective_sample_size, pooled_sample_size
from skrnn.series.conformal import fixed_distances, own_factors, relative_sizes, standard_distances
from skrnn.series.copula import Dependence
from skrnn.series.quantiles import MEDIAN

from .baseline_errors import baseline_errors, honest_errors
from .growth import growth_exponent
from .network import forecast_in_chunks
from .origins import thin, with_newest_value

PRIOR_WEIGHT, PRIOR_DEVIATION = 0.3, 0.3  # of the correction weight, from short M1 series
OWN_WIDTH_ORIGINS = 30  # independent origins at which the network's widths have the weight 1/2
SAMPLED_ORIGINS = 1000, 10, 10_000  # for the baseline's errors: minimum, per series, maximum
PRIOR_ORIGINS = 10  # weight of the baseline's error size and correlations, in origins


class HeldOut:
    """Held-out origins, with the outcomes and the forecasts of network and baseline.

    Parameters
    ----------
    network : NetworkForecaster
        The network, with correction weight 1.
    panel : Panel
        The series.
    normalizer : Normalizer
        Level and scale at each origin.
    origins : tuple of ndarray of shape (n,)
        Series and origins.
    n_steps : int
        Number of steps to compare.
    sample_size : float
        Effective sample size of the origins.

    Attributes
    ----------
    actual : ndarray of shape (n, n_steps, n_targets)
        Outcomes in learned units; NaN where unknown, or where the newest value is missing.
    unit : ndarray of shape (n, n_steps, n_targets)
        Unit of the errors.
    baseline_error : ndarray of shape (n, n_steps, n_targets)
        Errors of the baseline in this unit.
    """

    def __init__(self, network, panel, normalizer, origins, n_steps, sample_size):
        self.series, origin = origins
        self.sample_size = sample_size
        self._network = network
        self._place = panel, normalizer, origins, n_steps
        self._forecast = forecast_in_chunks(network, *self._place)
        self.actual = panel.read_values(self.series, origin[:, None] + np.arange(n_steps))
        missing = panel.missing_before(self.series, origin) > 0
        self.actual = np.where(missing[:, None], np.nan, self.actual)
        self.unit = self._forecast.unit
        self.baseline_error = baseline_errors(panel, normalizer, origins, network.spec, n_steps)

    def quantiles(self, correction_weight):
        """Return the forecasts with this correction weight."""
        forecast = self._forecast
        fed_back = self.actual.shape[1] > self._network.spec.horizon
        if fed_back and correction_weight != self._network.correction_weight:
            # Later blocks read the medians of earlier ones, which change with the weight.
            network = replace(self._network, correction_weight=correction_weight)
            forecast = forecast_in_chunks(network, *self._place)
        return forecast.quantiles(correction_weight)

    def error(self, median):
        """Return the errors of forecasts in their unit."""
        return (self.actual - median) / self.unit


def choose_correction_weight(spec, held_out):
    """Return the weight of the network's correction of the baseline.

    It is the posterior mean of the weight, given the errors of network and baseline on held-out
    origins and a normal prior. It is 1 if the baseline is the level, and the prior mean if there
    are no held-out origins (None).
    """
    if spec.baseline.is_level:
        return 1.0
    if held_out is None:
        return PRIOR_WEIGHT
    network = held_out.error(held_out.quantiles(1.0)[..., MEDIAN])
    counts = np.bincount(held_out.series)
    size_per_origin = (
        held_out.sample_size * np.sqrt(np.count_nonzero(counts)) / len(held_out.series)
    )
    candidates = np.linspace(0.0, 1.0, 11)
    log_prior = -0.5 * ((candidates - PRIOR_WEIGHT) / PRIOR_DEVIATION) ** 2
    weights, _ = weigh_forecasts(
        np.stack([held_out.baseline_error, network]),
        held_out.series,
        counts * size_per_origin,
        np.stack([1 - candidates, candidates], 1),
        log_prior,
    )
    return float(weights[1])


def calibrate(
    spec,
    correction_weight,
    panel,
    normalizer,
    origins,
    n_steps,
    held_out=None,
    *,
    pooled=False,
    one_sided=False,
):
    """Return the calibrated widths of the forecasts, and the dependence between their steps.

    Parameters
    ----------
    spec : WindowSpec
        Season and baseline.
    correction_weight : float
        Weight of the network's correction of the baseline.
    panel : Panel
        The series.
    normalizer : Normalizer
        Level and scale at each origin.
    origins : tuple of ndarray
        Series and origins; the errors of the baseline are measured at a sample of them.
    n_steps : int
        Number of steps to calibrate.
    held_out : HeldOut, optional
        Held-out forecasts of the network.
    pooled : bool, default=False
        Whether all series share one fixed width, including the training series.
    one_sided : bool, default=False
        Whether the two sides of the intervals are calibrated separately.
    """
    least, each, most = SAMPLED_ORIGINS
    origins = with_newest_value(panel, origins)
    origins = thin(origins, min(max(least, each * panel.n_series), most))
    past_errors = honest_errors(panel, normalizer, origins, spec, n_steps)
    n_origins = pooled_sample_size(effective_sample_size(np.bincount(origins[0]), n_steps))
    distances = partial(fixed_distances, LEVELS, one_sided=one_sided)
    if spec.baseline.predicts_deviation:
        options = {"sample_size": n_origins, "one_sided": one_sided}
        distances = partial(standard_distances, LEVELS, **options)
        growth = np.zeros(panel.n_targets)
    else:
        growth = growth_exponent(panel, normalizer, origins, spec, n_steps)
    fixed, sizes = distances(past_errors), None
    if panel.n_series > 1 and not pooled:
        sizes, expected = relative_sizes(past_errors, origins[0], panel.lengths)
        past_errors, of_all = past_errors / expected, fixed[..., -1]
        fixed = distances(past_errors)
        # New series get the outermost quantile of all errors.
        others = of_all / np.where(fixed[..., -1] > 0, fixed[..., -1], 1.0)
        sizes = np.concatenate([sizes, others[None]])
    if held_out is None or np.isnan(held_out.actual).all():
        dependence = Dependence.of(past_errors, None, 0.0, n_origins)
        factors = np.ones((n_steps, len(LEVELS)))
        return ForecastWidths(LEVELS, factors, fixed, 0.0, sizes, dependence, growth, one_sided)
    quantiles = held_out.quantiles(correction_weight)
    factors = own_factors(LEVELS, quantiles, held_out.actual, one_sided=one_sided)
    error, baseline = held_out.error(quantiles[..., MEDIAN]), np.abs(held_out.baseline_error)
    ratio = min(2.0, np.nanmean(np.abs(error)) / max(np.nanmean(baseline), 1e-12))
    n = held_out.sample_size
    fixed = fixed * (n * ratio + PRIOR_ORIGINS) / (n + PRIOR_ORIGINS)
    dependence = Dependence.of(past_errors, error, n / (n + PRIOR_ORIGINS), n_origins)
    weight = n / (n + OWN_WIDTH_ORIGINS)
    widths = ForecastWidths(LEVELS, factors, fixed, weight, sizes, dependence, growth, one_sided)
    series = -1 if sizes is None else held_out.series
    return widths.corrected(quantiles, held_out.actual, held_out.unit, series)
