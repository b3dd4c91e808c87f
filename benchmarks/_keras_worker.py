"""Train networks of Keras on JAX, one epoch for each command of `recurrences.py`.

Reads the name of a cell from each line and answers with the seconds of the next epoch of its
network; the first answer names the versions. The settings are the defaults of Keras: `fit` compiles
the step with JAX, shuffles, and uses the threads that XLA takes.
"""

import argparse
import json
import os
import sys
import time

os.environ["KERAS_BACKEND"] = "jax"  # before keras is imported

import jax
import keras
import numpy as np
from keras import layers

CELLS = {"RNN": layers.SimpleRNN, "LSTM": layers.LSTM, "GRU": layers.GRU}


def network(cell, n_steps):
    layer = CELLS[cell]
    model = keras.Sequential(
        [
            keras.Input((n_steps, 1)),
            layer(20, return_sequences=True),
            layer(20),
            layers.Dense(1),
        ]
    )
    model.compile(optimizer="adam", loss="mse")
    return model


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rows", type=int)
    parser.add_argument("steps", type=int)
    args = parser.parse_args()
    answers, sys.stdout = sys.stdout, sys.stderr  # what libraries print is no answer
    X = np.random.default_rng(0).normal(size=(args.rows, args.steps, 1)).astype(np.float32)
    y = X.mean(axis=1)
    models = {}
    versions = {"keras": keras.__version__, "jax": jax.__version__}
    print(json.dumps(versions), file=answers, flush=True)
    for line in sys.stdin:
        cell = line.strip()
        if cell not in models:
            models[cell] = network(cell, args.steps)
        start = time.perf_counter()
        models[cell].fit(X, y, batch_size=32, epochs=1, verbose=0)
        print(json.dumps(time.perf_counter() - start), file=answers, flush=True)


if __name__ == "__main__":
    main()
