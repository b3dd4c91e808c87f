"""The sets of `accuracy.py`: training series, test series and the task.

    from _datasets import load
    hospital = load("hospital", folder)  # `folder` holds forecasting/hospital_dataset.tsf
    forecaster.fit(hospital.y_train, fh=hospital.fh).predict()

The index of a series has periods (months, days, hours) from the dates of the file. The hours of M4
and the years, quarters and months of M1 have no dates and begin at a nominal one.
"""

import json
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

N_CUTOFFS = 3
CALENDAR = {"M": (12, 12), "Q": (4, 8), "Y": (1, 10)}  # season and horizon of single series
OF_R = (
    *("JohnsonJohnson", "UKDriverDeaths", "UKgas", "USAccDeaths", "airmiles", "austres"),
    *("discoveries", "LakeHuron", "nhtemp", "nottem"),
)
ETT_HORIZONS = (96, 192, 336, 720)
ETT_TRAIN, ETT_KNOWN, ETT_END = 8640, 11520, 14400  # rows: 12, 16 and 20 months of 30 days


@dataclass(frozen=True)
class Dataset:
    """Training and test series of a task.

    Parameters
    ----------
    name : str
        Name of the set.
    y_train, y_test : pd.Series or pd.DataFrame
        One series, or a pd-multiindex of many; the test rows follow those of the training part.
    horizon : int
        Steps to forecast from each origin.
    season : int
        Lag of the seasonal naive forecast whose error within the training part scales MASE.
    origins : range
        Test steps that are known at each forecast; 0 alone is the end of the training part.
    X : pd.DataFrame or None
        Covariates that are known for the horizon: the rows of both parts.
    refit_every, refit_length : int
        A forecaster that is fitted again at each origin uses every `refit_every`-th origin, and
        the last `refit_length` steps.
    validation_fraction : float or None
        Fraction of the training rows that the protocol uses for validation, if it says so.
    """

    name: str
    y_train: pd.Series | pd.DataFrame
    y_test: pd.Series | pd.DataFrame
    horizon: int
    season: int
    origins: range = range(1)
    X: pd.DataFrame | None = None
    refit_every: int = 1
    refit_length: int | None = None
    validation_fraction: float | None = None

    @property
    def fh(self):
        """Steps to forecast."""
        return list(range(1, self.horizon + 1))

    @property
    def rolling(self):
        """Whether forecasts start from several origins."""
        return len(self.origins) > 1

    @property
    def y_whole(self):
        """Both parts of each series."""
        tests = split(self.y_test)
        return joined({name: pd.concat([y, tests[name]]) for name, y in self.series.items()})

    @property
    def cutoffs(self):
        """Last time that is known at each origin, if that is the same for all series."""
        n_known = len(next(iter(self.series.values())))
        return next(iter(split(self.y_whole).values())).index[n_known - 1 + np.array(self.origins)]

    @property
    def series(self):
        """Return the training part of each series by name."""
        return split(self.y_train)

    def actual(self):
        """Return the values after each origin, shape (n_series, n_origins, horizon)."""
        steps = np.array(self.origins)[:, None] + np.arange(self.horizon)
        return np.stack([y[steps] for y in self.tests()])

    def tests(self):
        """Return the test part of each series."""
        return [y.to_numpy() for y in split(self.y_test).values()]

    def refit_origins(self):
        """Return the positions of the origins at which a forecaster is fitted again."""
        return np.arange(len(self.origins))[:: self.refit_every]


def split(y):
    """Return the series of a frame by name, in their order."""
    if not isinstance(y.index, pd.MultiIndex):
        return {"": y}
    names, times = y.index.get_level_values(0), y.index.get_level_values(1)
    values, starts = y.iloc[:, 0].to_numpy(), np.flatnonzero(~names.duplicated())
    parts = zip(starts, [*starts[1:], len(y)], strict=True)
    return {names[a]: pd.Series(values[a:b], times[a:b]) for a, b in parts}


def joined(series):
    """Return series by name as a set has them: one series, or a panel."""
    return series[""] if list(series) == [""] else panel(series)


def panel(series):
    """Return series by name as a pd-multiindex, sorted by name."""
    names = sorted(series)
    frames = [series[name] for name in names]
    instances = np.repeat(np.array(names, dtype=object), [len(y) for y in frames])
    times = frames[0].index.append([y.index for y in frames[1:]])
    index = pd.MultiIndex.from_arrays([instances, times], names=["series", "time"])
    return pd.DataFrame({"y": np.concatenate([y.to_numpy(float) for y in frames])}, index)


def at_cutoffs(dataset, n):
    """Return a set from its end and from `n` - 1 earlier cutoffs, a horizon apart.

    An earlier cutoff has the series with two seasons, and two horizons, of training data left.
    """
    horizon = dataset.horizon
    least = 2 * max(dataset.season, horizon)
    sets = [dataset]
    for cutoff in range(1, n):
        series = dataset.series.items()
        known = {key: y.iloc[: len(y) - (cutoff - 1) * horizon] for key, y in series}
        known = {key: y for key, y in known.items() if len(y) - horizon >= least}
        sets.append(hold_out(dataset.name, known, horizon, dataset.season))
    return sets


