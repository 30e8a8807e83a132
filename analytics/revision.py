"""The digest of what a value was made from: equal inputs, equal revision."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from typing import Final

_SIZE: Final = 8  # bytes; two revisions of one value never meet by chance


def digest(*parts: object) -> str:
    """Sixteen hexadecimal digits that change when any part does.

    Numbers are taken to nine significant digits: a store may add up in another order each time, and the last bits of a
    mean then differ though nothing did.

    Args:
        parts: Texts, numbers, days, None, and tables, sequences, sets or dataclasses of them. The order of sequences
            counts, that of tables and sets does not.

    Raises:
        TypeError: A part is of another kind, whose text might not be the same tomorrow.

    Examples:
        >>> digest("soil_state", 0.1 + 0.2) == digest("soil_state", 0.3)
        True
        >>> digest(["a", "b"]) == digest(["ab"])
        False
    """
    return hashlib.blake2b(_text(parts).encode(), digest_size=_SIZE).hexdigest()


def _text(part: object) -> str:
    if isinstance(part, str):  # these two first: a digest is mostly of them
        return f"{len(part)}:{part}"
    if isinstance(part, float | int):
        return f"#{float(part):.9g}"
    match part:
        case None:
            text = "~"
        case date():
            text = f"@{part.isoformat()}"
        case _:
            text = f"({'|'.join(_texts(part))})"
    return text


def _texts(part: object) -> list[str]:
    match part:
        case Mapping():
            return sorted(f"{_text(key)}={_text(value)}" for key, value in part.items())
        case AbstractSet():
            return sorted(_text(item) for item in part)
        case Sequence():
            return [_text(item) for item in part]
    if dataclasses.is_dataclass(part) and not isinstance(part, type):
        return [_text(getattr(part, field.name)) for field in dataclasses.fields(part)]
    raise TypeError(f"a {type(part).__name__} has no lasting text; make it a text, a number or a day first")
