"""Trajectories: values of all steps of a horizon that may follow together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from skrnn._arguments import check_count
from skrnn._compat import StrOptions, validate_parameter_constraints
from skrnn.series.quantiles import value_at
from skrnn.training import monte_carlo_dropout, spawn_seeds

from ._summaries import all_levels, at_levels, possible_values, split_bounds

MOST_SKIPPED = 10  # horizons between the last observed value and the first drawn step

CONSTRAINTS = {"method": [StrOptions({"residuals", "mc_dropout"})]}


def check_sampling(n_paths, method):
    """Check arguments of `sample_paths`."""
    check_count(n_paths, "n_paths")
    validate_parameter_constraints(CONSTRAINTS, {"method": method}, "sample_paths")


def sample(fitted, history, request, n_paths, method, seed):
    """Draw trajectories.

    Parameters
    ----------
    fitted : FittedForecaster
        What forecasts.
    history : History
        The series.
    request : ForecastRequest
        Origins and steps ahead.
    n_paths : int
        Number of trajectories.
    method : {"residuals", "mc_dropout"}
        What the trajectories differ by.
    seed : int
        Decides the draws.

    Returns
    -------
    ndarray of shape (n_paths, n, n_requested, n_targets)

    Raises
    ------
    ValueError
        If a step is not ahead, or a network without dropout is to drop units.
    """
    if request.steps.min() < 1:
        raise ValueError(
            f"fh has the step {request.steps.min()}, but trajectories begin after the end of each "
            "series; pass steps from 1 on."
        )
    draw = _residual_paths if method == "residuals" else _dropout_paths
    return draw(fitted, history, request, n_paths, seed)


def _residual_paths(fitted, history, request, n_paths, seed):
    """Draw trajectories whose steps depend on each other as past errors do."""
    n, n_ahead = len(request.series), request.n_ahead
    missing = history.panel.missing_before(request.series, request.origin)
    missing = np.minimum(missing, MOST_SKIPPED * n_ahead)
    forecast = fitted.forecast(history, request, all_levels)
    quantiles, *bounds = split_bounds(forecast)
    generator = np.random.default_rng(seed)
    n_drawn = n_ahead + int(missing.max())
    scores = fitted.widths.dependence.draw(generator, n_paths * n, n_drawn)
    scores = scores.reshape(n_paths, n, n_drawn, -1)
    away = request.steps[..., None] + missing[:, None]
    scores = np.take_along_axis(scores, away[None] - 1, axis=2)
    values = value_at(quantiles, scores, fitted.plan.steepest)
    return possible_values(values, bounds, fitted.plan)


def _dropout_paths(fitted, history, request, n_paths, seed):
    """Forecast the median with other units dropped in each trajectory."""
    if not fitted.module.has_dropout:
        raise ValueError(
            "method='mc_dropout' needs dropout: train with dropout or recurrent_dropout above 0."
        )
    median = at_levels([0.5], fitted.plan)
    paths = [
        replace(fitted, module=network).forecast(history, request, median)[..., 0]
        for network in monte_carlo_dropout(fitted.module, spawn_seeds(seed, n_paths))
    ]
    return np.stack(paths)
