"""The peers of `recurrences.py`: a plain loop of torch, and Keras on JAX in another process."""

import json
import subprocess
from pathlib import Path

import torch

LAYERS = {"RNN": torch.nn.RNN, "LSTM": torch.nn.LSTM, "GRU": torch.nn.GRU}


class Network(torch.nn.Module):
    """Recurrent layers of torch and a dense output of the last step."""

    def __init__(self, cell, n_channels, hidden_size, n_layers):
        super().__init__()
        self.layer = LAYERS[cell](n_channels, hidden_size, n_layers, batch_first=True)
        self.head = torch.nn.Linear(hidden_size, 1)

    def forward(self, x):
        return self.head(self.layer(x)[0][:, -1])


def plain_epoch(cell, X, y, *, hidden_size, n_layers, batch_size):
    """One epoch of the usual training loop."""
    X, y = torch.from_numpy(X), torch.from_numpy(y)
    model = Network(cell, X.shape[2], hidden_size, n_layers)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    loss = torch.nn.MSELoss()
    for rows in torch.randperm(len(X)).split(batch_size):
        optimizer.zero_grad()
        loss(model(X[rows])[:, 0], y[rows]).backward()
        optimizer.step()


class Keras:
    """A process that trains networks of 20-20-Dense(1), and waits between epochs."""

    def __init__(self, python, n_rows, n_steps):
        worker = Path(__file__).with_name("_keras_worker.py")
        self._process = subprocess.Popen(
            [python, str(worker), str(n_rows), str(n_steps)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.versions = self._answer()

    def epoch(self, cell):
        """Train for an epoch and return its seconds; the first one of a cell compiles."""
        print(cell, file=self._process.stdin, flush=True)
        return self._answer()

    def _answer(self):
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"The process of Keras ended with status {self._process.wait()}.")
        return json.loads(line)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.stdin.close()
        self._process.wait()
