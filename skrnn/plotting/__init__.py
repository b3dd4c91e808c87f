"""Plots of training, forecasts, covariates, seasonality and attention, with matplotlib."""

from .attention import plot_attention
from .forecast import plot_forecast
from .history import plot_history
from .importances import plot_importances
from .seasonality import plot_seasonality

__all__ = [
    "plot_attention",
    "plot_forecast",
    "plot_history",
    "plot_importances",
    "plot_seasonality",
]
