"""Networks of the user's own as regressors and classifiers."""

import copy
import pickle

import numpy as np
import pytest
import torch
from estimators.cases import assert_close_weights, make_problem, make_ragged, output, same_weights
from estimators.own_networks import Recurrent, Textbook, Tied
from process_state import global_generators
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import nn

from skrnn import ModuleClassifier, ModuleRegressor, SlidingWindowRegressor, Trainer

BOTH = pytest.mark.parametrize("cls", [ModuleRegressor, ModuleClassifier])
NETWORKS = pytest.mark.parametrize("network", [Textbook, Recurrent, Tied])


def own(cls, network=Textbook, **params):
    return cls(**{"module": network, "max_epochs": 4, "random_state": 0, **params})


def network_of(model):
    return model.module_.module


def fit_by_hand(X, y, *, n_epochs, rate, seed):
    """Train `Tied` on all rows at once by plain torch."""
    torch.manual_seed(seed)
    net = Tied(X.shape[2], 1).double()
    x = torch.from_numpy((X - X.mean((0, 1))) / X.std((0, 1)))
    target = torch.from_numpy((y - y.mean()) / y.std())
    optimizer = torch.optim.Adam([p for p in net.parameters() if p.requires_grad], lr=rate)
    for _ in range(n_epochs):
        optimizer.zero_grad()
        (net(x)[:, 0] - target).square().mean().backward()
        optimizer.step()
    with torch.no_grad():
        return net(x)[:, 0].numpy() * y.std() + y.mean()


def test_training_is_that_of_fifteen_lines_of_torch(monkeypatch):
    X, y = make_problem(ModuleRegressor)
    seeds = []
    model = own(
        ModuleRegressor,
        lambda **sizes: seeds.append(torch.initial_seed()) or Tied(**sizes),
        max_epochs=7,
        batch_size=len(X),
        trainer=Trainer(schedule="constant", clip_norm=None, precision="float64"),
    ).fit(X, y)
    assert len(set(seeds)) == 1
    state = torch.get_rng_state()
    try:
        expected = fit_by_hand(X, y, n_epochs=7, rate=0.01, seed=seeds[0])
    finally:
        torch.set_rng_state(state)
    np.testing.assert_allclose(model.predict(X), expected, rtol=1e-9)


@BOTH
@NETWORKS
def test_learns(cls, network):
    X, y = make_problem(cls, n=200)
    model = own(cls, network, max_epochs="auto").fit(X[:150], y[:150])
    assert model.score(X[150:], y[150:]) > 0.8


@BOTH
@NETWORKS
@pytest.mark.parametrize("params", [{}, {"early_stopping": True, "refit": True}])
def test_the_seed_decides_every_bit(cls, network, params):
    X, y = make_problem(cls)
    before = global_generators()
    fits = [own(cls, network, random_state=s, **params).fit(X, y) for s in (0, 0, 1)]
    assert global_generators() == before
    assert same_weights(fits[0], fits[1])
    assert not same_weights(fits[0], fits[2])


@BOTH
def test_a_refit_begins_with_the_same_weights(cls):
    X, y = make_problem(cls)
    built = []

    def remembered(**sizes):
        built.append(Textbook(**sizes))
        return built[-1]

    own(cls, remembered, early_stopping=True, refit=True).fit(X, y)
    first = [v.tolist() for v in built[0].state_dict().values()]
    assert len(built) > 2
    assert all([v.tolist() for v in b.state_dict().values()] == first for b in built)


@BOTH
@pytest.mark.parametrize("copied", [lambda m: pickle.loads(pickle.dumps(m)), copy.deepcopy])
def test_copies_and_warm_starts(cls, copied):
    X, y = make_problem(cls)
    model = own(cls, module_params={"p": 0.3}, warm_start=True).fit(X, y)
    twin = copied(model)
    np.testing.assert_array_equal(output(twin, X), output(model, X))
    first = copy.deepcopy(model)
    twin.fit(X, y)
    assert not same_weights(twin, first)
    assert same_weights(twin, model.fit(X, y))
    assert not same_weights(model, copy.deepcopy(model).partial_fit(X, y))
    assert "module_" not in vars(clone(model))


