"""Windows over the rows of one table."""

import numpy as np
import pandas as pd
import pytest
from sklearn import config_context
from sklearn.base import BaseEstimator, RegressorMixin, clone
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import GradientBoostingRegressor, RandomForestRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.metrics import r2_score
from sklearn.model_selection import GridSearchCV, TimeSeriesSplit, cross_val_score
from sklearn.neighbors import KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, SVR

from skrnn import (
    GRUClassifier,
    LSTMRegressor,
    RNNRegressor,
    SlidingWindowClassifier,
    SlidingWindowRegressor,
)
from skrnn.data import Windows

ROWS = np.random.default_rng(0).normal(size=(120, 2))
Y = np.random.default_rng(1).normal(size=120)
ZONES = ["Europe/Berlin", "Europe/London", "America/New_York"]


def small_network(max_epochs=20, **params):
    return RNNRegressor(hidden_size=8, max_epochs=max_epochs, random_state=0, **params)


# -- which rows are read -----------------------------------------------------------------------


@pytest.mark.parametrize("horizon", [0, 1, 3])
@pytest.mark.parametrize(("window_length", "sampling_rate"), [(1, 1), (3, 1), (3, 4)])
@pytest.mark.parametrize("inner", [Ridge(), small_network(max_epochs=1)], ids=["copy", "windows"])
def test_a_prediction_reads_its_window_and_nothing_else(
    inner, horizon, window_length, sampling_rate
):
    model = SlidingWindowRegressor(inner, window_length, sampling_rate, horizon).fit(ROWS, Y)
    before = model.predict(ROWS[:60] + 1)
    window = 50 - horizon - sampling_rate * np.arange(window_length)
    for row in range(35, 60):
        X = ROWS[:60] + 1
        X[row] += 2
        after = model.predict(X)
        assert (abs(after[50] - before[50]) > 1e-4) == (row in window)
        if row not in window:
            assert after[50] == before[50]


@pytest.mark.parametrize("horizon", [0, 2])
def test_the_training_reads_whole_windows_of_the_table(horizon):
    seen = []

    class Spy(RegressorMixin, BaseEstimator):
        def fit(self, X, y):
            seen.append((X, y))

        def predict(self, X):
            return X[:, -1]

    X = np.column_stack([np.arange(10.0), 10 * np.arange(10.0)])
    model = SlidingWindowRegressor(Spy(), window_length=3, sampling_rate=2, horizon=horizon)
    model.fit(X, np.arange(10.0))
    windows, targets = seen[0]
    np.testing.assert_array_equal(targets, np.arange(4 + horizon, 10))
    np.testing.assert_array_equal(windows[0], [0, 0, 2, 20, 4, 40])
    np.testing.assert_array_equal(windows[:, 4], targets - horizon)


@pytest.mark.parametrize("horizon", [0, 1, 2])
def test_a_shift_of_one_row_is_noticed(horizon):
    white = np.random.default_rng(2).normal(size=400)
    cv = TimeSeriesSplit(4)
    model = SlidingWindowRegressor(LinearRegression(), window_length=3, horizon=horizon)
    scores = [
        cross_val_score(model, white[:, None], np.roll(white, shift), cv=cv).min()
        for shift in (horizon, horizon - 1)
    ]
    assert scores[0] > 1 - 1e-9
    assert scores[1] < 0.1


@pytest.mark.parametrize(
    "inner",
    [KNeighborsRegressor(1), RandomForestRegressor(20, random_state=0), small_network()],
    ids=lambda inner: type(inner).__name__,
)
def test_nothing_leaks(inner):
    """Targets that only later rows or rows of the test part tell are not predicted."""
    white = np.random.default_rng(3).normal(size=300)
    cv = TimeSeriesSplit(3, gap=2)
    model = SlidingWindowRegressor(inner, window_length=4, horizon=1)
    search = GridSearchCV(model, {"window_length": [1, 4]}, cv=cv)
    floor = cross_val_score(DummyRegressor(), white[:, None], white, cv=cv).mean()
    for X, y in ((white[:, None], white), (np.roll(white, 1)[:, None], np.roll(white, -2))):
        assert cross_val_score(model, X, y, cv=cv).mean() < floor + 0.1
        assert search.fit(X, y).best_score_ < floor + 0.1


