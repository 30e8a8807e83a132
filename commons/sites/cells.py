"""What a cell of a site's tables may hold: one line that can be read, a slug, a number, a word of a few."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from commons.topics import is_slug

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterator, Mapping

LONGEST: Final = 1000
"""The most letters of a cell: some tables hold sentences."""
NAME_LONGEST: Final = 100
"""The most letters of a name that people read."""
ORIGINS: Final = ("measured", "typed", "simulated", "recorded")
"""Where readings may come from."""


def check_line(row: Mapping[Any, Any]) -> None:
    """A row has its header's cells, each of one line that can be read; pages and spreadsheets show it as it is.

    Raises:
        ValueError: It has not; the message names the column, the value and the remedy.
    """
    if None in row:
        raise ValueError(f"{row[None]!r} stands beyond the header's columns; put cells with a comma in quotes")
    for column, cell in row.items():
        if cell is None:
            raise ValueError(f"{column} is missing; give each row as many cells as the header")
        check_text(str(column), cell)


def check_once(lines: dict[Hashable, int], key: Hashable, at: int) -> None:
    """A row says what no row before it says.

    Args:
        lines: The line of each key so far; this one is added.
        key: What makes the row.
        at: Its line.

    Raises:
        ValueError: An earlier row has the same key; the message names its line.
    """
    first = lines.setdefault(key, at)
    if first != at:
        shown = ", ".join(map(str, key)) if isinstance(key, tuple) else str(key)
        raise ValueError(f"{shown} is in line {first} already; keep one of the two")


def check_text(name: str, text: str, *, longest: int = LONGEST) -> str:
    """A text in which nothing is hidden: no NUL, no line's end, nothing that turns the direction of writing.

    Raises:
        ValueError: There is such a letter in it, or it is too long.
    """
    hidden = next((letter for letter in text if not letter.isprintable()), None)
    if hidden is not None:
        raise ValueError(f"{name} {text[:60]!r} holds U+{ord(hidden):04X}, which nobody sees; write it anew without it")
    if len(text) > longest:
        raise ValueError(f"{name} {text[:60]!r} has {len(text)} letters; write at most {longest}")
    return text


def check_texts(name: str, value: object) -> None:
    """Every text in a value of TOML, as `check_text`; a short one where it is a name that people read."""
    for at, text in _texts(name, value):
        check_text(at, text)


def name_of(row: Mapping[str, Any], column: str = "name") -> str:
    """A name that people read."""
    return check_text(column, row[column], longest=NAME_LONGEST)


def slug_of(row: Mapping[str, Any], column: str) -> str:
    """A name in topics, tags and addresses.

    Raises:
        ValueError: It is no slug.
    """
    text: str = row[column]
    if not is_slug(text):
        raise ValueError(f"{column} {text[:60]!r} is no slug; use 1 to 64 lower-case letters, digits and hyphens")
    return text


def number_of(row: Mapping[str, Any], column: str, *, low: float = -math.inf, high: float = math.inf) -> float:
    """A number.

    Raises:
        ValueError: It is none, or beyond its bounds.
    """
    text = row[column]
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not (math.isfinite(number) and low <= number <= high):
        bounds = "" if math.isinf(low) and math.isinf(high) else f" from {low:g} to {high:g}"
        raise ValueError(f"{column} {text[:60]!r} is no number{bounds}; mend it")
    return number


def word_of(row: Mapping[str, Any], column: str, known: Collection[str]) -> str:
    """One of a few words.

    Raises:
        ValueError: It is none of them.
    """
    text: str = row[column]
    if text not in known:
        raise ValueError(f"{column} {text[:60]!r} is none of {', '.join(known)}; write one of them")
    return text


def _texts(name: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(f"{name}.{key}" if name else str(key), inner)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _texts(f"{name}[{number}]", inner)
