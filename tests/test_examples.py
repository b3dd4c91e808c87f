"""The script behind `make demo`: what it reads, refuses and reports."""

import importlib.util
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sktime.forecasting.exp_smoothing import ExponentialSmoothing
from sktime.forecasting.naive import NaiveForecaster

from skrnn.forecasting import LSTMForecaster

pytest.importorskip("matplotlib")
pytest.importorskip("statsmodels")

pytestmark = pytest.mark.full

EXAMPLES = Path(__file__).parents[1] / "examples"


@pytest.fixture(scope="module")
def script():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(EXAMPLES)
        yield _load()
    del sys.modules["demo"]


def _load():
    spec = importlib.util.spec_from_file_location("demo", EXAMPLES / "compare_forecasters.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["demo"] = module  # NamedTuple looks its module up
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Return a function that writes my.csv into an empty current folder."""
    monkeypatch.chdir(tmp_path)

    def write(header, rows):
        lines = [header, *(",".join(map(str, row)) for row in rows)]
        Path("my.csv").write_text("\n".join(lines) + "\n", "utf-8")

    return write


def values(n):
    rng = np.random.default_rng(0)
    return np.round(50 + 10 * np.sin(np.arange(n) * np.pi / 6) + rng.normal(size=n), 2)


# -- reading -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("times", "season", "index"),
    [
        (pd.date_range("2000-01-01", periods=90, freq="MS"), 12, "period[M]"),
        (pd.date_range("2000-01-31", periods=90, freq="ME"), 12, "period[M]"),
        ([f"{1990 + i // 4}Q{i % 4 + 1}" for i in range(90)], 4, "period[Q-DEC]"),
        (range(1900, 1990), 1, "period[Y-DEC]"),
        (pd.date_range("2000-01-01", periods=90).strftime("%Y%m%d"), 7, "datetime64"),
        (pd.bdate_range("2000-01-01", periods=90), 5, "datetime64"),
        (pd.date_range("2000-01-01", periods=90, freq="2h"), 12, "datetime64"),
        (pd.date_range("2000-01-01", periods=90, freq="2h", tz="UTC"), 12, "datetime64"),
        (range(10, 460, 5), 12, "int64"),
    ],
    ids=["MS", "ME", "Q", "Y", "D", "B", "2h", "UTC", "rows"],
)
def test_frequency_and_season_are_inferred(script, write, capsys, times, season, index):
    rows = list(zip(times, values(90), strict=True))
    write("date,y", rows[45:] + rows[:45])
    task = script.read_task("my.csv", "y", "date", horizon=5)
    assert "y: 90 steps without gaps or duplicates, " in capsys.readouterr().out
    np.testing.assert_array_equal(task.y, values(90))
    assert task.y.index.dtype.name.startswith(index)
    assert (task.season, task.horizon) == (season, 5)


def test_rows_are_steps_without_a_time_column(script, write):
    write("y", [[v] for v in values(90)])
    task = script.read_task("my.csv", "y")
    assert (task.season, task.horizon) == (12, 12)
    assert script.read_task("my.csv", "y", season=1).horizon == 10


@pytest.mark.parametrize(
    ("form", "n", "options", "said"),
    [
        ("%d/%m/%Y", 90, {}, "'01/02/2024' is read as 01 February 2024, 00:00"),
        ("%m/%d/%Y", 90, {}, "'02/01/2024' is read as 01 February 2024, 00:00"),
        ("%d.%m.%Y %H:%M", 90, {}, "'01.02.2024 00:00' is read as 01 February 2024, 00:00"),
        ("%Y|%d|%m", 90, {"date_format": "%Y|%d|%m"}, "'2024|01|02' is read as 01 February 2024"),
    ],
)
def test_order_of_day_and_month(script, write, capsys, form, n, options, said):
    times = pd.date_range("2024-02-01", periods=n)
    write("date,y", zip(times.strftime(form), values(n), strict=True))
    task = script.read_task("my.csv", "y", "date", horizon=1, season=1, **options)
    assert task.y.index.equals(times)
    assert f"date: {said}" in capsys.readouterr().out


def test_order_of_day_and_month_that_rows_do_not_tell(script):
    read_times = sys.modules["_own_table"]._read_times
    times = pd.date_range("2024-01-01", periods=12, freq="MS")
    column = pd.Series(times.strftime("%d/%m/%Y"), name="date")
    with pytest.raises(SystemExit, match="'01/02/2024', which may be 02 January or 01 February"):
        read_times(column, None, None)
    assert read_times(column, True, None).equals(times)
    assert read_times(column, False, None)[1] == pd.Timestamp("2024-01-02")


@pytest.mark.parametrize("separator", [";", "\t"])
def test_separators_and_decimal_commas(script, write, capsys, separator):
    rows = [[f"{v:.2f}".replace(".", ",")] for v in values(90)]
    write(separator.join(["y", "other"]), [[separator.join([*row, "1"])] for row in rows])
    task = script.read_task("my.csv", "y")
    np.testing.assert_array_equal(task.y, values(90))
    assert f"y: {rows[0][0]!r} is read as {values(90)[0]:.2f}" in capsys.readouterr().out


def test_commas_in_quoted_numbers_are_no_decimal_commas(script, write):
    write("y", [['"1,234"']] * 90)
    with pytest.raises(SystemExit, match="is not numeric: row 1 has '1,234'"):
        script.read_task("my.csv", "y")


DAYS = [f"2024-01-{day:02d}" for day in range(1, 31)]


def rows(**changes):
    """Thirty days, some of them as given: d3=(time, value)."""
    table = {f"d{i + 1}": (day, i) for i, day in enumerate(DAYS)}
    return [row for row in (table | changes).values() if row is not None]


@pytest.mark.parametrize(
    ("table", "options", "message"),
    [
        (rows(), {"target": None}, "Name the column to forecast, as in --target y."),
        (rows(), {"target": "z"}, "my.csv has no column 'z'; it has 'date', 'y'."),
        (rows(), {"time": "when"}, "my.csv has no column 'when'"),
        (rows(d4=(DAYS[3], "n/k")), {}, "Column 'y' is not numeric: row 4 has 'n/k'."),
        (rows(d4=(DAYS[3], "inf")), {}, "Column 'y' is not numeric: row 4 has 'inf'."),
        (rows(d4=(DAYS[3], "")), {}, "Column 'y' has 1 missing values, the first in row 4"),
        (rows(d4=("soon", 1)), {}, "Column 'date' has a time that cannot be read, 'soon'"),
        (rows(d4=("", 1)), {}, "Column 'date' has a time that cannot be read, nan"),
        (rows(d4=(DAYS[2], 1)), {}, "Column 'date' has 2024-01-03 00:00:00 twice"),
        (rows(d4=None), {}, "2024-01-05 00:00:00 follows 2024-01-03 00:00:00, while most steps"),
        (rows()[:2], {}, "Column 'date' has 2 rows, too few to infer a frequency."),
        (rows(), {}, "30 rows, but 3 cutoffs with horizon 7 and season 7 need at least 42"),
    ],
)
def test_what_cannot_be_compared_is_refused(script, write, table, options, message):
    write("date,y", table)
    options = {"target": "y", "time": "date"} | options
    with pytest.raises(SystemExit) as refusal:
        script.read_task("my.csv", **options)
    assert message in str(refusal.value)


def test_gap_between_numbered_rows(script, write):
    write("i,y", [(i + (i > 50), 1) for i in range(90)])
    with pytest.raises(SystemExit, match="52 follows 50, while most steps are 1"):
        script.read_task("my.csv", "y", "i")


def test_files_that_cannot_be_read(script, write, tmp_path):
    with pytest.raises(SystemExit, match=r"There is no file none\.csv\."):
        script.main(["none.csv", "--target", "y"])
    write("", [])
    with pytest.raises(SystemExit, match=r"my\.csv cannot be read as a CSV file"):
        script.main(["my.csv", "--target", "y"])
    with pytest.raises(SystemExit, match="There is no folder none for the picture"):
        script.main(["my.csv", "--output", "none/my.png"])


@pytest.mark.parametrize("value", ["0", "-3", "x"])
def test_counts_are_checked(script, capsys, value):
    with pytest.raises(SystemExit):
        script.main([f"--horizon={value}"])
    assert f"argument --horizon: '{value}' is no whole number above 0" in capsys.readouterr().err


# -- the comparison ----------------------------------------------------------------------------


@pytest.fixture
def few(script, write, monkeypatch):
    """Return a function that compares the given forecasters on a small table."""
    write("y", [[v] for v in values(60)])

    def compare(*forecasters):
        monkeypatch.setattr(script, "make_forecasters", lambda season: list(forecasters))
        script.main(["my.csv", "--target", "y", "--horizon", "4", "--season", "12"])

    return compare


def test_table_by_hand(few, capsys):
    few(NaiveForecaster(sp=12), ExponentialSmoothing(), LSTMForecaster(max_epochs=2))
    lines = capsys.readouterr().out.splitlines()
    shown = {line.split()[0]: line.split()[1:] for line in lines[3:6]}
    y, expected = values(60), []
    for cut in (48, 52, 56):
        scale = np.abs(y[12:cut] - y[: cut - 12]).mean()
        expected.append(np.abs(y[cut : cut + 4] - y[cut - 12 : cut - 8]).mean() / scale)
    assert shown["NaiveForecaster"][0] == f"{np.mean(expected):.3f}"
    assert shown["ExponentialSmoothing"][2] == "-"
    mases = [float(row[0]) for row in shown.values()]
    assert len(mases) == 3
    assert mases == sorted(mases)
    assert Path("compare_forecasters.png").stat().st_size > 5000


@pytest.mark.parametrize(
    "failing",
    [
        lambda: NaiveForecaster(strategy="none"),
        lambda: ExponentialSmoothing(seasonal="none", sp=12),
    ],
    ids=["with intervals", "without"],
)
def test_a_failing_row_fails_the_demo(few, failing, capsys):
    with pytest.raises(SystemExit) as failure:
        few(LSTMForecaster(max_epochs=2), failing())
    name = type(failing()).__name__
    first, reason = str(failure.value).splitlines()
    assert first == f"y: {name} failed."
    assert reason.startswith(f"Validation failed: y - {name}: ValueError: ")
    assert "MASE" not in capsys.readouterr().out
    assert Path("compare_forecasters.png").exists()  # drawn before the comparison


def test_a_failing_picture_fails_the_demo(few):
    with pytest.raises(SystemExit) as failure:
        few(LSTMForecaster(max_epochs=-1))
    first, reason = str(failure.value).splitlines()
    assert first == "y: LSTMForecaster failed."
    assert "max_epochs" in reason


def test_all_forecasters_on_a_table(script, write, capsys):
    days = pd.date_range("2024-01-01", periods=60)
    write("date,y", zip(days, values(60), strict=True))
    options = ["--target", "y", "--time", "date", "--horizon", "3", "--output", "x.png"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        script.main(["my.csv", *options])
    out, err = capsys.readouterr()
    shown = {line.split()[0]: line.split()[1:] for line in out.splitlines()[4:11]}
    expected = {type(forecaster).__name__ for forecaster in script.make_forecasters(7)}
    assert set(shown) == expected
    assert {name for name, row in shown.items() if row[2] == "-"} == {"ExponentialSmoothing"}
    assert all(0 < float(row[0]) < 5 for row in shown.values())
    assert "y, 60 values, 3 steps ahead" in out
    assert "Warning" not in err
    assert Path("x.png").stat().st_size > 5000


def test_warnings_are_shown_once_but_for_the_expected(script, capsys):
    for _ in range(2):
        script.show_warning(UserWarning("something new"), UserWarning, "file.py", 1)
        script.show_warning(script.EXPECTED_WARNINGS[0], FutureWarning, "file.py", 1)
    assert capsys.readouterr().err == "UserWarning: something new\n"


def test_shipped_series_are_complete(script):
    tasks = script.shipped_tasks()
    assert len(tasks) == 4
    for task in tasks:
        assert task.y.notna().all()
        assert task.y.index.freq is not None
        assert len(task.y) > 3 * task.horizon + 3 * task.season
