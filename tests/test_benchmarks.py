"""The scripts of benchmarks/: their tables, their variants, and what they compare with."""

import importlib
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

pytestmark = pytest.mark.full

FOLDER = Path(__file__).parents[1] / "benchmarks"
NAMES = ("_baselines", "_datasets", "_pages", "_process", "_protocol", "_scores")
SCRIPTS = ("ablation", "accuracy", "counts", "large_panel", "short_histories")
MISSING = "\N{EN DASH}"


@pytest.fixture(scope="module")
def bench():
    """Return the modules of the folder by name."""
    before = set(sys.modules)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(FOLDER)
        yield SimpleNamespace(**{n: importlib.import_module(n) for n in (*NAMES, *SCRIPTS)})
        for name in set(sys.modules) - before:
            if Path(getattr(sys.modules[name], "__file__", None) or "").parent == FOLDER:
                del sys.modules[name]


# -- processes and tables --------------------------------------------------------------------------


def run(bench, code, capsys):
    script = f"import sys; sys.path.insert(0, {str(FOLDER)!r}); from _process import tell; {code}"
    found = list(
        bench._process.answers([bench._process.Job("it", [sys.executable, "-c", script])], 1)
    )
    return found, capsys.readouterr().err


def test_a_process_answers_with_json_whatever_it_prints(bench, capsys):
    code = "tell(lambda: (print('noise'), {'seconds': 1.5})[1])"
    assert run(bench, code, capsys)[0] == [{"seconds": 1.5}]


def test_a_process_that_fails_is_reported_and_left_out(bench, capsys):
    found, told = run(bench, "tell(lambda: 1 / 0)", capsys)
    assert found == []
    assert told == "it failed: ZeroDivisionError: division by zero\n"


def test_new_rows_take_the_place_of_old_ones(bench, tmp_path):
    def keep(rows):
        rows = [{"set": s, "variant": v, "MASE": m} for s, v, m in rows]
        path = tmp_path / "folder" / "runs.csv"
        return bench._process.keep(rows, path, bench.ablation.in_order, bench.ablation.KEY)

    keep([("shipped", "default", 1.0), ("hospital", "default", 2.0)])
    table = keep([("shipped", "default", 3.0), ("shipped", "sp=1", 4.0)])
    read = pd.read_csv(tmp_path / "folder" / "runs.csv")
    for rows in (table, read):
        assert rows[["set", "variant", "MASE"]].to_numpy().tolist() == [
            ["hospital", "default", 2.0],
            ["shipped", "default", 3.0],
            ["shipped", "sp=1", 4.0],
        ]


# -- sets ------------------------------------------------------------------------------------------


def test_series_of_r_have_the_calendar_of_their_times(bench, tmp_path):
    folder = tmp_path / "forecasting" / "r"
    folder.mkdir(parents=True)
    for n_per_year, name in zip((12, 4, 1) * 4, bench._datasets.OF_R, strict=False):
        time = (1971 + np.arange(1, 61) / n_per_year).round(4)
        pd.DataFrame({"time": time, name: np.arange(60)}).to_csv(folder / f"{name}.csv")
    months, quarters, years = bench._datasets.load_all("r", tmp_path)[:9:3]
    assert [str(s.y_train.index[0]) for s in (months, quarters, years)] == [
        "1971-02",
        "1971Q2",
        "1972",
    ]
    assert [s.horizon for s in (months, quarters, years)] == [10, 8, 10]
    assert [s.season for s in (months, quarters, years)] == [12, 4, 1]
    np.testing.assert_array_equal(months.y_train, np.arange(30))
    np.testing.assert_array_equal(months.y_test, np.arange(30, 40))


def test_earlier_cutoffs_lie_a_horizon_apart(bench):
    dated = bench._datasets.dated
    series = {"long": dated(np.arange(40), "2001", "Y"), "short": dated(np.arange(20), "2001", "Y")}
    dataset = bench._datasets.hold_out("it", series, 6, 1)
    sets = bench._datasets.at_cutoffs(dataset, 3)
    assert [{name: len(y) for name, y in s.series.items()} for s in sets] == [
        {"long": 34, "short": 14},
        {"": 28},
        {"": 22},
    ]
    assert [test[0] for s in sets for test in s.tests()] == [34, 14, 28, 22]


