"""Random numbers that are a function of what they are for, and of nothing else."""

from __future__ import annotations

from random import Random


def draws(*key: object) -> Random:
    """A stream of random numbers of its own for each key, such as (seed, lane, bed, day).

    A day's numbers therefore never depend on which days, or which part of a day, were made before. Only `random()` is
    drawn from a stream: it alone is promised to give the same numbers in every version of Python.
    """
    return Random("/".join(map(str, key)))  # noqa: S311 - made up on purpose, and repeatable


def noise(stream: Random, count: int) -> list[float]:
    """Numbers around 0, within -1 and 1, near ones more often."""
    random = stream.random
    return [random() + random() - 1.0 for _ in range(count)]
