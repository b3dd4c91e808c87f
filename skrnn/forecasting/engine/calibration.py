"""What held-out origins say of a network: how far to believe it, how wide its intervals are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from skrnn.baselines import weigh_forecasts
from skrnn.series import LEVELS, ForecastWidths
from skrnn.series.conformal import fixed_distances, own_factors, sizes_of_series
from skrnn.series.copula import Dependence

from .baseline_errors import baseline_errors, honest_errors
from .origins import effective_sample_size, pooled_sample_size, thin

PRIOR_WEIGHT, PRIOR_DEVIATION = 0.3, 0.3  # measured on short series of M1
OWN_WIDTH_ORIGINS = 30  # independent origins at which the network's own widths weigh one half
ORIGINS_TRIED = 1000, 10, 10_000  # of the baseline: at least, of each series, and at most
PRIOR_ORIGINS = 10  # with which "errors as wide, and going together, as those of the baseline"


@dataclass
class Outcomes:
    """Held-out origins and what followed.

    Parameters
    ----------
    origins : tuple of ndarray
        Series and origin.
    actual : ndarray of shape (n, n_steps, n_targets)
        Values that followed, in learned units; NaN where unknown.
    scale : ndarray of shape (n, n_targets)
        Scale of the series.
    n_independent : float
        Number of origins, those counted in part that share surprises.
    """

    origins: tuple
    actual: np.ndarray
    scale: np.ndarray
    n_independent: float

    @classmethod
    def of(cls, panel, normalizer, origins, n_independent, n_steps):
        """Read the outcomes from the panel."""
        series, origin = origins
        actual, _ = panel.read(series, origin[:, None] + np.arange(n_steps))
        scale = normalizer.at(series, origin, n_steps).scale
        return cls(origins, actual, scale, n_independent)

    @property
    def n_steps(self):
        """Steps that are compared."""
        return self.actual.shape[1]

    def error(self, median):
        """Return the errors of forecasts in units of the scale."""
        return (self.actual - median) / self.scale[:, None]


def unmeasured_correction_weight(spec):
    """Return the correction_weight in a network that no held-out origin has tried."""
    return 1.0 if spec.baseline is None else PRIOR_WEIGHT


def measure_correction_weight(forecaster, panel, normalizer, outcomes):
    """Return the weight of the network's correction of the baseline; without baseline it is 1.

    It is weighed as baselines are, by the errors on held-out origins, with a normal prior.
    """
    if forecaster.spec.baseline is None:
        return 1.0
    quantiles = forecaster.forecast(panel, normalizer, *outcomes.origins, outcomes.n_steps)
    network = outcomes.error(quantiles[..., len(LEVELS) // 2])
    baseline = baseline_errors(
        panel, normalizer, outcomes.origins, forecaster.spec, outcomes.n_steps
    )
    series = outcomes.origins[0]
    counts = np.bincount(series)
    shares = counts * (outcomes.n_independent * np.sqrt(np.count_nonzero(counts)) / len(series))
    correction_weight = np.linspace(0.0, 1.0, 11)
    log_prior = -0.5 * ((correction_weight - PRIOR_WEIGHT) / PRIOR_DEVIATION) ** 2
    weights, _ = weigh_forecasts(
        np.stack([baseline, network]),
        series,
        shares,
        np.stack([1 - correction_weight, correction_weight], 1),
        log_prior,
    )
    return float(weights[1])


def calibrate(forecaster, panel, normalizer, origins, n_steps, outcomes=None, *, alike=False):
    """Return the widths of the forecasts, and how the errors of their steps go together.

    Parameters
    ----------
    forecaster : BlockForecaster
        Forecaster that has not seen the held-out outcomes.
    panel : Panel
        The series.
    normalizer : Normalizer
        Where they stand at each origin.
    origins : tuple of ndarray
        Series and origins; the baseline is tried on some of them.
    n_steps : int
        Steps to calibrate.
    outcomes : Outcomes, optional
        What followed on the held-out origins, if there are any.
    alike : bool, default=False
        Whether the fixed widths are those of all series, also of those that are learned from.
    """
    spec = forecaster.spec
    least, each, most = ORIGINS_TRIED
    origins = thin(origins, min(max(least, each * panel.n_series), most))
    everywhere = honest_errors(panel, normalizer, origins, spec, n_steps)
    fixed, sizes = fixed_distances(LEVELS, everywhere), None
    if panel.n_series > 1 and not alike:
        everywhere, fixed, sizes = _by_series(everywhere, fixed, origins[0], panel.lengths)
    n_origins = pooled_sample_size(effective_sample_size(np.bincount(origins[0]), n_steps))
    if outcomes is None or np.isnan(outcomes.actual).all():
        dependence = Dependence.of(everywhere, None, 0.0, n_origins)
        factors = np.ones((n_steps, len(LEVELS)))
        return ForecastWidths(LEVELS, factors, fixed, 0.0, sizes, dependence)
    quantiles = forecaster.forecast(panel, normalizer, *outcomes.origins, n_steps)
    factors = own_factors(LEVELS, quantiles, outcomes.actual)
    error = outcomes.error(quantiles[..., len(LEVELS) // 2])
    baseline = np.abs(baseline_errors(panel, normalizer, outcomes.origins, spec, n_steps))
    ratio = min(2.0, np.nanmean(np.abs(error)) / max(np.nanmean(baseline), 1e-12))
    n = outcomes.n_independent
    fixed = fixed * (n * ratio + PRIOR_ORIGINS) / (n + PRIOR_ORIGINS)
    dependence = Dependence.of(everywhere, error, n / (n + PRIOR_ORIGINS), n_origins)
    widths = ForecastWidths(LEVELS, factors, fixed, n / (n + OWN_WIDTH_ORIGINS), sizes, dependence)
    series = -1 if sizes is None else outcomes.origins[0]
    return widths.corrected(quantiles, outcomes.actual, outcomes.scale, series)


def _by_series(errors, fixed, series, lengths):
    """Return errors in units of their size in each series, their distances, and the sizes.

    The last size is that of other series, whose widths are those of all errors together.
    """
    sizes, expected = sizes_of_series(errors, series, lengths)
    errors = errors / expected
    distances = fixed_distances(LEVELS, errors)
    others = fixed[..., -1] / np.where(distances[..., -1] > 0, distances[..., -1], 1.0)
    return errors, distances, np.concatenate([sizes, others[None]])
