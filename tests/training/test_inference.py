"""A prediction does not depend on the other rows of its batch."""

import numpy as np
import pytest
import torch
from training.cases import make_data, make_module

from skrnn.data import Batch, Sequences
from skrnn.nn import CELLS, EncoderSpec, NetworkSpec
from skrnn.training import monte_carlo_dropout, predict_module

LENGTHS = np.concatenate([np.arange(1, 20), np.random.default_rng(0).integers(1, 30, size=281)])
SUBSETS = {
    "one": [0],
    "another": [11],
    "two": [7, 3],
    "fifteen": range(15),
    "seventeen": range(2, 19),
    "thirty-one": range(31),
    "most": range(1, 300),
    "reversed": range(299, -1, -1),
    "shuffled": np.random.default_rng(1).permutation(300),
    "repeated": [4, 4, 4, 299, 4],
}


def model(cell, hidden_size, n_channels, precision, pooling, bidirectional):
    settings = {
        "input_size": n_channels,
        "hidden_size": hidden_size,
        "bidirectional": bidirectional,
        "pooling": pooling,
    }
    module = NetworkSpec.sequence(EncoderSpec(cell, settings), n_outputs=3).build(0)
    return module.to(getattr(torch, precision))


@pytest.mark.parametrize("precision", ["float32", "float64"])
@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize(
    ("hidden_size", "n_channels", "pooling", "bidirectional"),
    [
        (32, 1, "last", False),
        (32, 1, None, False),
        (5, 2, "mean", False),
        (5, 7, "last", True),
        (8, 17, None, True),
        (100, 6, "last", False),
    ],
)
def test_batch_composition_changes_no_bit(
    cell, hidden_size, n_channels, precision, pooling, bidirectional
):
    module = model(cell, hidden_size, n_channels, precision, pooling, bidirectional)
    rng = np.random.default_rng(0)
    arrays = [rng.normal(size=(n, n_channels)).astype(precision) for n in LENGTHS]
    sequences = Sequences.from_list(arrays)
    everything = predict_module(module, sequences)
    for name, rows in SUBSETS.items():
        rows = np.asarray(rows)
        ways = predict_module(module, sequences, rows), predict_module(module, sequences.take(rows))
        for outputs in ways:
            for row, output in zip(rows, outputs, strict=True):
                valid = slice(LENGTHS[row]) if pooling is None else slice(None)
                assert np.array_equal(output[valid], everything[row][valid]), (name, row)


def test_equal_to_the_module():
    module, data = make_module(), make_data(20, ragged=True)
    batch = data.inputs.gather(np.arange(20))
    expected = module(Batch(torch.from_numpy(batch.x).float(), torch.from_numpy(batch.lengths)))[0]
    np.testing.assert_allclose(
        np.stack(predict_module(module, data.inputs)), expected.detach().numpy(), atol=1e-6
    )


def test_a_module_in_training_predicts_without_dropout_and_stays_in_training():
    module, inputs = make_module(dropout=0.5).train(), make_data(5).inputs
    switched = []
    module.encoder.register_forward_hook(lambda *_: switched.append(not module.training))
    first, second = (np.stack(predict_module(module, inputs)) for _ in range(2))
    assert module.training
    assert not any(switched)  # another thread may train or predict meanwhile
    np.testing.assert_array_equal(first, second)
    assert first.dtype == np.float32


def test_dropout_in_prediction_is_that_of_a_copy():
    module, inputs = make_module(dropout=0.5, recurrent_dropout=0.5), make_data(5).inputs
    before = np.stack(predict_module(module, inputs))
    draws = []
    for network in monte_carlo_dropout(module, [0, 1, 0]):
        first, again = (np.stack(predict_module(network, inputs)) for _ in range(2))
        np.testing.assert_array_equal(first, again)
        draws.append(first)
        assert not any(part.sampling or part.generator for _, part in module.declarations())
        np.testing.assert_array_equal(np.stack(predict_module(module, inputs)), before)
    np.testing.assert_array_equal(draws[0], draws[2])
    assert not np.allclose(draws[0], draws[1])
    assert not np.allclose(draws[0], before)
    assert module.encoder.layers[0][0]._mask is None


def test_nothing_to_predict():
    assert predict_module(make_module(), make_data(5).inputs, np.array([], dtype=int)) == []
