"""Checkpoints."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from training.cases import fit, flat, make_data, make_module


def load(path):
    module = make_module().double()
    module.load_state_dict(torch.load(path, weights_only=True))
    return flat(module)


@pytest.mark.parametrize("as_string", [True, False])
def test_checkpoints(tmp_path, as_string):
    folder = tmp_path / "new" / "folder"
    how = {"schedule": "constant", "learning_rate": 0.1, "n_epochs": 40}
    how = {"data": make_data(20), "validation": make_data(20, seed=1), **how}
    kept = fit(checkpoint_dir=str(folder) if as_string else folder, **how)
    last = fit(keep_best=False, **how)
    assert kept.best_epoch < 39
    assert [path.name for path in folder.iterdir()] == ["fit-1"]
    assert sorted(path.name for path in (folder / "fit-1").iterdir()) == ["best.pt", "last.pt"]
    assert torch.equal(load(folder / "fit-1" / "best.pt"), flat(kept.module))
    assert torch.equal(load(folder / "fit-1" / "last.pt"), flat(last.module))


def test_each_training_has_its_own_folder(tmp_path):
    """Also one that runs at the same time: no checkpoint is mixed or lost."""
    fit(checkpoint_dir=tmp_path)
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda seed: fit(seed=seed, checkpoint_dir=tmp_path), range(4)))
    assert {path.name for path in tmp_path.iterdir()} == {f"fit-{i}" for i in range(1, 6)}
    saved = [load(tmp_path / f"fit-{i}" / "best.pt") for i in range(2, 6)]
    for result in results:
        assert sum(torch.equal(weights, flat(result.module)) for weights in saved) == 1


def test_nothing_is_written_by_default(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    fit(validation=make_data(8))
    assert not list(tmp_path.iterdir())
