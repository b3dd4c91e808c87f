"""Networks of the user's own: how they are built and called."""

import copy
import pickle
import random
import threading

import numpy as np
import pytest
import torch
from process_state import global_generators
from torch import nn

from skrnn.data.batch import Batch
from skrnn.nn import Dropout, HeadSpec, LoopNetwork, OwnModuleSpec
from skrnn.nn.adapter import ChannelDropout, ModuleAdapter, construct, with_own_dropout


class Net(nn.Module):
    def __init__(self, input_size, output_size, width=4, p=0.0):
        super().__init__()
        self.hidden = nn.Linear(input_size, width)
        self.drop = nn.Dropout(p)
        self.out = nn.Linear(width, output_size)

    def forward(self, x):
        return self.out(self.drop(torch.tanh(self.hidden(x))).mean(dim=1))


def build(make, params=None, *, seed=0, **sizes):
    generator = torch.Generator().manual_seed(seed)
    return construct(make, params, generator=generator, **{"input_size": 3, **sizes})


def parameters(module):
    return nn.utils.parameters_to_vector(module.parameters()).detach()


def batch(n=4, t=5, c=3, **fields):
    return Batch(torch.randn(n, t, c, generator=torch.Generator().manual_seed(0)), **fields)


class DrawsEverywhere(nn.Module):
    def __init__(self, input_size):
        super().__init__()
        drawn = [random.random(), np.random.random(), torch.rand(()).item()]  # noqa: NPY002
        self.weight = nn.Parameter(torch.tensor(drawn))

    def forward(self, x):
        return x @ self.weight


@pytest.mark.parametrize("make", [Net, DrawsEverywhere])
def test_the_generator_decides_the_weights_and_no_other_one_moves(make):
    before = global_generators()
    sizes = {"output_size": 2}
    first, second, other = (build(make, seed=seed, **sizes) for seed in (0, 0, 1))
    assert global_generators() == before
    torch.testing.assert_close(parameters(first), parameters(second), rtol=0, atol=0)
    assert (parameters(first) != parameters(other)).any()
    torch.manual_seed(77)
    torch.testing.assert_close(parameters(build(make, **sizes)), parameters(first), rtol=0, atol=0)


def test_generators_are_put_back_after_an_error():
    def broken(input_size):
        torch.rand(3)
        raise RuntimeError("no.")

    before = global_generators()
    with pytest.raises(ValueError, match=r"broken could not be built with input_size=3: Runtime"):
        build(broken)
    assert global_generators() == before


def test_networks_built_in_threads_are_those_built_one_after_another():
    expected = [parameters(build(Net, output_size=1, seed=seed)) for seed in range(16)]
    found = [None] * 16

    def work(seed):
        found[seed] = parameters(build(Net, output_size=1, seed=seed))

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(map(torch.equal, found, expected))


def test_sizes_are_passed_to_the_arguments_of_their_names():
    seen = {}

    def all_of_them(**sizes):
        seen.update(sizes)
        return nn.Linear(sizes["input_size"], 1)

    build(all_of_them, output_size=2, per_step=True)
    assert seen == {"input_size": 3, "output_size": 2}
    assert build(lambda input_size: nn.Linear(input_size, 7), output_size=2).out_features == 7
    named = build(lambda input_size, per_step: nn.Linear(input_size, 3 + per_step), per_step=True)
    assert named.out_features == 4
    assert build(lambda: nn.Linear(5, 7), output_size=2).in_features == 5
    assert build(Net, {"width": 6}, output_size=2).hidden.weight.shape == (6, 3)


def test_parameters_are_never_changed():
    def greedy(input_size, widths):
        return nn.Linear(input_size, widths.pop())

    params = {"widths": [2, 4]}
    for _ in range(2):
        assert build(greedy, params).out_features == 4
    assert params == {"widths": [2, 4]}


def test_what_a_function_returns_is_copied():
    net = nn.Linear(3, 2)
    built = build(lambda: net)
    assert built is not net
    assert torch.equal(parameters(built), parameters(net))


