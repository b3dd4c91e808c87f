"""New series of a panel: forecasts from hardly any history."""

import pickle

import numpy as np
import pandas as pd
import pytest
from forecasting.series import (
    every_architecture,
    mean_error,
    one_forecaster,
    panel,
    quick,
    seasonal,
)
from selection import mainly
from series.panels import panel_of

from skrnn import Covariates, Examples
from skrnn.forecasting import LSTMForecaster
from skrnn.forecasting.engine.cold_start import _cut, longest_short
from skrnn.forecasting.engine.origins import split_origins

FH = np.arange(1, 13)
SHAPE = np.array([-3, -2.5, -1, 0, 1, 2, 3.5, 3, 1.5, 0, -1.5, -3]) / 10


def years(n_series, n, seed=0, first=0):
    """Return monthly series of very different level with the same kind of year."""
    rng = np.random.default_rng(seed)
    index = pd.period_range("2010-01", periods=n, freq="M")
    frames = {}
    for i in range(n_series):
        level, strength = rng.uniform(50, 500), rng.uniform(0.7, 1.3)
        y = level * (1 + strength * SHAPE[np.arange(n) % 12]) * (1 + 0.03 * rng.normal(size=n))
        frames[f"s{first + i}"] = pd.DataFrame({"y": y}, index=index)
    return pd.concat(frames, names=["shop", "month"])


def steps(frame, first, last):
    step = frame.groupby(level=0).cumcount()
    return frame[(step >= first) & (step < last)]


def relative_error(prediction, actual):
    """Return the mean absolute error in parts of the level of each series."""
    level = actual.groupby(level=0).mean().reindex(actual.index, level=0)
    return float((np.abs(prediction - actual) / level).mean().iloc[0])


NEW = years(12, 60, seed=1, first=100)


def naive(history, actual, how):
    """Return the last value, or the mean, of each series as the forecast of all steps."""
    return getattr(history.groupby(level=0), how)().reindex(actual.index, level=0)


@pytest.fixture(scope="module")
def pretrained():
    forecaster = LSTMForecaster(
        examples=Examples(cold_start=True),
        covariates=Covariates(calendar_features=["month"]),
        random_state=0,
    )
    return forecaster.pretrain(years(40, 60), fh=FH)


@pytest.fixture(scope="module")
def ordinary():
    forecaster = LSTMForecaster(covariates=Covariates(calendar_features=["month"]), random_state=0)
    return forecaster.pretrain(years(40, 60), fh=FH)


class TestAccuracy:
    @pytest.mark.parametrize(("n", "bound"), [(1, 0.5), (3, 0.3), (6, 0.25), (18, 0.25)])
    def test_a_new_series_gets_the_season_of_the_panel(self, pretrained, n, bound):
        """From half a year, and less: the season that others have is expected of a new series."""
        history, actual = steps(NEW, 20 - n, 20), steps(NEW, 20, 32)
        prediction = pretrained.clone().fit(history, fh=FH).predict()
        error = relative_error(prediction, actual)
        assert error < bound * relative_error(naive(history, actual, "last"), actual)
        assert error < bound * relative_error(naive(history, actual, "mean"), actual)

    def test_intervals_are_those_of_short_histories(self, pretrained, ordinary):
        """Of 80 %, over many series; those that others earn are far too narrow."""
        history, actual = steps(NEW, 14, 20), steps(NEW, 20, 32)

        def coverage(forecaster):
            interval = forecaster.clone().fit(history, fh=FH).predict_interval(coverage=0.8)
            low, high = interval.to_numpy().T
            y = actual["y"].to_numpy()
            return np.mean((y >= low) & (y <= high))

        assert 0.7 < coverage(pretrained) <= 1
        assert coverage(ordinary) < 0.5

    def test_the_season_without_calendar_features(self):
        forecaster = LSTMForecaster(examples=Examples(cold_start=True), random_state=0).pretrain(
            years(40, 60), fh=FH
        )
        history, actual = steps(NEW, 10, 20), steps(NEW, 20, 32)
        prediction = forecaster.fit(history, fh=FH).predict()
        error = relative_error(prediction, actual)
        assert error < 0.4 * relative_error(naive(history, actual, "last"), actual)
        assert error < 0.4 * relative_error(naive(history, actual, "mean"), actual)

    def test_the_smallest_steps_forward(self, pretrained):
        """A month off would be noticed."""
        history, actual = steps(NEW, 11, 17), steps(NEW, 17, 29)
        prediction = pretrained.clone().fit(history, fh=FH).predict()
        error = relative_error(prediction, actual)
        for shift in (-1, 1):
            moved = prediction.groupby(level=0).shift(shift).ffill().bfill()
            assert relative_error(moved, actual) > 2 * error

    def test_features_of_a_new_series(self):
        """A static column shows what a single value does not."""
        y = years(40, 60)
        sign = np.where(pd.factorize(y.index.get_level_values(0))[0] % 2, 1.0, -1.0)
        level = y["y"].groupby(level=0).transform("mean")
        y["y"] = level + sign * (y["y"] - level)  # half of the series turned upside down
        X = pd.DataFrame({"sign": sign}, index=y.index)
        forecaster = LSTMForecaster(
            examples=Examples(cold_start=True),
            covariates=Covariates(static_columns=["sign"], calendar_features=["month"]),
            random_state=0,
        ).pretrain(y, X=X, fh=FH)
        history, actual = steps(NEW, 19, 20), steps(NEW, 20, 32)
        same, turned = (
            forecaster.clone().fit(history, X=pd.DataFrame({"sign": s}, index=history.index), fh=FH)
            for s in (1.0, -1.0)
        )
        error = relative_error(same.predict(), actual)
        assert error < 0.5 * relative_error(naive(history, actual, "last"), actual)
        assert relative_error(turned.predict(), actual) > 3 * error


