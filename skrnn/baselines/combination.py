"""Weighted means of baselines."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from .base import Baseline


@dataclass(frozen=True, eq=False)
class Combination(Baseline):
    """Weighted mean of fitted baselines.

    Members with the weight 0 do not contribute to the forecast. They replace the other members
    where those cannot be used.

    Parameters
    ----------
    members : tuple of Baseline
        The baselines.
    weights : tuple of float
        Weights of the members. They sum to 1.
    """

    members: tuple[Baseline, ...]
    weights: tuple[float, ...]
    fitted = True

    @classmethod
    def of(cls, members, weights=None, least=0.0):
        """Return the mean with weights proportional to `weights`, equal ones by default.

        Weights below `least` are set to 0.
        """
        weights = [1.0] * len(members) if weights is None else weights
        kept = [float(w) if w >= least else 0.0 for w in weights]
        total = sum(kept)
        if total == 0:
            kept, total = [1.0] * len(members), float(len(members))
        return cls(tuple(members), tuple(weight / total for weight in kept))

    @property
    def active(self):
        """Members with a positive weight."""
        return tuple(m for m, weight in zip(self.members, self.weights, strict=True) if weight)

    @property
    def named_weights(self):
        """Positive weights by the names of the members."""
        pairs = zip(self.members, self.weights, strict=True)
        return {member.name: weight for member, weight in pairs if weight}

    @property
    def reach(self):
        """Largest number of steps that a member reads."""
        return max(member.reach for member in self.active)

    @property
    def predicts_deviation(self):
        """Whether there is a single member, which predicts it."""
        return len(self.active) == 1 and self.active[0].predicts_deviation

    def deviation(self, panel, series, origin, n_steps):
        """Return the deviation that the single member predicts."""
        return self.active[0].deviation(panel, series, origin, n_steps)

    @property
    def reads_covariates(self):
        """Whether any member reads covariates."""
        return any(member.reads_covariates for member in self.active)

    @property
    def learns_outcomes(self):
        """Whether any member uses outcomes."""
        return any(member.learns_outcomes for member in self.active)

    def refit(self, data):
        """Return the same mean with refitted members."""
        return self._each(lambda member: member.refit(data))

    def cross_fit(self, data):
        """Return the mean of the members that can be cross-fitted, or None."""
        return self._those_left(lambda member: member.cross_fit(data))

    def without_outcomes(self):
        """Return the mean of the members that use no outcomes, or None."""
        return self._those_left(lambda member: member.without_outcomes())

    def fixed_at(self, *origins):
        """Return the mean of the members fixed at these origins."""
        return self._each(lambda member: member.fixed_at(*origins))

    def forecast(self, at):
        """Return the weighted mean of the forecasts."""
        total: Any = 0.0
        for member, weight in zip(self.members, self.weights, strict=True):
            if weight:
                total = total + weight * member.forecast(at)
        return total

    def describe(self):
        """Return the members with their weights, the largest first."""
        pairs = zip(self.active, filter(None, self.weights), strict=True)
        order = sorted(pairs, key=lambda pair: -pair[1])
        return ", ".join(f"{weight:.0%} {member.describe()}" for member, weight in order)

    def _each(self, change):
        return replace(self, members=tuple(change(member) for member in self.members))

    def _those_left(self, change):
        pairs = [(change(m), w) for m, w in zip(self.members, self.weights, strict=True)]
        left = [(member, weight) for member, weight in pairs if member is not None]
        if len(left) == len(pairs):
            return replace(self, members=tuple(member for member, _ in left))
        return Combination.of(*zip(*left, strict=True)) if left else None
