"""The textbook studies of measured data, on small tables of the same form."""

import importlib
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression

from skrnn import LSTMRegressor, RNNRegressor

pytest.importorskip("matplotlib")
pytest.importorskip("statsmodels")

pytestmark = pytest.mark.full

STUDIES = Path(__file__).parents[1] / "examples" / "textbooks"


def study(name, monkeypatch):
    monkeypatch.syspath_prepend(STUDIES)
    return importlib.import_module(name)


@pytest.fixture
def jena(monkeypatch):
    return study("jena_temperature", monkeypatch)


@pytest.fixture
def chicago(monkeypatch):
    return study("chicago_ridership", monkeypatch)


# -- Jena ------------------------------------------------------------------------------------------

N_RECORDS = 4400


@pytest.fixture
def station(tmp_path):
    """Write a station's file of 15 channels, and return the folder of the data."""
    rng = np.random.default_rng(0)
    hours = np.arange(N_RECORDS) / 6
    table = pd.DataFrame(rng.normal(size=(N_RECORDS, 15)), columns=[f"c{i}" for i in range(15)])
    table = table.rename(columns={"c0": "p (mbar)", "c1": "T (degC)", "c2": "rh (%)"})
    table = table.rename(columns={"c3": "wv (m/s)", "c4": "max. wv (m/s)", "c5": "wd (deg)"})
    table["T (degC)"] += 10 + 5 * np.sin(hours / 24 * 2 * np.pi)
    table.loc[[5, 4000], "wv (m/s)"] = -9999.0
    table.insert(0, "date", "2020-01-01")
    (tmp_path / "forecasting").mkdir()
    table.to_csv(tmp_path / "forecasting" / "weather.csv", index=False, encoding="latin-1")
    return tmp_path


def test_sentinels_get_the_mean_of_the_training_part(jena, station):
    raw = pd.read_csv(station / "forecasting" / "weather.csv")["wv (m/s)"]
    table, bounds = jena.load(station)
    assert bounds == {"train": (0, 2200), "valid": (2200, 3300), "test": (3300, 4400)}
    mean = raw[:2200].drop(index=5).mean()
    np.testing.assert_allclose(table["wv (m/s)"][[5, 4000]], mean, rtol=1e-5)
    assert table.notna().all(axis=None)


def test_windows_by_hand(jena, station):
    table, bounds = jena.load(station)
    begin, end = bounds["valid"]
    part = jena.windows(table, begin, end)
    temperature = table["T (degC)"].to_numpy()
    assert part.X.shape == (end - begin - 714 - 144, 120, 14)
    for i in (0, len(part.y) - 1):
        rows = begin + i + 6 * np.arange(120)
        np.testing.assert_array_equal(part.X[i], table.iloc[rows, :14])
        assert part.last[i] == temperature[rows[-1]]
        assert part.y[i] == temperature[rows[-1] + 144]
    assert begin + len(part.y) - 1 + 714 + 144 == end - 1  # the last target is in the part
    hourly = jena.windows(table, begin, end, step=6)
    np.testing.assert_array_equal(hourly.y, part.y[::6])


def test_own_inputs_know_no_level_of_temperature(jena, station):
    table, bounds = jena.load(station)
    part = jena.windows(table, *bounds["test"])
    X = jena.own_inputs(part, table.columns)
    np.testing.assert_allclose(X[:, :, 0], part.X[:, :, 1] - part.last[:, None], rtol=1e-6)
    np.testing.assert_array_equal(X[:, :, 1], part.X[:, :, 0])
    assert part.X[:, -1, 1].any()  # the windows themselves are as they were


def test_pieces_neither_overlap_nor_share_windows(jena):
    for rest, (first, last) in jena.pieces(0, 26000):
        assert last - first == 5200
        assert all(b <= first or a >= last for a, b in rest)
        assert sum(b - a for a, b in rest) == 20800


@pytest.fixture
def tiny(jena, monkeypatch):
    """Shrink the budgets, and leave three networks."""
    monkeypatch.setattr(jena, "BOOK", {**jena.BOOK, "max_epochs": 2, "batch_size": 512})
    monkeypatch.setattr(jena, "SKRNN", {**jena.SKRNN, "max_epochs": 1})
    few = [jena.networks()[i] for i in (0, 1, 4)]
    small = few[2]._replace(model=few[2].model.set_params(hidden_size=2), published=2.5)
    return [*few[:2], small]


