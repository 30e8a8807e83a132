"""Hostile messages and answers by the ten thousand: `python -m tests.hostile --seed 4` prints a line a kind."""

from __future__ import annotations

import argparse
import logging
import sys

from tests.hostile.answering import run_answers
from tests.hostile.run import run

_ANSWERS = 10  # messages to the collector for one answer to a node


def main() -> None:
    """Run, print the table, end with 1 where a message broke a promise."""
    parser = argparse.ArgumentParser(prog="python -m tests.hostile", description=__doc__)
    parser.add_argument("--seed", type=int, default=4)
    parser.add_argument("--count", type=int, default=100_000)
    asked = parser.parse_args()
    logging.disable()  # a node says a word of every answer that is none
    tally = run(asked.seed, asked.count)
    print(tally.table())
    answers = run_answers(asked.seed, asked.count // _ANSWERS)
    print("\nforged answers to a node\n" + answers.table())
    sys.exit(1 if tally.broken or answers.broken else 0)


if __name__ == "__main__":
    main()
