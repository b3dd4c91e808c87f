"""What is special about the encoder-decoder: attention, and covariates of the decoder."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from forecasting.series import BARE, panel, quick, seasonal

from skrnn import Trainer
from skrnn.forecasting import Seq2SeqForecaster

FH = [1, 2, 3]
attentions = pytest.mark.parametrize("attention", ["additive", "dot"])


def make(**params):
    return quick(Seq2SeqForecaster, **params)


def with_covariate(n=60, ahead=3, seed=0):
    """Return noise that a covariate has at the same step, and the covariate, further."""
    known = np.random.default_rng(seed).normal(size=n + ahead)
    index = pd.period_range("2001-03", periods=n + ahead, freq="M")
    X = pd.DataFrame({"known": known}, index=index)
    return 10 + X["known"][:n].rename("y"), X


@attentions
@pytest.mark.parametrize("rate", [1, 2])
def test_weights_of_a_series(attention, rate):
    forecaster = make(attention=attention, window_length=8, examples__sampling_rate=rate)
    forecaster.fit(seasonal(50), fh=[2, 5])
    weights = forecaster.attention_weights()
    assert list(weights.index) == [1, 2, 3, 4, 5]
    assert list(weights.columns) == list(range(-7 * rate, 1, rate))
    np.testing.assert_allclose(weights.sum(axis=1), 1, rtol=1e-5)


@attentions
def test_weights_of_a_panel(attention):
    y = panel()
    forecaster = make(attention=attention, bidirectional=True, window_length=6).fit(y, fh=FH)
    weights = forecaster.attention_weights()
    assert weights.shape == (9, 6)
    assert weights.index.names == ["shop", "step"]
    expected = [(shop, step) for shop in y.index.unique("shop") for step in FH]
    assert weights.index.tolist() == expected
    np.testing.assert_allclose(weights.sum(axis=1), 1, rtol=1e-5)
    first = weights.index[0][0]
    alone = make(attention=attention, bidirectional=True, window_length=6)
    alone.pretrain(y, fh=FH)
    alone.fitted_ = replace(alone.fitted_, module=forecaster.module_)
    alone.fit(y.loc[first], fh=FH)
    np.testing.assert_allclose(alone.attention_weights(), weights.loc[first], atol=1e-5)


def test_weights_follow_what_has_been_observed():
    y = seasonal(60)
    forecaster = make(attention="dot", window_length=6).fit(y[:50], fh=FH)
    before = forecaster.attention_weights()
    forecaster.update(y[50:], update_params=False)
    assert not np.allclose(forecaster.attention_weights(), before, atol=1e-6)


def test_weights_are_those_of_the_forecast():
    """With known covariates, which the decoder reads."""
    y, X = with_covariate()
    forecaster = make(attention="dot", window_length=6, max_epochs=20, **BARE)
    forecaster.fit(y, X[:60], fh=FH)
    weights = forecaster.attention_weights(X)
    assert weights.shape == (3, 6)
    changed = X.copy()
    changed.iloc[61] += 2
    other = forecaster.attention_weights(changed)
    same = np.isclose(weights, other, rtol=0, atol=1e-7).all(axis=1)
    assert same.tolist() == [True, False, False]


def test_the_decoder_reads_the_covariates_of_its_own_step():
    y, X = with_covariate(n=120)
    forecaster = make(hidden_size=16, max_epochs=200, window_length=4, early_stopping=False, **BARE)
    forecaster.fit(y, X[:120], fh=FH)
    expected = 10 + X["known"][120:]
    assert np.abs(forecaster.predict(X=X[120:]) - expected).mean() < 0.3 * X["known"].std()
    shifted = X.shift(1, fill_value=0.0)
    assert not np.isclose(forecaster.predict(X=shifted[120:]), forecaster.predict(X=X[120:])).any()
    changed = X.copy()
    changed.iloc[121] += 1
    same = forecaster.predict(X=changed[120:]) == forecaster.predict(X=X[120:])
    assert same.tolist() == [True, False, False]


def test_blocks_are_fed_back():
    y = seasonal(60)
    forecaster = make(
        attention="additive", strategy="recursive", examples__block_length=2, window_length=6
    )
    forecaster.fit(y, fh=range(1, 6))
    assert forecaster.predict().shape == (5,)
    assert forecaster.attention_weights().shape == (2, 6)


def test_errors():
    y, X = with_covariate()
    forecaster = make().fit(y, fh=FH)
    with pytest.raises(ValueError, match="attention_weights needs attention, but the network was"):
        forecaster.attention_weights()
    forecaster = make(attention="dot").fit(y, X[:60], fh=FH)
    with pytest.raises(ValueError, match="X is None, but the forecaster was fitted with the known"):
        forecaster.attention_weights()
    with pytest.raises(ValueError, match="tbptt_steps=3 of the trainer cuts sequences into pieces"):
        make(trainer=Trainer(tbptt_steps=3)).fit(y, fh=FH)
    with pytest.raises(ValueError, match="The 'attention' parameter of Seq2SeqForecaster"):
        make(attention="none").fit(y, fh=FH)
