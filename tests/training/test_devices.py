"""Devices, and the number of threads."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from joblib import Parallel, delayed
from threadpoolctl import threadpool_info, threadpool_limits
from training.cases import fit, make_data, make_module

from skrnn.nn import ModuleAdapter, RecurrentLayer
from skrnn.nn.recurrence import WIDE
from skrnn.nn.threads import THREADS
from skrnn.training import predict_module, resolve_device
from skrnn.training.devices import (
    WORTH_A_SECOND_THREAD,
    Work,
    one_blas_thread,
    threads_for,
    work_of,
)

NARROW, BROAD = 1000, WORTH_A_SECOND_THREAD + 1


@pytest.fixture
def three_threads():
    """Let torch use three threads, a number that nothing else sets."""
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    yield
    torch.set_num_threads(before)


def test_small_work_uses_one_thread(three_threads):
    with threads_for(Work(NARROW)) as n_threads:
        assert n_threads == torch.get_num_threads() == 1
    with threads_for(Work(BROAD)) as n_threads:
        assert n_threads == torch.get_num_threads() == 3


@pytest.mark.parametrize(("size", "expected"), [(NARROW, 1), (BROAD, 3)])
def test_torch_sleeps_while_the_module_has_threads_of_its_own(three_threads, size, expected):
    with threads_for(Work(size, THREADS)) as n_threads:
        assert n_threads == THREADS.limit == expected
        assert torch.get_num_threads() == 1
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(lambda: THREADS.limit).result() is None
    assert THREADS.limit is None
    assert torch.get_num_threads() == 3


def blas_threads():
    return {part["num_threads"] for part in threadpool_info() if part["user_api"] == "blas"}


@pytest.mark.parametrize(("size", "expected"), [(NARROW, 2), (BROAD, 1)])
def test_blas_uses_one_thread_beside_several_others(three_threads, size, expected):
    with threadpool_limits(2, "blas"):
        with threads_for(Work(size)), threads_for(Work(BROAD)):
            assert blas_threads() == {expected}
        assert blas_threads() == {2}


def test_nested_users_of_one_blas_thread_restore_what_they_found():
    with threadpool_limits(2, "blas"):
        with one_blas_thread():
            with one_blas_thread():
                assert blas_threads() == {1}
            assert blas_threads() == {1}
        assert blas_threads() == {2}


def test_a_worker_thread_leaves_blas_as_it_is():
    """It would keep the control of the threads, so that nobody could set them again."""

    def work(_):
        with one_blas_thread():
            return blas_threads()

    with ThreadPoolExecutor(2) as pool, threadpool_limits(2, "blas"):
        assert list(pool.map(work, range(8))) == [{2}] * 8
        assert blas_threads() == {2}
        with one_blas_thread():
            assert blas_threads() == {1}


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
        with threads_for(Work(NARROW)):
            inside.set()
            leave.wait(10)
        after.append(torch.get_num_threads())

    thread = threading.Thread(target=other)
    with threads_for(Work(NARROW)):
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
    [
        (ModuleAdapter(torch.nn.Linear(2, 3)), Work(50 * 7)),
        (ModuleAdapter(torch.nn.GRU(2, 3)), Work(7)),
        (make_module(), Work(7, THREADS)),
        (RecurrentLayer(cell="lstm", input_size=WIDE // 4, hidden_size=1), Work(7)),
    ],
    ids=["steps as one", "torch's recurrence", "kernels", "torch instead of kernels"],
)
def test_steps_that_wait_for_one_another_are_counted_once(module, expected):
    assert work_of(module, 7, 50) == expected


@pytest.mark.parametrize("device", ["meta", "cuda:99", "no device", "", "cpu:99:1"])
def test_devices_that_hold_no_values(device):
    with pytest.raises(ValueError, match=f"device={device!r} is not available here"):
        resolve_device(device)
