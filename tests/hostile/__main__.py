"""Hostile messages by the ten thousand: `python -m tests.hostile --seed 4 --count 100000` prints a line a kind."""

from __future__ import annotations

import argparse
import sys

from tests.hostile.run import run


def main() -> None:
    """Run, print the table, end with 1 where a message broke a promise."""
    parser = argparse.ArgumentParser(prog="python -m tests.hostile", description=__doc__)
    parser.add_argument("--seed", type=int, default=4)
    parser.add_argument("--count", type=int, default=100_000)
    asked = parser.parse_args()
    tally = run(asked.seed, asked.count)
    print(tally.table())
    sys.exit(1 if tally.broken else 0)


if __name__ == "__main__":
    main()
