"""Rows as InfluxDB's line protocol, a column at a time."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import chain, repeat
from typing import TYPE_CHECKING, Final

import orjson

from store.series import by_series

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from commons.catalogue import Measurement
    from commons.rows import Block, NumberColumn, TextColumn
    from store.series import Key

# Neither line protocol nor InfluxQL takes a line's end or a NUL in a tag, nor a last backslash: each is kept as a
# backslash and a letter.
_KEPT: Final = str.maketrans({"\\": "\\s", "\n": "\\n", "\r": "\\r", "\0": "\\0"})
_MEANT: Final = {"\\s": "\\", "\\n": "\n", "\\r": "\r", "\\0": "\0"}
_CODE: Final = re.compile(r"\\[snr0]")
_SERIES: Final = 16_384  # heads kept ready: those of a city
_SYNTAX: Final = str.maketrans({",": "\\,", "=": "\\=", " ": "\\ "})


def encode(block: Block, of: Measurement) -> tuple[str, Sequence[int]]:
    """Encode a checked block.

    Args:
        block: Its numbers are finite floats, its texts can be UTF-8.
        of: Its measurement.

    Returns:
        The lines, each with its end, and the row of each: a row without any value has no line.
    """
    if not len(block) or not block.fields:
        return "", []
    heads = by_series(block, of.tags, lambda key: _head(of.name, of.tags, key))
    times = _as_json(block.times)
    whole = {name: "" if of.columns[name] else orjson.dumps(column).decode() for name, column in block.fields.items()}
    if any("n" in numbers or not numbers for numbers in whole.values()):  # a null, or texts
        return _with_gaps(block, of, heads, times)
    columns = chain.from_iterable(
        (repeat(f"{mark}{name}="), numbers[1:-1].split(","))
        for mark, (name, numbers) in zip(chain(" ", repeat(",")), whole.items(), strict=False)
    )
    cells = zip(heads, *columns, repeat(" "), times, repeat("\n"), strict=False)  # `repeat` has no end
    return "".join(chain.from_iterable(cells)), range(len(block))


def _with_gaps(block: Block, of: Measurement, heads: Iterator[str], times: list[str]) -> tuple[str, Sequence[int]]:
    """Rows that have not all fields, or texts."""
    columns = [_texts(k, v) if of.columns[k] else _numbers(k, v) for k, v in block.fields.items()]
    values = list(map("".join, zip(*columns, strict=True)))
    made = [f"{head} {value[1:]} {time}\n" for head, value, time in zip(heads, values, times, strict=True) if value]
    return "".join(made), [row for row, value in enumerate(values) if value]


def kept_tag(text: str) -> str:
    """A tag as InfluxDB holds it."""
    return text.translate(_KEPT)


def meant_tag(kept: str) -> str:
    """A tag as it was written, from what InfluxDB holds."""
    return _CODE.sub(lambda code: _MEANT[code[0]], kept) if "\\" in kept else kept


@lru_cache(maxsize=_SERIES)
def _head(measurement: str, names: tuple[str, ...], key: Key) -> str:
    """Measurement and tags; InfluxDB takes sorted tags fastest."""
    tags = sorted((name, value) for name, value in zip(names, key, strict=True) if value)
    return ",".join([measurement, *(f"{name}={kept_tag(value).translate(_SYNTAX)}" for name, value in tags)])


def _numbers(name: str, column: NumberColumn | TextColumn) -> list[str]:
    """Each value with a comma before it; nothing for a null."""
    return ["" if value == "null" else f",{name}={value}" for value in _as_json(column)]


def _texts(name: str, column: NumberColumn | TextColumn) -> list[str]:
    return ["" if value is None else f',{name}="{_quoted(str(value))}"' for value in column]


def _quoted(text: str) -> str:
    """Twice `replace`: `translate` looks at each sign by itself, twenty times as long for a ledger's JSON."""
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _as_json(numbers: Sequence[object]) -> list[str]:
    """Numbers as text, exactly; many times faster than `repr` one by one."""
    return orjson.dumps(numbers)[1:-1].decode().split(",")
