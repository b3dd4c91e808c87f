"""What a user's own network is checked for before the training."""

import numpy as np
import pytest
import torch
from process_state import global_generators
from torch import nn
from torch.nn import functional

from skrnn.data.batch import Batch
from skrnn.nn.adapter import construct
from skrnn.nn.adapter_check import check_module

N, T, C, K = 4, 6, 3, 2


def inputs(lengths=None, dtype=torch.float32, **fields):
    x = torch.randn(N, T, C, generator=torch.Generator().manual_seed(0), dtype=dtype)
    if lengths is not None:
        lengths = torch.tensor(lengths)
        x[torch.arange(T) >= lengths[:, None]] = 0
    return Batch(x, lengths, **fields)


class Net(nn.Module):
    """A recurrent layer, its read-out, and what `say` does with them."""

    say = None

    def __init__(self):
        super().__init__()
        self.rnn = nn.GRU(C, 5, batch_first=True)
        self.out = nn.Linear(5, K)

    def forward(self, x):
        return type(self).say(self, x)


def net(say, **parts):
    """Return a network that computes ``say(self, x)``, with further layers."""

    def make():
        module = type("MyNet", (Net,), {"say": say})()
        for name, part in parts.items():
            setattr(module, name, part())
        return module

    return make


def check(make, given=None, **needed):
    module = construct(make, {}, generator=torch.Generator().manual_seed(0))
    return check_module(module, inputs() if given is None else given, **needed)


def steps(self, x):
    return self.out(self.rnn(x)[0])


def last(self, x):
    return steps(self, x)[:, -1]


class Masked(nn.Module):
    """Mean of the valid steps."""

    def __init__(self, pooled=True):
        super().__init__()
        self.hidden = nn.Linear(C, 5)
        self.out = nn.Linear(5, K)
        self.pooled = pooled

    def forward(self, x, lengths):
        h = torch.tanh(self.hidden(x))
        if not self.pooled:
            return self.out(h)
        valid = torch.arange(x.shape[1]) < lengths[:, None]
        return self.out(h.masked_fill(~valid[:, :, None], 0).sum(dim=1) / lengths[:, None])


class Convolved(nn.Module):
    def __init__(self):
        super().__init__()
        self.convolution = nn.Conv1d(C, 5, 3, padding=1)
        self.norm = nn.BatchNorm1d(5)
        self.drop = nn.Dropout1d(0.5)
        self.out = nn.Linear(5, K)

    def forward(self, x):
        h = self.drop(torch.relu(self.norm(self.convolution(x.transpose(1, 2)))))
        return self.out(h.mean(dim=2))


UNEQUAL = [1, 3, 6, 2]


@pytest.mark.parametrize(
    ("make", "given", "needed"),
    [
        (net(last), inputs(), {"output_size": K}),
        (net(last), inputs(), {"output_size": K, "scores": True}),
        (net(steps), inputs(), {"output_size": K, "per_step": True}),
        (net(last), inputs(dtype=torch.float64), {"output_size": K}),
        (net(last), inputs(), {}),
        (Convolved, inputs(), {"output_size": K}),
        (Masked, inputs(), {"output_size": K}),
        (Masked, inputs(UNEQUAL), {"output_size": K}),
        (lambda: Masked(pooled=False), inputs(UNEQUAL), {"output_size": K, "per_step": True}),
    ],
)
def test_networks_that_keep_the_contract(make, given, needed):
    module = construct(make, {}, generator=torch.Generator().manual_seed(0))
    before, weights = global_generators(), [v.clone() for v in module.state_dict().values()]
    x = given.x.clone()
    assert check_module(module, given, **needed) == K
    assert global_generators() == before
    assert torch.equal(given.x, x)
    assert all(map(torch.equal, module.state_dict().values(), weights))
    assert module.training


