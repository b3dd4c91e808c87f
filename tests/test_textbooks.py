"""The scripts of the textbook pages: their data, their measures, and that they run."""

import importlib
import sys
import warnings
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.linear_model import LinearRegression
from sktime.datasets import load_airline

pytest.importorskip("matplotlib")

pytestmark = pytest.mark.full

FOLDER = Path(__file__).parents[1] / "examples" / "textbooks"
NAMES = ("_series", "_error_bars", "generated_series", "cross_validation")


@pytest.fixture(scope="module")
def scripts():
    """Return the modules of the folder by name."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(FOLDER)
        yield {name: importlib.import_module(name) for name in NAMES}
        for name in NAMES:
            del sys.modules[name]


@pytest.fixture(scope="module")
def series(scripts):
    return scripts["generated_series"]


@pytest.fixture(scope="module")
def bars(scripts):
    return scripts["_error_bars"]


@pytest.fixture(scope="module")
def folds(scripts):
    return scripts["cross_validation"]


# -- generated series --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("horizon", "naive", "least_squares"), [(1, 0.02021137, 0.00293), (10, 0.2570, 0.01549)]
)
def test_the_data_are_those_of_the_book(series, horizon, naive, least_squares):
    train, valid = series.load(horizon)
    assert train.X.shape == (7000, 50, 1)
    assert valid.y.shape == (2000, horizon)
    assert series.squared_error(valid.X[:, -1], valid) == pytest.approx(naive, rel=2e-4)
    model = LinearRegression().fit(train.X[:, :, 0], train.y)
    error = series.squared_error(model.predict(valid.X[:, :, 0]), valid)
    assert error == pytest.approx(least_squares, abs=5e-6)


def test_parts_and_targets_by_hand(series, scripts):
    values = scripts["_series"].generate_series(60, 20)
    train, valid = series.load(10, 20)
    np.testing.assert_array_equal(train.X[:, :, 0], values[:14, :50])
    np.testing.assert_array_equal(valid.y, values[14:18, 50:])
    steps = train.y_steps
    assert steps.shape == (14, 50, 10)
    for step in (0, 17, 49):
        np.testing.assert_array_equal(steps[:, step], values[:14, step + 1 : step + 11])
    np.testing.assert_array_equal(series.targets(train, "vector"), steps[:, -1])
    np.testing.assert_array_equal(series.targets(train, "one"), steps[:, -1, 0])


class Difference(RegressorMixin, BaseEstimator):
    """Predicts the last value less the first one of what it reads."""

    def predict(self, X):
        assert X.shape[1:] == (50, 1)
        return X[:, -1, 0] - X[:, 0, 0]


def test_forecasts_are_fed_back(series):
    _, valid = series.load(10, 20)
    predicted = series.forecast(Difference(), valid, "iterated")
    for row, expected in zip(valid.X[:, :, 0], predicted, strict=True):
        values = list(row)
        for _ in range(10):
            values.append(values[-1] - values[-50])
        np.testing.assert_allclose(values[50:], expected, rtol=1e-6)


def test_every_network_is_measured(series):
    parts = {task: series.load(horizon, 60) for task, horizon in series.HORIZONS.items()}
    lines = []
    for network in series.networks(max_epochs=1):
        train, valid = parts[network.task]
        lines.append(series.measure(network, train, valid, n_seeds=1, rates=None))
    assert len(lines) == 13
    for line in lines:
        assert 0 < float(line["error"].split()[0]) < 1
        assert line["error"].endswith("(missed)") == (line["bar"] != "")


def test_the_rate_is_searched_on_the_newest_training_rows(series):
    train, valid = series.load(10, 200)
    networks = series.networks(max_epochs=4)
    network = next(n for n in networks if n.name == "conv. + GRU" and n.target == "sequence")
    line = series.measure(network, train, valid, n_seeds=2, rates=[1e-6, 0.02])
    assert line["rate"] == "0.02"
    assert float(line["with this rate"].split()[0]) < 0.14
    low, high = map(float, line["range"].split(" to "))
    assert low < high


def test_a_missed_bar_is_marked(series):
    assert series.verdict([0.3, 0.1, 0.2], None) == "0.20000"
    assert series.verdict([0.3, 0.1, 0.2], 0.2) == "0.20000"
    assert series.verdict([0.3, 0.1, 0.2], 0.19999) == "0.20000 (missed)"


def test_references_without_memory(series):
    train, valid = series.load(10, 300)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        lines = {name: error for name, error, _ in series.references(train, valid, max_iter=5)}
    assert len(lines) == 5
    assert lines["naive: the last value"] == series.squared_error(valid.X[:, -1], valid)
    assert lines["least squares, 50 values"] < lines["least squares, 10 values"]


def test_the_command_writes_tables_and_figure(series, bars, tmp_path, monkeypatch, capsys):
    few = [n for n in series.networks(max_epochs=1) if n.name == "RNN"]
    monkeypatch.setattr(series, "networks", lambda: few)
    monkeypatch.setattr(series, "RATES", [0.01])
    load = series.load
    for module in (series, bars):
        monkeypatch.setattr(module, "load", lambda horizon: load(horizon, 60))
    kinds = {name: partial(kind, max_epochs=1) for name, kind in bars.KINDS.items()}
    monkeypatch.setattr(bars, "KINDS", kinds)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        series.main(["--csv", str(tmp_path), "--figures", str(tmp_path), "--seeds", "1"])
    out = capsys.readouterr().out
    for name in ("one_step", "ten_steps", "intervals", "airline"):
        table = pd.read_csv(tmp_path / f"textbook_{name}.csv")
        assert f"textbook_{name}" in out
        assert len(table) >= 3
    assert (tmp_path / "textbook_error_bars.png").stat().st_size > 20_000


# -- error bars and windows --------------------------------------------------------------------


def test_coverage_by_hand(bars, scripts):
    y = np.arange(20.0).reshape(2, 10)
    valid = scripts["_series"].Data(np.zeros((2, 50, 1)), y)
    inner, outer = (y - 1, y + np.arange(10) - 2), (y - 1, y + 1)
    line = bars.measure_intervals((y + 2, [inner, outer]), valid)
    assert line["error"] == "4.00000"
    assert (line["within 80%"], line["width of 80%"]) == ("0.80", "3.500")
    assert (line["within 95%"], line["width of 95%"]) == ("1.00", "2.000")


def test_held_out_errors_give_the_coverage_that_they_promise(bars, series):
    train, valid = series.load(10, 2000)
    intervals = bars.residual_intervals(train, valid, max_epochs=1)
    line = bars.measure_intervals(intervals, valid)
    assert float(line["within 80%"]) == pytest.approx(0.8, abs=0.05)
    assert float(line["within 95%"]) == pytest.approx(0.95, abs=0.03)


def test_panel_keeps_series_and_steps(bars):
    panel = bars.as_panel(np.arange(6.0).reshape(2, 3))
    assert panel.loc[(1, 0), "value"] == 3
    assert panel.index.names == ["series", "step"]


def test_reduction_is_the_linear_autoregression(bars):
    forecaster = bars.reductions()["LinearRegression, recursive"]
    table = bars.compare_on_airline({"linear": forecaster})
    y = np.log(load_airline().to_numpy())
    windows = np.lib.stride_tricks.sliding_window_view(y[:-12], 25)
    model = LinearRegression().fit(windows[:, :-1], windows[:, -1])
    values = list(y[:-12])
    for _ in range(12):
        values.append(model.predict([values[-24:]])[0])
    expected = np.abs(np.exp(values[-12:]) - np.exp(y[-12:])).mean()
    assert table["MAE"][0] == f"{expected:.1f}"


# -- cross-validation --------------------------------------------------------------------------


def test_folds_keep_the_order_of_time(folds):
    y_train, y_test = folds.load()
    assert y_train.index[-1] < y_test.index[0]
    decades = []
    for name, cv in folds.splitters(len(y_train)).items():
        gap = folds.GAP if "gap" in name else 0
        parts = list(cv.split(y_train))
        assert len(parts) == folds.N_FOLDS
        for train, validation in parts:
            assert validation[0] == train[-1] + 1 + gap
            assert len(validation) == folds.N_TEST
        assert parts[-1][1][-1] == len(y_train) - 1
        decades.append([list(validation) for _, validation in parts])
    assert decades[0] == decades[1] == decades[2]


def test_searches_and_figure(folds, tmp_path, monkeypatch):
    monkeypatch.setattr(folds, "N_FOLDS", 2)
    y_train, y_test = folds.load()
    table = folds.make_table(y_train, y_test, max_epochs=2)
    assert list(table["model"]) == list(folds.SEARCHES)
    errors = table[["validation", "test", "test, no final training"]].to_numpy()
    assert ((errors > 0) & (errors < 2)).all()
    assert (table["chosen"].str.contains("window_length=")).all()
    folds.draw(y_train, y_test, tmp_path / "splits.png")
    assert (tmp_path / "splits.png").stat().st_size > 20_000
