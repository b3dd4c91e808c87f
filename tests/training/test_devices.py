"""Devices, and the number of threads."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from joblib import Parallel, delayed
from training.cases import fit, make_data, make_module

from skrnn.training import predict_module, resolve_device
from skrnn.training.devices import WORTH_A_SECOND_THREAD, steps_at_once, threads_for


@pytest.fixture
def three_threads():
    """Let torch use three threads, a number that nothing else sets."""
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    yield
    torch.set_num_threads(before)


def test_small_work_uses_one_thread(three_threads):
    with threads_for(1000):
        assert torch.get_num_threads() == 1
    with threads_for(WORTH_A_SECOND_THREAD + 1):
        assert torch.get_num_threads() == 3


def fail(record):
    raise RuntimeError("as asked")


@pytest.mark.parametrize("error", [None, RuntimeError])
def test_threads_are_restored(three_threads, error):
    seen = []
    fit(callback=lambda record: seen.append(torch.get_num_threads()))
    if error is not None:
        with pytest.raises(RuntimeError, match="as asked"):
            fit(callback=fail)
    assert seen == [1] * 4
    assert torch.get_num_threads() == 3


def test_a_callback_that_predicts_changes_nothing(three_threads):
    seen, module, data = [], make_module(), make_data()

    def callback(record):
        predict_module(module, data.inputs)
        seen.append(torch.get_num_threads())

    fit(module=module, callback=callback)
    assert seen == [1] * 4


def test_threads_are_restored_under_joblib(three_threads):
    def work(i):
        fit(seed=i, n_epochs=2)
        return torch.get_num_threads()

    after = Parallel(n_jobs=4, backend="threading")(delayed(work)(i) for i in range(16))
    # A worker that begins within the fit of another one ends with what the others found.
    assert after == [3] * 16
    assert torch.get_num_threads() == 3
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(torch.get_num_threads).result() == 3


def test_the_first_to_enter_may_leave_first(three_threads):
    inside, leave = threading.Event(), threading.Event()
    after = []

    def other():
        with threads_for(1000):
            inside.set()
            leave.wait(10)
        after.append(torch.get_num_threads())

    thread = threading.Thread(target=other)
    with threads_for(1000):
        thread.start()
        assert inside.wait(10)
    assert torch.get_num_threads() == 3
    leave.set()
    thread.join()
    assert after == [3]
    assert torch.get_num_threads() == 3


@pytest.mark.parametrize("device", ["tpu9000", "cuda:77", "xla"])
def test_unavailable_device(device):
    expected = (
        f"device='{device}' is not available here; use device='cpu', or 'auto' to take a GPU "
        "where there is one."
    )
    with pytest.raises(ValueError, match=expected):
        resolve_device(device)
    with pytest.raises(ValueError, match=expected):
        fit(device=device)


def test_available_devices():
    assert resolve_device("cpu") == torch.device("cpu")
    assert resolve_device("auto").type == ("cuda" if torch.cuda.is_available() else "cpu")


@pytest.mark.parametrize(
    ("module", "expected"),
    [(torch.nn.Linear(2, 3), 50), (torch.nn.GRU(2, 3), 1), (make_module(), 1)],
    ids=["steps as one", "torch's recurrence", "ours"],
)
def test_steps_that_wait_for_one_another_are_counted_once(module, expected):
    assert steps_at_once(torch.nn.Sequential(module), 50) == expected
