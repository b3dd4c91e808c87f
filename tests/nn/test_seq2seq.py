"""The encoder-decoder: against loops over rows and steps, and what it must not see."""

import numpy as np
import pytest
import torch
from nn.cells import by_rows, noise, randomize, some_lengths, valid_steps, values_and_gradients

from skrnn.data import Batch
from skrnn.nn import AttentionWeights, Seq2SeqModel, materialize

LENGTHS = some_lengths(5, 6)
M, K = 4, 2  # steps and targets
ragged = pytest.mark.parametrize("lengths", [None, LENGTHS], ids=["equal", "ragged"])
cells = pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
attentions = pytest.mark.parametrize("attention", [None, "additive", "dot"])
FORMS = {
    "plain": {},
    "deep": {"n_layers": 2},
    "both": {"bidirectional": True, "n_layers": 2},
    "quantiles": {"n_quantiles": 3},
    "future": {"n_future": 2},
}
forms = pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def make(cell="lstm", seed=0, **options):
    options = {"input_size": 3, "hidden_size": 4, "n_targets": K, "n_steps": M, **options}
    return randomize(Seq2SeqModel(cell=cell, **options).double(), seed).eval()


def make_batch(model, lengths=None, target=False, n=5):
    n_future = model.decoder.layers[0][0].input_size - K
    return Batch(
        noise(n, 6, 3),
        lengths,
        future=noise(n, M, n_future, seed=2) if n_future else None,
        target=noise(n, M, K, seed=1) if target else None,
    )


def taught(model, progress=0.0, seed=0):
    """Let the model train, so far on its way, with random numbers of this seed."""
    model.train().progress, model.generator = progress, generator(seed)
    return model


def literally(model, batch, own=None):
    """Run the model row by row and step by step, by the equations of the cells.

    Each step reads the target before, or the own prediction where `own` (n, m) says so; without a
    target always the latter.
    """
    steps, ends = batch.x, []
    for layers in model.encoder.layers:
        pairs = [by_rows(layer, steps, None, batch.lengths) for layer in layers]
        steps = torch.cat([outputs for outputs, _ in pairs], dim=-1)
        ends.append(torch.cat([end for _, end in pairs], dim=-1))
    if model.bridges is not None:
        ends = [bridge(end) for bridge, end in zip(model.bridges, ends, strict=True)]
    outputs, weights, before = [], [], batch.x.new_zeros(len(batch.x), K)
    for j in range(model.n_steps):
        h = before if batch.future is None else torch.cat([before, batch.future[:, j]], dim=1)
        for i, (layer,) in enumerate(model.decoder.layers):
            h, ends[i] = by_rows(layer, h.reshape(len(h), 1, -1), ends[i])
        if model.attention is not None:
            context, weight = model.attention(h, steps, batch.lengths)
            h = torch.cat([h, context], dim=-1)
            weights.append(weight)
        outputs.append(model.head(h))
        before = outputs[-1][:, 0]
        before = before[..., 1] if before.ndim == 3 else before  # the median of three
        if batch.target is not None and own is None:
            before = batch.target[:, j]
        elif batch.target is not None:
            before = torch.where(own[:, j, None], before, batch.target[:, j])
    return torch.cat(outputs, dim=1), torch.cat(weights, dim=1) if weights else None


def assert_alike(model, batch, **options):
    """Compare values, and gradients of all parameters and of what is read."""
    inputs = [batch.x, batch.future, batch.target]

    def with_inputs(run):
        return lambda x, future, target: [run(batch._replace(x=x, future=future, target=target))]

    runs = lambda b: model(b)[0], lambda b: literally(model, b, **options)[0]
    ours, theirs = (
        values_and_gradients(with_inputs(run), inputs, list(model.parameters())) for run in runs
    )
    torch.testing.assert_close(ours, theirs)


@cells
@attentions
@forms
@ragged
def test_prediction_is_a_loop_over_steps(cell, attention, form, lengths):
    model = make(cell, attention=attention, **form)
    assert_alike(model, make_batch(model, lengths))


@cells
@attentions
@forms
def test_teacher_forcing_is_a_loop_over_steps(cell, attention, form):
    model = taught(make(cell, attention=attention, **form))
    assert_alike(model, make_batch(model, LENGTHS, target=True))


