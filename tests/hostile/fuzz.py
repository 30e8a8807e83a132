"""Coverage-guided: `python -m tests.hostile.fuzz -runs=100000` lets atheris look for bytes that break a promise.

atheris has no wheel for every Python; where it is not installed, `python -m tests.hostile` draws from the kinds alone.
"""

from __future__ import annotations

import sys
from random import Random
from typing import Any

import atheris  # type: ignore[import-untyped,import-not-found,unused-ignore]  # not installed everywhere, and untyped

with atheris.instrument_imports(include=["commons", "ingest"]):
    from tests.hostile.cases import MEASUREMENTS, Case, topic
    from tests.hostile.judging import judge
    from tests.hostile.kinds import KINDS


def one(data: bytes) -> None:
    """Judge one message: the first byte says of what, the second whether it was kept, the rest is its payload."""
    if len(data) > 2:
        judge(Case(topic(MEASUREMENTS[data[0] % len(MEASUREMENTS)]), data[2:], retained=bool(data[1] & 1)))


def mutated(data: bytes, most: int, seed: int) -> bytes:
    """Change bytes as libFuzzer does, or begin anew from one of our own kinds."""
    random = Random(seed)
    if random.random() < 0.1:
        case = random.choice([make for _, make in KINDS.values()])(random)
        name = case.topic.rpartition("/")[2]
        of = MEASUREMENTS.index(name) if name in MEASUREMENTS else 0
        return (bytes([of, case.retained]) + case.payload)[:most]
    found: Any = atheris.Mutate(data, most)
    return bytes(found)


if __name__ == "__main__":
    atheris.Setup(sys.argv, one, custom_mutator=mutated)
    atheris.Fuzz()
