"""Networks and heads."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from skrnn.data import Batch
from skrnn.nn import EncoderSpec, Ensemble, NetworkSpec, QuantileForecastHead, RecurrentEncoder
from skrnn.nn.heads import EvenLinear, monotone
from skrnn.nn.models import RollingForecastModel

LENGTHS = torch.tensor([2, 5, 1])
VALID = torch.arange(5) < LENGTHS[:, None]


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def noise(*shape, seed=0):
    return torch.randn(*shape, generator=generator(seed))


def sequence_spec(pooling, cell="gru", bidirectional=False):
    settings = {
        "input_size": 2,
        "hidden_size": 3,
        "bidirectional": bidirectional,
        "pooling": pooling,
    }
    return NetworkSpec.sequence(EncoderSpec(cell, settings), n_outputs=4)


def sequence_model(*args, **options):
    return sequence_spec(*args, **options).build(0).eval()


@pytest.mark.parametrize("bidirectional", [False, True])
def test_pooling_is_what_it_says(bidirectional):
    x = noise(3, 5, 2)
    models = {p: sequence_model(p, bidirectional=bidirectional) for p in (None, "last", "mean")}
    # All three were built by equal generators, so they share their weights.
    outputs, _ = models[None].encoder(x, LENGTHS)
    head = models[None].head
    for row, length in enumerate(LENGTHS):
        steps = outputs[row, :length]
        last = torch.cat([steps[-1, :3], steps[0, 3:]])
        for pooling, pooled in [("last", last), ("mean", steps.mean(dim=0)), (None, steps)]:
            output = models[pooling](Batch(x, LENGTHS))[0][row]
            output = output[:length] if pooling is None else output
            torch.testing.assert_close(output, head(pooled))


@pytest.mark.parametrize("pooling", ["last", "mean"])
def test_equal_lengths_need_no_lengths(pooling):
    model, x = sequence_model(pooling, bidirectional=True), noise(3, 5, 2)
    assert torch.equal(model(Batch(x))[0], model(Batch(x, torch.tensor([5, 5, 5])))[0])


def test_sequence_model_hands_the_state_on():
    model, x = sequence_model(None, cell="lstm"), noise(2, 6, 2)
    first, state = model(Batch(x[:, :4]))
    second, _ = model(Batch(x[:, 4:]), state)
    torch.testing.assert_close(torch.cat([first, second], dim=1), model(Batch(x))[0])


def test_each_member_of_an_ensemble_has_its_own_state():
    spec, x = sequence_spec(None, cell="lstm"), noise(2, 6, 2)
    model = Ensemble([spec.build(seed).eval() for seed in (0, 1)])
    first, state = model(Batch(x[:, :4]))
    second, _ = model(Batch(x[:, 4:]), state)
    torch.testing.assert_close(torch.cat([first, second], dim=1), model(Batch(x))[0])


@pytest.mark.parametrize(
    ("pooling", "bidirectional"), [(None, False), ("mean", False), (None, True)]
)
def test_models_stream_where_their_encoders_do(pooling, bidirectional):
    model = sequence_model(pooling, bidirectional=bidirectional)
    assert model.streams == model.encoder.streams
    assert (model(Batch(noise(2, 6, 2)))[1] is not None) == model.streams


@given(values=st.lists(st.floats(-1e4, 1e4), min_size=1, max_size=9).filter(lambda v: len(v) % 2))
@settings(deadline=None, derandomize=True)
def test_quantiles_never_cross(values):
    raw = torch.tensor(values, dtype=torch.float64)
    quantiles = monotone(raw)
    assert (quantiles.diff() >= 0).all()
    assert quantiles[len(values) // 2] == raw[len(values) // 2]


@given(gaps=st.lists(st.floats(0.01, 10), min_size=2, max_size=8).filter(lambda v: len(v) % 2 == 0))
@settings(deadline=None, derandomize=True)
def test_any_quantiles_are_within_reach(gaps):
    wanted = torch.tensor([0.0, *gaps], dtype=torch.float64).cumsum(0)
    middle = len(gaps) // 2
    raw = wanted.diff().expm1().log()  # the inverse of softplus
    raw = torch.cat([raw[:middle], wanted[middle : middle + 1], raw[middle:]])
    torch.testing.assert_close(monotone(raw), wanted)


@pytest.mark.parametrize("reads_baseline", [False, True])
@pytest.mark.parametrize("n_future", [0, 2])
def test_head_starts_at_its_baseline(n_future, reads_baseline):
    sizes = {"horizon": 5, "n_targets": 2, "n_quantiles": 7, "n_future": n_future}
    encoder = EncoderSpec("lstm", {"input_size": 3, "hidden_size": 8, "pooling": "last"})
    model = NetworkSpec.forecast(encoder, reads_baseline=reads_baseline, **sizes).build(0)
    future = noise(4, 5, n_future) if n_future else None
    baseline = noise(4, 5, 2, seed=1) if reads_baseline else None
    output, _ = model(Batch(noise(4, 6, 1), past=noise(4, 6, 2), future=future, baseline=baseline))
    assert output.shape == (4, 5, 2, 7)
    assert (output[..., 3] == 0).all()
    torch.testing.assert_close(output.diff(), torch.full((4, 5, 2, 6), 2.0).log())
    output.sum().backward()
    assert all(p.grad is not None for p in model.head.parameters())


def test_known_covariates_reach_their_own_step_only():
    head = QuantileForecastHead(
        input_size=3, horizon=4, n_targets=1, n_quantiles=3, n_future=2, width=8
    )
    for i, parameter in enumerate(head.parameters()):
        torch.nn.init.normal_(parameter, generator=generator(i))
    state, future = noise(2, 3), noise(2, 4, 2)
    changed = future.clone()
    changed[:, 1] += 1
    differs = (head(state, future) != head(state, changed)).flatten(2).any(dim=-1)
    assert differs.tolist() == [[False, True, False, False]] * 2


@pytest.mark.parametrize("n_inputs", range(1, 24))
def test_an_even_linear_layer_is_one(n_inputs):
    """And its rows, in prediction, do not depend on where they stand."""
    layer = EvenLinear(n_inputs, 8)
    x = noise(64, n_inputs)
    expected = torch.nn.functional.linear(x, layer.weight, layer.bias)
    assert torch.equal(layer.train()(x), expected)
    output = layer.eval()(x)
    torch.testing.assert_close(output, expected)
    assert torch.equal(layer(x.flip(0)).flip(0), output)
    assert torch.equal(
        torch.cat([layer(x[16:32]), layer(x[48:])]), output[[*range(16, 32), *range(48, 64)]]
    )


def test_a_head_reads_each_step_of_the_baseline():
    shape = {"horizon": 4, "n_targets": 2, "n_quantiles": 3}
    head = QuantileForecastHead(input_size=16, reads_baseline=True, **shape)
    for i, parameter in enumerate(head.parameters()):
        torch.nn.init.normal_(parameter, generator=generator(i))
    state, baseline = noise(1, 16), noise(1, 4, 2, seed=1)
    for step in range(4):
        changed = baseline.clone()
        changed[:, step] += 1
        # A correction of any step may ask what is expected of every other one.
        assert (head(state, None, changed) != head(state, None, baseline)).all()
    with pytest.raises(AssertionError, match="forecast of the baseline"):
        head(state)


@pytest.mark.parametrize("n_future", [0, 1])
def test_a_rolling_network_gets_the_baseline_of_each_step(n_future):
    head = QuantileForecastHead(
        input_size=8, horizon=1, n_targets=1, n_quantiles=3, n_future=n_future, reads_baseline=True
    )
    encoder = RecurrentEncoder(cell="gru", input_size=1, hidden_size=8)
    model = RollingForecastModel(encoder, head, rollout=3)
    for i, parameter in enumerate(model.parameters()):
        torch.nn.init.normal_(parameter, generator=generator(i))
    batch = Batch(noise(2, 6, 1), baseline=noise(2, 3, 1, seed=1))
    batch = batch._replace(future=noise(2, 3, 1, seed=2) if n_future else None)
    changed = batch.baseline.clone()
    changed[:, 1] += 1
    before, after = (
        model(batch._replace(baseline=baseline))[0] for baseline in (batch.baseline, changed)
    )
    assert (before != after).flatten(2).any(dim=-1).tolist() == [[False, True, False]] * 2
    last = Batch(batch.x, baseline=batch.baseline[:, -1:])
    if n_future:
        last = last._replace(future=batch.future[:, -1:])
    torch.testing.assert_close(model(last)[0], before[:, -1:])  # as it is called in a forecast


def test_forecast_model_reads_past_covariates():
    encoder = EncoderSpec("gru", {"input_size": 3, "hidden_size": 8, "pooling": "last"})
    model = NetworkSpec.forecast(encoder, horizon=2, n_targets=1, n_quantiles=1).build(0)
    torch.nn.init.normal_(model.head.from_state.weight, generator=generator(1))
    x, past = noise(2, 6, 1), noise(2, 6, 2, seed=1)
    output = model(Batch(x, past=past))[0]
    expected, _ = model.encoder(torch.cat([x, past], dim=-1))
    torch.testing.assert_close(output.flatten(1), model.head.from_state(expected))
