"""Fit the LSTM of neuralforecast with its defaults to M4 hourly, for `speed_peers.py`.

Prints what `speed_peers.py` prints for skrnn: seconds of fit and predict, and the scores. Only the
output of the fit to screen and disk is switched off.
"""

import sys
from importlib import metadata

import numpy as np
import pandas as pd
from _datasets import load
from _process import Clock, peak, tell, timed
from _scores import scales, score, summarise
from neuralforecast import NeuralForecast
from neuralforecast.models import LSTM

QUIET = {"logger": False, "enable_progress_bar": False, "enable_checkpointing": False}


def measure(folder, max_steps=None):
    """Return costs and scores of a fit; `max_steps` is to try the script."""
    dataset = load("m4_hourly", folder)
    train = long(dataset.series)
    steps = {} if max_steps is None else {"max_steps": max_steps}
    model = LSTM(h=dataset.horizon, accelerator="cpu", **QUIET, **steps)
    forecaster, fit, predict = NeuralForecast([model], freq=1), Clock(), Clock()
    with fit:
        _, wall = timed(lambda: forecaster.fit(train))
    with predict:
        forecast = forecaster.predict()
    rows = forecast.set_index("unique_id")["LSTM"]
    point = np.stack([rows.loc[name].to_numpy(float) for name in dataset.series])
    scores = score(dataset.actual(), point[:, None], None, scales(dataset))
    return {
        "model": f"neuralforecast LSTM, {model.max_steps:,} steps",
        "wall": wall,
        "fit": fit.seconds,
        "predict": predict.seconds,
        "peak_mb": peak(),
        **summarise(dataset.name, scores).to_dict(),
        "versions": f"neuralforecast {metadata.version('neuralforecast')}",
    }


def long(series):
    """Return series as the table that neuralforecast reads, its steps counted."""
    frames = [
        pd.DataFrame({"unique_id": name, "ds": np.arange(len(y)), "y": y.to_numpy()})
        for name, y in series.items()
    ]
    return pd.concat(frames, ignore_index=True)


if __name__ == "__main__":
    tell(lambda: measure(sys.argv[1], *map(int, sys.argv[2:])))