class Configured(Textbook):
    def __init__(self, input_size, output_size, config):
        super().__init__(input_size, output_size)


@pytest.mark.parametrize(
    ("config", "other"),
    [
        ({"taps": np.arange(3)}, {"taps": np.arange(4)}),
        ([np.arange(3), np.arange(2)], [np.arange(3), np.ones(2)]),
        (([np.nan], 2), ([np.nan], 3)),
    ],
)
def test_a_warm_start_compares_nested_arguments(config, other):
    X, y = make_problem(ModuleRegressor)
    params = {"module_params": {"config": config}, "warm_start": True}
    model = own(ModuleRegressor, Configured, **params).fit(X, y)
    model.set_params(module_params={"config": copy.deepcopy(config)})
    assert model.fit(X, y).n_iter_ == 8
    with pytest.raises(ValueError, match="The training continues the network of the last call"):
        model.set_params(module_params={"config": other}).fit(X, y)


@BOTH
@NETWORKS
def test_batch_composition_does_not_change_predictions(cls, network):
    X, y = make_problem(cls, n=37)
    model = own(cls, network).fit(X, y)
    everything = output(model, X)
    for rows in ([0], [5, 3], range(20)):
        alone = output(model, X[list(rows)])
        np.testing.assert_allclose(alone, everything[list(rows)], rtol=1e-5, atol=1e-6)


@BOTH
def test_unequal_lengths(cls):
    X, y = make_ragged(cls, n=60)
    model = own(cls, Recurrent).fit(X, y)
    everything = output(model, X)
    alone = np.concatenate([output(model, [x]) for x in X])
    np.testing.assert_allclose(alone, everything, rtol=1e-5, atol=1e-6)


@BOTH
def test_unequal_lengths_need_lengths(cls):
    X, y = make_ragged(cls)
    with pytest.raises(ValueError, match=r"unequal length, but Textbook.forward"):
        own(cls).fit(X, y)
    model = own(cls).fit([x[:4] for x in X if len(x) >= 4], y[[len(x) >= 4 for x in X]])
    with pytest.raises(ValueError, match=r"unequal length, but Textbook.forward"):
        model.predict([X[0][:1].repeat(n, 0) for n in (2, 5)])


def every_step(input_size, output_size):
    return Recurrent(input_size, output_size, per_step=True)


def last_step(input_size, output_size):
    return Recurrent(input_size, output_size, per_step=False)


@pytest.mark.parametrize("network", [Recurrent, every_step])
@pytest.mark.parametrize("ragged", [False, True])
def test_targets_per_step(ragged, network):
    X, _ = (make_ragged if ragged else make_problem)(ModuleRegressor, n=60)
    y = [x.cumsum(axis=0) for x in X] if ragged else X.cumsum(axis=1)
    model = own(ModuleRegressor, network, max_epochs="auto").fit(X, y)
    assert model.score(X, y) > 0.8
    assert [p.shape for p in model.predict(X)] == [t.shape for t in y]
    with pytest.raises(ValueError, match="apply the last layer to all steps"):
        own(ModuleRegressor, last_step).fit(X, y)
    with pytest.raises(ValueError, match="take the last step"):
        own(ModuleRegressor, every_step).fit(X, np.stack([t[-1] for t in y]))


@BOTH
def test_weights_count_as_repetitions(cls):
    X, y = make_problem(cls, n=24)
    weight = np.tile([0, 1, 2], 8)
    trainer = Trainer(precision="float64", schedule="constant")
    params = {"trainer": trainer, "batch_size": 100, "max_epochs": 5}
    weighted = own(cls, Recurrent, **params).fit(X, y, sample_weight=weight)
    repeated = own(cls, Recurrent, **params).fit(X.repeat(weight, axis=0), y.repeat(weight))
    assert_close_weights(weighted, repeated)


