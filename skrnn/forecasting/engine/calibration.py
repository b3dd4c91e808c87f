"""Calibration on held-out origins: weight of the network, and widths of its intervals."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from skrnn.baselines import weigh_forecasts
from skrnn.series import LEVELS, ForecastWidths, effective_sample_size, pooled_sample_size
from skrnn.series.conformal import fixed_distances, own_factors, relative_sizes
from skrnn.series.copula import Dependence
from skrnn.series.quantiles import MEDIAN

from .baseline_errors import baseline_errors, honest_errors
from .network import forecast_in_chunks
from .origins import thin

PRIOR_WEIGHT, PRIOR_DEVIATION = 0.3, 0.3  # measured on short series of M1
OWN_WIDTH_ORIGINS = 30  # independent origins at which the network's own widths weigh one half
ORIGINS_TRIED = 1000, 10, 10_000  # of the baseline: at least, of each series, and at most
PRIOR_ORIGINS = 10  # with which "errors as wide, and going together, as those of the baseline"


class HeldOut:
    """Held-out origins: what followed them, and what network and baseline had forecast.

    Parameters
    ----------
    network : NetworkForecaster
        The network, with the full weight of its correction.
    panel : Panel
        The series.
    normalizer : Normalizer
        Level and scale at each origin.
    origins : tuple of ndarray of shape (n,)
        Series and origins.
    n_steps : int
        Steps to compare.
    sample_size : float
        Effective sample size of the origins.

    Attributes
    ----------
    actual : ndarray of shape (n, n_steps, n_targets)
        Values that followed, in learned units; NaN where unknown.
    scale : ndarray of shape (n, n_targets)
        Scale of the series.
    baseline_error : ndarray of shape (n, n_steps, n_targets)
        Errors of the baseline in units of the scale.
    """

    def __init__(self, network, panel, normalizer, origins, n_steps, sample_size):
        self.series, origin = origins
        self.sample_size = sample_size
        self._network = network
        self._place = panel, normalizer, origins, n_steps
        self._forecast = forecast_in_chunks(network, *self._place)
        self.actual, _ = panel.read(self.series, origin[:, None] + np.arange(n_steps))
        self.scale = self._forecast.scale
        self.baseline_error = baseline_errors(panel, normalizer, origins, network.spec, n_steps)

    def quantiles(self, correction_weight):
        """Return the forecasts with this weight of the network's correction."""
        forecast = self._forecast
        fed_back = self.actual.shape[1] > self._network.spec.horizon
        if fed_back and correction_weight != self._network.correction_weight:
            # Later blocks read other medians.
            network = replace(self._network, correction_weight=correction_weight)
            forecast = forecast_in_chunks(network, *self._place)
        return forecast.quantiles(correction_weight)

    def error(self, median):
        """Return the errors of forecasts in units of the scale."""
        return (self.actual - median) / self.scale[:, None]


def choose_correction_weight(spec, held_out):
    """Return the weight of the network's correction of the baseline; without baseline it is 1.

    Network and baseline are weighed as baselines are, by their errors on held-out origins, with a
    normal prior. Without held-out origins (None) it is the mean of the prior.
    """
    if spec.baseline.is_level:
        return 1.0
    if held_out is None:
        return PRIOR_WEIGHT
    network = held_out.error(held_out.quantiles(1.0)[..., MEDIAN])
    counts = np.bincount(held_out.series)
    share = held_out.sample_size * np.sqrt(np.count_nonzero(counts)) / len(held_out.series)
    candidates = np.linspace(0.0, 1.0, 11)
    log_prior = -0.5 * ((candidates - PRIOR_WEIGHT) / PRIOR_DEVIATION) ** 2
    weights, _ = weigh_forecasts(
        np.stack([held_out.baseline_error, network]),
        held_out.series,
        counts * share,
        np.stack([1 - candidates, candidates], 1),
        log_prior,
    )
    return float(weights[1])


def calibrate(
    spec, correction_weight, panel, normalizer, origins, n_steps, held_out=None, *, pooled=False
):
    """Return the widths of the forecasts, and how the errors of their steps depend on each other.

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
        Series and origins, of which some test the baseline.
    n_steps : int
        Steps to calibrate.
    held_out : HeldOut, optional
        Forecasts of a network that has not seen what followed, if there are any.
    pooled : bool, default=False
        Whether one fixed width serves all series, also those of the training.
    """
    least, each, most = ORIGINS_TRIED
    origins = thin(origins, min(max(least, each * panel.n_series), most))
    everywhere = honest_errors(panel, normalizer, origins, spec, n_steps)
    fixed, sizes = fixed_distances(LEVELS, everywhere), None
    if panel.n_series > 1 and not pooled:
        everywhere, fixed, sizes = _by_series(everywhere, fixed, origins[0], panel.lengths)
    n_origins = pooled_sample_size(effective_sample_size(np.bincount(origins[0]), n_steps))
    if held_out is None or np.isnan(held_out.actual).all():
        dependence = Dependence.of(everywhere, None, 0.0, n_origins)
        factors = np.ones((n_steps, len(LEVELS)))
        return ForecastWidths(LEVELS, factors, fixed, 0.0, sizes, dependence)
    quantiles = held_out.quantiles(correction_weight)
    factors = own_factors(LEVELS, quantiles, held_out.actual)
    error, baseline = held_out.error(quantiles[..., MEDIAN]), np.abs(held_out.baseline_error)
    ratio = min(2.0, np.nanmean(np.abs(error)) / max(np.nanmean(baseline), 1e-12))
    n = held_out.sample_size
    fixed = fixed * (n * ratio + PRIOR_ORIGINS) / (n + PRIOR_ORIGINS)
    dependence = Dependence.of(everywhere, error, n / (n + PRIOR_ORIGINS), n_origins)
    widths = ForecastWidths(LEVELS, factors, fixed, n / (n + OWN_WIDTH_ORIGINS), sizes, dependence)
    series = -1 if sizes is None else held_out.series
    return widths.corrected(quantiles, held_out.actual, held_out.scale, series)


def _by_series(errors, fixed, series, lengths):
    """Return errors in units of their size in each series, their distances, and the sizes.

    The last size is that of other series, whose widths are those of all errors together.
    """
    sizes, expected = relative_sizes(errors, series, lengths)
    errors = errors / expected
    distances = fixed_distances(LEVELS, errors)
    others = fixed[..., -1] / np.where(distances[..., -1] > 0, distances[..., -1], 1.0)
    return errors, distances, np.concatenate([sizes, others[None]])
