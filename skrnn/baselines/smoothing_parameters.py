"""Parameters that exponential smoothing is averaged over, and the layout of its states."""

# How far an error moves level, trend and season, and how the trend fades.
LEVEL_GAINS = (0.02, 0.05, 0.1, 0.18, 0.3, 0.45, 0.65, 0.85, 1.0)
TREND_GAINS = (0.03, 0.1, 0.25, 0.5)
DAMPING = (0.8, 0.9, 0.97, 1.0)
SEASON_GAINS = (0.0, 0.05, 0.15, 0.35)

# The averaged states after a step, those of the trend with each damping from `TREND` on.
LEVEL, LEVEL_ALONE, SEASON, SEASON_ALONE, SLOPE, LAG, SEASONAL, TREND = range(8)
N_STATES = TREND + len(DAMPING)
