"""What a forecaster chooses by rule from the training data."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from skrnn.baselines import Blend, Smoothing, autocorrelation, find_periods
from skrnn.series import ForecastExamples, Normalizer, Panel, StandardNormalizer, WindowSpec
from skrnn.series.quantiles import LEVELS
from skrnn.training import Settings

from .describe import describe

SERIES_ASKED = 100  # series of a large panel that vote on its plan
ORIGINS_ASKED = 1000  # origins on which the baselines are compared
STEPS_ASKED = 10_000  # newest steps of a long series that are looked at
LONGEST_WINDOW_OF_STEPS = 64  # longer ones are read in segments
LONGEST_LOOP = 32  # segments of a window


@dataclass(frozen=True)
class TrainingSummary:
    """What the network is, and how it was trained.

    Parameters
    ----------
    width : int or None
        Values that the head reads at the origin; None for a network of the user's.
    n_weights : int
        Weights of one network.
    n_members : int
        Networks whose mean is taken.
    settings : Settings
        Those of the training that was validated.
    best_epoch : int or None
        The one with the lowest loss on the held-out origins, -1 before the first; None where
        nothing was held out.
    correction_weight : float
        Part of its correction of the baseline that is believed.
    """

    width: int | None
    n_weights: int
    n_members: int
    settings: Settings
    best_epoch: int | None
    correction_weight: float


@dataclass(frozen=True, repr=False)
class Plan:
    """What was chosen for the training data; printed, it tells in words.

    Parameters
    ----------
    spec : WindowSpec
        Window, horizon, season and baseline.
    log : bool
        Whether the logarithm of the series is learned.
    smoothing : Smoothing, optional
        What the statistical baselines rest on.
    segment_length : int, optional
        Steps of a long window that the network reads at once.
    normalization : {"auto", "standard"}
        Whether level and scale are those of an origin, or mean and standard deviation.
    reasons : dict of str to str
        Why each part was chosen.
    summary : TrainingSummary, optional
        What became of it.
    """

    spec: WindowSpec
    log: bool
    smoothing: Smoothing | None = None
    segment_length: int | None = None
    normalization: str = "auto"
    reasons: dict = field(default_factory=dict)
    summary: TrainingSummary | None = None

    @property
    def n_steps_read(self):
        """Steps of the network over a window."""
        return -(-self.spec.window_length // (self.segment_length or 1))

    @property
    def effort(self):
        """Part of the updates that a network takes which has to learn everything by itself."""
        return 1.0 if self.smoothing is None else 0.5

    def standardized(self):
        """Return the plan in z-scores, without the regression, which is in units of an origin."""
        baseline = self.spec.baseline
        if isinstance(baseline, Blend):
            baseline = baseline.without_regression()
        spec = replace(self.spec, baseline=baseline)
        return replace(self, spec=spec, normalization="standard")

    def normalizer(self, panel, settled=None, kept=None):
        """Return where the series of a panel, in learned units, stand.

        Parameters
        ----------
        panel : Panel
            The series.
        settled : ndarray of shape (n_series,), optional
            Steps of each that tell its scale: all, as in the training, without.
        kept : ndarray of shape (2, n_series, n_targets), optional
            Mean and deviation that z-scores keep; NaN for series that have none yet.
        """
        settled = panel.lengths if settled is None else settled
        told = panel, self.spec.season, self.smoothing, settled
        if self.normalization == "standard":
            return StandardNormalizer(*told, kept)
        return Normalizer(*told)

    def head_settings(self, panel):
        """Return the settings of a head that forecasts all steps and quantiles."""
        return {
            "horizon": self.spec.horizon,
            "n_targets": panel.n_targets,
            "n_quantiles": len(LEVELS),
            "n_future": panel.n_known,
            "reads_baseline": self.spec.baseline is not None,
        }

    def to_learned(self, y):
        """Return values in the units in which they are learned."""
        return np.log(y) if self.log else y

    def to_original(self, values):
        """Return learned values in the units of the series."""
        return np.exp(values) if self.log else values

    def __repr__(self):
        return describe(self)


def in_learned_units(panel, plan):
    """Return the panel in the units in which it is learned.

    Raises
    ------
    ValueError
        If that is the logarithm and a value is not positive.
    """
    if plan.log and not np.nanmin(panel.y) > 0:
        raise ValueError(
            f"y has the value {np.nanmin(panel.y)}, but its logarithm is learned; use "
            "transform=None for series that are not positive."
        )
    return replace(panel, y=plan.to_learned(panel.y))


def choose_season(panel: Panel, calendar):
    """Return the season: that of the calendar where the series show it, else a period they show.

    A quarter of the series (of a random hundred) has to show it.
    """
    votes = [_season_of(panel.series(i)[-STEPS_ASKED:, 0], calendar) for i in _asked(panel)]
    seasonal = [vote for vote in votes if vote > 1]
    if 4 * len(seasonal) < len(votes) or not seasonal:
        return 1
    return int(np.bincount(seasonal).argmax())


def _season_of(y, calendar):
    if calendar is None:
        periods = find_periods(y, max_periods=1)
        return int(periods[0]) if len(periods) else 1
    if calendar == 1 or np.count_nonzero(~np.isnan(y)) < 2 * calendar + 2:
        return 1
    return calendar if _is_seasonal(y, calendar) else 1


def _is_seasonal(y, season):
    """Test the autocorrelation at the season against its standard error (Bartlett, 1946).

    The trend is taken out by differences first; it would make any lag significant.
    """
    r = autocorrelation(np.diff(y), season)
    error = np.sqrt((1 + 2 * np.sum(r[1:season] ** 2)) / max(1, np.count_nonzero(~np.isnan(y))))
    return bool(r[season] > 1.645 * error)


def choose_log(panel: Panel, season):
    """Whether to learn logarithms: the series are positive and vary in proportion to their level.

    The slope of the logarithm of the changes on that of the level, over blocks of a season
    (after Guerrero, 1993), is near 1 for such series and near 0 for additive ones.
    """
    if not np.nanmin(panel.y) > 0:
        return False
    slopes = [_level_slope(panel.series(i)[-STEPS_ASKED:, 0], season) for i in _asked(panel)]
    known = [slope for slope in slopes if slope is not None]
    return bool(known) and float(np.median(known)) > 0.5


def _level_slope(y, season):
    y = y[~np.isnan(y)]
    block = max(season, 4)
    n_blocks = len(y) // block
    if n_blocks < 3:
        return None
    blocks = y[len(y) - n_blocks * block :].reshape(n_blocks, block)
    level = np.log(blocks.mean(axis=1))
    change = np.abs(np.diff(blocks, axis=1)).mean(axis=1)
    if np.ptp(level) < 0.1 or change.min() <= 0:
        return None
    return float(np.polyfit(level, np.log(change), 1)[0])


def _asked(panel):
    if panel.n_series <= SERIES_ASKED:
        return range(panel.n_series)
    return np.linspace(0, panel.n_series - 1, SERIES_ASKED).astype(int)


def seasons_to_compare(season, calendar, longest):
    """Return the seasons that a statistical baseline may have, that which the series show first.

    Parameters
    ----------
    season : int
        That which the series show.
    calendar : int or None
        That which the time index suggests.
    longest : int
        Steps of the longest series, three seasons at least.
    """
    steps_of_a_week = 7 * calendar if calendar is not None and calendar >= 24 else 1
    known = {season, calendar or 1, steps_of_a_week}
    if max(season, calendar or 1) < 24:  # a regression over days or weeks tells no season apart
        known.add(1)
    possible = sorted(s for s in known if s == 1 or 3 * s <= longest)
    return sorted(possible, key=lambda s: s != season) or [1]


def choose_window(season, horizon, regression, longest, rate):
    """Return how many steps the network reads.

    Two seasons, 1.25 horizons, or as many as the regressions read, whichever is longest; at
    least 8 and at most half of the longest series.
    """
    wanted = max(2 * season, -(-5 * horizon // 4), -(-regression // rate), 8)
    return max(1, min(wanted, -(-longest // (2 * rate))))


def choose_segment(window_length, cycle):
    """Return the steps that a long window is read in at once, whole cycles; None if it is short.

    A recurrence of more than `LONGEST_LOOP` steps is slow to compute and to learn.
    """
    if window_length <= LONGEST_WINDOW_OF_STEPS:
        return None
    return cycle * -(-window_length // (cycle * LONGEST_LOOP))


def choose_n_seasons(longest, season, window_length):
    """Return how many seasons the baseline reads: at most 5, and half of the longest series."""
    if season == 1:
        return window_length
    return int(np.clip(longest // (2 * season), 1, 5))


def choose_baseline(panel: Panel, spec, origins, normalizer, end):
    """Return the baseline with the lowest mean absolute error on origins of the training part."""
    stride = max(1, len(origins[0]) // ORIGINS_ASKED)
    asked = tuple(part[::stride] for part in origins)
    errors = {}
    for baseline in ("naive", "median", "drift"):
        named = replace(spec, baseline=baseline)
        examples = ForecastExamples(panel, asked, named, normalizer, end=end)
        _, error, weight = examples.gather(np.arange(len(examples)))
        errors[baseline] = float(np.abs(error * weight).sum() / max(weight.sum(), 1.0))
    return min(errors, key=errors.__getitem__)