@pytest.mark.parametrize(
    ("say", "needed", "text"),
    [
        (steps, {}, r"the shape \(4, 6, 2\) for x of shape \(4, 6, 3\), but \(4, 2\) is needed; "
         r"take the last step, h\[:, -1\]"),
        (lambda s, x: steps(s, x).transpose(1, 2), {}, "over the axis of the steps, or flatten"),
        (lambda s, x: last(s, x)[:, 0], {}, r"\(4,\).*keep the last axis, that is leave out sq"),
        (lambda s, x: last(s, x).mean(), {}, r"the shape \(\).*first axis are the rows"),
        (lambda s, x: steps(s, x).transpose(0, 1), {}, "attention batch_first=True"),
        (lambda s, x: s.rnn(x)[0][:, -1], {}, r"end with nn.Linear\(..., output_size\)"),
        (last, {"per_step": True}, r"but \(4, 6, 2\) is needed; apply the last layer to all st"),
        (lambda s, x: steps(s, x).transpose(1, 2), {"per_step": True}, "swap the last two axes"),
        (lambda s, x: steps(s, x)[:, 2:], {"per_step": True}, "keep the number of steps"),
        (lambda s, x: s.rnn(x)[0], {"per_step": True}, r"end with nn.Linear"),
        (steps, {"output_size": None}, r"but \(4, w\) is needed; take the last step"),
    ],
)  # fmt: skip
def test_shapes(say, needed, text):
    with pytest.raises(ValueError, match=f"MyNet.forward returned .*{text}"):
        check(net(say), **{"output_size": K, **needed})


@pytest.mark.parametrize(
    ("say", "text"),
    [
        (lambda s, x: s.rnn(x), r"a tuple, but one tensor .*h, _ = self.lstm\(x\)"),
        (lambda s, x: None, "None, but one tensor"),
        (
            lambda s, x: last(s, x).argmax(dim=1),
            "numbers of type torch.int64, but floating-point ones",
        ),
    ],
)
def test_types(say, text):
    with pytest.raises(TypeError, match=f"MyNet.forward returned {text}"):
        check(net(say), output_size=K)


class OwnNoise(nn.Module):
    """Draws as it should, from the generator that it is given."""

    def __init__(self):
        super().__init__()
        self.generator = None

    def forward(self, x):
        if not self.training:
            return x
        return x + torch.randn(x.shape, generator=self.generator)


@pytest.mark.parametrize(
    ("say", "parts"),
    [
        (lambda s, x: functional.dropout(last(s, x), 0.5, s.training), {}),
        (lambda s, x: functional.dropout(last(s, x), 0.5), {}),
        (lambda s, x: last(s, x) * np.random.random(), {}),  # noqa: NPY002
        (
            lambda s, x: s.out(s.deep(x)[0][:, -1]),
            {"deep": lambda: nn.LSTM(C, 5, 2, batch_first=True, dropout=0.5)},
        ),
        (lambda s, x: s.drop(last(s, x)), {"drop": lambda: nn.AlphaDropout(0.5)}),
    ],
)
def test_draws_from_process_wide_generators(say, parts):
    before = global_generators()
    with pytest.raises(ValueError, match=r"MyNet.forward draws .* use nn.Dropout"):
        check(net(say, **parts), output_size=K)
    assert global_generators() == before


def test_draws_from_the_own_generator_are_welcome():
    assert check(net(lambda s, x: s.noise(last(s, x)), noise=OwnNoise), output_size=K) == K


def test_noise_in_evaluation():
    def noisy(self, x):
        return last(self, x) + (0 if self.training else torch.rand(()))

    with pytest.raises(ValueError, match=r"something else for the same rows .* self.training"):
        check(net(noisy), output_size=K)


@pytest.mark.parametrize(
    ("say", "parts"),
    [
        (lambda s, x: last(s, x) - last(s, x).mean(dim=0), {}),
        (lambda s, x: torch.softmax(last(s, x), dim=0), {}),
        (lambda s, x: s.out(s.seq(x)[0][:, -1]), {"seq": lambda: nn.GRU(C, 5)}),
        (
            lambda s, x: s.norm(last(s, x)),
            {"norm": lambda: nn.BatchNorm1d(K, track_running_stats=False)},
        ),
    ],
)
def test_rows_that_read_each_other(say, parts):
    with pytest.raises(ValueError, match=r"for a row alone than in a batch|failed on x of shape"):
        check(net(say, **parts), output_size=K)