# -- where rows lie ----------------------------------------------------------------------------


def same(actual, expected):
    """Matrix products of scikit-learn's estimators depend in the last bit on the other rows."""
    np.testing.assert_allclose(actual, expected, rtol=1e-12, atol=1e-14)


def frame(index=None):
    return pd.DataFrame(ROWS, columns=["a", "b"], index=index)


@pytest.fixture(params=["copy", "windows"])
def model(request):
    inner = Ridge() if request.param == "copy" else small_network(max_epochs=2)
    return SlidingWindowRegressor(inner, window_length=3, sampling_rate=2, horizon=1)


def test_arrays_follow_the_training_rows(model):
    whole = clone(model).fit(ROWS, Y)
    whole.estimator_ = model.fit(ROWS[:100], Y[:100]).estimator_
    whole._lookback.means = model._lookback.means
    expected = whole.predict(ROWS)  # each row with its own predecessors
    for rows in (slice(100), slice(100, 120), slice(100, 101)):
        same(model.predict(ROWS[rows]), expected[rows])
    assert abs(model.predict(ROWS[:99])[0] - expected[0]) > 1e-4  # not the training rows


@pytest.mark.parametrize(
    "index",
    [
        None,
        range(0, 1200, 10),
        pd.date_range("2020-01-01", periods=120, freq="h"),
        *(pd.date_range("2020-01-01", periods=120, freq="D", tz=zone) for zone in ZONES),
        pd.date_range("2019-12-01", periods=120, freq="D", tz="Europe/London"),
        pd.date_range("2020-03-25", periods=120, freq="h", tz="Europe/Berlin"),
        pd.date_range("2020-03-20", periods=120, freq="6h").tz_localize("Europe/Berlin"),
        pd.date_range("2020-01-01", periods=120, freq="W", tz="Europe/London"),
        pd.date_range("2020-01-31", periods=120, freq="ME"),
        pd.period_range("2000Q1", periods=120, freq="Q"),
        pd.bdate_range("2020-01-01", periods=120),  # no constant step, but an order
    ],
    ids=lambda index: f"{type(index).__name__}-{getattr(index, 'freqstr', '')}",
)
def test_frames_are_located_by_their_index(model, index):
    X = frame(index)
    model.fit(X[:100], Y[:100])
    whole = model.predict(X)
    for rows in (slice(100), slice(90), slice(100, 120), slice(100, 101)):
        same(model.predict(X[rows]), whole[rows])
    with pytest.warns(UserWarning, match="X begins within the training rows"):
        later = model.predict(X[97:])
    same(later[5:], whole[102:])


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("start", ["2023-01-01", "2023-06-01", "2023-11-01"])
def test_days_are_counted_where_clocks_change(start, zone):
    """Trained in summer or winter, or over a change: a gap is a gap, and all days fit."""
    X = frame(pd.date_range(start, periods=120, freq="D", tz=zone))
    model = SlidingWindowRegressor(Ridge(), window_length=3).fit(X[:60], Y[:60])
    expected = SlidingWindowRegressor(Ridge(), window_length=3).fit(ROWS[:60], Y[:60])
    same(model.predict(X[60:]), expected.predict(ROWS[60:]))
    same(model.predict(X[60:].tz_convert("UTC")), expected.predict(ROWS[60:]))
    after_a_gap = model.predict(X[80:])
    means = np.tile(ROWS[:60].mean(axis=0), (1, 3))
    same(after_a_gap[:1], model.estimator_.predict(means))
    same(after_a_gap[3:], model.predict(X)[83:])


def test_rows_of_another_zone():
    X = frame(pd.date_range("2023-01-01", periods=120, freq="D", tz="Europe/Berlin"))
    model = SlidingWindowRegressor(Ridge(), window_length=3).fit(X[:60], Y[:60])
    with pytest.raises(ValueError, match="no time zone, that of the training rows Europe/Berlin"):
        model.predict(X[60:].tz_localize(None))
    model.fit(X[:60].tz_localize(None), Y[:60])
    with pytest.raises(ValueError, match=r"has Europe/Berlin, .* rows no time zone; use X.tz_loc"):
        model.predict(X[60:])


