"""Every network of the package is built again from the JSON of its description."""

import json

import numpy as np
import pandas as pd
import pytest

import skrnn
import skrnn.forecasting as forecasters
from skrnn import Convolution, Recurrence
from skrnn.nn import EncoderSpec, HeadSpec, LoopNetwork, NetworkSpec, OwnModuleSpec, StemSpec

QUICK = {"max_epochs": 1, "random_state": 0}
ARCHITECTURES = [
    ("RNN", {"recurrence": Recurrence(feedback="output-hidden", output_size=3, layer_norm=True)}),
    ("LSTM", {"bidirectional": True, "recurrence": Recurrence(connections="skip"), "n_layers": 2}),
    ("LSTM", {"stem": Convolution(kernel_size=3, stride=2), "pooling": "attention"}),
    ("GRU", {"hidden_size": np.int64(8), "recurrent_dropout": 0.1}),
    ("WaveNet", {"n_layers": 2, "n_blocks": 2, "pooling": "mean"}),
    ("Transformer", {"n_heads": 2, "stem": Convolution(kernel_size=2)}),
]
SEQ2SEQ = ("Seq2Seq", {"cell": "gru", "attention": "dot", "bidirectional": True})


def weights(module):
    return {name: tensor.numpy(force=True) for name, tensor in module.state_dict().items()}


def check(estimator):
    """The JSON holds the network that was trained: of the same form, and built alike."""
    spec = estimator.network_spec_
    again = NetworkSpec.from_json(spec.to_json())
    assert again == spec
    first, second = (weights(s.build(7)) for s in (spec, again))
    assert first.keys() == second.keys()
    assert all(np.array_equal(first[name], second[name]) for name in first)
    trained = weights(estimator.module_)
    assert {k: v.shape for k, v in trained.items()} == {k: v.shape for k, v in first.items()}
    assert again.streams == spec.streams == estimator.module_.streams


def data(kind):
    X = np.random.default_rng(0).normal(size=(12, 9, 2))
    return X, X[:, 0, 0] if kind == "Regressor" else X[:, 0, 0] > 0


@pytest.mark.parametrize("kind", ["Regressor", "Classifier"])
@pytest.mark.parametrize(("name", "settings"), ARCHITECTURES, ids=str)
def test_estimators(kind, name, settings):
    X, y = data(kind)
    check(getattr(skrnn, name + kind)(**settings, **QUICK).fit(X, y))


def test_a_target_per_step():
    X, _ = data("Regressor")
    check(skrnn.TransformerRegressor(**QUICK).fit(X, X[..., :1]))


def test_an_encoder_decoder_that_learns_longer_targets():
    X, _ = data("Regressor")
    model = skrnn.Seq2SeqRegressor(**SEQ2SEQ[1], **QUICK, warm_start=True).fit(X, X[:, :2, 0])
    check(model)
    check(model.fit(X, X[:, :4, 0]))
    assert model.network_spec_.settings["n_steps"] == 4


def series():
    index = pd.period_range("2000-01", periods=40, freq="M")
    return pd.Series(np.random.default_rng(0).normal(size=40), index=index)


@pytest.mark.parametrize("strategy", ["multioutput", "recursive"])
@pytest.mark.parametrize(("name", "settings"), [*ARCHITECTURES, SEQ2SEQ], ids=str)
def test_forecasters(name, settings, strategy):
    model = getattr(forecasters, name + "Forecaster")(**settings, **QUICK, strategy=strategy)
    check(model.fit(series(), fh=[1, 2]))


def test_members_share_a_description():
    model = forecasters.GRUForecaster(**QUICK, n_members=2).fit(series(), fh=[1])
    member = weights(model.network_spec_.build(0))
    assert all(weights(m).keys() == member.keys() for m in model.module_.members)


@pytest.mark.parametrize("head", [False, True])
def test_a_network_of_the_user_is_not_in_json(head):
    shape = {"horizon": 2, "n_targets": 1, "n_quantiles": 3}
    known = {"input_size": 2, "output_size": 4}
    spec = OwnModuleSpec(LoopNetwork, {}, known, 4, HeadSpec("quantiles", shape) if head else None)
    first, second = (weights(spec.build(seed=3)) for _ in range(2))
    assert all(np.array_equal(first[name], second[name]) for name in first)
    assert not spec.streams
    with pytest.raises(ValueError, match="module=LoopNetwork cannot be rebuilt from JSON"):
        spec.to_json()


@pytest.mark.parametrize("model", [skrnn.ModuleRegressor, forecasters.ModuleForecaster])
def test_who_has_a_network_of_the_user(model):
    model = model(module=LoopNetwork, **QUICK)
    if isinstance(model, skrnn.ModuleRegressor):
        model.fit(*data("Regressor"))
    else:
        model.set_params(module_params={"output_size": 4}).fit(series(), fh=[1])
    assert isinstance(model.network_spec_, OwnModuleSpec)
    assert weights(model.network_spec_.build(0)).keys() == weights(model.module_).keys()


def test_a_description_is_plain_and_does_not_change():
    settings = {"input_size": np.int32(2), "hidden_size": 4}
    spec = NetworkSpec.sequence(EncoderSpec("lstm", settings), n_outputs=np.int64(1))
    before = spec.to_json()
    settings["hidden_size"] = 5
    assert spec.to_json() == before
    assert json.loads(before)["encoder"]["settings"] == {"input_size": 2, "hidden_size": 4}
    with pytest.raises(AttributeError):
        spec.kind = "forecast"
    assert spec != NetworkSpec.sequence(EncoderSpec("lstm", settings), n_outputs=1)


@pytest.mark.parametrize("kind", [StemSpec, EncoderSpec, HeadSpec, NetworkSpec])
def test_unknown_kinds(kind):
    with pytest.raises(ValueError, match=f"{kind.__name__} has no kind 'ltsm'; choose one of"):
        kind("ltsm", {})


def test_nothing_is_allocated_to_learn_whether_a_network_streams():
    encoder = EncoderSpec("lstm", {"input_size": 1, "hidden_size": 10**7})
    assert NetworkSpec.sequence(encoder, n_outputs=1).streams
    assert encoder.streams
