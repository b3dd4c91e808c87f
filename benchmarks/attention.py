"""Time of the encoder-decoder: predictions by batch, and training against plain torch.

    python benchmarks/attention.py [--repetitions 5] [--jobs 1,2]

Job 1 predicts 24 steps from 48, for 1, 64 and 1,024 rows. Each step is one call for all rows, so
the time of a step grows more slowly than the batch. "theirs" is a single row, and the ratio is how
many times longer the batch takes. Job 2 trains for one epoch with teacher forcing, and compares
with the same network in plain torch. The two take turns, and a ratio is the median of their pairs.
"""

import argparse
import statistics
import time

import numpy as np
import torch
from _table import Row, machine, print_head, print_row
from torch import nn
from torch.nn import functional

from skrnn import Seq2SeqRegressor, Trainer

N_READ, N_WRITTEN, WIDTH = 48, 24, 32
CELLS = {"LSTM": nn.LSTM, "GRU": nn.GRU}
BATCHES = (1, 64, 1024)


class PlainTorch(nn.Module):
    """The same network of torch's modules, with teacher forcing."""

    def __init__(self, cell):
        super().__init__()
        self.encoder = CELLS[cell](1, WIDTH, batch_first=True)
        self.decoder = CELLS[cell](1, WIDTH, batch_first=True)
        self.query = nn.Linear(WIDTH, WIDTH)
        self.head = nn.Linear(2 * WIDTH, 1)

    def forward(self, x, target):
        read, state = self.encoder(x)
        written, _ = self.decoder(functional.pad(target, (0, 0, 1, -1)), state)
        context = functional.scaled_dot_product_attention(self.query(written), read, read)
        return self.head(torch.cat([written, context], dim=-1))


def sequences(n):
    values = np.random.default_rng(0).normal(size=(n, N_READ + N_WRITTEN)).astype(np.float32)
    return values[:, :N_READ], values[:, N_READ:]


def fit(cell, X, y, **options):
    trainer = Trainer(clip_norm=None, schedule="constant")
    return Seq2SeqRegressor(
        cell=cell.lower(),
        hidden_size=WIDTH,
        attention="dot",
        scheduled_sampling=0.0,
        batch_size=64,
        max_epochs=1,
        learning_rate=0.001,
        random_state=0,
        trainer=trainer,
        **options,
    ).fit(X, y)


def plain_epoch(cell, X, y):
    network = PlainTorch(cell)
    optimizer = torch.optim.Adam(network.parameters(), lr=0.001)
    x, target = torch.from_numpy(X)[..., None], torch.from_numpy(y)[..., None]
    for rows in torch.randperm(len(x)).split(64):
        optimizer.zero_grad()
        functional.mse_loss(network(x[rows], target[rows]), target[rows]).backward()
        optimizer.step()


def timed(function, *args):
    start = time.perf_counter()
    function(*args)
    return time.perf_counter() - start


def predictions(repetitions):
    """Milliseconds of one output step, encoder included, for batches of rows."""
    for cell in CELLS:
        model = fit(cell, *sequences(64))
        figures = {}
        for n in BATCHES:
            X, _ = sequences(n)
            model.predict(X)
            times = [timed(model.predict, X) for _ in range(repetitions)]
            figures[n] = 1000 * statistics.median(times) / N_WRITTEN
            ratio = figures[n] / figures[1]
            yield Row(
                f"a step for {n:,} rows / for one", cell, figures[n], figures[1], "ms", ratio, None
            )


def training(repetitions):
    """Seconds of an epoch of 2,048 rows."""
    X, y = sequences(2048)
    for cell in CELLS:
        fit(cell, X[:64], y[:64])
        plain_epoch(cell, X[:64], y[:64])
        pairs = []
        for i in range(repetitions):
            order = (fit, plain_epoch) if i % 2 else (plain_epoch, fit)
            times = {side: timed(side, cell, X, y) for side in order}
            pairs.append((times[fit], times[plain_epoch]))
        ours, theirs = (statistics.median(side) for side in zip(*pairs, strict=True))
        ratio = statistics.median(a / b for a, b in pairs)
        yield Row("epoch with teacher forcing / torch", cell, ours, theirs, "s", ratio, None)


JOBS = {"1": predictions, "2": training}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--jobs", default=",".join(JOBS))
    args = parser.parse_args()
    numbers = args.jobs.split(",")
    if unknown := set(numbers) - set(JOBS):
        parser.error(f"--jobs knows {', '.join(JOBS)}, not {', '.join(sorted(unknown))}")
    torch.set_num_threads(1)
    print(machine({}))
    print_head()
    for number in numbers:
        for row in JOBS[number](args.repetitions):
            print_row(number, row)


if __name__ == "__main__":
    main()
