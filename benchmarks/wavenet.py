"""Time of WaveNet: training against plain torch, and steps against recomputing the window.

    python benchmarks/wavenet.py [--repetitions 5] [--jobs 1,2,3] [--csv FILE]

As in `recurrences.py`, the two sides of a row take turns, and a ratio is the median of the ratios
of their pairs.
"""

import argparse
import csv
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import torch
from _table import Row, machine, print_head, print_row
from recurrences import Run, compare, threads, timed
from torch import nn
from torch.nn import functional

from skrnn import Trainer, WaveNetRegressor
from skrnn.nn import WaveNetEncoder, initialize

WIDTH = 32
ROWS, STEPS, BATCH = 512, 200, 64
GENERATED = 1000


class Network(nn.Module):
    """The same network as it is usually written, on ``nn.Conv1d``."""

    def __init__(self, n_layers):
        super().__init__()
        self.front = nn.Conv1d(1, WIDTH, 1)
        self.gates = nn.ModuleList(
            nn.Conv1d(WIDTH, 2 * WIDTH, 2, dilation=2**i) for i in range(n_layers)
        )
        self.residuals = nn.ModuleList(nn.Conv1d(WIDTH, WIDTH, 1) for _ in range(n_layers))
        self.skips = nn.ModuleList(nn.Conv1d(WIDTH, WIDTH, 1) for _ in range(n_layers))
        self.out = nn.Conv1d(WIDTH, WIDTH, 1)
        self.head = nn.Linear(WIDTH, 1)

    def forward(self, x):
        h, total = self.front(x.mT), 0
        for gate, residual, skip in zip(self.gates, self.residuals, self.skips, strict=True):
            filters, gates = gate(functional.pad(h, (gate.dilation[0], 0))).chunk(2, dim=1)
            z = torch.tanh(filters) * torch.sigmoid(gates)
            total = total + skip(z)
            h = h + residual(z)
        outputs = torch.relu(self.out(torch.relu(total)))
        return self.head(outputs[:, :, -1])


def plain_epoch(X, y):
    """One epoch by a loop of plain torch."""
    torch.manual_seed(0)
    network = Network(n_layers=8)
    optimizer = torch.optim.Adam(network.parameters(), lr=0.001)
    x, target = torch.from_numpy(X), torch.from_numpy(y)[:, None]
    for rows in torch.randperm(len(x)).split(BATCH):
        optimizer.zero_grad()
        functional.mse_loss(network(x[rows]), target[rows]).backward()
        optimizer.step()


def epoch(X, y):
    """Our epoch: the same optimiser, and no clipping of gradients."""
    WaveNetRegressor(
        hidden_size=WIDTH,
        n_layers="auto",  # 8, as the other side has
        learning_rate=0.001,
        batch_size=BATCH,
        max_epochs=1,
        trainer=Trainer(clip_norm=None, schedule="constant"),
        random_state=0,
    ).fit(X, y)


# -- the jobs ------------------------------------------------------------------------------


def training_and_plain_torch(run):
    """An epoch with 8 layers of width 32 on 200 steps; the same threads, all of them and one."""
    X, y = run.sequences(ROWS, STEPS)
    for n_threads in sorted({torch.get_num_threads(), 1}, reverse=True):
        with threads(n_threads):
            epoch(X[:BATCH], y[:BATCH])
            plain_epoch(X[:BATCH], y[:BATCH])
            pairs = run.take_turns(timed(epoch, X, y), timed(plain_epoch, X, y))
        job = f"epoch, {n_threads} threads / plain torch".replace("1 threads", "1 thread")
        yield compare(job, "", pairs, 1.0)


def generation_and_recomputation(run):
    """A step of series that feed themselves against the network on the last 1,024 values.

    skrnn has the mean of 1,000 steps; recomputing costs the same at each step, so a few are enough.
    First the script checks that both make the same series.
    """
    with threads(1):
        for n_series, n_recomputed in ((1, 50), (64, 3)):
            encoder = network(10)
            start = torch.randn(n_series, encoder.receptive_field, 1)
            ours, theirs = generate(encoder, start, 50), recompute(encoder, start, n_recomputed)
            torch.testing.assert_close(ours[:, :n_recomputed], theirs, rtol=0, atol=1e-5)
            mine = timed(generate, encoder, start, run.rows(GENERATED))
            again = timed(recompute, encoder, start, n_recomputed)
            pairs = [
                (1000 * a / run.rows(GENERATED), 1000 * b / n_recomputed)
                for a, b in run.take_turns(mine, again)
            ]
            name = f"step of {n_series} series / window of 1,024".replace("1 series", "a series")
            yield compare(name, "", pairs, 1 / 50, "ms")


def steps_of_receptive_fields(run):
    """A step at a receptive field against one at 64: layers grow from 6 to 12."""
    with threads(1):
        smallest = network(6)
        for n_layers in (8, 10, 12):
            encoder = network(n_layers)
            mine, theirs = (
                timed(generate, e, torch.randn(1, 8, 1), run.rows(GENERATED))
                for e in (encoder, smallest)
            )
            scale, field = 1000 / run.rows(GENERATED), encoder.receptive_field
            pairs = [(scale * a, scale * b) for a, b in run.take_turns(mine, theirs)]
            yield compare(
                f"step, receptive field {field:,} / 64", "", pairs, round(n_layers / 6, 2), "ms"
            )


def network(n_layers):
    encoder = WaveNetEncoder(input_size=1, hidden_size=WIDTH, n_layers=n_layers)
    initialize(encoder, torch.Generator().manual_seed(0))
    return encoder.eval()


@torch.inference_mode()
def generate(encoder, start, n_steps):
    """Go on from `start` (n, t, 1): the next value is the mean over the units."""
    outputs, state = encoder(start)
    value, values = outputs[:, -1:].mean(dim=2, keepdim=True), []
    for _ in range(n_steps):
        values.append(value)
        output, state = encoder(value, state=state)
        value = output.mean(dim=2, keepdim=True)
    return torch.cat(values, dim=1)


@torch.inference_mode()
def recompute(encoder, start, n_steps):
    """Do the same and read the last values again at each step."""
    window, values = start, []
    for _ in range(n_steps):
        value = encoder(window)[0][:, -1:].mean(dim=2, keepdim=True)
        values.append(value)
        window = torch.cat([window[:, 1:], value], dim=1)
    return torch.cat(values, dim=1)


JOBS = {
    "1": training_and_plain_torch,
    "2": generation_and_recomputation,
    "3": steps_of_receptive_fields,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--jobs", default=",".join(JOBS))
    parser.add_argument("--csv", metavar="FILE")
    parser.add_argument("--fraction", type=float, default=1.0)
    args = parser.parse_args()
    numbers = args.jobs.split(",")
    if unknown := set(numbers) - set(JOBS):
        parser.error(f"--jobs knows {', '.join(JOBS)}, not {', '.join(sorted(unknown))}")
    run = Run(args.repetitions, args.fraction, None)
    print(machine({"numpy": np.__version__}))
    print_head()
    with ExitStack() as stack:
        table = None
        if args.csv:
            table = csv.writer(stack.enter_context(Path(args.csv).open("w", newline="")))
            table.writerow(["number", *Row._fields, "verdict"])
        for number in numbers:
            for row in JOBS[number](run):
                print_row(number, row)
                if table:
                    table.writerow([number, *row, row.verdict])


if __name__ == "__main__":
    main()
