"""The progress bar of a fit."""

import re

import numpy as np
import pandas as pd
import pytest
from training.cases import SQUARED, make_data, make_module, make_settings

from skrnn import Examples
from skrnn.forecasting import GRUForecaster
from skrnn.training import Progress, fit_and_refit

Y = pd.Series(20 + np.sin(np.arange(80.0)))


def stages(printed):
    """Return the stages in the order in which a bar has shown them."""
    names = [re.split(r":|,", shown)[0].strip() for shown in re.split(r"[\r\n]", printed)]
    return list(dict.fromkeys(filter(None, names)))


def forecaster(**params):
    return GRUForecaster(hidden_size=4, max_epochs=2, random_state=0, **params)


@pytest.mark.parametrize("verbose", [0, 1])
def test_bar_goes_to_stderr_and_only_if_verbose(capfd, verbose):
    data, validation = make_data(), make_data(8)
    with Progress(verbose) as progress:
        fit_and_refit(
            lambda member: make_module(),
            data,
            SQUARED,
            make_settings(),
            [0],
            validation=validation,
            everything=lambda: (data, make_settings()),
            progress=progress,
        )
    shown = capfd.readouterr()
    assert shown.out == ""
    if not verbose:
        assert shown.err == ""
        return
    assert stages(shown.err) == ["train", "train on everything"]
    for part in ("4/4", "loss=", "val_loss=", "epoch"):
        assert part in shown.err
    assert shown.err.count("\n") == 1  # one bar


def test_stages_of_a_forecaster(capfd):
    model = forecaster(verbose=1, n_members=2, examples=Examples(cold_start=True)).fit(Y, fh=[1, 2])
    shown = capfd.readouterr()
    assert shown.out == ""
    assert shown.err.count("\n") == 1
    assert re.search(r"train: +0%.* 0/4 ", shown.err)  # epochs of both members
    assert stages(shown.err) == [
        "plan",
        "train",
        "train on everything",
        "calibrate",
        "cold start",
    ]
    model.update(Y.set_axis(Y.index + 80))
    assert stages(capfd.readouterr().err) == ["train"]


def test_a_quiet_forecaster_prints_nothing(capfd):
    forecaster().fit(Y, fh=[1, 2]).update(Y.set_axis(Y.index + 80))
    assert capfd.readouterr() == ("", "")


def test_bar_ends_with_a_failed_fit(capfd):
    def fail(record):
        raise RuntimeError("stop")

    model = forecaster(verbose=1, trainer=None).set_params(trainer__callback=fail)
    with pytest.raises(RuntimeError, match="stop"):
        model.fit(Y, fh=[1])
    assert capfd.readouterr().err.endswith("\n")
