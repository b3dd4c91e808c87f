"""The table that `recurrences.py` prints."""

import datetime
import os
import platform
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

import torch


class Row(NamedTuple):
    """A line of the table. `ratio` is None where the bar is for `ours` itself."""

    job: str
    cell: str
    ours: float
    theirs: float | None
    unit: str
    ratio: float | None
    bar: float | None

    @property
    def verdict(self):
        if self.bar is None:
            return ""
        return "met" if (self.ours if self.ratio is None else self.ratio) <= self.bar else "missed"


def machine(versions):
    """One line on the machine and the versions of torch, numba and what `versions` names."""
    cpu = platform.processor()
    if Path("/proc/cpuinfo").exists():
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        cpu = next((line.split(": ")[1] for line in lines if line.startswith("model name")), cpu)
    try:
        numba = metadata.version("numba")
    except metadata.PackageNotFoundError:
        numba = "none"
    versions = {"torch": torch.__version__, "numba": numba, **versions}
    parts = [
        datetime.date.today().isoformat(),
        cpu,
        f"{os.cpu_count()} cores",
        f"{torch.get_num_threads()} threads",
        *(f"{name} {version}" for name, version in versions.items()),
    ]
    return ", ".join(parts)


def print_head():
    print(f"{'job':49}{'cell':5}{'ours':>11}{'theirs':>11}{'ratio':>8}  bar", flush=True)


def print_row(number, row):
    """Print a line below those of `print_head`."""

    def figure(value):
        if value is None:
            return "-"
        return f"{value:,.0f} {row.unit}" if value >= 100 else f"{value:.3g} {row.unit}"

    ratio = "-" if row.ratio is None else f"{row.ratio:.2f}"
    bar = "-" if row.bar is None else f"<= {row.bar:g}" + (f" {row.unit}" if ratio == "-" else "")
    cells = f"{row.cell:5}{figure(row.ours):>11}{figure(row.theirs):>11}{ratio:>8}"
    print(f"{number:>2}  {row.job:45}{cells}  {bar:9}{row.verdict}".rstrip(), flush=True)