# -- ablation --------------------------------------------------------------------------------------


def test_variants_that_change_nothing_are_left_out(bench, monkeypatch, capsys):
    monkeypatch.setitem(bench.ablation.VARIANTS, "refit=True", {"refit": True})
    monkeypatch.setitem(bench.ablation.VARIANTS, "depth=2", {"depth": 2})
    asked = ["default", "refit=True", "refit=False", "depth=2", "trainer__schedule=constant"]
    assert bench.ablation.worthwhile(asked) == [
        "default",
        "refit=False",
        "trainer__schedule=constant",
    ]
    told = capsys.readouterr().err.splitlines()
    assert told == [
        "refit=True is left out: it is the default.",
        "depth=2 is left out: there is no depth.",
    ]


def test_a_variant_differs_from_the_default_by_its_name(bench):
    dataset = bench._datasets.load("airline")
    default = bench._baselines.network("LSTMForecaster").make(dataset).get_params()
    for variant in bench.ablation.worthwhile(bench.ablation.VARIANTS):
        change = bench.ablation.VARIANTS[variant]
        params = bench._baselines.network("LSTMForecaster", **change).make(dataset).get_params()
        assert {name: params[name] for name in change} == change
        groups = {name.split("__")[0] for name in change}
        others = set(default) - set(change) - groups - {"trainer"}
        assert {name: params[name] for name in others} == {name: default[name] for name in others}


def test_without_its_network_a_forecaster_is_its_baseline(bench):
    dataset = bench._datasets.load("airline")
    model = bench._baselines.network(
        "LSTMForecaster", baseline="naive", sp=12, transform=None, max_epochs=2
    )
    forecaster, clock = bench._protocol.fitted(model, dataset)
    forecaster.fitted_ = replace(forecaster.fitted_, correction_weight=0.7)
    found = bench.ablation.without_network(forecaster, clock, dataset)
    repeated = bench._scores.score_repeated(dataset, 12)
    np.testing.assert_allclose(found.scores["MASE"], repeated["MASE"], rtol=1e-5)
    assert forecaster.correction_weight_ == 0.7
    assert np.isnan(found.seconds)
    assert found.plan.startswith("season: 12 steps")
    assert "; horizon: 36 steps" in found.plan


def test_ablations_are_compared_by_the_mean_of_their_ratios(bench):
    columns = ("set", "variant", "MASE", "seconds")
    rows = [
        ("hospital", "default", 1.0, 10.0),
        ("shipped", "default", 2.0, 20.0),
        ("hospital", "baseline=None", 2.0, 5.0),
        ("shipped", "baseline=None", 1.0, 6.0),
        ("shipped", "sp=1", 3.0, 7.0),
        ("hospital", bench.ablation.ALONE, 4.0, np.nan),
        ("shipped", bench.ablation.ALONE, 2.0, np.nan),
    ]
    table = bench.ablation.in_order(pd.DataFrame(rows, columns=columns))
    shown = bench.ablation.side_by_side(table)
    assert shown.columns.tolist() == ["variant", "hospital", "shipped", "ratio", "seconds"]
    assert shown.to_numpy().tolist() == [
        ["default", "1.000", "2.000", "1.000", "30"],
        [bench.ablation.ALONE, "4.000", "2.000", "2.000", MISSING],
        ["baseline=None", "2.000", "1.000", "1.000", "11"],
        ["sp=1", MISSING, "3.000", MISSING, MISSING],
    ]


# -- the tables of the page ------------------------------------------------------------------------


