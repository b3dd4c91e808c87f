"""Truncated backpropagation against a plain loop, and long sequences in prediction."""

import copy

import numpy as np
import pytest
import torch
from training.cases import SQUARED, fit, flat, make_data, make_module

from skrnn.data import Batch, Sequences, SupervisedSequences
from skrnn.nn import StemSpec
from skrnn.training import evaluate, predict_module, streaming
from skrnn.training.streaming import pieces, truncated_losses

PLAIN = {"optimizer": "sgd", "schedule": "constant", "clip_norm": None, "learning_rate": 0.1}


def long_data(n=3, n_steps=23, per_step=True, ragged=False, seed=0):
    rng = np.random.default_rng(seed)
    lengths = rng.integers(1, n_steps + 1, size=n) if ragged else np.full(n, n_steps)
    X = [rng.normal(size=(length, 2)) for length in lengths]
    targets = Sequences.from_list([x[:, :1].cumsum(axis=0) for x in X])
    if not per_step:
        targets = np.array([[x[:, 0].sum()] for x in X])
    return SupervisedSequences(Sequences.from_list(X), targets)


def tensors(data):
    batch, target, weight = data.gather(np.arange(len(data)))
    x, lengths, *_ = batch
    lengths = None if lengths is None else torch.from_numpy(lengths)
    return Batch(torch.from_numpy(x), lengths), torch.from_numpy(target), torch.from_numpy(weight)


def gradient(module, losses):
    for _, value in losses:
        value.backward()
    found = torch.cat([p.grad.flatten() for p in module.parameters()])
    module.zero_grad()
    return found


@pytest.mark.parametrize("ragged", [False, True])
def test_pieces_cover_a_batch(ragged):
    batch, *_ = tensors(long_data(ragged=ragged))
    parts = [part for _, part in pieces(batch, 5)]
    assert torch.equal(torch.cat([part.x for part in parts], dim=1), batch.x)
    assert [part.x.shape[1] for part in parts[:-1]] == [5] * (len(parts) - 1)
    if ragged:
        assert torch.equal(sum(part.lengths for part in parts), batch.lengths)


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_targets_per_step_send_their_gradient_back_to_the_cut(cell):
    """Each piece alone, from a state that is a constant, is the definition."""
    module = make_module(None, cell=cell).double()
    data = long_data()
    batch, target, weight = tensors(data)
    found = gradient(module, truncated_losses(module, batch, target, weight, SQUARED, 5))
    state, expected = None, []
    for start in range(0, 23, 5):
        steps = slice(start, start + 5)
        output, state = module(Batch(batch.x[:, steps]), state)
        state = tuple(part.detach() for part in state)
        expected.append((0, 5 * (output - target[:, steps]).square().sum()))
    torch.testing.assert_close(found, gradient(module, expected))
    whole = 5 * (module(batch)[0] - target).square().sum()
    assert not torch.allclose(found, gradient(module, [(0, whole)]))


@pytest.mark.parametrize("ragged", [False, True])
def test_the_mean_of_the_pieces_is_the_loss(ragged):
    module = make_module(None).double()
    batch, target, weight = tensors(long_data(ragged=ragged))
    values = [v for _, v in truncated_losses(module, batch, target, weight, SQUARED, 4)]
    whole = (SQUARED(module(batch)[0], target) * weight).sum()
    torch.testing.assert_close(torch.stack(values).mean(), whole)


@pytest.mark.parametrize("ragged", [False, True])
def test_one_target_is_learned_from_the_last_steps(ragged):
    """The gradient is that of the last steps of each row, from the state of those before."""
    module = make_module("last").double()
    batch, target, weight = tensors(long_data(per_step=False, ragged=ragged))
    losses = list(truncated_losses(module, batch, target, weight, SQUARED, 6))
    assert len(losses) == 1
    torch.testing.assert_close(losses[0][1], (SQUARED(module(batch)[0], target) * weight).sum())
    found = gradient(module, losses)
    expected = []
    for i in range(len(batch.x)):
        length = batch.x.shape[1] if batch.lengths is None else int(batch.lengths[i])
        row, cut = batch.x[i : i + 1, :length], max(length - 6, 0)
        state = None
        if cut:
            with torch.no_grad():
                _, state = module(Batch(row[:, :cut]))
        output, _ = module(Batch(row[:, cut:]), state)
        expected.append((0, (SQUARED(output, target[i : i + 1]) * weight[i]).sum()))
    torch.testing.assert_close(found, gradient(module, expected))


