"""Time of a training against a plain loop of torch with the same network, in one run.

    python benchmarks/overhead.py [--rows 7000] [--steps 50] [--epochs 2] [--repetitions 7]

Both train two layers of 20 units and a dense output on the same data with Adam, batches of 32
and one thread, without gradient clipping. They take turns; medians over the repetitions.
"""

import argparse
import statistics
import time

import numpy as np
import torch

from skrnn import GRURegressor, LSTMRegressor, RNNRegressor, Trainer

CELLS = {
    "LSTM": (LSTMRegressor, torch.nn.LSTM),
    "GRU": (GRURegressor, torch.nn.GRU),
    "RNN": (RNNRegressor, torch.nn.RNN),
}


class Network(torch.nn.Module):
    def __init__(self, layer):
        super().__init__()
        self.layer = layer(1, 20, num_layers=2, batch_first=True)
        self.head = torch.nn.Linear(20, 1)

    def forward(self, x):
        return self.head(self.layer(x)[0][:, -1])


def plain(layer, X, y, epochs):
    X, y = torch.tensor(X[..., None], dtype=torch.float32), torch.tensor(y, dtype=torch.float32)
    model = Network(layer)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    loss = torch.nn.MSELoss()
    for _ in range(epochs):
        for rows in torch.randperm(len(X)).split(32):
            optimizer.zero_grad()
            loss(model(X[rows])[:, 0], y[rows]).backward()
            optimizer.step()


def ours(cls, X, y, epochs):
    trainer = Trainer(clip_norm=None)
    options = {"learning_rate": 0.001, "batch_size": 32, "max_epochs": epochs}
    cls(hidden_size=20, n_layers=2, trainer=trainer, random_state=0, **options).fit(X, y)


def seconds(run, *args):
    start = time.perf_counter()
    run(*args)
    return time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=7000)
    parser.add_argument("--steps", type=int, default=50)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--repetitions", type=int, default=7)
    args = parser.parse_args()
    torch.set_num_threads(1)
    X = np.random.default_rng(0).normal(size=(args.rows, args.steps))
    y = X.mean(axis=1)
    print(f"{args.rows} x {args.steps}, milliseconds per step of 32 rows, medians")
    print(f"{'':6}{'skrnn':>8}{'plain':>8}{'ratio':>8}")
    n_steps = args.epochs * -(-args.rows // 32)
    for name, (cls, layer) in CELLS.items():
        ours(cls, X[:64], y[:64], 1)
        plain(layer, X[:64], y[:64], 1)
        runs = [(ours, cls), (plain, layer)]
        pairs = []
        for i in range(args.repetitions):
            order = runs if i % 2 else runs[::-1]
            times = {run: seconds(run, what, X, y, args.epochs) for run, what in order}
            pairs.append((times[ours], times[plain]))
        mine, theirs = (
            1000 * statistics.median(times) / n_steps for times in zip(*pairs, strict=True)
        )
        ratio = statistics.median(a / b for a, b in pairs)
        print(f"{name:6}{mine:8.2f}{theirs:8.2f}{ratio:8.2f}")


if __name__ == "__main__":
    main()
