"""Refuse what no store can keep, row by row, before anything is written."""

from __future__ import annotations

import math
from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING, Final

from commons.catalogue import measurements
from commons.errors import StoreRejectedError, UnknownNameError
from commons.rows import Block, NumberColumn, TextColumn

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from commons.catalogue import Measurement
    from commons.rows import Column

EARLIEST_NS: Final = -(2**63) + 2
LATEST_NS: Final = 2**63 - 2
_NUMBERS: Final = frozenset({float, type(None)})
_TEXTS: Final = frozenset({str, type(None)})
Refused = tuple[tuple[int, int], str]
"""A refused row as (block, row), and why."""
_NOTHING: Final = Block("store", [], {}, {})  # nothing to write, under a name that every engine knows


@dataclass(frozen=True, slots=True)
class Checked:
    """A batch without its impossible rows.

    Args:
        blocks: What may be written, numbers all float; a block for each block of the batch.
        origins: For each block, where its rows stood in the batch's block.
        refused: The impossible rows as (block, row) of the batch, each with what is wrong with it.
    """

    blocks: list[Block]
    origins: list[Sequence[int]]
    refused: list[Refused]

    def conclude(self, refused: Iterable[Refused] = ()) -> None:
        """Raise what is to be said once the rest is written.

        Args:
            refused: Rows that the engine refused, as (block, row) of `blocks`, each with the engine's words.

        Raises:
            StoreRejectedError: Some rows were refused, here or by the engine.
        """
        found = [*self.refused, *(((block, self.origins[block][row]), why) for (block, row), why in refused)]
        if found:
            first, placed = found[0][1], sorted(found)
            raise StoreRejectedError(first, [place for place, _ in placed], [why for _, why in placed])


def check(batch: Sequence[Block]) -> Checked:
    """Part the rows that can be written from those that never can."""
    blocks: list[Block] = []
    origins: list[Sequence[int]] = []
    refused: list[Refused] = []
    for index, block in enumerate(batch):
        clean, bad = _clean(block)
        rows = [row for row in range(len(block)) if row not in bad] if bad else range(len(block))
        blocks.append(_some(clean, rows) if bad else clean)
        origins.append(rows)
        refused += [((index, row), f"{block.measurement}: {bad[row]}") for row in sorted(bad)]
    return Checked(blocks, origins, refused)


def is_text(value: object) -> bool:
    """Whether it is a text that UTF-8 can hold: half a surrogate pair is none."""
    try:
        return isinstance(value, str) and value.encode() is not None
    except UnicodeEncodeError:
        return False


def _clean(block: Block) -> tuple[Block, dict[int, str]]:
    """The block with all numbers as floats and no unknown name, and what is wrong with which rows."""
    of = measurements().get(block.measurement)
    if of is None:
        unknown = UnknownNameError("measurement", block.measurement, measurements())
        return _NOTHING, dict.fromkeys(range(len(block)), str(unknown))
    if uneven := _uneven(block):
        return _NOTHING, dict.fromkeys(range(len(block)), uneven)
    bad = _bad_times(block.times)
    tags: dict[str, str | list[str]] = {}
    for name, tag in block.tags.items():
        if name in of.tags:
            tags[name] = tag
            bad |= _bad_tags(name, tag, len(block))
        else:
            bad |= _unknown(f"tag of {of.name}", name, of.tags, [value or None for value in block.tag(name)])
    fields: dict[str, Column] = {}
    for name, column in block.fields.items():
        if name in of.columns:
            fields[name], wrong = _values(name, column, of)
        else:
            wrong = _unknown(f"field of {of.name}", name, of.columns, column)
        bad |= wrong
    return Block(block.measurement, block.times, tags, fields), bad


def _unknown(kind: str, name: str, known: Iterable[str], column: Column) -> dict[int, str]:
    """The rows that have a value under a name that is not in the catalogue."""
    reason = str(UnknownNameError(kind, name, known))
    return {row: reason for row, value in enumerate(column) if value is not None}


def _values(name: str, column: Column, of: Measurement) -> tuple[Column, dict[int, str]]:
    return _texts(name, column) if of.columns[name] else _numbers(name, column)


def _some(block: Block, rows: Sequence[int]) -> Block:
    """Some rows of a block; of none, not even the tags, which may be what is wrong."""
    return block.take(list(rows)) if rows else Block(block.measurement, [], {}, {})


def _uneven(block: Block) -> str:
    """What is wrong with the length of a column, if anything is."""
    lists = {name: tag for name, tag in block.tags.items() if not isinstance(tag, str)}
    for name, column in (*lists.items(), *block.fields.items()):
        if len(column) != len(block):
            return f"{name} has {len(column)} values for {len(block)} rows; give one a row"
    return ""


def _bad_times(times: list[int]) -> dict[int, str]:
    if set(map(type, times)) <= {int} and (not times or EARLIEST_NS <= min(times) <= max(times) <= LATEST_NS):
        return {}
    return {
        row: f"time {time!r} is no nanosecond from 1677 to 2262"
        for row, time in enumerate(times)
        if type(time) is not int or not EARLIEST_NS <= time <= LATEST_NS
    }


def _bad_tags(name: str, tag: str | list[str], rows: int) -> dict[int, str]:
    if isinstance(tag, str):
        return {} if is_text(tag) else dict.fromkeys(range(rows), f"tag {name} {tag!r} is no text")
    if set(map(type, tag)) <= {str} and is_text("".join(set(tag))):
        return {}
    return {row: f"tag {name} {value!r} is no text" for row, value in enumerate(tag) if not is_text(value)}


def _numbers(name: str, column: NumberColumn | TextColumn) -> tuple[NumberColumn | TextColumn, dict[int, str]]:
    """Floats and nulls; what is neither, or not finite, is named by its row."""
    if set(map(type, column)) <= _NUMBERS and math.isfinite(sum(filter(None, column))):  # type: ignore[arg-type]  # floats
        return column, {}
    clean = [_float(value) for value in column]
    bad = {
        row: f"{name} = {str(column[row])[:40]!r} is no finite number"
        for row, value in enumerate(clean)
        if value is not None and not math.isfinite(value)
    }
    return clean, bad


def _float(value: object) -> float | None:
    """The value as a float; NaN for what is no number."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, Real):
        return math.nan
    try:
        return float(value)
    except OverflowError:
        return math.inf


def _texts(name: str, column: NumberColumn | TextColumn) -> tuple[NumberColumn | TextColumn, dict[int, str]]:
    if set(map(type, column)) <= _TEXTS and is_text("".join(filter(None, column))):  # type: ignore[arg-type]  # texts
        return column, {}
    bad = {
        row: f"{name} = {str(value)[:40]!r} is no text"
        for row, value in enumerate(column)
        if value is not None and not is_text(value)
    }
    return column, bad
