"""Fixtures of all tests of the modules."""

import pytest
import torch


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    """Let torch compute on one thread: on tensors as small as these, several only wait."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