class TestWhichNetworkAnswers:
    def test_the_ordinary_one_for_longer_histories(self, pretrained, ordinary):
        """A second network changes nothing of the first one, nor of what it forecasts."""
        longest = longest_short(pretrained.plan_.spec)
        for n in (longest + 1, 45):
            history = steps(NEW, 45 - n, 45)
            expected = ordinary.clone().fit(history, fh=FH)
            found = pretrained.clone().fit(history, fh=FH)
            pd.testing.assert_frame_equal(found.predict(), expected.predict())
            pd.testing.assert_frame_equal(
                found.predict_quantiles(alpha=[0.1]), expected.predict_quantiles(alpha=[0.1])
            )

    def test_each_series_by_its_own_length(self, pretrained, ordinary):
        long, short = steps(NEW.loc[["s100"]], 0, 45), steps(NEW.loc[["s101"]], 40, 45)
        both = pretrained.clone().fit(pd.concat([long, short]), fh=FH)
        for part, forecaster in ((long, ordinary), (short, pretrained)):
            alone = forecaster.clone().fit(part, fh=FH).predict()
            np.testing.assert_array_equal(both.predict().loc[alone.index], alone)

    def test_in_sample_at_the_beginning(self, pretrained, ordinary):
        """The prediction of a step is that of a series which ends before it."""
        whole = pretrained.clone().fit(NEW.loc[["s100"]], fh=FH)
        longest = longest_short(pretrained.plan_.spec)
        for n in (1, 5, longest, longest + 1, 45):
            cut = pretrained.clone().fit(steps(NEW.loc[["s100"]], 0, n))
            here = whole.predict([n + 1 - 60])
            np.testing.assert_allclose(here, cut.predict([1]), rtol=1e-3)


class TestUpdates:
    def test_new_series_join(self, pretrained):
        """In an update they are what they would be in fit; the others stay as they are."""
        old, new = steps(NEW.loc[["s100", "s101"]], 0, 45), steps(NEW.loc[["s102"]], 39, 45)
        joined = pretrained.clone().fit(old, fh=FH)
        before = joined.predict()
        joined.update(new, update_params=False)
        after = joined.predict()
        assert list(after.index.unique(0)) == ["s100", "s101", "s102"]
        pd.testing.assert_frame_equal(after.loc[before.index], before)
        alone = pretrained.clone().fit(new, fh=FH).predict()
        np.testing.assert_array_equal(after.loc[["s102"]], alone)

    def test_step_by_step_from_the_first_one(self, pretrained):
        forecaster = pretrained.clone().fit(steps(NEW.loc[["s100"]], 30, 31))
        errors = []
        for n in range(31, 43):
            actual = steps(NEW.loc[["s100"]], n, n + 6)
            errors.append(relative_error(forecaster.predict(FH[:6]), actual))
            forecaster.update(steps(NEW.loc[["s100"]], n, n + 1), update_params=False)
        assert np.mean(errors[6:]) < 0.1

    def test_after_fit_and_with_training(self):
        forecaster = quick(examples__cold_start=True).fit(years(4, 40), fh=FH)
        forecaster.update(steps(NEW.loc[["s100"]], 30, 32))
        assert np.isfinite(forecaster.predict()).all(axis=None)


@pytest.mark.parametrize("cold_start", mainly([True], [False, True]))
@pytest.mark.parametrize("strategy", ["multioutput", "recursive"])
@every_architecture
def test_one_to_three_steps(cls, strategy, cold_start):
    """Every forecaster answers, with quantiles in order, and in units of the series."""
    forecaster = quick(cls, strategy=strategy, examples__cold_start=cold_start)
    forecaster.pretrain(years(4, 40), fh=FH[:3])
    for n in (1, 2, 3):
        history = steps(NEW.loc[["s100"]], 30, 30 + n).loc["s100"]
        found = forecaster.clone().fit(history)
        prediction = found.predict(FH)
        assert prediction.index[0] == history.index[-1] + 1
        assert mean_error(prediction, np.full(12, history.mean())) < history.mean().item()
        levels = found.predict_quantiles(FH, alpha=[0.1, 0.5, 0.9]).to_numpy()
        assert (np.diff(levels, axis=1) > 0).all()