def dated(values, start, freq):
    index = pd.period_range(start, periods=len(values), freq=freq)
    return pd.Series(np.asarray(values, dtype=float), index)


def hold_out(name, series, horizon, season, **options):
    """Return the set in which the last steps of each series are to be forecast."""
    if len(series) == 1:
        (y,) = series.values()
        return Dataset(name, y.iloc[:-horizon], y.iloc[-horizon:], horizon, season, **options)
    train = panel({key: y.iloc[:-horizon] for key, y in series.items()})
    test = panel({key: y.iloc[-horizon:] for key, y in series.items()})
    return Dataset(name, train, test, horizon, season, **options)


# -- the sets ------------------------------------------------------------------------------------


def m4_hourly(folder):
    """M4: 414 series of hours, two days ahead."""
    parts = [read(folder, f"m4_hourly_{part}.csv", index_col=0) for part in ("train", "test")]
    values = pd.concat([parts[0], parts[1].add_prefix("test ")], axis=1)
    series = {key: dated(row.dropna(), "2000-01-01 00:00", "h") for key, row in values.iterrows()}
    return hold_out("m4_hourly", series, 48, 24)


def m1(folder, period):
    """M1: the yearly, quarterly or monthly series."""
    freq, start, season = {
        "yearly": ("Y", "1950", 1),
        "quarterly": ("Q", "1950Q1", 4),
        "monthly": ("M", "1950-01", 12),
    }[period]
    entries = json.loads(path_of(folder, "m1.json").read_text())
    chosen = {key: e for key, e in entries.items() if e["period"][0] == period.upper()}
    horizon = {e["h"][0] for e in chosen.values()}.pop()
    series = {key: dated(e["x"] + e["xx"], start, freq) for key, e in chosen.items()}
    return hold_out(f"m1_{period}", series, horizon, season)


def monash(folder, name, freq, horizon, season):
    """A set of the Monash archive, whose last steps are the test part."""
    from sktime.datasets import load_tsf_to_dataframe

    path = path_of(folder, f"{name}_dataset.tsf")
    table, _ = load_tsf_to_dataframe(str(path), return_type="default_tsf")
    rows = zip(table["series_name"], table["start_timestamp"], table["series_value"], strict=True)
    series = {key: dated(values, pd.Period(start, freq), freq) for key, start, values in rows}
    return hold_out(name, series, horizon, season)


def etth1(folder, horizon):
    """Transformer station: seven channels, z-scored by the first year, from every hour of test."""
    table = read(folder, "ETTh1.csv").drop(columns="date").iloc[:ETT_END]
    table = (table - table[:ETT_TRAIN].mean()) / table[:ETT_TRAIN].std(ddof=0)
    hours = pd.period_range("2016-07-01 00:00", periods=ETT_END, freq="h")
    series = {name: pd.Series(table[name].to_numpy(), hours) for name in table}
    return Dataset(
        f"etth1_{horizon}",
        panel({name: y.iloc[:ETT_KNOWN] for name, y in series.items()}),
        panel({name: y.iloc[ETT_KNOWN:] for name, y in series.items()}),
        horizon,
        season=24,
        origins=range(ETT_END - ETT_KNOWN - horizon + 1),
        refit_every=113,  # prime to 24, so that all hours of the day occur
        refit_length=720,
        validation_fraction=(ETT_KNOWN - ETT_TRAIN) / ETT_KNOWN,
    )


def chicago(folder):
    """Riders of Chicago's trains two weeks ahead, from every day; types of days are known."""
    table = read(folder, "cta_ridership.csv", parse_dates=["service_date"]).drop_duplicates()
    table = table.set_index("service_date").sort_index().to_period("D")["2016":"2019-05"]
    y = table["rail_boardings"].astype(float)
    # Against weekdays; a third column would be one less the two.
    kind = table["day_type"]
    types = pd.DataFrame({"saturday": kind == "A", "holiday": kind == "U"})
    test = y["2019":]
    return Dataset(
        "chicago",
        y[:"2018"],
        test,
        horizon=14,
        season=7,
        origins=range(len(test) - 14 + 1),
        X=types.astype(float),
        refit_every=5,  # all days of the week occur
    )


def airline():
    """Airline passengers, the last three years."""
    from sktime.datasets import load_airline

    return hold_out("airline", {"": load_airline()}, 36, 12)


def shipped():
    """Each series that comes with sktime and statsmodels, from three cutoffs."""
    return from_cutoffs(shipped_series())


def of_r(folder):
    """Series of years, quarters and months that come with R, from three cutoffs."""
    series = {}
    for name in OF_R:
        table = read(folder, f"r/{name}.csv")
        n_per_year = round(1 / table["time"].diff().median())
        freq = {1: "Y", 4: "Q", 12: "M"}[n_per_year]
        first = round((table["time"].iloc[0] - 1970) * n_per_year)
        series[name] = dated(table[name], pd.Period(ordinal=first, freq=freq), freq)
    return from_cutoffs(series)


