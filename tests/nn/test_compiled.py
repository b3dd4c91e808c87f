"""The compiled recurrences: rows apart, threads, memory, and what happens without numba."""

import sys
import threading
import warnings

import pytest
import torch
from nn.cells import (
    VARIANTS,
    make_layer,
    noise,
    poisoned_memory,
    some_lengths,
    some_mask,
    values_and_gradients,
    weights_of,
)
from process_state import global_generators
from threadpoolctl import ThreadpoolController, threadpool_limits

import skrnn.nn
from skrnn.nn import CELLS, RecurrentEncoder, initialize, threads
from skrnn.nn import compiled as module
from skrnn.nn.recurrence import recur

if module.kernels() is None:
    pytest.skip("numba is not installed", allow_module_level=True)

cells = pytest.mark.parametrize("cell", CELLS)
variants = pytest.mark.parametrize("variant", VARIANTS)
both_ways = pytest.mark.parametrize("reverse", [False, True], ids=["forward", "reverse"])
dtypes = pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)


def run(layer, x, state=None, lengths=None, mask=None):
    return recur(layer.cell, weights_of(layer), x, state, lengths, mask)


def results(layer, x, state=None, lengths=None, mask=None):
    """Return output, last state and the gradients of x, state and every weight."""
    return values_and_gradients(
        lambda x, state: run(layer, x, state, lengths, mask), [x, state], [*layer.parameters()]
    )


def assert_equal(first, second):
    for a, b in zip(first, second, strict=True):
        assert torch.equal(a, b)


@pytest.mark.parametrize("layer_norm", [False, True], ids=["plain", "layer norm"])
@variants
@both_ways
@dtypes
def test_other_rows_change_no_bit(variant, layer_norm, reverse, dtype):
    layer = make_layer(**VARIANTS[variant], dtype=dtype, layer_norm=layer_norm, reverse=reverse)
    x, lengths = noise(32, 9, 3, dtype=dtype), some_lengths(32, 9)
    lengths[:16] = lengths[:16].clamp(max=5)
    start = noise(32, layer.cell.state_size, dtype=dtype)
    output, last = run(layer, x, start, lengths)
    # Now the rows that fit into five steps, at other places and without the longer ones.
    rows = torch.arange(15, -1, -1).roll(3)
    again, end = run(layer, x[rows, :5], start[rows], lengths[rows])
    assert torch.equal(end, last[rows])
    for i, row in enumerate(rows):
        assert torch.equal(again[i, : lengths[row]], output[row, : lengths[row]])


@cells
@both_ways
@dtypes
def test_a_nan_stays_in_its_row(cell, reverse, dtype):
    layer, x = make_layer(cell, dtype=dtype, reverse=reverse), noise(16, 6, 3, dtype=dtype)
    clean, _ = run(layer, x)
    x[5, 3, 1] = torch.nan
    output, last = run(layer, x)
    others = torch.arange(16) != 5
    assert torch.equal(output[others], clean[others])
    seen = slice(0, 4) if reverse else slice(3, 6)
    assert output[5, seen].isnan().all()
    assert last[5].isnan().all()


@pytest.fixture
def set_threads(monkeypatch):
    """Let any work be worth a second thread, and afterwards have as many threads as before."""
    monkeypatch.setattr(threads, "SECOND_THREAD_WORK", 0)
    monkeypatch.setattr(module, "SMALL_PRODUCT", 0)
    before = torch.get_num_threads()
    yield torch.set_num_threads
    torch.set_num_threads(before)
    threads.THREADS.limit = None


@pytest.mark.parametrize("n", [16, 48, 80])
@variants
@dtypes
def test_threads_change_no_bit(variant, n, dtype, set_threads):
    layer = make_layer(**VARIANTS[variant], dtype=dtype, layer_norm=True)
    x, state = noise(n, 7, 3, dtype=dtype), noise(n, layer.cell.state_size, dtype=dtype)
    set_threads(1)
    one = results(layer, x, state, some_lengths(n, 7))
    for n_threads in (2, 3):
        set_threads(n_threads)
        several = results(layer, x, state, some_lengths(n, 7))
        assert_equal(several[:4], one[:4])  # the values, and the gradients of x and of the state
        torch.testing.assert_close(several[4:], one[4:])