def test_table_and_figure_of_the_station(jena, station, tiny, tmp_path):
    table, bounds = jena.load(station)
    result, models = jena.make_table(table, bounds, 2, tiny)
    naive = np.abs(table["T (degC)"].diff(144)[3300 + 714 + 144 :]).mean()
    assert result["book, test"][0] == f"{naive:.2f}"
    assert result["bar"].tolist() == [f"{0.9 * naive:.2f}", "", "", f"{0.9 * naive:.2f}"]
    assert result["published"].tolist() == ["2.62", "", "", "2.50"]
    for name, model in models.items():
        assert len(model.history_["val_loss"]) == 2, name
        assert model.best_epoch_ == 1, name  # the validation part chooses nothing
    jena.draw({"one": models["dense"], "other": models["convolutions"]}, tmp_path / "x.png")
    assert (tmp_path / "x.png").stat().st_size > 5000


def test_mean_of_fits_and_verdicts(jena, station, tiny):
    table, bounds = jena.load(station)
    errors, together = jena.skrnn_setup(tiny[2].model, table, bounds, 2)
    assert errors.shape == (2, 2)
    assert (errors.mean(axis=1) >= np.array(together) - 1e-6).all()


def test_choices_are_compared_on_each_piece(jena, station):
    table, _ = jena.load(station)
    everything = {"train": (0, len(table)), "test": (0, len(table))}
    temperature, pressure = "T (degC)", "p (mbar)"
    model = LSTMRegressor(hidden_size=2, max_epochs=1)
    lines = [
        ("temperature", (temperature,), model),
        ("both", (temperature, pressure), LSTMRegressor(hidden_size=3, max_epochs=2)),
    ]
    result = jena.compare_choices(table, everything, lines)
    assert result["part"].tolist() == ["train", "train", "test"]
    ratios = result.filter(like="piece").astype(float)
    assert ratios.shape == (3, 5)
    np.testing.assert_allclose(result["mean"].astype(float), ratios.mean(axis=1), atol=0.002)
    best = result["mean"][:2].astype(float).idxmin()
    assert result["network reads"][2] == lines[best][0]
    assert ratios.loc[2].equals(ratios.loc[best])  # the same windows, the same seeds


# -- Chicago ---------------------------------------------------------------------------------------


@pytest.fixture
def riders(tmp_path):
    """Write a file of riders with weeks and noise, a day of it twice, and return the folder."""
    rng = np.random.default_rng(0)
    days = pd.date_range("2015-12-01", "2019-06-30")
    workday = days.weekday < 5
    table = pd.DataFrame(
        {
            "service_date": days.strftime("%m/%d/%Y"),
            "day_type": np.where(workday, "W", np.where(days.weekday == 5, "A", "U")),
            "bus": (np.where(workday, 8e5, 4e5) + rng.normal(0, 1e4, len(days))).round(),
            "rail_boardings": (np.where(workday, 7e5, 3e5) + rng.normal(0, 1e4, len(days))).round(),
            "total_rides": 0,
        }
    )
    table = pd.concat([table, table.iloc[[40]]])
    (tmp_path / "forecasting").mkdir()
    table.to_csv(tmp_path / "forecasting" / "cta_ridership.csv", index=False)
    return tmp_path


def test_days_and_their_types(chicago, riders):
    table = chicago.load(riders)
    assert table.index.freqstr == "D"
    assert table["rail"].between(0.2, 0.8).all()
    assert set(chicago.columns(table, "all")) == {
        "rail", "bus", "A_tomorrow", "U_tomorrow", "W_tomorrow",
    }  # fmt: skip
    friday = table.loc["2019-03-01"]
    assert friday[["A_tomorrow", "U_tomorrow", "W_tomorrow", "W"]].tolist() == [1, 0, 0, 1]


def test_windows_of_days_by_hand(chicago, riders):
    table = chicago.load(riders)
    train, valid = chicago.split(chicago.columns(table, "all"), chicago.REPORTED, 14)
    assert train.days[0] == pd.Timestamp("2016-02-26")
    assert valid.days[0] == pd.Timestamp("2019-02-26")
    assert valid.days[-1] == pd.Timestamp("2019-05-18")
    day = valid.days[3]
    seen = table.loc[day - pd.Timedelta(days=56) : day - pd.Timedelta(days=1)]
    np.testing.assert_array_equal(valid.X[3, :, 0], seen["rail"])
    np.testing.assert_array_equal(valid.y[3], table["rail"][day:].iloc[:14])
    np.testing.assert_array_equal(valid.X[3, -1, 2:], table.loc[day, ["A", "U", "W"]])
    np.testing.assert_array_equal(valid.y_steps[:, -1], valid.y)
    np.testing.assert_array_equal(valid.y_steps[:, :-1, 0], valid.X[:, 1:, 0])


