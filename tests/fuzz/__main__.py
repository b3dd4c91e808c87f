"""Spoil one argument of valid calls, and sort what becomes of them.

    cd tests
    python -m fuzz run --draws 2000 --seed 0
    python -m fuzz one 17 --seed 0
    python -m fuzz check

Each draw takes a valid call (`calls.py`) and spoils one argument, by the tables of `arrays.py`,
`targets.py`, `frames.py`, `scalars.py` and `parameters.py`. `run` prints how many draws had which
outcome, and examples of those that are not as they should be. `one` repeats a draw and shows its
traceback. `check` makes all calls unspoiled.

`run` fails if a draw ends in anything but a sound message, a right result, or an error that does
not name the argument, or if more than 2 % end in the latter.
"""

import argparse
import os
import sys
import time
from collections import defaultdict

os.environ.setdefault("OMP_NUM_THREADS", "1")

from fuzz.draws import Worker, broken_calls, draws, valid_arguments
from fuzz.outcomes import ALL, NAMELESS, RIGHT, SOUND

MAX_NAMELESS = 0.02


def run(options: argparse.Namespace) -> int:
    begun = time.monotonic()
    found = defaultdict(list)
    todo = [draw for draw in draws(options.seed, options.draws) if options.only in str(draw)]
    for draw, outcome, text in Worker(todo, options.seed, options.limit).outcomes():
        found[outcome].append(f"{draw}\n      {' '.join(text.split())[: options.width]}")
    for outcome, lines in found.items():
        if outcome not in (SOUND, RIGHT) or options.verbose:
            print(f"\n{outcome}", *lines[: options.examples], sep="\n  ")
    print(f"\n{len(todo)} draws, seed {options.seed}, {time.monotonic() - begun:.0f} s\n")
    for outcome in (*ALL, *(set(found) - set(ALL))):
        print(f"  {outcome:22}{len(found[outcome]):6}")
    failed = sum(map(len, found.values())) - sum(len(found[name]) for name in (SOUND, RIGHT))
    return int(failed > len(found[NAMELESS]) or failed > MAX_NAMELESS * len(todo))


def one(options: argparse.Namespace) -> int:
    draw = draws(options.seed, options.number + 1)[options.number]
    value = draw.value(options.seed)
    print(draw, f"must: {draw.spoiling.must}", f"value: {value!r}", sep="\n")
    print(*draw.outcome(options.seed), sep=": ")
    draw.call.run(**valid_arguments(draw.call) | {draw.argument: value})
    return 0


def check(_: argparse.Namespace) -> int:
    broken = broken_calls()
    print(*broken, f"{len(broken)} valid calls fail", sep="\n")
    return len(broken)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True)
    for name, function in (("run", run), ("one", one), ("check", check)):
        command = commands.add_parser(name)
        command.set_defaults(function=function)
        command.add_argument("--seed", type=int, default=0)
        if name == "one":
            command.add_argument("number", type=int)
        if name == "run":
            command.add_argument("--draws", type=int, default=2000)
            command.add_argument("--limit", type=float, default=20, help="seconds of CPU")
            command.add_argument("--only", default="", help="text in the name of a draw")
            command.add_argument("--examples", type=int, default=10, help="shown of each outcome")
            command.add_argument("--width", type=int, default=200, help="of an example")
            command.add_argument("--verbose", action="store_true", help="show sound outcomes, too")
    options = parser.parse_args()
    return options.function(options)


if __name__ == "__main__":
    sys.exit(main())
