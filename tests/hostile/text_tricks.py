"""Hostile texts in tags and text fields: line protocol, SQL, HTML, formulas, strange letters, too many of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from commons import catalogue
from tests.hostile.cases import FORMULAS, HALVES, SYNTAX, UNICODE, Case, honest, places, topic, written

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random


def syntax(random: Random) -> Case:
    return _with(random, SYNTAX)


def formulas(random: Random) -> Case:
    return _with(random, FORMULAS)


def strange_letters(random: Random) -> Case:
    if random.random() < 0.2:
        name, document = honest(random)
        member = random.choice(_texts(random, document, name) or ["origin"])
        return Case(topic(name), written(document, **{member: random.choice(HALVES)}))
    return _with(random, UNICODE)


def long_texts(random: Random) -> Case:
    """A text for many rows: small on the wire, large wherever it is written out."""
    name, document = honest(random)
    rows = random.choice((1, 2, 50, 4_000, 20_000))
    length = random.choice((1, 100, 5_000, 66_000, 120_000))
    document = {key: _first(value) for key, value in document.items()}
    document["t"] = [1_764_000_000_000 + i for i in range(rows)] if rows > 1 else 1_764_000_000_000
    document[random.choice(_texts(random, document, name) or ["origin"])] = random.choice(("x", "é", "\\")) * length
    return Case(topic(name), orjson.dumps(document))


def _with(random: Random, texts: Sequence[str]) -> Case:
    name, document = honest(random)
    for member in _texts(random, document, name) or ["origin"]:
        if random.random() < 0.7:
            document[member] = _placed(random, random.choice(texts), document)
    return Case(topic(name), orjson.dumps(document))


def _texts(random: Random, document: dict[str, Any], name: str) -> Sequence[str]:
    found = [*places(document, name, text=True)]
    if catalogue.measurement(name).kind == "event":
        found += random.sample(("entry", "note"), 1)
    return found


def _placed(random: Random, text: str, document: dict[str, Any]) -> Any:
    """The text for all rows, or in some of them, alone or inside another."""
    text = random.choice((text, text, f"b1{text}", f"{text}b1", text * 3))
    if isinstance(document["t"], list) and random.random() < 0.4:
        return [random.choice((text, "b1")) for _ in document["t"]]
    return text


def _first(value: Any) -> Any:
    return value[0] if isinstance(value, list) else value