@BOTH
def test_float64(cls):
    X, y = make_problem(cls)
    model = own(cls, trainer=Trainer(precision="float64")).fit(X, y)
    assert {v.dtype for v in model.module_.parameters()} == {torch.float64}
    with pytest.raises(ValueError, match=r"in torch.float64: RuntimeError: .*; correct it"):
        own(cls, Single, trainer=Trainer(precision="float64")).fit(X, y)


class Single(Textbook):
    def forward(self, x):
        return super().forward(x) @ torch.eye(self.out.out_features)


def test_shared_weights_stay_shared_and_frozen_ones_as_they_are():
    X, y = make_problem(ModuleRegressor)
    untrained = network_of(own(ModuleRegressor, Tied, learning_rate=1e-30).fit(X, y))
    model = own(ModuleRegressor, Tied, early_stopping=True, refit=True).fit(X, y)
    net = network_of(copy.deepcopy(model))
    assert net.a.weight is net.b.weight
    assert torch.equal(net.frozen.weight, untrained.frozen.weight)
    assert not net.frozen.weight.requires_grad
    assert not torch.equal(net.a.weight, untrained.a.weight)


def test_running_statistics_are_those_of_the_best_epoch(tmp_path):
    X, y = make_problem(ModuleRegressor)
    X_val, y_val = make_problem(ModuleRegressor, seed=1)
    means = []

    class Watched(Textbook):
        def train(self, mode=True):
            if not mode and self.training:
                means.append(self.norm.running_mean.tolist())
            return super().train(mode)

    trainer = Trainer(checkpoint_dir=tmp_path)
    model = own(
        ModuleRegressor, Watched, early_stopping=True, learning_rate=0.3, trainer=trainer
    ).fit(X, y, X_val=X_val, y_val=y_val)
    norm = network_of(model).norm
    n_batches = int(norm.num_batches_tracked) / (model.best_epoch_ + 1)
    assert n_batches == int(n_batches)  # the counter is that of the best epoch, too
    assert norm.running_mean.tolist() in means
    best = torch.load(tmp_path / "fit-1" / "best.pt")
    assert torch.equal(best["module.norm.running_mean"], norm.running_mean)
    before = copy.deepcopy(network_of(model).state_dict())
    model.predict(X)
    assert all(map(torch.equal, network_of(model).state_dict().values(), before.values()))


def test_dropout_of_torch_is_ours():
    X, y = make_problem(ModuleRegressor)
    before = global_generators()
    model = own(ModuleRegressor, module_params={"p": 0.4}).fit(X, y)
    mean, deviation = model.predict(X, return_std=True)
    again = model.predict(X, return_std=True)
    assert global_generators() == before
    assert deviation.min() > 0
    np.testing.assert_array_equal(again[1], deviation)
    np.testing.assert_allclose(mean, model.predict(X), atol=1)
    for model in (own(ModuleRegressor), own(ModuleRegressor, module_params={"p": 0.0})):
        with pytest.raises(ValueError, match=r"but the network has none; give it a layer nn.Drop"):
            model.fit(X, y).predict(X, return_std=True)


@BOTH
def test_searches(cls):
    X, y = make_problem(cls, n=60)
    widths = [{"width": 1}, {"width": 8}]
    search = GridSearchCV(own(cls), {"module_params": widths}, cv=2, n_jobs=2).fit(X, y)
    assert search.best_params_["module_params"] in widths
    one_by_one = own(cls, module_params={"p": 0.1})
    search = GridSearchCV(one_by_one, {"module_params__width": [4]}, cv=2).fit(X, y)
    assert search.best_estimator_.module_params == {"p": 0.1, "width": 4}
    assert one_by_one.module_params == {"p": 0.1}
    assert network_of(search.best_estimator_).first.out_channels == 4