def from_cutoffs(series):
    """Return the sets of each series and cutoff: forecasts of a year of months, of two, of ten."""
    sets = []
    for name, y in series.items():
        season, horizon = CALENDAR[y.index.freqstr[0]]
        horizon = min(horizon, len(y) // 6)
        for cutoff in reversed(range(N_CUTOFFS)):
            known = y.iloc[: len(y) - cutoff * horizon]
            key = f"{name}, {known.index[-horizon - 1]}"
            sets.append(hold_out(key, {"": known}, horizon, season))
    return sets


def shipped_series():
    """All series by name, with periods as index."""
    from sktime import datasets as sktime_datasets
    from statsmodels import datasets
    from statsmodels.datasets import elec_equip

    carbon = datasets.co2.load_pandas().data["co2"].resample("MS").mean().interpolate()
    sea = datasets.elnino.load_pandas().data.set_index("YEAR").to_numpy().ravel()
    electric = elec_equip.load_pandas().data.iloc[:, 0]
    macro = datasets.macrodata.load_pandas().data
    german = datasets.interest_inflation.load_pandas().data
    return {
        "airline": sktime_datasets.load_airline(),
        "shampoo": sktime_datasets.load_shampoo_sales(),
        "PBS": sktime_datasets.load_PBS_dataset(),
        "co2": carbon.to_period(),
        "elnino": dated(sea, "1950-01", "M"),
        "elec_equip": dated(electric, "1995-01", "M"),
        "uschange": dated(sktime_datasets.load_uschange()[0], "1970Q1", "Q"),
        "realgdp": dated(macro["realgdp"], "1959Q1", "Q"),
        "unemp": dated(macro["unemp"], "1959Q1", "Q"),
        "tbilrate": dated(macro["tbilrate"], "1959Q1", "Q"),
        "cpi": dated(macro["cpi"], "1959Q1", "Q"),
        "interest": dated(german["R"], "1972Q2", "Q"),
        "inflation": dated(german["Dp"], "1972Q2", "Q"),
        "lynx": sktime_datasets.load_lynx(),
        "sunspots": dated(datasets.sunspots.load_pandas().data["SUNACTIVITY"], "1700", "Y"),
        "nile": dated(datasets.nile.load_pandas().data["volume"], "1871", "Y"),
    }


# -- by name -------------------------------------------------------------------------------------

ONCE = {  # forecast from the end of the training part alone
    "m4_hourly": m4_hourly,
    "m1_yearly": lambda folder: m1(folder, "yearly"),
    "m1_quarterly": lambda folder: m1(folder, "quarterly"),
    "m1_monthly": lambda folder: m1(folder, "monthly"),
    "hospital": lambda folder: monash(folder, "hospital", "M", 12, 12),
    "fred_md": lambda folder: monash(folder, "fred_md", "M", 12, 12),
    "us_births": lambda folder: monash(folder, "us_births", "D", 30, 7),
    "vehicle_trips": lambda folder: monash(folder, "vehicle_trips", "D", 30, 7),
}
SETS = {
    **ONCE,
    **{f"etth1_{h}": (lambda folder, h=h: etth1(folder, h)) for h in ETT_HORIZONS},
    "chicago": chicago,
    "airline": lambda folder: airline(),
    "shipped": lambda folder: shipped(),
    "r": of_r,
}


def load_all(name, folder=None):
    """Return the data sets of a name: one, or one for each fit of ``shipped`` and ``r``.

    Raises
    ------
    FileNotFoundError
        If the folder lacks the file.
    """
    found = SETS[name](folder)
    return found if isinstance(found, list) else [found]


def load(name, folder=None):
    """Return the one data set of a name.

    Raises
    ------
    ValueError
        If there are several.
    """
    found = load_all(name, folder)
    if len(found) > 1:
        raise ValueError(f"{name} has {len(found)} data sets; get them by `load_all`.")
    return found[0]


def path_of(folder, file):
    path = None if folder is None else Path(folder) / "forecasting" / file
    if path is None:
        raise FileNotFoundError(f"{file} is wanted: name the folder of the data by --data.")
    if not path.is_file():
        raise FileNotFoundError(f"There is no file {path}.")
    return path


def read(folder, file, **options):
    return pd.read_csv(path_of(folder, file), **options)


def at_origin(dataset, position):
    """Return the set as it stands at one origin, with what is known there as training part."""
    known = dataset.origins[position]
    tail = slice(None if dataset.refit_length is None else -dataset.refit_length, None)
    train, test = dataset.series, split(dataset.y_test)
    past = {key: pd.concat([y, test[key].iloc[:known]]).iloc[tail] for key, y in train.items()}
    ahead = {key: y.iloc[known : known + dataset.horizon] for key, y in test.items()}
    return replace(dataset, y_train=joined(past), y_test=joined(ahead), origins=range(1))