def test_references_by_hand(chicago, riders):
    table = chicago.load(riders)
    naive, sarima = chicago.references(table, "2019-03-01", "2019-03-07")
    rail = table["rail"] * 1e6
    expected = (rail - rail.shift(7))["2019-03-01":"2019-03-07"].abs().mean()
    assert naive["March to May"] == f"{expected:,.0f}"
    weekend = 400_000  # fewer riders, which the model has to know of
    assert float(sarima["March to May"].replace(",", "")) < weekend / 4
    days = pd.DatetimeIndex(["2019-03-01"])
    pattern = chicago.weekly_pattern(table["rail"], days)[0]
    np.testing.assert_array_equal(pattern[:7], table["rail"]["2019-02-22":"2019-02-28"])
    np.testing.assert_array_equal(pattern[7:], pattern[:7])


def test_tables_and_figure_of_the_riders(chicago, riders, monkeypatch, tmp_path):
    table = chicago.load(riders)
    networks = [
        chicago.Network("linear model", "rail", LinearRegression()),
        chicago.Network("RNN", "all", RNNRegressor(hidden_size=4, max_epochs=10), 22062, 1),
    ]
    monkeypatch.setattr(chicago, "references", lambda table: [{}, {}])
    monkeypatch.setattr(chicago, "networks", lambda: networks)
    days, tomorrow = chicago.one_day(table, 2)
    assert days["bar"][3] == "1"
    assert days["error"][3].endswith(" (missed)")
    assert "mean of 2 fits" in days["model"][4]
    assert tomorrow.index[-1] == pd.Timestamp("2019-05-31")

    two_weeks_networks = chicago.two_weeks_networks
    monkeypatch.setattr(
        chicago, "two_weeks_networks", lambda **budget: two_weeks_networks(**budget)[::2]
    )
    weeks, fortnights, rolled = chicago.two_weeks(table, 1, max_epochs=2)
    assert weeks["day"].tolist() == [*range(1, 15), "mean", "seconds"]
    assert weeks["published"].iloc[[0, 13]].tolist() == ["25,500", "34,300"]
    assert fortnights.shape == rolled.shape == (82, 14)
    chicago.draw(table, tomorrow, fortnights, tmp_path / "x.png")
    assert (tmp_path / "x.png").stat().st_size > 5000


def test_a_rolled_forecaster_knows_the_days_before(chicago, riders):
    table = chicago.load(riders)
    forecaster = chicago.fit_forecaster(table, max_epochs=2)
    day = pd.Timestamp("2019-04-03")
    rolled = chicago.roll(forecaster, table, [pd.Timestamp("2019-02-26"), day])
    assert forecaster.cutoff[0] == day - pd.Timedelta(days=1)
    errors = np.abs(rolled.loc[day] - table["rail"][day:].iloc[:14].to_numpy())
    assert errors.mean() < 0.1


# -- the commands ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["jena_temperature", "chicago_ridership"])
def test_missing_data_are_named(name, monkeypatch, tmp_path):
    script = study(name, monkeypatch)
    with pytest.raises(SystemExit, match=r"There is no file .*csv; name the folder"):
        script.main(["--data", str(tmp_path)])
    monkeypatch.delenv("SKRNN_DATA", raising=False)
    with pytest.raises(SystemExit, match="Name the folder of the data"):
        script.main([])


def test_tables_are_written(monkeypatch, tmp_path, capsys):
    helpers = study("_real_data", monkeypatch)
    helpers.write(pd.DataFrame({"a": ["1,000"]}), "x", tmp_path)
    assert (tmp_path / "x.csv").read_text() == 'a\n"1,000"\n'
    assert "1,000" in capsys.readouterr().out
    assert helpers.verdict("2", 2.0, 1.0) == "2 (missed)"
    assert helpers.median_and_range([3.0, 1.0, 2.0], "{:.1f}") == ("2.0", "1.0 to 3.0")
    assert sys.modules["_real_data"] is helpers