@pytest.mark.parametrize("index", [pd.RangeIndex(120), pd.bdate_range("2020-01-01", periods=120)])
def test_rows_among_the_training_rows(index):
    """The newest training rows are kept, older ones are not, and a warning says so."""
    model = SlidingWindowRegressor(Ridge(), window_length=3).fit(frame(index)[:100], Y[:100])
    whole = model.predict(frame(index))
    for start, n_different in {50: 3, 98: 2, 99: 1}.items():
        with pytest.warns(UserWarning, match=r"X begins within the training .* the 3 rows"):
            part = model.predict(frame(index)[start:])
        assert np.count_nonzero(abs(part - whole[start:]) > 1e-9) == n_different


def test_missing_rows_are_read_as_means(model):
    X = frame()
    model.fit(X[:100], Y[:100])
    filled = X.copy()
    filled.iloc[100:103] = X[:100].mean()
    expected = model.predict(filled)
    np.testing.assert_allclose(model.predict(X[103:]), expected[103:], rtol=1e-6)
    # ... and so are those before the first
    before = pd.DataFrame([X[:100].mean()] * 5, index=range(-5, 0))
    np.testing.assert_allclose(
        model.predict(X[:10]), model.predict(pd.concat([before, X[:10]]))[5:], rtol=1e-6
    )
    far = X[100:].set_axis(np.arange(20) + 10**12)  # needs no rows in between
    np.testing.assert_allclose(
        model.predict(far)[0], model.predict(before.set_axis(range(-50, -45)))[0], rtol=1e-6
    )


def test_earlier_rows_never_read_the_training_rows(model):
    model.fit(frame()[50:], Y[50:])
    other = clone(model).fit(frame()[50:], Y[50:])
    other._lookback.tail[:] = 1e6
    np.testing.assert_array_equal(model.predict(frame()[:50]), other.predict(frame()[:50]))


def test_a_search_with_frames_equals_one_with_arrays(model):
    options = {"param_grid": {"horizon": [0, 2]}, "cv": TimeSeriesSplit(3)}
    searches = [GridSearchCV(model, **options).fit(X, Y) for X in (frame(), ROWS)]
    for name in ("mean_test_score", "split2_test_score"):
        np.testing.assert_array_equal(*[search.cv_results_[name] for search in searches])


# -- any estimator -----------------------------------------------------------------------------

T = np.arange(260)
SEASONAL = np.sin(T * 2 * np.pi / 12) + 0.1 * np.random.default_rng(4).normal(size=260)


@pytest.mark.parametrize(
    "inner",
    [
        LSTMRegressor(hidden_size=8, random_state=0),
        RandomForestRegressor(30, random_state=0),
        SVR(),
        GradientBoostingRegressor(n_estimators=30, random_state=0),
        make_pipeline(StandardScaler(), KNeighborsRegressor()),
        GridSearchCV(Ridge(), {"alpha": [0.1, 1]}, cv=TimeSeriesSplit(3)),
        make_pipeline(StandardScaler(), small_network(max_epochs=60)),
    ],
    ids=lambda inner: type(inner).__name__,
)
def test_any_regressor(inner):
    model = SlidingWindowRegressor(inner, window_length=12)
    X = SEASONAL[:, None]
    assert cross_val_score(model, X, SEASONAL, cv=TimeSeriesSplit(2)).min() > 0.85


@pytest.mark.parametrize(
    "inner", [SVC(), LogisticRegression(C=100), GRUClassifier(hidden_size=8, random_state=0)]
)
def test_any_classifier(inner):
    y = np.where(np.roll(SEASONAL, 1) > np.roll(SEASONAL, 3), "up", "down")
    X, cv = SEASONAL[:, None], TimeSeriesSplit(2)
    model = SlidingWindowClassifier(inner, window_length=4)
    assert cross_val_score(model, X, y, cv=cv).min() > 0.85
    assert cross_val_score(DummyClassifier(), X, y, cv=cv).mean() < 0.7
    model.fit(X, y)
    assert model.classes_.tolist() == ["down", "up"]
    assert hasattr(model, "predict_proba") == hasattr(inner, "predict_proba")
    assert hasattr(model, "decision_function") == hasattr(inner, "decision_function")
    if hasattr(model, "predict_proba"):
        proba = model.predict_proba(X)
        np.testing.assert_allclose(proba.sum(axis=1), 1)
        np.testing.assert_array_equal(model.classes_[proba.argmax(axis=1)], model.predict(X))
    else:
        assert model.decision_function(X).shape == (260,)