@pytest.fixture
def rows(bench):
    """Return rows of three models on three sets; that with two parts has an origin of its own."""
    figures = {
        ("hospital", "SES", "all"): 0.8126,
        ("hospital", "LSTMForecaster", "all"): 0.7504,
        ("m4_hourly", "SES", "all"): 0.9,
        ("m4_hourly", "AutoETS", "all"): 0.5,
        ("m4_hourly", "LSTMForecaster", "all"): 0.45,
        ("etth1_96", "SES", "sample"): 1.2,
        ("etth1_96", "LSTMForecaster", "all"): 0.4,
        ("etth1_96", "LSTMForecaster", "sample"): 1.5,
    }
    table = pd.DataFrame([(*key, value) for key, value in figures.items()])
    table.columns = [*bench.accuracy.KEY, "MASE"]
    measures = {"OWA": 1, "MSE": 1, "MAE": 0.5, "MSIS": 3, "pinball": 2, "80%": 1, "95%": 1}
    table = table.assign(**{name: table["MASE"] * scale for name, scale in measures.items()})
    table.loc[table["set"] == "m4_hourly", "MASE"] = 99.0
    table.loc[table["model"] == "SES", ["80%", "95%", "MSIS", "pinball"]] = np.nan
    return table.assign(seconds=np.arange(len(table)) * 100.0, peak_mb=np.arange(len(table)) + 400)


@pytest.fixture
def page(bench, rows, tmp_path):
    """Return the tables of the page by name."""
    hospital = rows[(rows["set"] == "hospital") & (rows["part"] == "all")]
    each = [hospital.assign(part=f"cutoff {i}", **{"80%": 0.7 + i / 10}) for i in range(2)]
    bench._pages.make_pages(rows, pd.concat([hospital, *each]), tmp_path)
    return {path.stem: pd.read_csv(path, dtype=str) for path in tmp_path.iterdir()}


def test_a_page_has_ours_first_and_the_best_in_bold(page):
    table = page["accuracy_points"]
    assert table.columns.tolist() == ["model", "M4 hourly, OWA", "hospital", "ETTh1, 96 h, MSE"]
    assert table.to_numpy().tolist() == [
        ["LSTMForecaster", "**0.450**", "**0.750**", "1.500"],
        ["SES", "0.900", "0.813", "**1.200**"],
        ["AutoETS", "0.500", MISSING, MISSING],
    ]


def test_a_page_compares_with_the_best_of_the_others(page):
    assert page["accuracy_best"].to_numpy().tolist() == [
        ["ETTh1, 96 h", "MSE", "1.500", "SES", "1.200", "1.25"],
        ["hospital", "MASE", "0.750", "SES", "0.813", "0.92"],
        ["M4 hourly", "OWA", "0.450", "AutoETS", "0.500", "0.90"],
    ]


def test_a_page_has_intervals_and_costs_of_those_that_have_them(page):
    assert page["accuracy_coverage"].to_numpy().tolist() == [
        ["LSTMForecaster", "45 / 45", "75 / 75", "150 / 150"],
        ["AutoETS", "50 / 50", MISSING, MISSING],
    ]
    assert page["accuracy_seconds"].to_numpy().tolist() == [
        ["LSTMForecaster", "400", "100", "700", "407"],
        ["SES", "200", "0.0", "500", "405"],
        ["AutoETS", "300", MISSING, MISSING, "403"],
    ]


def test_a_page_has_every_origin_of_ours(page):
    table = page["accuracy_origins"].set_index("model")
    assert table.loc["LSTMForecaster"].tolist() == ["0.400 / 0.200", *[MISSING] * 3]


def test_a_page_has_the_sets_of_several_cutoffs(page):
    ours, ses = page["accuracy_cutoffs"].to_numpy().tolist()
    assert (ours, ses) == (["LSTMForecaster", "**0.750**"], ["SES", "0.813"])
    assert page["accuracy_cutoffs_coverage"].to_numpy().tolist() == [["LSTMForecaster", "75 / 75"]]
    each = page["accuracy_cutoffs_each"]
    assert each.columns.tolist() == ["horizons before the end", "hospital"]
    assert each.to_numpy().tolist() == [["0", "70 / 75"], ["1", "80 / 75"]]


# -- the large panel -------------------------------------------------------------------------------


def test_the_panel_is_the_same_each_time_and_seasonal(bench):
    values = bench.large_panel.months(500)
    np.testing.assert_array_equal(values, bench.large_panel.months(500))
    n = bench.large_panel.N_MONTHS
    naive = bench.large_panel.mase(values[:, n:], bench.large_panel.repeated(values), values)
    last = np.broadcast_to(values[:, [n - 1]], values[:, n:].shape)
    assert 0.9 < naive < 0.7 * bench.large_panel.mase(values[:, n:], last, values)


