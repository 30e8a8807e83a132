"""The kinds of hostile messages: one line each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.hostile import json_tricks, mutations, senml_tricks, text_tricks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random

    from tests.hostile.cases import Case

CONTROL = "honest (control)"
KINDS: dict[str, tuple[int, Callable[[Random], Case]]] = {
    CONTROL: (20, json_tricks.control),
    "single readings alike": (150, json_tricks.alike),
    "bytes changed at random": (60, mutations.of_bytes),
    "members changed at random": (60, mutations.of_members),
    "not UTF-8": (30, json_tricks.not_utf8),
    "nested deep": (8, json_tricks.deep),
    "numbers at the edge": (40, json_tricks.numbers),
    "times at the edge": (40, json_tricks.times),
    "over 256 KiB": (1, json_tricks.too_large),
    "columns of unequal length": (40, json_tricks.unequal),
    "wrong types": (50, json_tricks.wrong_types),
    "names not to be given": (30, json_tricks.names),
    "one name twice": (30, json_tricks.twice),
    "box, seq, first out of range": (40, json_tricks.pack_numbers),
    "forged thinned notices": (30, json_tricks.thinned),
    "forged topics": (40, json_tricks.topics),
    "line protocol and SQL in texts": (60, text_tricks.syntax),
    "formulas and HTML in texts": (40, text_tricks.formulas),
    "strange letters": (40, text_tricks.strange_letters),
    "one long text for many rows": (2, text_tricks.long_texts),
    "SenML base values": (60, senml_tricks.base_values),
    "SenML names and units": (40, senml_tricks.names_and_units),
    "SenML values": (40, senml_tricks.values),
    "SenML times": (40, senml_tricks.times),
    "SenML doubled": (30, senml_tricks.doubled),
    "SenML huge": (1, senml_tricks.huge),
    "SenML of other things": (30, senml_tricks.not_records),
}
"""Each kind's weight in a run and its maker."""


def draw(random: Random, count: int) -> Iterator[tuple[str, Case]]:
    """So many messages, each with its kind."""
    names, weights = [*KINDS], [weight for weight, _ in KINDS.values()]
    for kind in random.choices(names, weights, k=count):
        yield kind, KINDS[kind][1](random)
