"""Hostile SenML: base fields that make another record out of the next, names, units, times, values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from tests.hostile.cases import FORMULAS, SYNTAX, UNICODE, WRONG, Case, topic

if TYPE_CHECKING:
    from random import Random

_NUMBERS = (0, -0.0, 1, 30.5, -5, 1e308, -1e308, 1.7e308, 2**53 + 1, 2**63, 5e-324, 99.99, 100.0000001)
_TIMES = (
    0, -0.0, 1, -10, 2**28 - 1, 2**28, 2**28 + 0.5, 1764000000, 1764000000.001, 1764000000.0005, 4102444799.999, 1e300,
    4102444800, -1764000000, 1e308, -1e308, -1795492800, -1795492799, 2**62, -(2**63),
)  # fmt: skip
_FIELDS = {
    "soil": ("moisture", "temperature", "ec", "raw"),
    "air": ("temperature", "humidity", "pressure"),
    "water": ("litres", "note", "entry", "version", "node"),
    "compost": ("waste_kg", "compost_kg", "note"),
    "harvest": ("nothing", "kg", "pieces"),
}
_UNITS = {"moisture": "%", "temperature": "Cel", "ec": "uS/cm", "humidity": "%RH", "litres": "l", "pressure": "hPa"}


def base_values(random: Random) -> Case:
    name, records = _pack(random)
    for record in records:
        for label in ("bv", "bt", "bs", "bver", "bn", "bu"):
            if random.random() < 0.25:
                record[label] = _base(random, label)
    if random.random() < 0.2:
        records.insert(random.randrange(len(records) + 1), {"bv": random.choice(_NUMBERS)})
    return _case(name, records, retained=random.random() < 0.1)


def names_and_units(random: Random) -> Case:
    name, records = _pack(random)
    strange = ("", "/", "b1/", "/moisture", "b1//moisture", "..", "../moisture", "b1/b2/moisture", "_b1/moisture")
    for record in records:
        choice = random.randrange(4)
        if choice == 0:
            record["n"] = random.choice(
                (*strange, *SYNTAX, *FORMULAS, *UNICODE, "urn:dev:ow:10e2073a01080063:moisture")
            )
        elif choice == 1:
            record["u"] = random.choice(("K", "%", "%RH", "Cel", "", "cel", None, 5, "%EL", "l", "\0", ["%"], "L"))
        elif choice == 2:
            record["n"] = f"{random.choice(SYNTAX + UNICODE)}/{record['n'].split('/')[-1]}"
    return _case(name, records)


def values(random: Random) -> Case:
    name, records = _pack(random)
    for record in records:
        if random.random() < 0.5:
            record.pop("v", None)
        label = random.choice(("v", "vs", "vb", "vd", "s", "v_", "x", "x_", "ut", "t"))
        record[label] = random.choice((*WRONG, *_NUMBERS))
    return _case(name, records)


def times(random: Random) -> Case:
    name, records = _pack(random)
    for record in records:
        record["t"] = random.choice(_TIMES)
        if random.random() < 0.3:
            record["bt"] = random.choice(_TIMES)
    return _case(name, records, retained=random.random() < 0.4)


def doubled(random: Random) -> Case:
    """The same name in one moment again, with the same or another value."""
    name, records = _pack(random)
    for record in random.choices(records, k=random.randint(1, 3)):
        records.append({**record, "v": random.choice((record.get("v"), 30.5, 1))} if "v" in record else dict(record))
    random.shuffle(records)
    return _case(name, records)


def huge(random: Random) -> Case:
    """As many records as fit, or a few more."""
    count = random.choice((2_000, 9_000, 50_000, 50_001))
    if count >= 50_000:
        return Case(topic("soil"), b"[" + b",".join([b"{}"] * count) + b"]")
    records = [{"n": "b1/moisture", "v": 30, "t": i} for i in range(count)]
    records[0]["bt"] = 1764000000
    records[-1]["v"] = random.choice((30, None, 1e308))
    return _case("soil", records)


def not_records(random: Random) -> Case:
    name, records = _pack(random)
    mixed: list[Any] = [*records]
    for _ in range(random.randint(1, 2)):
        mixed.insert(random.randrange(len(mixed) + 1), random.choice(WRONG))
    return Case(topic(name), orjson.dumps(mixed if random.random() < 0.9 else []))


def _pack(random: Random) -> tuple[str, list[dict[str, Any]]]:
    name = random.choice([*_FIELDS])
    records: list[dict[str, Any]] = []
    for _ in range(random.randint(1, 4)):
        field = random.choice(_FIELDS[name])
        bed = random.choice(("b1/", "b2:", "b1.", "")) if random.random() < 0.9 else "x/y/"
        record: dict[str, Any] = {"n": f"{bed}{field}"}
        record |= {"vs": "segar"} if field in ("note", "entry", "node") else {"v": random.choice((1, 30.5, 25))}
        if field in _UNITS and random.random() < 0.5:
            record["u"] = _UNITS[field]
        if random.random() < 0.6:
            record["t"] = 1764000000 + random.randint(0, 2)
        records.append(record)
    if random.random() < 0.3:
        prefix = random.choice(("b1/", "b2/"))
        records[0]["bn"] = prefix
    return name, records


def _base(random: Random, label: str) -> Any:
    if random.random() < 0.2:
        return random.choice(WRONG)
    choices: dict[str, tuple[Any, ...]] = {
        "bv": _NUMBERS, "bt": _TIMES, "bs": _NUMBERS, "bver": (10, 10, 5, 99, 10.0, -1), "bu": ("%", "K", "Cel"),
        "bn": ("b1/", "b2/", "", "/", "b1", "moisture", "=1/", "x:"),
    }  # fmt: skip
    return random.choice(choices[label])


def _case(name: str, records: list[dict[str, Any]], *, retained: bool = False) -> Case:
    return Case(topic(name), orjson.dumps(records, option=orjson.OPT_NON_STR_KEYS), retained)
