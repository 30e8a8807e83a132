"""One entry as a phone sends it: read, checked against catalogue and site, and made a row."""

from __future__ import annotations

import math
import re
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final

import orjson

from commons import catalogue, wire
from commons.catalogue.commodities import commodities
from commons.clock import MILLISECONDS_PER_DAY, NANOSECONDS_PER_MILLISECOND
from commons.errors import LorongError, ParameterError, UnknownNameError
from commons.rows import Block
from diary.measures import weighed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from commons.catalogue import Field, Measurement
    from commons.rows import Column
    from commons.sites import Site
    from commons.topics import Address

KINDS: Final = ("harvest", "water", "planting", "compost", "sale")
OLDEST_DAYS: Final = 31  # readers look for other versions of an entry no further than this
_AHEAD_MS: Final = 600_000
_NOTE_LETTERS: Final = 300
_ID: Final = re.compile(r"[A-Za-z0-9-]{8,64}")
_ABOUT: Final = ("kind", "entry", "version", "void", "at", "note")
_LOG: Final = ("entry", "version", "void", "node", "note")
_MEASURED: Final = ("amount", "unit")  # kilograms, or a measure of the site's table


@dataclass(frozen=True, slots=True)
class Entry:
    """A checked entry.

    Args:
        kind: The event's measurement.
        name: The entry's id, drawn where it was typed.
        version: 1 for its first form.
        block: Its row.
        digest: Of what was sent: the same entry sent again has the same.
    """

    kind: str
    name: str
    version: int
    block: Block
    digest: str


def read_entry(document: Mapping[str, Any], address: Address, site: Site, *, now_ms: int) -> Entry:
    """Check what a phone sent, by every rule that the collector has, so that nothing taken here is rejected later.

    Args:
        document: Names and values, of JSON or of a form; without the lane's code.
        address: The lane, and the node that will send it.
        site: Knows the lane's beds.
        now_ms: The wall time [ms since 1970 UTC].

    Raises:
        ParameterError: A part is missing, unknown or impossible; one sentence names it, its value and the remedy.
    """
    kind = _kind(document.get("kind"))
    known = catalogue.measurement(kind)
    tags = tuple(tag for tag in known.tags if tag not in ("city", "lane", "origin"))
    values = tuple(name for name in known.fields if name not in _LOG)
    measured = _MEASURED if "kg" in values else ()
    for name in document:
        _one_of("part of an entry", name, (*_ABOUT, *tags, *values, *measured))
    digest = blake2b(orjson.dumps(dict(document), option=orjson.OPT_SORT_KEYS), digest_size=8).hexdigest()
    if measured:
        document = weighed(document, site, counts="pieces" in values)
    name = _text("entry", document.get("entry"))
    if not _ID.fullmatch(name):
        raise ParameterError(f"entry {name[:80]!r} is no id; draw 8 to 64 letters and digits once for each entry")
    version = _version(document.get("version"))
    block = Block(
        kind,
        [_moment(document.get("at"), now_ms) * NANOSECONDS_PER_MILLISECOND],
        _tags(document, tags, address.lane, site),
        {"entry": [name], "version": [float(version)], **_fields(document, known, values)},
    )
    _as_the_collector_would(block, address, now_ms)
    return Entry(kind, name, version, block, digest)


def _kind(value: object) -> str:
    kind = _text("kind", value)
    _one_of("kind", kind, KINDS)
    return kind


def _version(value: object) -> int:
    if value in (None, ""):
        return 1
    version = _number("version", value)
    if not (version.is_integer() and 1 <= version <= 1e9):  # noqa: PLR2004  # the catalogue's span
        raise ParameterError(f"version {str(value)[:40]!r} is no whole number from 1; count an entry's forms from 1")
    return int(version)


def _moment(value: object, now_ms: int) -> int:
    if value in (None, ""):
        return now_ms
    at = _number("at", value)
    if not now_ms - OLDEST_DAYS * MILLISECONDS_PER_DAY <= at <= now_ms + _AHEAD_MS:
        raise ParameterError(
            f"at {str(value)[:40]!r} is not in the last {OLDEST_DAYS} days; send milliseconds since 1970 UTC"
        )
    return int(at)


def _tags(document: Mapping[str, Any], tags: Iterable[str], lane: str, site: Site) -> dict[str, str | list[str]]:
    found: dict[str, str | list[str]] = {"origin": "typed"}
    known: dict[str, Iterable[str]] = {"bed": [bed.slug for bed in site.beds_of(lane)], "commodity": commodities()}
    for tag in tags:
        if document.get(tag) not in (None, ""):
            value = _text(tag, document[tag])
            _one_of(tag, value, known[tag])
            found[tag] = value
    return found


def _fields(document: Mapping[str, Any], known: Measurement, values: Iterable[str]) -> dict[str, Column]:
    found: dict[str, Column] = {
        name: [_amount(known.field(name), document[name])] for name in values if document.get(name) not in (None, "")
    }
    if document.get("void") not in (None, "", False, 0, "0"):
        found["void"] = [1.0]
    elif not found:
        raise ParameterError(f"{known.name} says nothing; give at least one of {', '.join(values)}")
    if document.get("note") not in (None, ""):
        found["note"] = [_note(document["note"])]
    return found


def _amount(field: Field, value: object) -> float:
    number = _number(field.name, value)
    low, high = field.fail or (-math.inf, math.inf)
    if not low <= number <= high:
        raise ParameterError(f"{field.name} {str(value)[:40]!r} is not from {low:g} to {high:g}; mend it")
    return number


def _number(name: str, value: object) -> float:
    """A number; in a form it is a text, and people write 1,5."""
    number = math.nan
    if isinstance(value, (int, float, str)) and not isinstance(value, bool):
        with suppress(ValueError, OverflowError):
            number = float(value.replace(",", ".") if isinstance(value, str) else value)
    if not math.isfinite(number):
        raise ParameterError(f"{name} {str(value)[:40]!r} is no number; write it like 1.5")
    return number


def _text(name: str, value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ParameterError(f"{name} {str(value)[:40]!r} is no text; send it")
    return value


def _note(value: object) -> str:
    note = " ".join(_text("note", value).split())
    if len(note) > _NOTE_LETTERS or not note.isprintable():
        raise ParameterError(f"note of {len(note)} letters is too long or not readable; write up to {_NOTE_LETTERS}")
    return note


def _one_of(kind: str, name: str, known: Iterable[str]) -> None:
    names = list(known)
    if name not in names:
        raise ParameterError(str(UnknownNameError(kind, name[:80], names)))


def _as_the_collector_would(block: Block, address: Address, now_ms: int) -> None:
    """Decode the pack that would be sent."""
    try:
        wire.decode(address.up(block.measurement), wire.encode_pack(block, "box", 1), arrival_ms=now_ms)
    except (LorongError, TypeError) as error:  # TypeError: a text that is not UTF-8 cannot be sent
        raise ParameterError(str(error)) from error