def test_a_forgotten_batch_first():
    make = net(lambda s, x: s.out(s.seq(x)[0][:, -1]), seq=lambda: nn.GRU(C, 5))
    with pytest.raises(ValueError, match=r"row alone than in a batch; give nn.LSTM, .*batch_first"):
        check(make, output_size=K)


class Careless(Masked):
    def forward(self, x, lengths):
        return self.out(torch.tanh(self.hidden(x)).mean(dim=1))


class Unmasked(Masked):
    """Divides by the right number, but adds up what a bias makes of the padding."""

    def forward(self, x, lengths):
        return self.out(torch.tanh(self.hidden(x)).sum(dim=1) / lengths[:, None])


class Backwards(Masked):
    def forward(self, x, lengths):
        return self.out(torch.tanh(self.hidden(x)).flip(1).cumsum(dim=1).flip(1))


@pytest.mark.parametrize(
    ("make", "given", "per_step"),
    [
        (Careless, inputs(), False),
        (Careless, inputs([6, 5, 4, 6]), False),
        (Unmasked, inputs(), False),
        (Backwards, inputs(), True),
        (Backwards, inputs(UNEQUAL[::-1]), True),
    ],
)
def test_padding_that_is_read(make, given, per_step):
    with pytest.raises(ValueError, match="reads the padding after the end of a row; leave out"):
        check(make, given, output_size=K, per_step=per_step)


def test_padding_never_comes_to_a_forecaster():
    assert check(Careless, output_size=K, padded=False) == K


def test_unequal_lengths():
    with pytest.raises(ValueError, match=r"unequal length, but MyNet.forward .* 'lengths'"):
        check(net(last), inputs(UNEQUAL), output_size=K)


@pytest.mark.parametrize("say", [lambda s, x: last(s, x).detach(), lambda s, x: x[:, 0, :K] * 1])
def test_an_output_that_no_parameter_changes(say):
    with pytest.raises(ValueError, match=r"does not depend on its parameters; compute it without"):
        check(net(say), output_size=K)


def test_infinite_values():
    with pytest.raises(ValueError, match="NaN or infinity for standardised inputs; look for"):
        check(net(lambda s, x: last(s, x).log()), output_size=K)


def test_probabilities_are_no_scores():
    make = net(lambda s, x: last(s, x).softmax(dim=1))
    assert check(make, output_size=K) == K
    with pytest.raises(ValueError, match=r"returned probabilities, .* leave out the softmax"):
        check(make, output_size=K, scores=True)


def test_errors_inside_forward():
    def wrong_axis(self, x):
        return self.convolution(x).mean(dim=2)

    make = net(wrong_axis, convolution=lambda: nn.Conv1d(C, K, 3))
    with pytest.raises(
        ValueError,
        match=r"MyNet.forward failed on x of shape \(4, 6, 3\), that is \(rows, steps, channels\), "
        r"in torch.float32: RuntimeError: .* correct it \(nn.Conv1d reads x.transpose\(1, 2\)\)\.",
    ):
        check(make, output_size=K)
    constant = net(lambda s, x: last(s, x) @ torch.ones(K, K))
    with pytest.raises(ValueError, match=r"in torch.float64: RuntimeError: .*; correct it\."):
        check(constant, inputs(dtype=torch.float64), output_size=K)


def test_a_network_that_cannot_be_copied():
    module = net(last)()
    module.memory = module.out.weight * 2
    with pytest.raises(ValueError, match=r"MyNet cannot be copied .*; keep computed tensors out"):
        check_module(module, inputs(), output_size=K)
    with pytest.raises(ValueError, match="MyNet cannot be copied"):
        check(lambda: module, output_size=K)
