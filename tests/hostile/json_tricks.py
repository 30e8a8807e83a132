"""Hostile JSON: bytes that are none, nesting, numbers, times, columns, names, numbers of packs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from commons import catalogue
from tests.hostile.cases import (
    BOX,
    BOXES,
    NUMBERS,
    NUMBERS_OF_PACKS,
    TIMES,
    WRONG,
    Case,
    honest,
    places,
    topic,
    written,
)

if TYPE_CHECKING:
    from random import Random


def control(random: Random) -> Case:
    """Nothing hostile: what must be taken, so that a run that refuses all cannot pass."""
    name, document = honest(random)
    return Case(topic(name), orjson.dumps(document))


def alike(random: Random) -> Case:
    """Single readings of one shape, as devices without an outbox send them: many are read together."""
    bed = random.choice(("b1", "b2", "b,1 =\\", "\u202eb", '"', "b1\n", ["b1"]))
    time: Any = random.choice((1_764_000_000_000, [1_764_000_000_001], 1, random.randint(1, 4_102_444_799_999)))
    document: dict[str, Any] = {"t": time, "bed": bed, "moisture": random.choice((1, 0.5, -0.0, None, [30], 99.9, 1e9))}
    if random.random() < 0.3:
        document["temperature"] = random.choice((1, 20.5, None, 2**53 + 1))
    if random.random() < 0.005:
        document[random.choice([*document])] = random.choice(WRONG)
    node = random.choice(("saga-n1", "saga-n2", "x"))
    return Case(topic("soil", lane=random.choice(("saga", "sydney")), node=node), orjson.dumps(document))


def not_utf8(random: Random) -> Case:
    name, document = honest(random)
    payload = orjson.dumps(document)
    choice = random.randrange(4)
    if choice == 0:
        return Case(topic(name), payload.decode().encode(random.choice(("utf-16", "utf-16-be", "utf-32", "utf-7"))))
    if choice == 1:
        return Case(topic(name), random.randbytes(random.randint(0, 200)))
    bad = random.choice((b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf5\x80\x80\x80", b"\xe2\x82", b"\x80", b"\xf0\x9f"))
    at = payload.find(b'"', random.randrange(len(payload))) + 1 if choice == 2 else random.randrange(len(payload))
    return Case(topic(name), payload[:at] + bad + payload[at:])


def deep(random: Random) -> Case:
    name, document = honest(random)
    depth = random.choice((2, 20, 200, 260, 400, 5_000, 60_000))
    opened, closed = random.choice(((b"[", b"]"), (b'{"a":', b"}"), (b"[[1],", b"]")))
    nest = opened * depth + b"1" + closed * random.choice((depth, depth, depth - 1, 0))
    places_of_it = [*document, "x", "thinned", "box", "seq", "first", "t"]
    choice = random.random()
    if choice < 0.2:
        return Case(topic(name), nest)
    if choice < 0.3:
        return Case(topic(name), b'[{"n":"b1/moisture","v":1,"x":' + nest + b"}]")
    return Case(topic(name), written(document, **{random.choice(places_of_it): nest}))


def numbers(random: Random) -> Case:
    name, document = honest(random)
    field = random.choice(places(document, name, text=False))
    number = random.choice(NUMBERS)
    value = document[field]
    if isinstance(value, list):
        column = [orjson.dumps(x) for x in value]
        column[random.randrange(len(column))] = number
        number = b"[" + b",".join(column) + b"]"
    return Case(topic(name), written(document, **{field: number}))


def times(random: Random) -> Case:
    name, document = honest(random)
    time = random.choice(TIMES)
    if isinstance(document["t"], list) and random.random() < 0.5:
        column = [orjson.dumps(t) for t in document["t"]]
        column[random.randrange(len(column))] = time
        time = b"[" + b",".join(column) + b"]"
    uncertain = {"within": random.choice((*TIMES, *NUMBERS_OF_PACKS))} if random.random() < 0.3 else {}
    payload = written(document, t=time if random.random() < 0.7 or not uncertain else b"1764000000000", **uncertain)
    if random.random() < 0.2:
        payload = orjson.dumps({key: value for key, value in document.items() if key != "t"})
    return Case(topic(name), payload, retained=random.random() < 0.3)


def too_large(random: Random) -> Case:
    name, document = honest(random)
    payload = orjson.dumps(document)
    size = random.choice((262_144, 262_145, 300 * 1024))
    return Case(topic(name), payload[:-1] + b" " * (size - len(payload)) + b"}")


def unequal(random: Random) -> Case:
    name, document = honest(random)
    rows = random.randint(0, 6)
    document["t"] = [1_764_000_000_000 + i for i in range(rows)]
    for member in document:
        if member not in ("box", "seq", "first", "t") and random.random() < 0.7:
            value = document[member]
            scalar = value[0] if isinstance(value, list) else value
            document[member] = [scalar] * random.randint(max(0, rows - 1), rows + 1)
    return Case(topic(name), orjson.dumps(document))


def wrong_types(random: Random) -> Case:
    name, document = honest(random)
    for _ in range(random.randint(1, 3)):
        document[random.choice([*document, "thinned", "first", "seq", "box", "t", "nothing", "version", "void"])] = (
            random.choice(WRONG)
        )
    if random.random() < 0.1:
        return Case(topic(name), orjson.dumps(random.choice(WRONG)))
    return Case(topic(name), orjson.dumps(document))


def names(random: Random) -> Case:
    """Members that are not the sender's to give."""
    name, document = honest(random)
    of = catalogue.measurement(name)
    derived = [column for column in of.columns if column not in of.fields]
    own = ["city", "lane", "node", "time", "measurement", "_field", "__proto__", "", "Bed", "bed ", "kg\0", "x" * 5_000]
    wrong = random.choice([*derived, *own, *catalogue.measurement("harvest").fields])
    document[wrong] = random.choice(("makassar", 1.0, [1.0], None, "saga"))
    if random.random() < 0.3:
        document.pop(random.choice([*document]))
    return Case(topic(name), orjson.dumps(document))


