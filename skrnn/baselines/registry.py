"""All baselines, by name."""

from __future__ import annotations

from .base import Baseline
from .boosting import Boosting
from .naive import Drift, Level, SeasonalMedian, SeasonalNaive
from .ridge import Ridge
from .smoothing import Smoothing
from .structural import Structural
from .theta import Theta

AUTO = "auto"  # the forecaster chooses
REGISTERED: tuple[Baseline, ...] = (
    Level(),
    SeasonalNaive(),
    SeasonalMedian(),
    Drift(),
    Smoothing(),
    Theta(),
    Ridge(),
    Structural(),
    Boosting(),
)
BASELINES = {baseline.name: baseline for baseline in REGISTERED}
BASELINE_NAMES = (AUTO, *filter(None, BASELINES))


def candidates(name: str | None, *, fitted: bool, covariates: bool = False) -> tuple[Baseline, ...]:
    """Return the unfitted baselines from which a forecaster chooses.

    Parameters
    ----------
    name : str or None
        Name of one baseline, or "auto" for several.
    fitted : bool
        Whether "auto" means the baselines that learn from the series, or those that only read the
        window.
    covariates : bool, default=False
        Whether there are covariates, without which "auto" leaves out the baselines that read them.
    """
    if name != AUTO:
        return (BASELINES[name],)
    return tuple(
        baseline
        for baseline in BASELINES.values()
        if baseline.fitted == fitted
        and baseline.in_auto
        and (covariates or not baseline.reads_covariates)
    )
