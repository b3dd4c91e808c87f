"""Both forecasts that follow from the states of a smoothing."""

from skrnn.baselines.smoothing_states import SmoothingStates


class Both(SmoothingStates):
    """States of a smoothing after steps of a panel."""

    def forecast(self, series, origin, n_steps):
        """Return the forecasts of the smoothing and of the Theta method."""
        return self.smoothing(series, origin, n_steps), self.theta(series, origin, n_steps)
