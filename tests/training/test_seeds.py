"""Random streams of their own."""

import torch

from skrnn.training import spawn_seeds, torch_generator


def test_seeds_follow_from_a_seed():
    assert spawn_seeds(3, 4) == spawn_seeds(3, 4)
    assert spawn_seeds(3, 2) == spawn_seeds(3, 4)[:2]
    streams = [spawn_seeds(s, 3) for s in (3, 4, [3, 1], [3, 2])]
    assert len({seed for stream in streams for seed in stream}) == 12


def test_a_generator_is_its_own():
    before = torch.get_rng_state()
    draws = [torch.rand(3, generator=torch_generator(seed)) for seed in (1, 1, 2)]
    assert torch.equal(draws[0], draws[1])
    assert not torch.equal(draws[0], draws[2])
    assert torch.equal(before, torch.get_rng_state())