@pytest.mark.parametrize(
    ("make", "params", "error", "text"),
    [
        (None, None, ValueError, "module=None is no network; pass a class of torch.nn.Module"),
        (nn.Linear(3, 1), None, TypeError, "instance of Linear, .* pass the class itself"),
        ("Net", None, TypeError, "module='Net' cannot be called; pass a class"),
        (Net, {"input_size": 3}, ValueError, "module_params has 'input_size', .*leave it out"),
        (Net, {"widht": 3}, TypeError, r"Net has the signature \(input_size.*argument 'widht'"),
        (
            lambda input_size, depth: nn.Linear(input_size, depth),
            None,
            TypeError,
            "missing a required argument: 'depth'.*module_params what it needs beside input_size",
        ),
        (Net, {"width": -1}, ValueError, "Net could not be built with width=-1, input_size=3"),
        (lambda: [1], None, TypeError, r"<lambda> returned a list, but a torch.nn.Module is"),
    ],
)
def test_constructors_that_do_not_fit(make, params, error, text):
    with pytest.raises(error, match=text):
        build(make, params, output_size=1)


class Asks(nn.Linear):
    def forward(self, x, hidden, *, lengths):
        return super().forward(x)


class AsksNothing(nn.Linear):
    def forward(self, *, x):
        return super().forward(x)


