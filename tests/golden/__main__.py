"""Record what all classes predict, and compare it later, bit for bit.

python tests/golden record
python tests/golden compare [--only SUBSTRING] [--jobs N] [--times]

A change that is to keep all predictions leaves `recorded.json` as it is.
"""

import argparse
import json
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch
from registry import CASES, enter_all, run

import skrnn

RECORDED = Path(__file__).with_name("recorded.json")
TOLERANCE = 1e-3  # on another machine, relative to the largest entry


def run_all(names, n_jobs):
    if n_jobs == 1:
        yield from map(run, names)
        return
    with ProcessPoolExecutor(n_jobs, get_context("spawn"), enter_all) as pool:
        yield from pool.map(run, names)


def fingerprint():
    """Return what the last bits depend on."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    flags = next((line.split() for line in lines if line.startswith("flags")), [])
    kept = {"avx2", "fma", "avx512f", "avx512dq", "avx512bw", "avx512vl", "avx512_bf16", "amx_tile"}
    packages = ("numpy", "torch", "scipy", "numba", "pandas", "scikit-learn", "sktime", "skpro")
    return {
        "flags": sorted(kept & set(flags)),
        "cpu": torch.backends.cpu.get_cpu_capability(),
        "threads": 1,
        **{name: version(name) for name in packages},
    }


def difference(old, new, exact):
    """Return what differs in words, or None."""
    if old["form"] != new["form"]:
        return f"{old['form']} was, {new['form']} is"
    before, now = (np.array(x["values"], dtype=float) for x in (old, new))
    error = np.nanmax(np.abs(before - now), initial=0.0)
    missing = (np.isnan(before) != np.isnan(now)).any()
    size = np.nanmax(np.abs(before), initial=0.0)
    words = not len(before) and old["hash"] != new["hash"]
    same = old["hash"] == new["hash"] if exact else not words and error <= TOLERANCE * size
    if same and not missing:
        return None
    return f"{new['form']} differs by {error:.3g} of {size:.3g} in the entries kept"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("command", choices=["record", "compare"])
    parser.add_argument("--only", default="", help="part of the names of cases")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--times", action="store_true", help="print the seconds of each case")
    args = parser.parse_args()
    enter_all()
    print("skrnn of", Path(skrnn.__file__).parent)
    names = [name for name in CASES if args.only in name]
    start, notes, here = time.perf_counter(), {}, fingerprint()
    recorded = {} if args.command == "record" else json.loads(RECORDED.read_text())
    exact = recorded.get("fingerprint", here) == here
    if not exact:
        print(f"another machine or other packages: compared within {TOLERANCE:g} of the size")
    n_differ = 0
    for name, found, seconds in run_all(names, args.jobs):
        notes[name] = found
        if args.times:
            print(f"{seconds:6.1f} s  {name}", flush=True)
        if args.command == "record":
            if "error" in found:
                print(f"{name}: {found['error']['form']}", flush=True)
            continue
        old = recorded["cases"].get(name, {})
        lines = [f"{key} is in one only" for key in sorted(old.keys() ^ found.keys())]
        for key in old.keys() & found.keys():
            words = difference(old[key], found[key], exact)
            lines += [f"{key}: {words}"] if words else []
        n_differ += bool(lines)
        for line in lines:
            print(f"{name}: {line}", flush=True)
    print(f"{len(names)} cases, {time.perf_counter() - start:.0f} s, {n_differ} differ")
    if args.command == "record":
        old = json.loads(RECORDED.read_text())["cases"] if args.only and RECORDED.exists() else {}
        cases = {name: json.dumps({**old, **notes}[name]) for name in {**old, **notes}}
        rows = ",\n".join(f"{json.dumps(name)}: {text}" for name, text in cases.items())
        RECORDED.write_text(f'{{"fingerprint": {json.dumps(here)},\n"cases": {{\n{rows}\n}}}}\n')
    sys.exit(n_differ > 0)


if __name__ == "__main__":
    main()