def test_nested_parameters():
    model = own(ModuleRegressor)
    model.set_params(module_params__p=0.5, trainer__weight_decay=0.1)
    assert model.module_params == {"p": 0.5}
    assert model.trainer.weight_decay == 0.1
    model.set_params(module_params={"width": 2}, module_params__p=0.1)
    assert model.module_params == {"width": 2, "p": 0.1}
    pipe = make_pipeline(StandardScaler(), model)
    pipe.set_params(moduleregressor__module_params__width=3)
    assert model.module_params == {"width": 3, "p": 0.1}


def test_sliding_windows():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(120, 2))
    y = np.convolve(X[:, 0], [1, 1, 1])[:120]
    model = SlidingWindowRegressor(own(ModuleRegressor, max_epochs=40), window_length=4, horizon=0)
    assert model.fit(X, y).score(X, y) > 0.8


def test_a_pretrained_network_is_not_touched():
    X, y = make_problem(ModuleRegressor)
    net = Textbook(2, 1)
    before = copy.deepcopy(net.state_dict())
    fits = [own(ModuleRegressor, lambda: net).fit(X, y) for _ in range(2)]
    assert same_weights(*fits)
    assert all(map(torch.equal, net.state_dict().values(), before.values()))
    assert net.training


def in_thread_of_time(x):
    return nn.functional.dropout(x, 0.5)


BROKEN = {
    "None": ({"module": None}, ValueError, "module=None is no network"),
    "name": ({"module": "Textbook"}, ValueError, "'module' parameter of Module.* callable"),
    "instance": ({"module": nn.Linear(2, 1)}, TypeError, "module is an instance of Linear"),
    "params": ({"module_params": [1]}, ValueError, "'module_params' parameter .* 'dict'"),
    "unknown": ({"module_params": {"widht": 1}}, TypeError, r"Textbook has .* 'widht'"),
    "known": ({"module_params": {"output_size": 1}}, ValueError, r"'output_size', .* leave it"),
    "constructor": ({"module_params": {"p": 2}}, ValueError, r"could not be built .*ValueError"),
    "width": (
        {"module": lambda input_size: Textbook(input_size, 5)},
        ValueError,
        r"\(4, 5\) for x of shape \(4, 6, 2\), .* end with nn.Linear\(..., output_size\)",
    ),
    "draws": (
        {"module": type("Draws", (Textbook,), {"forward": lambda s, x: in_thread_of_time(x)})},
        ValueError,
        r"Draws.forward draws from a process-wide random generator; use nn.Dropout",
    ),
    "pieces": ({"trainer": Trainer(tbptt_steps=2)}, ValueError, "use tbptt_steps=None"),
}


@BOTH
@pytest.mark.parametrize(("params", "error", "text"), BROKEN.values(), ids=BROKEN)
def test_broken_contracts_stop_before_the_training(cls, params, error, text):
    X, y = make_problem(cls)
    model = own(cls).fit(X, y)
    expected = output(model, X)
    state, generators = dict(vars(model)), global_generators()
    model.set_params(trainer=Trainer(callback=lambda record: pytest.fail("trained")))
    model.set_params(**params)
    for method in (model.fit, cls(**model.get_params(deep=False)).fit):
        with pytest.raises(error, match=text):
            method(X, y)
    assert model.module_ is state["module_"]
    assert global_generators() == generators
    np.testing.assert_array_equal(output(model, X), expected)


def test_probabilities_are_refused_by_the_classifier_alone():
    class Soft(Textbook):
        def forward(self, x):
            return super().forward(x).softmax(dim=1)

    X, y = make_problem(ModuleClassifier)
    with pytest.raises(ValueError, match=r"Soft.forward returned probabilities"):
        own(ModuleClassifier, Soft).fit(X, y)
    own(ModuleRegressor, Soft).fit(X, np.ones((40, 2)))


@BOTH
def test_no_steps_one_by_one(cls):
    X, y = make_problem(cls)
    with pytest.raises(ValueError, match="predict_step needs a network that goes on from a state"):
        own(cls).fit(X, y).predict_step(X[:, 0])


@BOTH
def test_a_single_row(cls):
    X, y = make_problem(cls)
    assert len(own(cls, Recurrent).fit(X[:1], y[:1]).predict(X)) == len(X)
