"""Dropout between the layers and on the recurrent state."""

import pytest
import torch
from nn.cells import VARIANTS, by_rows, noise, randomize
from process_state import global_generators

from skrnn.nn import Dropout, RecurrentEncoder

variants = pytest.mark.parametrize("variant", VARIANTS)
kinds = pytest.mark.parametrize("kind", ["dropout", "recurrent_dropout"])


def make(cell="gru", h=8, **options):
    encoder = RecurrentEncoder(cell=cell, input_size=3, hidden_size=h, **options)
    return randomize(encoder.double())


def prepare(encoder, seed=0, sampling=False):
    """Let all dropout draw from one new generator."""
    generator = torch.Generator().manual_seed(seed)
    for part in encoder.modules():
        if isinstance(part, Dropout):
            part.generator, part.sampling = generator, sampling
    return encoder


def draw(encoder, x, seed=0, sampling=False):
    return prepare(encoder, seed, sampling)(x)[0]


@kinds
@variants
def test_the_generator_decides(variant, kind):
    encoder, x = make(**VARIANTS[variant], n_layers=2, **{kind: 0.5}).train(), noise(5, 6, 3)
    before = global_generators()
    output = draw(encoder, x)
    assert torch.equal(output, draw(encoder, x))
    assert not torch.equal(output, draw(encoder, x, seed=1))
    assert global_generators() == before


@kinds
@variants
def test_nothing_drops_in_prediction(variant, kind):
    encoder, x = make(**VARIANTS[variant], **{kind: 0.5}).eval(), noise(5, 6, 3)
    assert torch.equal(draw(encoder, x), make(**VARIANTS[variant])(x)[0])


def test_dropout_zeroes_some_outputs_and_scales_the_others():
    encoder, x = make(h=100, dropout=0.25), noise(5, 6, 3)
    kept, dropped = encoder.eval()(x)[0], draw(encoder.train(), x)
    assert (dropped == 0).double().mean().item() == pytest.approx(0.25, abs=0.03)
    torch.testing.assert_close(dropped[dropped != 0], kept[dropped != 0] / 0.75)


@variants
def test_recurrent_dropout_is_one_mask_for_all_steps(variant):
    encoder, x = make(**VARIANTS[variant], recurrent_dropout=0.5).train(), noise(16, 6, 3)
    layer = encoder.layers[0][0]
    output = draw(encoder, x, seed=3)
    layer.recurrent_dropout.generator.manual_seed(3)
    mask = layer.recurrent_dropout.factors(x, (16, layer.output_size))
    assert sorted(mask.unique().tolist()) == [0, 2]
    assert not (mask == mask[0]).all()
    torch.testing.assert_close(output, by_rows(layer, x, mask=mask)[0])


@pytest.mark.parametrize("sampling", [False, True])
@variants
def test_a_mask_stays_with_its_sequence(variant, sampling):
    encoder = make(**VARIANTS[variant], n_layers=2, recurrent_dropout=0.5).train()
    x = noise(5, 6, 3)
    first, state = prepare(encoder, sampling=sampling)(x[:, :2])
    second, _ = encoder(x[:, 2:], state=state)
    whole = draw(encoder, x, sampling=sampling)
    torch.testing.assert_close(torch.cat([first, second], dim=1), whole)


def test_another_sequence_has_another_mask():
    encoder, x = prepare(make(recurrent_dropout=0.5).train()), noise(5, 6, 3)
    assert not torch.allclose(encoder(x)[0], encoder(x)[0])


def test_recurrent_dropout_leaves_the_first_step():
    encoder, x = make(recurrent_dropout=0.5), noise(5, 6, 3)
    kept, dropped = encoder.eval()(x)[0], draw(encoder.train(), x)
    torch.testing.assert_close(kept[:, 0], dropped[:, 0])
    assert not torch.allclose(kept[:, 1], dropped[:, 1])


def test_each_layer_and_direction_draws_its_mask(monkeypatch):
    masks, factors = [], Dropout.factors

    def record(self, x, shape):
        masks.append(factors(self, x, shape))
        return masks[-1]

    encoder = make(n_layers=2, bidirectional=True, recurrent_dropout=0.5).train()
    monkeypatch.setattr(Dropout, "factors", record)
    draw(encoder, noise(16, 6, 3))
    drawn = {tuple(mask.flatten().tolist()) for mask in masks if mask is not None}
    assert len(drawn) == 4


@kinds
@pytest.mark.parametrize("training", [False, True])
@variants
def test_sampling_draws_one_network_for_all_rows(variant, kind, training):
    options = {**VARIANTS[variant], "n_layers": 2, "bidirectional": True, kind: 0.5}
    encoder, x = make(**options).train(training), noise(20, 6, 3)
    everything = draw(encoder, x, sampling=True)
    assert not torch.allclose(everything, draw(encoder, x, sampling=True, seed=1))
    assert not torch.allclose(everything, draw(encoder.eval(), x))
    encoder.train(training)
    for row in (0, 19):
        alone = draw(encoder, x[row : row + 1], sampling=True)
        torch.testing.assert_close(everything[row], alone[0])


def test_sampling_drops_the_same_units_of_all_rows_and_steps():
    encoder, x = make(h=20, dropout=0.5).eval(), noise(5, 6, 3)
    dropped = draw(encoder, x, sampling=True) == 0
    assert (dropped == dropped[0, 0]).all()
    assert 0 < dropped[0, 0].sum() < 20
