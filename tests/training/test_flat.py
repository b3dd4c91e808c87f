"""Parameters in one buffer."""

import copy
import pickle

import torch
from training.cases import flat, make_module

from skrnn.training.flat import FlatParameters


def test_parameters_keep_their_values_and_their_names():
    module = make_module()
    before = copy.deepcopy(module.state_dict())
    together = FlatParameters(module)
    after = module.state_dict()
    assert list(before) == list(after)
    assert all(torch.equal(before[name], after[name]) for name in before)
    assert {p.untyped_storage().data_ptr() for p in module.parameters()} == {
        together.parameter.untyped_storage().data_ptr()
    }


def test_gradients_arrive_in_the_buffer():
    module, twin = make_module(), make_module()
    together = FlatParameters(module)
    x = torch.randn(16, 5, 2, generator=torch.Generator().manual_seed(0))
    for net in (module, twin):
        net.head(net.encoder(x)[0]).square().sum().backward()
    for mine, plain in zip(module.parameters(), twin.parameters(), strict=True):
        assert torch.equal(mine.grad, plain.grad)
    expected = torch.cat([p.grad.flatten() for p in twin.parameters()]).norm()
    torch.testing.assert_close(together.grad.norm(), expected)
    together.grad.zero_()
    assert all(not p.grad.any() for p in module.parameters())


def test_a_step_moves_all_parameters():
    module = make_module()
    together = FlatParameters(module)
    before = flat(module).clone()
    together.grad.fill_(1.0)
    torch.optim.SGD([together.parameter], lr=0.5).step()
    torch.testing.assert_close(flat(module), before - 0.5)


def test_what_is_frozen_stays_out():
    module = make_module()
    module.head.weight.requires_grad_(False)
    address = module.head.weight.data_ptr()
    together = FlatParameters(module)
    assert module.head.weight.data_ptr() == address
    assert module.head.weight.grad is None
    together.release()


def test_released_parameters_are_small_to_pickle():
    module = make_module()
    before = len(pickle.dumps(module))
    together = FlatParameters(module)
    together.release()
    assert len(pickle.dumps(module)) == before
    assert all(p.grad is None for p in module.parameters())
    assert len({p.untyped_storage().data_ptr() for p in module.parameters()}) == 4