def test_the_frame_of_the_panel_has_a_series_in_each_row(bench):
    values = bench.large_panel.months(3, 5)
    y = bench.large_panel.frame(values)["y"]
    np.testing.assert_array_equal(y.loc[2], values[2])
    assert y.index[-1] == (2, pd.Period("2015-05", "M"))


def test_a_season_without_noise_is_repeated_without_error(bench):
    panel = bench.large_panel
    season = np.arange(12.0) ** 2
    values = np.tile(season, (2, 8))[:, : panel.N_MONTHS + panel.HORIZON]
    np.testing.assert_array_equal(panel.repeated(values), values[:, panel.N_MONTHS :])


# -- counts ----------------------------------------------------------------------------------------


def test_the_parts_are_the_same_each_time_and_sell_seldom(bench):
    demand = bench.counts.parts(300)
    np.testing.assert_array_equal(demand, bench.counts.parts(300))
    assert 0.6 < (demand == 0).mean() < 0.75
    assert ((demand[:, : bench.counts.N_MONTHS] > 0).sum(axis=1) >= 3).all()


def test_smoothing_methods_find_a_constant_demand(bench):
    known = np.tile([0.0, 0.0, 3.0], (4, 40))
    for method in (bench.counts.croston, bench.counts.tsb, bench.counts.smoothing):
        for point, quantiles in method(known).values():
            np.testing.assert_allclose(point, 1, rtol=0.2)
            assert (np.diff(quantiles) >= 0).all()


def test_true_quantiles_are_covered_and_have_no_bias(bench):
    rng, levels = np.random.default_rng(0), bench.counts.LEVELS
    known, actual = rng.poisson(4, (2, 400, 12)).astype(float)
    quantiles = np.broadcast_to(stats.poisson.ppf(levels, 4), (*actual.shape, len(levels)))
    row = bench.counts.scores(actual, known, np.full(actual.shape, 4.0), quantiles)
    assert abs(row["bias"]) < 2
    assert abs(row["90%"] - stats.poisson.cdf(7, 4)) < 0.02
    wider = bench.counts.scores(actual, known, actual, quantiles + 1)
    assert row["pinball"] < wider["pinball"]


# -- short histories -------------------------------------------------------------------------------


def test_a_cut_ends_where_the_season_after_it_begins(bench):
    months = pd.period_range("2000-01", periods=60, freq="M")
    y = {key: pd.Series(np.arange(60.0) * key, months) for key in (0, 1, 2)}
    cut = bench.short_histories.Cut.of({k: (of[:48], of[48:]) for k, of in y.items()}, 18)
    assert list(cut.series) == [1, 2]  # constant series have no scale
    np.testing.assert_array_equal(cut.series[2], 2 * np.arange(30.0, 48))
    np.testing.assert_array_equal(cut.scale, [1, 2])
    assert list(cut.at([1]).actual) == [2]


def test_a_peer_that_fails_loses_its_season(bench):
    def refuse(y, season):
        if season > 1:
            raise ValueError
        return bench._baselines.repeated(y, season)

    cut = bench.short_histories.Cut({"": pd.Series([1.0, 3.0, 2.0, 5.0])}, {}, np.ones(1))
    model = bench._baselines.Model(refuse)
    point, _, _, n_plain = bench.short_histories.forecast_apart(model, cut, 2)
    assert n_plain == 1
    np.testing.assert_array_equal(point, [[5, 5]])


def test_the_ratio_is_that_to_the_best_peer(bench):
    short = bench.short_histories
    figures = {short.OURS: 0.9, "AutoETS": 1.0, "SARIMA": 2.0}
    rows = [
        {"set": "hospital", "model": m, "seasons": 2.0, "part": "sample", "MASE": v, "80%": v / 4}
        for m, v in figures.items()
    ]
    page = short.ratios(pd.DataFrame(rows))
    assert page["ratio"].tolist() == [0.9]
    assert page["80%, best peer"].tolist() == [25]