@pytest.mark.parametrize("pooling", [None, "last"])
def test_a_cut_after_the_end_changes_nothing(pooling):
    data = long_data(per_step=pooling is None)
    module = make_module(pooling)
    results = [fit(data, copy.deepcopy(module), tbptt_steps=k) for k in (None, 23, 100)]
    assert len({tuple(flat(r.module).tolist()) for r in results}) == 1


def test_every_piece_is_an_update():
    data, module = long_data(n=2), make_module(None)
    before = flat(module).double()
    result = fit(data, copy.deepcopy(module), tbptt_steps=10, n_epochs=1, **PLAIN)
    twin = copy.deepcopy(module).double()
    optimizer = torch.optim.SGD(twin.parameters(), lr=0.1, momentum=0.9, nesterov=True)
    batch, target, weight = tensors(data)
    order = np.arange(2)  # a sum over two rows has the same value in both orders
    state = None
    for start in range(0, 23, 10):
        steps = slice(start, start + 10)
        output, state = twin(Batch(batch.x[order, steps]), state)
        optimizer.zero_grad()
        (3 * (output - target[:, steps]).square().sum() / weight.sum()).backward()
        optimizer.step()
        state = tuple(part.detach() for part in state)
    assert (flat(twin) - before).norm() > 1e-3
    torch.testing.assert_close(flat(result.module), flat(twin), rtol=1e-9, atol=1e-12)


def test_a_sequence_keeps_its_mask_of_recurrent_dropout():
    module = make_module(None, recurrent_dropout=0.5).double().train()
    layer = module.encoder.layers[0][0]
    masks = []
    batch, *_ = tensors(long_data())
    state = None
    for _, piece in pieces(batch, 8):
        _, state = module(piece, state)
        masks.append(layer._mask)
    assert masks[0].eq(0).any()
    assert all(torch.equal(mask, masks[0]) for mask in masks)
    module(batch)
    assert not torch.equal(layer._mask, masks[0])
    module.eval()
    assert layer._mask is None


WINDOWS = {"input_size": 2, "output_size": 2, "kernel_size": 3, "stride": 3}


@pytest.mark.parametrize(
    "options",
    [{"bidirectional": True}, {"stem": StemSpec("convolution", WINDOWS)}, {"pooling": "mean"}],
)
def test_networks_that_read_all_at_once_are_refused(options):
    module = make_module(**{"pooling": "last", **options})
    with pytest.raises(ValueError, match="tbptt_steps needs a network that reads"):
        fit(long_data(per_step=False), module, tbptt_steps=5)


@pytest.mark.parametrize("pooling", [None, "last"])
@pytest.mark.parametrize("ragged", [False, True])
def test_long_sequences_are_predicted_by_pieces(monkeypatch, pooling, ragged):
    module = make_module(pooling).double()
    data = long_data(n=5, per_step=pooling is None, ragged=ragged)
    whole, loss = predict_module(module, data.inputs), evaluate(module, data, SQUARED)
    monkeypatch.setattr(streaming, "PIECE", 7)
    parts = predict_module(module, data.inputs)
    for a, b, length in zip(whole, parts, data.inputs.lengths, strict=True):
        valid = slice(length) if pooling is None else slice(None)
        np.testing.assert_allclose(a[valid], b[valid], rtol=1e-12, atol=1e-14)
    assert evaluate(module, data, SQUARED) == pytest.approx(loss, rel=1e-12)


def test_clipping_by_value():
    data, module = make_data(16), make_module()
    how = {**PLAIN, "n_epochs": 1}
    free = fit(data, copy.deepcopy(module), **how)
    clipped = fit(data, copy.deepcopy(module), clip_value=1e-3, **how)
    start = flat(module).double()
    step = flat(clipped.module) - start
    # With Nesterov momentum the first step is 1.9 times the rate times the gradient.
    torch.testing.assert_close(step, (flat(free.module) - start).clamp(-1.9e-4, 1.9e-4))


def test_gradient_norms_are_those_before_clipping():
    data, module = make_data(16), make_module()
    how = {**PLAIN, "n_epochs": 1, "gradient_norms": True}
    free = fit(data, copy.deepcopy(module), **how)
    clipped = fit(data, copy.deepcopy(module), **{**how, "clip_norm": 1e-3})
    for name in ("gradient_norm", "largest_gradient_norm"):
        assert free.history[name] == clipped.history[name]
    step = (flat(free.module) - flat(module).double()).norm().item()
    assert free.history["gradient_norm"][0] == pytest.approx(step / 0.19)
    several = fit(data, module, batch_size=4, gradient_norms=True)
    assert all(
        mean < largest
        for mean, largest in zip(
            several.history["gradient_norm"], several.history["largest_gradient_norm"], strict=True
        )
    )
    assert "gradient_norm" not in fit(data).history
