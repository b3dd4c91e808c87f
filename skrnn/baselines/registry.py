"""The baselines by the names that users give."""

from __future__ import annotations

from .base import Baseline
from .naive import Drift, Level, SeasonalMedian, SeasonalNaive
from .ridge import Ridge
from .smoothing import Smoothing
from .theta import Theta

AUTO = "auto"  # leaves the choice to the forecaster
REGISTERED: tuple[Baseline, ...] = (
    Level(),
    SeasonalNaive(),
    SeasonalMedian(),
    Drift(),
    Smoothing(),
    Theta(),
    Ridge(),
)
BASELINES = {baseline.name: baseline for baseline in REGISTERED}
BASELINE_NAMES = (AUTO, *filter(None, BASELINES))


def candidates(name: str | None, *, fitted: bool) -> tuple[Baseline, ...]:
    """Return the baselines, not fitted yet, from which a forecaster chooses.

    Parameters
    ----------
    name : str or None
        The one of this name, or "auto" for all of a kind.
    fitted : bool
        The kind that "auto" means: those that learn from the series, or those that read the
        window only.
    """
    if name != AUTO:
        return (BASELINES[name],)
    return tuple(b for b in BASELINES.values() if b.fitted == fitted and not b.is_level)
