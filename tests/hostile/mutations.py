"""Honest messages with bytes or members changed at random."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from tests.hostile import senml_tricks
from tests.hostile.cases import BOXES, FORMULAS, SYNTAX, UNICODE, WRONG, Case, honest, topic

if TYPE_CHECKING:
    from random import Random

_TOKENS = (b"{", b"}", b"[", b"]", b",", b":", b'"', b"\\", b"null", b"true", b"1e9", b"-", b"\0", b"\xff", b"\\u0000")


def of_bytes(random: Random) -> Case:
    name, document = honest(random)
    payload = bytearray(orjson.dumps(document) if random.random() < 0.8 else senml_tricks.values(random).payload)
    for _ in range(random.choice((1, 1, 2, 4, 16))):
        at = random.randrange(len(payload) + 1)
        choice = random.randrange(6)
        if choice == 0:
            payload[at : at + 1] = bytes([random.randrange(256)])
        elif choice == 1:
            payload[at:at] = random.choice(_TOKENS)
        elif choice == 2:
            del payload[at : at + random.choice((1, 1, 2, 8))]
        elif choice == 3:
            payload[at:at] = payload[at : at + random.randint(1, 20)]
        elif choice == 4:
            del payload[at:]
        else:
            payload[at : at + 1] = str(random.randrange(10)).encode()
    return Case(topic(name), bytes(payload))


def of_members(random: Random) -> Case:
    name, document = honest(random)
    for _ in range(random.choice((1, 1, 2, 3))):
        _change(random, document)
    return Case(topic(random.choice((name, name, name, "soil", "harvest"))), orjson.dumps(document))


def _change(random: Random, document: dict[str, Any]) -> None:
    member = random.choice([*document] or ["t"])
    value = document.get(member)
    choice = random.randrange(6)
    if choice == 0:
        document.pop(member, None)
    elif choice == 1:
        document[member] = random.choice((*WRONG, *BOXES, *SYNTAX, *FORMULAS, *UNICODE))
    elif choice == 2 and isinstance(value, list) and value:
        value[random.randrange(len(value))] = random.choice((*WRONG, *SYNTAX))
    elif choice == 3:
        document[random.choice(("nothing", "version", "void", "entry", "note", "commodity", "thinned", "raw"))] = value
    elif choice == 4:
        document[member] = [value]
    elif isinstance(value, list):
        value.append(random.choice(WRONG))
