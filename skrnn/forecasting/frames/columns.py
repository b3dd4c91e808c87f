"""The roles of columns: targets, and known, past-only and static covariates."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from skrnn._arguments import reading

from .calendar import Calendar
from .categories import Categories
from .index import SeriesIndex


@dataclass(frozen=True)
class Columns:
    """Column names by role, and the calendar features of the index.

    Parameters
    ----------
    targets : list
        Columns of y.
    known, past_only : list
        Columns of X that are known for the horizon, and columns that are not.
    static : list
        Columns of X that are constant within a series.
    calendar : Calendar
        Calendar features, which are also known for the horizon.
    categories : Categories
        Categorical columns of X, which are read as indicators.
    """

    targets: list
    known: list
    past_only: list
    static: list
    calendar: Calendar = field(default_factory=Calendar)
    categories: Categories = field(default_factory=lambda: Categories({}))

    @classmethod
    def of(cls, y, X, covariates, calendar=None):
        """Assign the roles.

        Parameters
        ----------
        y, X : pd.DataFrame
            Targets and covariates; X may be None.
        covariates : Covariates
            Which columns of X are static or past-only.
        calendar : Calendar, optional
            Calendar features.

        Raises
        ------
        ValueError
            If a column is not in X, or has two roles.
        TypeError
            If X has dates.
        """
        names = [] if X is None else list(X.columns)
        past_only = _names(covariates.past_columns, "past_columns")
        static = _names(covariates.static_columns, "static_columns")
        for role, columns in (("past_columns", past_only), ("static_columns", static)):
            missing = [c for c in columns if c not in names]
            if missing:
                raise ValueError(
                    f"{role} names {missing}, but X has the columns {names}; name columns of X."
                )
        twice = [c for c in static if c in past_only]
        if twice:
            raise ValueError(
                f"past_columns and static_columns both name {twice}; name a constant column in "
                "static_columns only."
            )
        known = [c for c in names if c not in past_only and c not in static]
        columns = cls(list(y.columns), known, past_only, static, calendar or Calendar())
        return columns if X is None else replace(columns, categories=_categories(y, X, static))

    @property
    def covariates(self):
        """Names of all columns of X: known, past-only, static."""
        return self.known + self.past_only + self.static

    @property
    def n_known(self):
        """Number of covariates known for the horizon, calendar features included."""
        return self.categories.n_columns(self.known) + self.calendar.n_columns

    def index_of(self, frame):
        """Return the index of a frame, with the training frequency if it has none of its own."""
        return SeriesIndex.of(frame, self.calendar.frequency)

    def of_same_form(self, y, X, covariates):
        """Return the columns of new data for a network that was trained on these columns.

        The targets may have other names.

        Raises
        ------
        ValueError
            If the number of targets or the covariates differ.
        """
        other = Columns.of(y, X, covariates)
        same_names = set(self.targets) == set(other.targets)
        same = (
            len(self.targets) == len(other.targets)
            and (self.targets == other.targets or not same_names)
            and set(self.known) == set(other.known)
            and set(self.past_only) == set(other.past_only)
            and set(self.static) == set(other.static)
        )
        if not same:
            raise ValueError(
                f"y and X have the columns {other.targets} and {other.covariates}, but the "
                f"forecaster was pretrained with {self.targets} and {self.covariates}; pass "
                "as many targets, in the same order, and the same covariates."
            )
        return replace(self, targets=other.targets)

    def named_alike(self, y):
        """Return y with its columns in the order of the targets; a single target may be renamed.

        Raises
        ------
        ValueError
            If y has other columns.
        """
        if set(y.columns) != set(self.targets) and len(y.columns) + len(self.targets) > 2:
            raise ValueError(
                f"y has the columns {list(y.columns)}, but the forecaster was fitted with "
                f"{self.targets}; pass the same columns."
            )
        return y[self.targets] if len(self.targets) > 1 else y.set_axis(self.targets, axis=1)

    def check_unknown(self, X):
        """Raise a ValueError if X has columns that it did not have in fit."""
        unknown = [] if X is None else [c for c in X.columns if c not in self.covariates]
        if unknown:
            raise ValueError(
                f"X has the columns {unknown}, which were not in X when the forecaster was fitted; "
                "leave them out, or fit with them."
            )


def _categories(y, X, static):
    with reading("X"):
        rows = X if X.index.equals(y.index) else X[X.index.isin(y.index)]
        return Categories.of(rows, static)


def _names(given, role):
    with reading(role):
        return [] if given is None else list(given)