def twice(random: Random) -> Case:
    """The same member more than once: the last one counts, for everybody."""
    name, document = honest(random)
    other = honest(random, measurement=name)[1]
    keys = random.sample([*other], random.randint(1, len(other)))
    members = [(key, document[key]) for key in document] + [(key, other[key]) for key in keys]
    random.shuffle(members)
    written_out = b",".join(orjson.dumps(key) + b":" + orjson.dumps(value) for key, value in members)
    return Case(topic(name), b"{" + written_out + b"}")


def pack_numbers(random: Random) -> Case:
    name, document = honest(random, boxed=True)
    document["box"] = random.choice(BOXES) if random.random() < 0.5 else BOX
    raw = {key: random.choice(NUMBERS_OF_PACKS) for key in ("seq", "first") if random.random() < 0.6}
    if random.random() < 0.2:
        document.pop(random.choice(("box", "seq", "first")))
    return Case(topic(name), written(document, **raw))


def thinned(random: Random) -> Case:
    name, document = honest(random, boxed=True)
    notice: dict[str, Any] = document if random.random() < 0.3 else {"box": BOX, "seq": 9, "first": 2}
    raw = {"thinned": random.choice(NUMBERS_OF_PACKS)}
    if random.random() < 0.3:
        raw["seq"] = random.choice(NUMBERS_OF_PACKS)
    return Case(topic(name), written(notice, **raw))


def topics(random: Random) -> Case:
    """A place in the topic that is not its own, or no topic of ours at all."""
    name, document = honest(random)
    parts = topic(name).split("/")
    strange = (
        "..", ".", "+", "#", "*", ">", "", "a b", "Saga", "sagá", "sa\0ga", "$SYS", "a" * 64, "a" * 65, "n" * 60_000,
        "surabaya", "saga", "-", "saga\n", "ledger", "collector", "place", "touched", "price_index", "soil_history",
        "health", "SOIL", "soil ", "stored", "up", "down", "v2", "\ufeffsaga", "%2e%2e", "sa/ga", "\u202e",
    )  # fmt: skip
    parts[random.randrange(len(parts))] = random.choice(strange)
    if random.random() < 0.1:
        parts = parts[: random.randrange(len(parts))] + random.choices(strange, k=random.randint(0, 3))
    return Case("/".join(parts), orjson.dumps(document))
