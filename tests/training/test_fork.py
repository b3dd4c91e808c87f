"""Processes forked from one that has fitted, as multiprocessing makes them."""

import os
import subprocess
import sys
import textwrap

import pytest

# torch waits forever in a forked process for threads that the process before it has started.
CHILD = textwrap.dedent(
    """
    import multiprocessing
    import pickle
    import sys

    import numpy as np
    import torch

    from skrnn import GRURegressor, LSTMRegressor, WaveNetRegressor

    X = np.random.default_rng(0).normal(size=(48, 12, 2))
    y = X.sum((1, 2))

    def work(model):
        model.fit(X, y)
        pickle.dumps(model)
        return model.predict(X)

    def run(models):
        with multiprocessing.get_context("fork").Pool(1) as pool:
            found = pool.map_async(work, models).get(timeout=60)
        for model, predicted in zip(models, found, strict=True):
            np.testing.assert_allclose(predicted, work(model), rtol=1e-3, atol=1e-4)

    torch.set_num_threads(2)
    small = GRURegressor(hidden_size=8, dropout=0.2, max_epochs=2, random_state=0).fit(X, y)
    small.predict(X, return_std=True)
    wide = LSTMRegressor(hidden_size=200, max_epochs=1, random_state=0)
    pickle.dumps(wide.fit(X, y))

    def of_the_user():
        torch.zeros(300, 300).add_(1)
        sys.exit(0)

    process = multiprocessing.get_context("fork").Process(target=of_the_user)
    process.start()
    process.join(20)
    process.kill()
    assert process.exitcode == 0, "a fit has started threads of torch"

    torch.zeros(300, 300).add_(1)  # this starts them
    convolved = WaveNetRegressor(hidden_size=128, max_epochs=1, random_state=0)
    run([small, wide, convolved])
    """
)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system cannot fork")
def test_a_forked_process_fits_and_predicts(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(CHILD)
    environment = {**os.environ, "OMP_NUM_THREADS": "2"}
    subprocess.run([sys.executable, str(script)], check=True, timeout=120, env=environment)
