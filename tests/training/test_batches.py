"""Batches, gathered one after another or ahead."""

import threading

import numpy as np
import pytest
import torch
from training.cases import fit, flat, make_data

from skrnn.training.batches import Batches

PLACE = torch.device("cpu"), torch.float64


def make_batches(data, ahead, max_batches=None):
    return Batches(data, 16, max_batches, np.random.default_rng(0), PLACE, ahead)


@pytest.mark.parametrize("ahead", [False, True])
def test_each_example_comes_once_and_in_a_new_order(ahead):
    batches = make_batches(make_data(n=40), ahead)
    orders = [torch.cat([target for _, target, _ in batches]).flatten() for _ in range(2)]
    assert len(batches) == 3
    assert not torch.equal(*orders)
    for order in orders:
        expected = torch.from_numpy(make_data(n=40).gather(np.arange(40))[1]).flatten()
        assert torch.equal(order.sort().values, expected.sort().values)


def test_gathering_ahead_changes_nothing():
    data = make_data(n=100, ragged=True)
    for one, other in zip(make_batches(data, False, 4), make_batches(data, True, 4), strict=True):
        assert torch.equal(one[0].x, other[0].x)
        assert torch.equal(one[1], other[1])
        assert torch.equal(one[2], other[2])


def test_wide_networks_gather_ahead_and_learn_the_same(monkeypatch):
    before = torch.get_num_threads()
    found = []
    for n_threads in (1, 2):
        gatherers, data = set(), make_data()
        gather = data.gather

        def spy(rows, gather=gather, gatherers=gatherers):
            gatherers.add(threading.current_thread().name)
            return gather(rows)

        monkeypatch.setattr(data, "gather", spy)
        monkeypatch.setattr("skrnn.training.devices.WORTH_A_SECOND_THREAD", 0)
        torch.set_num_threads(n_threads)
        try:
            found.append(flat(fit(data).module))
        finally:
            torch.set_num_threads(before)
        assert ("MainThread" in gatherers) == (n_threads == 1)
    torch.testing.assert_close(*found)


def test_an_error_of_the_data_comes_through():
    data = make_data()

    def gather(rows):
        raise OSError("the file is gone")

    data.gather = gather
    with pytest.raises(OSError, match="the file is gone"):
        list(make_batches(data, ahead=True))