@one_forecaster
def test_pickles_and_clones(cls):
    y, history = years(4, 40), steps(NEW.loc[["s100"]], 30, 33)
    forecaster = quick(cls, examples__cold_start=True).pretrain(y, fh=FH)
    prediction = forecaster.clone().fit(history, fh=FH).predict()
    again = pickle.loads(pickle.dumps(forecaster.clone().fit(history, fh=FH)))
    pd.testing.assert_frame_equal(again.predict(), prediction)
    same = quick(cls, examples__cold_start=True).pretrain(y, fh=FH).fit(history, fh=FH)
    pd.testing.assert_frame_equal(same.predict(), prediction)


def test_covariates_of_a_new_series():
    """Known ones of the horizon and past-only ones are read as elsewhere."""
    rng = np.random.default_rng(0)
    y = years(20, 60)
    X = pd.DataFrame({"event": rng.choice([0, 0, 0, 1.0], len(y)), "past": 1.0}, index=y.index)
    y["y"] *= 1 + X["event"]
    forecaster = LSTMForecaster(
        examples=Examples(cold_start=True),
        covariates=Covariates(calendar_features=["month"], past_columns=["past"]),
        random_state=0,
    ).pretrain(y, X=X, fh=FH)
    history, actual = steps(NEW.loc[["s100"]], 30, 33), steps(NEW.loc[["s100"]], 33, 45)
    forecaster.fit(history, X=pd.DataFrame({"event": 0.0, "past": 1.0}, index=history.index), fh=FH)
    events = pd.DataFrame({"event": [0.0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]}, index=actual.index)
    prediction = forecaster.predict(X=events)
    assert relative_error(prediction, actual * (1 + events.to_numpy())) < 0.15
    with pytest.raises(ValueError, match="X is None, but"):
        forecaster.predict()


def test_too_few_times_to_infer_a_frequency():
    """That of the panel is taken."""
    y = panel(kind="month end")
    forecaster = quick(examples__cold_start=True).pretrain(y, fh=[1, 2])
    for n in (1, 2):
        history = pd.DatetimeIndex(pd.date_range("2009-01-31", periods=n, freq="ME").to_numpy())
        prediction = (
            forecaster.clone().fit(pd.Series(20.0 + np.arange(n), index=history)).predict([1, 2])
        )
        expected = pd.date_range("2009-01-31", periods=n + 2, freq="ME")[n:]
        assert list(prediction.index) == list(expected)


class TestPieces:
    def test_pieces_end_before_the_held_out_part(self):
        lengths = np.array([60, 45])
        values = [np.arange(float(n)) for n in lengths]
        end, spec = lengths - 9, quick(sp=4).fit(values[0], fh=FH).plan_.spec
        rng = np.random.default_rng(0)
        pieces = _cut(panel_of(*values), np.ones_like(end), end, longest_short(spec), 12, rng)
        assert max(y.max() for y in map(pieces.panel.series, range(50))) == end[0] - 1
        assert pieces.panel.series(len(pieces.origin) - 1).max() == end[1] - 1

    def test_an_ordinary_network_takes_over_where_its_training_begins(self):
        """Its origins begin right after the longest history of the cold start."""
        forecaster = quick(examples__cold_start=True, sp=4).fit(seasonal(60), fh=FH[:3])
        cold = forecaster.fitted_.cold_start
        (_, origin), *_ = split_origins(forecaster._observed.panel, cold.plan.spec, 0.1)
        around = origin.min() + np.array([-2, -1, 0])
        np.testing.assert_array_equal(cold.forecasts(around), [True, True, False])


class TestWhatCannotWork:
    def test_series_too_short_to_cut(self):
        with pytest.raises(ValueError, match=r"cold_start=True learns from pieces.*up to 2 steps"):
            quick(examples__cold_start=True).fit(pd.Series([1.0, 2.0]), fh=[1])

    def test_constant_series(self):
        with pytest.raises(ValueError, match="too short or constant; pass longer"):
            quick(examples__cold_start=True).fit(pd.Series(np.ones(50)), fh=[1])

    def test_predict_without_any_history(self, pretrained):
        with pytest.raises(Exception, match="has not been fitted"):
            pretrained.clone().predict(FH)

    def test_a_series_without_any_value(self, pretrained):
        history = steps(NEW.loc[["s100"]], 30, 33) * np.nan
        with pytest.raises(ValueError, match="no observed value in column 'y' of series 's100'"):
            pretrained.clone().fit(history, fh=FH)