class InAList(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = [nn.Linear(3, 1)]


class Adversary(nn.Module):
    def __init__(self):
        super().__init__()
        self.generator = nn.Linear(3, 1)


class Sampler(nn.Linear):
    sampling = "uniform"


@pytest.mark.parametrize(
    ("make", "error", "text"),
    [
        (lambda: nn.LazyLinear(1), ValueError, "LazyLinear has lazy layers, .* give all layers"),
        (InAList, ValueError, "InAList has no parameter .* use nn.ModuleList"),
        (lambda: nn.Linear(3, 1).requires_grad_(False), ValueError, "Linear has no parameter"),
        (lambda: Asks(3, 1), TypeError, r"Asks.forward has the arguments \(x, hidden, lengths\)"),
        (lambda: AsksNothing(3, 1), TypeError, r"arguments \(x\), but is called with x, and by"),
        (Adversary, ValueError, "Adversary has an attribute 'generator', .*another name"),
        (lambda: nn.Sequential(Sampler(3, 1)), ValueError, "Sampler has an attribute 'sampling'"),
    ],
)
def test_networks_that_cannot_be_trained(make, error, text):
    with pytest.raises(error, match=text):
        build(make)


class Reports(nn.Module):
    """Returns nothing but the arguments with which it is called."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))

    def forward(self, x, static=None, *, lengths, future):
        return {"x": x, "static": static, "lengths": lengths, "future": future}


def test_forward_gets_the_fields_that_it_names():
    future, past = torch.ones(4, 2, 1), torch.full((4, 5, 2), 2.0)
    given = batch(past=past, future=future)
    seen, state = ModuleAdapter(Reports())(given)
    assert state is None
    torch.testing.assert_close(seen["x"], torch.cat([given.x, past], dim=-1), rtol=0, atol=0)
    assert seen["future"] is future
    assert seen["static"] is None
    assert seen["lengths"].tolist() == [5, 5, 5, 5]
    lengths = torch.tensor([5, 1, 2, 3])
    assert ModuleAdapter(Reports())(batch(lengths=lengths))[0]["lengths"] is lengths


def test_padded_rows_need_a_network_that_tells_them_apart():
    adapter = ModuleAdapter(build(Net, output_size=1))
    with pytest.raises(ValueError, match=r"unequal length, but Net.forward .* argument 'lengths'"):
        adapter(batch(lengths=torch.tensor([5, 1, 2, 3])))


def test_a_head_reads_the_features_and_what_is_known():
    shape = {"horizon": 2, "n_targets": 1, "n_quantiles": 3, "n_future": 1, "reads_baseline": True}
    known = {"input_size": 3, "output_size": 6}
    model = OwnModuleSpec(Net, {}, known, 6, HeadSpec("quantiles", shape)).build(0)
    network = model.module
    given = batch(future=torch.randn(4, 2, 1), baseline=torch.randn(4, 2, 1))
    output, _ = model(given)
    assert output.shape == (4, 2, 1, 3)
    torch.testing.assert_close(output, model.head(network(given.x), given.future, given.baseline))
    alone = OwnModuleSpec(Net, {}, known).build(0).module
    assert torch.equal(parameters(network), parameters(alone))  # the head alone is initialised
    assert not model.head.from_state.weight.any()


class Shares(nn.Module):
    def __init__(self, input_size):
        super().__init__()
        self.a = nn.Dropout(0.4)
        self.b = self.a
        self.layers = nn.Sequential(nn.Linear(input_size, 2), nn.Dropout1d(0.3), nn.ReLU())
        self.alpha = nn.AlphaDropout(0.2)

    def forward(self, x):
        return self.b(self.layers(x))


def test_dropout_layers_are_replaced():
    net = build(Shares)
    assert type(net.a) is Dropout
    assert net.a is net.b
    assert net.a.p == 0.4
    assert type(net.layers[1]) is ChannelDropout
    assert net.layers[1].p == 0.3
    assert type(net.alpha) is nn.AlphaDropout
    assert list(net.state_dict()) == ["layers.0.weight", "layers.0.bias"]
    twin = pickle.loads(pickle.dumps(net.layers))
    assert torch.equal(parameters(twin), parameters(copy.deepcopy(net.layers)))


@pytest.mark.parametrize("shape", [(50, 40, 6), (50, 40, 2, 3), (50, 40)])
def test_whole_channels_are_dropped(shape):
    dropout = ChannelDropout(0.25).train()
    dropout.generator = torch.Generator().manual_seed(0)
    factors = dropout(torch.ones(shape)).reshape(50, 40, -1)
    assert (factors == factors[:, :, :1]).all()
    assert set(factors.unique().tolist()) == {0.0, torch.tensor(1 / 0.75).item()}
    assert abs(factors.mean() - 1) < 0.05
    assert (factors[0] != factors[1]).any()
    dropout.eval()
    assert dropout(torch.ones(shape)).eq(1).all()
    dropout.sampling = True
    drawn = dropout(torch.ones(shape)).reshape(50, 40, -1)
    assert (drawn == drawn[:1]).all()
    assert (drawn[0] != drawn[0, :1]).any()


class Attends(nn.Module):
    """A layer that torch replaces, in evaluation, by one call that knows no dropout."""

    def __init__(self, input_size, output_size):
        super().__init__()
        self.embed = nn.Linear(input_size, 8)
        self.layer = nn.TransformerEncoderLayer(8, 2, 16, dropout=0.3, batch_first=True)
        self.layer.self_attn.dropout = 0.0
        self.out = nn.Linear(8, output_size)

    def forward(self, x):
        return self.out(self.layer(self.embed(x)).mean(dim=1))


@torch.inference_mode()
def test_dropout_samples_inside_layers_of_torch():
    model = ModuleAdapter(build(Attends, output_size=2)).eval()
    plain = model(batch())[0]
    model.set_sampling(True)
    model.set_generator(torch.Generator().manual_seed(0))
    draws = [model(batch())[0] for _ in range(2)]
    assert (draws[0] != draws[1]).all()
    assert torch.backends.mha.get_fastpath_enabled()
    model.set_sampling(False)
    torch.testing.assert_close(model(batch())[0], plain)


def test_own_dropout_reaches_what_is_nested():
    net = with_own_dropout(nn.ModuleDict({"a": nn.ModuleList([nn.Dropout(0.1), nn.Dropout2d()])}))
    assert [type(part) for part in net["a"]] == [Dropout, ChannelDropout]


@pytest.mark.parametrize("per_step", [False, True])
def test_the_loop_network_is_that_of_torch(per_step):
    lengths = torch.tensor([5, 1, 2, 3])
    net = build(LoopNetwork, output_size=2, per_step=per_step)
    reference = nn.RNN(3, 8, batch_first=True)
    with torch.no_grad():
        reference.weight_ih_l0.copy_(net.read.weight)
        reference.weight_hh_l0.copy_(net.feed_back.weight)
        reference.bias_ih_l0.copy_(net.read.bias)
        reference.bias_hh_l0.zero_()
    states, _ = reference(batch().x)
    states = states if per_step else states[torch.arange(4), lengths - 1]
    torch.testing.assert_close(net(batch().x, lengths), net.out(states))
