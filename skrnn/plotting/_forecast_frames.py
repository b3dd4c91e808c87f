"""The arguments of a plot of forecasts, cut into single series."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

DATES = (pd.PeriodIndex, pd.DatetimeIndex)


@dataclass(frozen=True)
class ForecastSeries:
    """What is drawn of one series.

    Parameters
    ----------
    title : str
        Its instance and, if there are several, its target.
    history : pd.Series
        Training series.
    forecasts : dict of pd.Series
        Forecasts by name.
    observed : pd.Series or None
        Observed values over the horizon.
    bands : dict of pd.DataFrame
        Intervals by the name of the forecast, with the columns (coverage, bound).
    """

    title: str
    history: pd.Series
    forecasts: dict
    observed: pd.Series | None
    bands: dict

    def with_plain_times(self):
        """Return the series with times that matplotlib can draw: naive dates or numbers.

        Raises
        ------
        TypeError
            If an index does not hold times, or not of the kind of the history.
        """

        def plain(y):
            return y.set_axis(_plain_times(y.index, self.history.index))

        return ForecastSeries(
            self.title,
            plain(self.history),
            {name: plain(y) for name, y in self.forecasts.items()},
            None if self.observed is None else plain(self.observed),
            {name: plain(frame) for name, frame in self.bands.items()},
        )


class ForecastFrames:
    """Frames with the same targets and levels of instances.

    Parameters
    ----------
    y_train, y_pred, y_test, intervals
        Arguments of `plot_forecast`.

    Raises
    ------
    TypeError, ValueError
        If one of them is no frame of pandas, is empty, or does not match the others.
    """

    def __init__(self, y_train, y_pred, y_test, intervals):
        self.train = _as_frame(y_train, "y_train")
        self.forecasts = {
            name: self._like_train(_as_frame(y, "y_pred"), "y_pred")
            for name, y in _by_name(y_pred, "y_pred").items()
        }
        bands = {} if intervals is None else _by_name(intervals, "intervals")
        if not set(bands) <= set(self.forecasts):
            raise ValueError(
                f"intervals are given for {list(bands)} and forecasts for {list(self.forecasts)}; "
                "pass dicts with the same names."
            )
        self.bands = {
            name: self._like_train(_check_intervals(frame), "intervals")
            for name, frame in bands.items()
        }
        self.test = None
        if y_test is not None:
            self.test = self._like_train(_as_frame(y_test, "y_test"), "y_test")

    def _like_train(self, frame, argument):
        """Return a frame with the columns of y_train; a single column may have another name."""
        n_levels, n_train = frame.index.nlevels, self.train.index.nlevels
        if n_levels != n_train:
            raise ValueError(
                f"{argument} has an index of {n_levels} levels, but y_train has one of {n_train}; "
                "pass the same series, one of a panel as y.loc[instance]."
            )
        targets, columns = list(self.train.columns), list(frame.columns.unique(0))
        if len(columns) == len(targets) == 1:
            return frame.rename(columns={columns[0]: targets[0]}, level=0)
        unknown = [column for column in columns if column not in targets]
        if unknown:
            raise ValueError(
                f"{argument} has the columns {unknown}, but y_train has {targets}; pass the same "
                "targets."
            )
        return frame

    @property
    def several(self):
        """Whether there are levels of instances, or several targets."""
        return self.train.index.nlevels > 1 or self.train.shape[1] > 1

    @property
    def label(self):
        """Name of the only target; empty if there are several, or it has none."""
        name = self.train.columns[0] if self.train.shape[1] == 1 else None
        return "" if name is None else str(name)

    def keys(self):
        """Return the instance and the target of each series that has a forecast."""
        return list(
            dict.fromkeys(
                (instance, target)
                for frame in self.forecasts.values()
                for instance in _instances(frame)
                for target in frame.columns
            )
        )

    def errors(self, keys, metric):
        """Return an error of the first forecast of each series, NaN where it is unknown.

        Parameters
        ----------
        keys : list of tuple
            The series.
        metric : {"mae", "mase"}
            Mean absolute error, and its ratio to the mean absolute change of y_train.

        Raises
        ------
        ValueError
            If there are no observed values.
        """
        if self.test is None:
            raise ValueError(
                f"sort_by={metric!r} needs y_test, the observed values; pass them, too."
            )
        forecast = next(iter(self.forecasts.values()))
        means = _means((self.test.reindex(forecast.index) - forecast).abs())
        errors = np.array([means.get(key, np.nan) for key in keys])
        if metric == "mae":
            return errors
        means = _means(_by_instance(self.train).diff().abs())
        with np.errstate(divide="ignore", invalid="ignore"):  # of a constant history
            return errors / np.array([means.get(key, np.nan) for key in keys])

    def series(self, keys):
        """Return what is drawn of some of the `keys`."""
        wanted = list(dict.fromkeys(instance for instance, _ in keys))
        train, test = _split(self.train, wanted), _split(self.test, wanted)
        forecasts = {name: _split(frame, wanted) for name, frame in self.forecasts.items()}
        bands = {name: _split(frame, wanted) for name, frame in self.bands.items()}
        several = self.train.shape[1] > 1
        found = []
        for instance, target in keys:
            if instance not in train:
                raise ValueError(
                    f"y_train has no rows of the series {instance}, of which y_pred has a "
                    "forecast; pass them, too."
                )
            title = [*instance, target] if several else instance
            found.append(
                ForecastSeries(
                    " / ".join(map(str, title)),
                    train[instance][target],
                    _of(forecasts, instance, target),
                    _of({None: test}, instance, target).get(None),
                    _of(bands, instance, target),
                )
            )
        return found


def _plain_times(index, of_history):
    if isinstance(index, DATES) != isinstance(of_history, DATES):
        raise TypeError(
            f"The index of y_train is a {type(of_history).__name__}, that of another argument "
            f"a {type(index).__name__}; use one kind of index for all."
        )
    if isinstance(index, pd.PeriodIndex):
        return index.to_timestamp()
    if isinstance(index, pd.DatetimeIndex):
        return index.tz_localize(None)
    if not pd.api.types.is_numeric_dtype(index.dtype):
        raise TypeError(
            f"An index of type {index.dtype} does not hold times; use periods, dates or integers."
        )
    return index


def _as_frame(y, argument):
    if not isinstance(y, pd.Series | pd.DataFrame):
        raise TypeError(f"{argument} must be a pandas Series or DataFrame, not {type(y).__name__}.")
    if y.empty:
        raise ValueError(f"{argument} is empty; there is nothing to plot.")
    return y.to_frame(y.name) if isinstance(y, pd.Series) else y


def _by_name(values, argument):
    if not isinstance(values, dict):
        return {"forecast": values}
    if not values:
        raise ValueError(f"{argument} is an empty dict; pass at least one forecast by its name.")
    return {str(name): value for name, value in values.items()}


def _check_intervals(frame):
    columns = getattr(frame, "columns", None)
    if not isinstance(columns, pd.MultiIndex) or columns.nlevels != 3:
        raise ValueError(
            "intervals must be a DataFrame as predict_interval returns it, with the column levels "
            "variable, coverage and bound."
        )
    return frame


def _instances(frame):
    """Return the instance of each series as a tuple, () for a frame of a single one."""
    if frame.index.nlevels == 1:
        return [()]
    levels = [frame.index.get_level_values(level) for level in range(frame.index.nlevels - 1)]
    return list(dict.fromkeys(zip(*levels, strict=True)))


def _by_instance(frame):
    """Group the rows of each series."""
    if frame.index.nlevels == 1:
        return frame.groupby(np.zeros(len(frame), dtype=int))
    return frame.groupby(level=list(range(frame.index.nlevels - 1)), sort=False, observed=True)


def _as_instances(names, frame):
    """Return names of groups as `_instances` names them."""
    n_levels = frame.index.nlevels - 1
    return [tuple(name) if n_levels > 1 else (name,) * n_levels for name in names]


def _means(frame):
    """Return the mean of each series by instance and column."""
    means = _by_instance(frame).mean()
    instances = _as_instances(means.index, frame)
    return {
        (instance, target): mean
        for target in means
        for instance, mean in zip(instances, means[target], strict=True)
    }


def _split(frame, instances):
    """Return the rows of each of the instances, with times as their index."""
    if frame is None:
        return {}
    rows = _by_instance(frame).indices
    rows = dict(zip(_as_instances(rows, frame), rows.values(), strict=True))
    levels = list(range(frame.index.nlevels - 1))
    return {
        instance: frame.iloc[rows[instance]].droplevel(levels)
        for instance in instances
        if instance in rows
    }


def _of(frames, instance, target):
    """Return the target of an instance of each frame that has it."""
    return {
        name: split[instance][target]
        for name, split in frames.items()
        if instance in split and target in split[instance].columns
    }