@attentions
@pytest.mark.parametrize("form", [FORMS["deep"], FORMS["quantiles"]], ids=["deep", "quantiles"])
@pytest.mark.parametrize("share", [0.25, 1.0])
def test_scheduled_sampling_is_a_loop_over_steps(attention, form, share):
    model = taught(make(attention=attention, scheduled_sampling=share, **form), progress=0.8)
    own = torch.empty(5, M, dtype=torch.float64)
    own = own.bernoulli_(0.8 * share, generator=generator()).bool()
    assert own.any()
    assert not own.all()
    batch = make_batch(model, LENGTHS, target=True)
    torch.testing.assert_close(model(batch)[0], literally(model, batch, own)[0])
    model = taught(make(attention=attention, scheduled_sampling=1.0, **form), progress=1.0)
    assert_alike(model, batch, own=torch.ones(5, M, dtype=bool))


def test_ends_of_scheduled_sampling():
    batch = make_batch(make(), target=True)
    forced = taught(make())(batch)[0]
    free = make()(batch)[0]
    assert not torch.isclose(forced, free)[:, 1:].any()
    # At the beginning all steps read the targets; at the end none does, if the share is one.
    assert torch.equal(taught(make(scheduled_sampling=1.0), progress=0.0)(batch)[0], forced)
    rare = taught(make(scheduled_sampling=1.0), progress=1e-12)
    torch.testing.assert_close(rare(batch)[0], forced)
    torch.testing.assert_close(taught(make(scheduled_sampling=1.0), progress=1.0)(batch)[0], free)
    torch.testing.assert_close(taught(make(scheduled_sampling=0.0), progress=1.0)(batch)[0], forced)


def test_the_generator_decides_the_sampling():
    model = make(scheduled_sampling=0.5)
    batch = make_batch(model, target=True)
    drawn = [taught(model, progress=1.0, seed=s)(batch)[0] for s in (0, 0, 1)]
    assert torch.equal(drawn[0], drawn[1])
    assert not torch.equal(drawn[0], drawn[2])


@attentions
def test_targets_are_read_in_training_only(attention):
    model = make(attention=attention)
    batch = make_batch(model, LENGTHS, target=True)
    free = model(batch._replace(target=None))[0]
    assert torch.equal(model(batch)[0], free)
    assert not torch.isclose(model.train()(batch)[0], free)[:, 1:].any()


@attentions
def test_a_step_reads_the_targets_before_it(attention):
    model = taught(make(attention=attention))
    batch = make_batch(model, target=True)
    changed = batch.target.clone()
    changed[:, 1] += 1
    same = (model(batch)[0] == model(batch._replace(target=changed))[0]).all(dim=-1)
    assert same[:, :2].all()
    assert not same[:, 2:].any()


@attentions
@pytest.mark.parametrize("training", [False, True])
def test_a_step_reads_its_own_covariates(attention, training):
    model = make(attention=attention, n_future=2).train(training)
    batch = make_batch(model, target=training)
    changed = batch.future.clone()
    changed[:, 1] += 1
    same = (model(batch)[0] == model(batch._replace(future=changed))[0]).all(dim=-1)
    assert same[:, :1].all()
    assert not same[:, 1:].any()


def test_covariates_and_baseline_are_read_together():
    model = make(n_future=2 + K)
    batch = make_batch(model)
    apart = batch._replace(future=batch.future[..., :2], baseline=batch.future[..., 2:])
    assert torch.equal(model(apart)[0], model(batch)[0])


@cells
@pytest.mark.parametrize("bidirectional", [False, True])
def test_the_decoder_starts_after_the_last_valid_step(cell, bidirectional):
    model = make(cell, bidirectional=bidirectional)
    batch = make_batch(model, LENGTHS)
    output, valid = model(batch)[0], valid_steps(batch.x, LENGTHS)
    for i, length in enumerate(LENGTHS):
        alone = model(Batch(batch.x[i : i + 1, :length]))[0]
        torch.testing.assert_close(alone[0], output[i])
    last = batch.x.clone()
    last[torch.arange(5), LENGTHS - 1] += 0.1
    assert (model(batch._replace(x=last))[0] != output).all()
    behind = torch.where(valid[..., None], batch.x, 1e3)
    assert torch.equal(model(batch._replace(x=behind))[0], output)


