"""Optimisers without the hooks of torch's compiler."""

import copy
import subprocess
import sys

import pytest
import torch

from skrnn.training import OPTIMIZERS
from skrnn.training.flat import FlatParameters
from skrnn.training.lean import of_one_buffer, without_compiler
from skrnn.training.optim import make_optimizer

THEIRS = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW, "sgd": torch.optim.SGD}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_equal_to_torch(name):
    mine = torch.nn.Linear(3, 2)
    theirs = copy.deepcopy(mine)
    momentum = {"momentum": 0.9, "nesterov": True} if name == "sgd" else {}
    optimizers = [
        make_optimizer(list(mine.parameters()), name, 0.1, 0.01),
        THEIRS[name](theirs.parameters(), lr=0.1, weight_decay=0.01, fused=True, **momentum),
    ]
    x = torch.arange(15.0).reshape(5, 3)
    for i in range(6):
        for optimizer, module in zip(optimizers, (mine, theirs), strict=True):
            optimizer.zero_grad()
            module(x).square().mean().backward()
            optimizer.step()
            if i == 3:  # as a training that continues
                optimizer.load_state_dict(copy.deepcopy(optimizer.state_dict()))
    assert torch.equal(mine.weight, theirs.weight)
    assert torch.equal(mine.bias, theirs.bias)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_one_buffer_is_equal_to_its_parts(name):
    mine = torch.nn.Linear(3, 2)
    theirs = copy.deepcopy(mine)
    together = FlatParameters(mine)
    optimizers = [
        make_optimizer([together.parameter], name, 0.1, 0.01),
        make_optimizer(list(theirs.parameters()), name, 0.1, 0.01),
    ]
    x = torch.arange(15.0).reshape(5, 3)
    for i in range(5):
        together.grad.zero_()
        theirs.zero_grad()
        for optimizer, module in zip(optimizers, (mine, theirs), strict=True):
            module(x).square().mean().backward()
            optimizer.param_groups[0]["lr"] = 0.1 / (i + 1)
            optimizer.step()
    torch.testing.assert_close(mine.weight, theirs.weight)
    torch.testing.assert_close(mine.bias, theirs.bias)


@pytest.mark.parametrize("name", ["adam", "adamw"])
def test_without_the_private_update_of_torch(name):
    assert hasattr(torch, f"_fused_{name}_")  # without it every fit is slower than it need be
    fast, slow = OPTIMIZERS[name], of_one_buffer(THEIRS[name], "_no_such_name_")
    assert slow.step.__code__ is without_compiler(THEIRS[name]).step.__code__
    weights = [torch.nn.Parameter(torch.arange(50.0)) for _ in range(2)]
    optimizers = [
        kind([p], lr=0.1, fused=True) for kind, p in zip((fast, slow), weights, strict=True)
    ]
    for _ in range(4):
        for optimizer, p in zip(optimizers, weights, strict=True):
            p.grad = torch.sin(p.detach())
            optimizer.step()
    assert torch.equal(*weights)


def test_a_fit_does_not_import_the_compiler():
    code = """
import sys, torch
before = "torch._dynamo" in sys.modules
from skrnn import LSTMRegressor
LSTMRegressor(max_epochs=2, early_stopping=True).fit([[1.0, 2], [2, 3], [3, 4]], [1.0, 2, 3])
print(before, "torch._dynamo" in sys.modules)
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    before, after = run.stdout.split()
    assert before == after
