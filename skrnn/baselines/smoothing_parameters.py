"""Grid of smoothing parameters, and layout of the smoothing states."""

# Effect of an error on level, trend and season, and damping of the trend per step.
LEVEL_GAINS = (0.02, 0.05, 0.1, 0.18, 0.3, 0.45, 0.65, 0.85, 1.0)
TREND_GAINS = (0.03, 0.1, 0.25, 0.5)
DAMPING = (0.8, 0.9, 0.97, 1.0)
SEASON_GAINS = (0.0, 0.05, 0.15, 0.35)

# Averaged states after a step. The trend has one state for each damping, from `TREND` on.
LEVEL, LEVEL_ALONE, SEASON, SEASON_ALONE, SLOPE, LAG, SEASONAL, TREND = range(8)
N_STATES = TREND + len(DAMPING)