@pytest.mark.parametrize("hidden_size", [3, 40])
@cells
def test_threads_of_the_kernels_alone(cell, hidden_size, set_threads):
    layer = make_layer(cell, h=hidden_size)
    x, state = noise(48, 7, 3).double(), noise(48, layer.cell.state_size).double()
    set_threads(1)
    one = results(layer, x, state)
    threads.THREADS.limit = 3
    several = results(layer, x, state)
    assert torch.get_num_threads() == 1
    assert_equal(several[:4], one[:4])
    torch.testing.assert_close(several[4:], one[4:])


@pytest.mark.parametrize("n", [1, 16, 33, 100])
@pytest.mark.parametrize("n_threads", [1, 2, 5])
def test_rows_are_divided_in_whole_blocks(n, n_threads, set_threads):
    parts = []
    threads.divide(lambda start, stop: parts.append((start, stop)), n, 1, n_threads)
    starts, stops = zip(*sorted(parts), strict=True)
    assert starts == (0, *stops[:-1])
    assert stops[-1] == n
    assert len(parts) == max(1, min(n_threads, n // threads.BLOCK))
    assert not any(start % threads.BLOCK for start in starts)


def test_threads_of_the_kernels_start_none_of_openmp(set_threads):
    """Threads of OpenMP that wait for each other would slow down scikit-learn from then on."""
    main, found = threading.current_thread(), {}

    def count(start, stop):
        openmp = ThreadpoolController().select(user_api="openmp").info()
        numbers = {part["num_threads"] for part in openmp}
        found.setdefault(threading.current_thread() is main, set()).update(numbers)

    threads._pool.cache_clear()
    with threadpool_limits(2, "openmp"):
        threads.divide(count, 4 * threads.BLOCK, 1, 4)
    assert found == {True: {2}, False: {1}}


@variants
def test_memory_in_any_order(variant):
    layer = make_layer(**VARIANTS[variant])
    wide, steps = noise(32, 10, 6), noise(7, 16, 3)
    states, lengths = noise(layer.cell.state_size, 16), some_lengths(32, 5)
    for x in (wide[::2, ::2, ::2], steps.transpose(0, 1)[:, 2:], wide[:1, :5, :3].expand(16, 5, 3)):
        strided = results(layer, x, states.t(), lengths[::2])
        tidy = results(layer, x.contiguous(), states.t().contiguous(), lengths[::2].contiguous())
        assert_equal(strided, tidy)


@variants
def test_no_state_is_a_state_of_zeros(variant):
    layer, x = make_layer(**VARIANTS[variant]), noise(16, 4, 3)
    zeros = x.new_zeros(16, layer.cell.state_size)
    assert_equal(run(layer, x), run(layer, x, zeros))


@variants
@both_ways
def test_one_step(variant, reverse):
    layer = make_layer(**VARIANTS[variant], reverse=reverse)
    output, last = run(layer, noise(16, 1, 3), noise(16, layer.cell.state_size))
    assert torch.equal(output[:, 0], last[:, : layer.output_size])


@variants
def test_full_lengths_are_no_lengths(variant):
    layer, x = make_layer(**VARIANTS[variant]), noise(16, 4, 3)
    assert_equal(results(layer, x), results(layer, x, None, torch.full((16,), 4)))


@variants
def test_gradients_only_where_wanted(variant):
    layer, x = make_layer(**VARIANTS[variant]), noise(16, 4, 3)
    state = noise(16, layer.cell.state_size)
    everything = results(layer, x, state)[2:]
    frozen = make_layer(**VARIANTS[variant]).requires_grad_(False)
    of_inputs = values_and_gradients(lambda x, s: run(frozen, x, s), [x, state], [])[2:]
    of_weights = values_and_gradients(lambda: run(layer, x, state), [], [*layer.parameters()])[2:]
    assert_equal([*of_inputs, *of_weights], everything)
    assert not run(frozen, x, state)[0].requires_grad


@pytest.mark.parametrize("part", [0, 1], ids=["output", "last"])
@variants
def test_gradients_of_one_part(variant, part):
    layer, x = make_layer(**VARIANTS[variant]), noise(16, 4, 3).requires_grad_()
    ours = torch.autograd.grad(run(layer, x)[part].square().sum(), x)[0]
    other = run(layer, x)
    both = torch.autograd.grad(other[part].square().sum() + 0 * other[1 - part].sum(), x)[0]
    torch.testing.assert_close(ours, both)


@pytest.mark.parametrize("layer_norm", [False, True], ids=["plain", "layer norm"])
@variants
@both_ways
def test_memory_is_written_before_it_is_read(variant, layer_norm, reverse):
    layer = make_layer(**VARIANTS[variant], layer_norm=layer_norm, reverse=reverse)
    x, state = noise(32, 6, 3), noise(32, layer.cell.state_size)
    lengths = some_lengths(32, 6)
    lengths[:16] = lengths[:16].clamp(max=2)  # a block that is shorter than the other
    expected = results(layer, x, state, lengths, some_mask(layer, 32))
    with poisoned_memory():
        ours = results(layer, x, state, lengths, some_mask(layer, 32))
    assert_equal(ours, expected)


@cells
def test_backward_can_run_twice(cell):
    layer, x = make_layer(cell), noise(16, 4, 3).requires_grad_()
    total = run(layer, x)[0].square().sum()
    wanted = [x, *layer.parameters()]
    first = torch.autograd.grad(total, wanted, retain_graph=True)
    assert_equal(torch.autograd.grad(total, wanted), first)


@pytest.mark.parametrize("name", ["weight", "bias", "x"])
@cells
def test_no_backward_after_a_change(cell, name):
    layer, x = make_layer(cell), noise(3, 4, 16).permute(2, 1, 0)  # as the kernels read it
    output, _ = run(layer, x)
    with torch.no_grad():
        (x if name == "x" else getattr(layer, name)).mul_(2)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        output.sum().backward()


@cells
def test_the_output_may_not_be_changed(cell):
    output, _ = run(make_layer(cell), noise(16, 4, 3))
    with pytest.raises(RuntimeError, match="modified inplace"):
        output.mul_(2)


def test_global_generators_stay():
    before = global_generators()
    results(make_layer("lstm"), noise(16, 4, 3))
    assert global_generators() == before


def encode(**options):
    """Return outputs of an encoder, its state and all gradients, for 5 ragged rows."""
    encoder = RecurrentEncoder(input_size=3, hidden_size=4, n_layers=2, **options).double()
    initialize(encoder, torch.Generator().manual_seed(0))
    return values_and_gradients(
        lambda x: encoder(x, torch.tensor([3, 6, 1, 6, 2]))[:1],
        [noise(5, 6, 3)],
        [*encoder.parameters()],
    )


@variants
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("layer_norm", [False, True])
def test_without_numba_results_are_the_same(variant, bidirectional, layer_norm, monkeypatch):
    options = {**VARIANTS[variant], "bidirectional": bidirectional, "layer_norm": layer_norm}
    options |= {"pooling": "mean"}
    expected = encode(**options)
    monkeypatch.setattr(module, "kernels", lambda: None)
    torch.testing.assert_close(encode(**options), expected)


def test_without_numba_there_is_one_warning(monkeypatch):
    monkeypatch.setitem(sys.modules, "skrnn.nn.kernels", None)  # what stands for a failed import
    monkeypatch.delattr(skrnn.nn, "kernels", raising=False)
    module.kernels.cache_clear()
    try:
        with pytest.warns(RuntimeWarning, match="pip install numba") as caught:
            encode(cell="gru")
        assert len(caught) == 1
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            encode(cell="gru")
    finally:
        module.kernels.cache_clear()