@attentions
@pytest.mark.parametrize("bidirectional", [False, True])
def test_padding_and_other_rows_have_no_influence(attention, bidirectional):
    model = make(attention=attention, bidirectional=bidirectional).float()
    batch = make_batch(model, LENGTHS)
    batch = batch._replace(x=batch.x.float())
    output = model(batch)[0]
    for i, length in enumerate(LENGTHS):
        alone = model(Batch(batch.x[i : i + 1, :length]))[0]
        torch.testing.assert_close(alone[0], output[i], rtol=0, atol=1e-5)
    wider = torch.cat([batch.x, noise(5, 7, 3, seed=9).float()], dim=1)
    torch.testing.assert_close(model(batch._replace(x=wider))[0], output, rtol=0, atol=1e-5)


@pytest.mark.parametrize("attention", ["additive", "dot"])
@pytest.mark.parametrize("bidirectional", [False, True])
def test_weights_are_those_of_the_prediction(attention, bidirectional):
    model = make(attention=attention, bidirectional=bidirectional)
    batch = make_batch(model, LENGTHS)
    weights, state = AttentionWeights(model)(batch)
    assert state is None
    torch.testing.assert_close(weights, literally(model, batch)[1])
    assert (weights.movedim(1, -1)[~valid_steps(batch.x, LENGTHS)] == 0).all()
    torch.testing.assert_close(weights.sum(-1), torch.ones(5, M, dtype=torch.float64))


def test_number_of_steps():
    model = make()
    batch = make_batch(model)
    output = model(batch)[0]
    assert output.shape == (5, M, K)
    longer = model.for_steps(7)(batch)[0]
    torch.testing.assert_close(longer[:, :M], output)
    assert longer.shape == (5, 7, K)
    assert torch.equal(model.for_steps(1)(batch)[0], output[:, :1])
    assert torch.equal(model(batch)[0], output)


def test_a_new_model_predicts_zero_and_equal_gaps():
    made = materialize(
        lambda: Seq2SeqModel(
            cell="gru", input_size=3, hidden_size=4, n_targets=K, n_steps=M, n_quantiles=5
        ),
        generator(),
    )
    output, state = made.eval()(Batch(noise(5, 6, 3).float()))
    assert state is None
    assert output.shape == (5, M, K, 5)
    assert (output[..., 2] == 0).all()
    torch.testing.assert_close(output.diff(), torch.full((5, M, K, 4), 2.0).log())


def test_quantiles_never_cross():
    model = make(n_quantiles=5)
    assert (model(make_batch(model))[0].diff() > 0).all()


@pytest.mark.parametrize("bidirectional", [False, True])
def test_initialized_by_the_generator(bidirectional):
    def parameters(seed):
        sizes = {"input_size": 3, "hidden_size": np.int64(4), "n_targets": K, "n_steps": M}
        options = {"bidirectional": bidirectional, "attention": "additive"}
        model = materialize(lambda: Seq2SeqModel(cell="lstm", **sizes, **options), generator(seed))
        return torch.cat([p.detach().flatten() for p in model.parameters()])

    assert torch.equal(parameters(0), parameters(0))
    assert not torch.equal(parameters(0), parameters(1))
    assert parameters(0).isfinite().all()


def test_dropout_in_training_is_drawn_again_for_each_step():
    kept = dropped_units(make(dropout=0.5, hidden_size=32, scheduled_sampling=1.0).train())
    assert len({tuple(units.flatten().tolist()) for units in kept}) == M


def test_a_draw_of_dropout_is_one_network():
    """Monte-Carlo dropout drops the same units at all steps, and others in the next draw."""
    model = make(dropout=0.5, hidden_size=32)
    model.encoder.dropout.sampling = model.decoder.dropout.sampling = True
    first, second = dropped_units(model), dropped_units(model, seed=1)
    for units in first:
        assert torch.equal(units, first[0][:1].expand_as(units))
    assert not torch.equal(first[0], second[0])


def dropped_units(model, seed=0):
    """Run the model, and return the units that the decoder keeps at each step."""
    kept, dropout = [], model.decoder.dropout
    hook = dropout.register_forward_hook(lambda _, __, output: kept.append(output[:5] != 0))
    model.encoder.dropout.generator = dropout.generator = generator(seed)
    model.generator, model.progress = dropout.generator, 1.0
    model(make_batch(model, target=True))
    hook.remove()
    return kept
