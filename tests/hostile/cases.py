"""What hostile messages are made from: honest ones, and values that somebody's code trips over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from commons import catalogue

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

NOW_MS = 1_795_492_800_000
BOX = "HOSTILE7BOX234567ABCDEFGHI"
MEASUREMENTS = ("soil", "air", "rain", "health", "water", "planting", "harvest", "compost", "sale", "price")

NUMBERS: tuple[bytes, ...] = (
    b"0", b"-0", b"-0.0", b"1e400", b"-1e400", b"1e308", b"-1e308", b"5e-324", b"1e-400", b"NaN", b"Infinity",
    b"-Infinity", b"9007199254740993", b"18446744073709551615", b"18446744073709551616", b"-9223372036854775809",
    b"1" + b"0" * 308, b"9" * 400, b"0.1e1", b"1E5", b"01", b"+1", b".5", b"1.", b"0x10", b"1_000", b"2.5e0",
    b"179769313486231580793728971405301e276", b"100", b"100.00000000000001", b"-1e-320", b"65.00000000000001",
)  # fmt: skip
TIMES: tuple[bytes, ...] = (
    b"0", b"-1", b"1", b"4102444799999", b"4102444800000", b"9223372036854775807", b"9223372036854775808", b"1e12",
    b"1764000000000.0", b"1764000000", b'"1764000000000"', b"true", b"null", b"[]", b"[null]", b"[1764000000000,null]",
    b"1764000000000000000", b"253402300800000", b"[1764000000000,1764000000000]", b"{}", b"-0", b"1764000000000",
)  # fmt: skip
NUMBERS_OF_PACKS: tuple[bytes, ...] = (
    b"0", b"-1", b"1", b"1.0", b"true", b"null", b'"1"', b"[1]", b"9007199254740991", b"9007199254740992", b"1e3",
    b"18446744073709551616", b"-0", b"2", b"812", b"{}",
)  # fmt: skip
BOXES: tuple[Any, ...] = (
    BOX, "", "A" * 32, "A" * 33, "../../etc/passwd", "+", "#", "a/b", "A\0B", "ABC-clone", "É" * 10, "１２３", 7, None,
    True, [BOX], {"box": BOX}, "A" * 5000, "A B", "A\nB", "$SYS", "*", ">", "A.B",
)  # fmt: skip
SYNTAX: tuple[str, ...] = (
    "b1,origin=measured moisture=99", "b1 moisture=1 1764000000000000000\nsoil,bed=b2 moisture=5 1", "b1\\", "\\", '"',
    '\\"', 'x",y="1', "a=b", "a,b", "a b", " ", "\n", "\r\n", "\t", "\0", "a\0b", "\\n", "\\s", "\\0", "\\\\", "#", "'",
    "'; DROP TABLE soil; --", "{}", "%00", "b1\\ ", "b1\\,", "${jndi:ldap://x}", "{{7*7}}", "\x1b[2J", "\u2028", "b1i",
    "true", "1u", "_measurement", "time", "\x7f", '" OR 1=1', "a\\\nb", "=", ",", "b1\\=", "null", "/regex/", "$1",
)  # fmt: skip
FORMULAS: tuple[str, ...] = (
    "=cmd|' /C calc'!A0", "=1+1", "+1+1", "-2+3", "@SUM(1)", "\t=1", "\r=1", "\n=1", '=HYPERLINK("http://x")', " =1",
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", '"><svg/onload=alert(1)>', "' onclick='x", "</title>",
    "&lt;b&gt;", "javascript:alert(1)", "{{constructor}}", "<!--", "]]>", "＝1+1", "|calc", "%0A=1", "＠SUM(1)", ";=1",
)  # fmt: skip
UNICODE: tuple[str, ...] = (
    "b1\u202e1b", "\u200b", "b\u200b1", "\ufeff", "b1\ufeff", "e\u0301", "\u00e9", "\U0001f331", "\U0010ffff", "\ufffe",
    "\u0000", "\u2066b1", "Z" + "\u0301" * 60, "\u00a0", "\u3000", "ﬁ", "İ", "ß", "ǅ", "𝟙", "١", "b1\u00ad", "\ue000",
    "ب١", "\u2029", "\u0085", "\ufdd0", "🇮🇩", "👩‍🌾", "\u180e",
)  # fmt: skip
HALVES: tuple[bytes, ...] = (
    b'"\\ud800"', b'"\\udc00"', b'"\\ud83c\\u0041"', b'"\\udf31\\ud83c"', b'"\xed\xa0\x80"', b'"\\ud83c\\udf31"',
)  # fmt: skip
WRONG: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 1.5, "", "1", "b1", [], [None], [1], ["b1"], [[1]], {}, {"a": 1}, [{}], [True], "NaN",
    [1, 2], ["b1", "b2"], [1, "b1"], 1e300, 2**63, [None, None], "x" * 300, [0.5] * 50,
)  # fmt: skip


class Case(NamedTuple):
    """One message.

    Args:
        topic: Where it is published.
        payload: Its bytes.
        retained: Whether the broker kept it.
    """

    topic: str
    payload: bytes
    retained: bool = False


def topic(measurement: str = "soil", *, lane: str = "", node: str = "saga-n1") -> str:
    """An honest topic: prices are the whole city's, all else is a lane's."""
    lane = lane or ("kota" if measurement == "price" else "saga")
    return f"lorong/v1/up/makassar/{lane}/{node}/{measurement}"


def honest(random: Random, *, measurement: str | None = None, boxed: bool | None = None) -> tuple[str, dict[str, Any]]:
    """A measurement and a document that must be taken, of one reading or a pack."""
    name = measurement or random.choice(MEASUREMENTS)
    of = catalogue.measurement(name)
    rows = random.choice((0, 1, 1, 2, 3, 8))
    document: dict[str, Any] = {}
    if boxed or (boxed is None and random.random() < 0.5):
        seq = random.randint(1, 1000)
        document |= {"box": BOX, "seq": seq, "first": random.randint(1, seq)}
    start = 1_764_000_000_000 + random.randint(0, 10**9)
    document["t"] = start if not rows else [start + 1000 * i for i in range(rows)]
    texts = {
        "bed": "b1",
        "commodity": "kangkung",
        "market": "terong",
        "quote": "q1",
        "level": "consumer",
        "source": "x",
    }
    document |= {tag: texts[tag] for tag in of.tags if tag in texts}
    if random.random() < 0.3:
        document["origin"] = random.choice(("measured", "typed", "simulated", "recorded"))
    names = [field for field in of.fields if field not in ("node", "entry", "version", "void", "note", "nothing")]
    for field in random.sample(names, random.randint(1, len(names))):
        low, high = of.fields[field].suspect or of.fields[field].fail or (0, 1)
        document[field] = _column(random, rows, low, min(high, 1e6))
    if of.kind == "event" and random.random() < 0.5:
        document |= {"entry": f"e{random.randint(1, 9)}", "version": random.randint(1, 3), "note": "segar"}
    return name, document


def _column(random: Random, rows: int, low: float, high: float) -> Any:
    def one() -> float | int:
        value = random.uniform(low - (high - low) / 20, high)
        return round(value, 2) if random.random() < 0.8 else int(value)

    if not rows or random.random() < 0.3:
        return one()
    return [None if random.random() < 0.1 else one() for _ in range(rows)]


def written(document: dict[str, Any], **raw: bytes) -> bytes:
    """A document as JSON, with some members in just these bytes."""
    members = [orjson.dumps(name) + b":" + orjson.dumps(value) for name, value in document.items() if name not in raw]
    members += [orjson.dumps(name) + b":" + value for name, value in raw.items()]
    return b"{" + b",".join(members) + b"}"


def places(document: dict[str, Any], measurement: str, *, text: bool) -> Sequence[str]:
    """The members of a document that are texts, tags included, or numbers."""
    of = catalogue.measurement(measurement)
    tags = [name for name in document if name in of.tags]
    fields = [name for name in document if name in of.fields and of.fields[name].text == text]
    return [*tags, *fields] if text else fields