def test_own_estimators_get_windows_without_a_copy(monkeypatch):
    monkeypatch.setattr(Windows, "to_table", None)
    model = SlidingWindowRegressor(small_network(), window_length=5).fit(ROWS, Y)
    assert model.predict(ROWS).shape == (120,)
    assert model.estimator_.n_channels_in_ == 2


def test_early_stopping_validates_on_the_newest_rows():
    inner = small_network(early_stopping=True, n_iter_no_change=1000, max_epochs=8)
    model = SlidingWindowRegressor(inner, window_length=5)
    scores = []
    for i in (10, 106, 119):  # of the training, of the gap, and of the validation part
        y = Y.copy()
        y[i] += 100
        scores.append(model.fit(ROWS, y).estimator_.history_["val_loss"][0])
    plain = model.fit(ROWS, Y).estimator_.history_["val_loss"][0]
    assert scores[0] != plain
    assert scores[1] == plain
    assert scores[2] > 100 * plain


def test_several_outputs():
    y = np.column_stack([SEASONAL, -2 * SEASONAL])
    for inner in (Ridge(), small_network(max_epochs=60)):
        model = SlidingWindowRegressor(inner, window_length=12).fit(SEASONAL[:, None], y)
        assert model.predict(SEASONAL[:, None]).shape == y.shape
        assert model.score(SEASONAL[:, None], y) > 0.9


@pytest.mark.parametrize("inner", [Ridge(), small_network(max_epochs=60)])
def test_weights_reach_the_estimator(inner):
    y = np.where(T < 130, 1.0, -1.0)
    X = SEASONAL[:, None]
    means = [
        SlidingWindowRegressor(inner, window_length=3).fit(X, y, w).predict(X).mean()
        for w in (None, 1.0 * (T < 130), 1.0 * (T >= 130))
    ]
    np.testing.assert_allclose(means, [0, 1, -1], atol=0.1)


def test_metadata_routing_of_weights():
    X, weights = SEASONAL[:, None], np.where(T < 50, 1.0, 1e-9)
    y = np.where(T < 50, 5.0, SEASONAL)
    with config_context(enable_metadata_routing=True):
        model = SlidingWindowRegressor(DummyRegressor(), window_length=3)
        model.set_fit_request(sample_weight=True).set_score_request(sample_weight=False)
        search = GridSearchCV(model, {"horizon": [1, 2]}, cv=TimeSeriesSplit(2))
        search.fit(X, y, sample_weight=weights)
    np.testing.assert_allclose(search.predict(X), 5, rtol=1e-6)


def test_small_integers_of_numpy_as_window():
    X = np.random.default_rng(0).normal(size=(60, 2))
    shape = {"window_length": 4, "sampling_rate": 2, "horizon": 1}
    small = {name: np.uint8(value) for name, value in shape.items()}
    expected, given = (
        SlidingWindowRegressor(Ridge(), **params).fit(X, X[:, 0]).predict(X)
        for params in (shape, small)
    )
    np.testing.assert_array_equal(given, expected)


def test_scores_are_of_checked_targets():
    X = np.random.default_rng(0).normal(size=(60, 2))
    model = SlidingWindowRegressor(Ridge(), window_length=2).fit(X, X[:, 0])
    assert model.score(X, X[:, 0]) == r2_score(X[:, 0], model.predict(X))
    with pytest.raises(TypeError, match="y has values of type datetime64"):
        model.score(X, np.arange(60).astype("M8[D]"))
    with pytest.raises(ValueError, match="sample_weight"):
        model.score(X, X[:, 0], sample_weight=-np.ones(60))
