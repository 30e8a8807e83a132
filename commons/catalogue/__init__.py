"""Every quantity measured or computed: its name, unit, limits, meaning and way to aggregate, written once."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal

from commons.errors import SettingsError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Mapping

Kind = Literal["sample", "event", "state", "indicator"]
Aggregate = Literal["mean", "sum", "last", "min", "max"]

REFUSED: Final = "refused"
"""The text field of every indicator by which a row has a value: only where it is empty."""

_FILES: Final[dict[str, Kind]] = {
    "samples.toml": "sample",
    "events.toml": "event",
    "states.toml": "state",
    "indicators.toml": "indicator",
}
_EVENT_FIELDS: Final[dict[str, Any]] = {
    "entry": {"id": "Nomor catatan", "en": "Entry id", "type": "text"},
    "version": {"id": "Versi catatan", "en": "Entry version", "unit": "1", "fail": [1, 1e9], "aggregate": "max"},
    "void": {"id": "Dibatalkan", "en": "Undone", "unit": "1", "fail": [0, 1], "aggregate": "max"},
    "node": {"id": "Alat pengirim", "en": "Sending node", "type": "text"},
    "note": {"id": "Catatan", "en": "Note", "type": "text"},
}
_INDICATOR_FIELDS: Final[dict[str, Any]] = {
    "n": {"id": "Jumlah masukan", "en": "Number of inputs", "unit": "1", "aggregate": "last"},
    "expected": {
        "id": "Jumlah masukan seharusnya",
        "en": "Inputs expected",
        "unit": "1",
        "aggregate": "last",
    },
    "coverage": {"id": "Kelengkapan", "en": "Coverage", "unit": "1", "aggregate": "last"},
    "imputed_share": {"id": "Bagian yang ditaksir", "en": "Share imputed", "unit": "1", "aggregate": "last"},
    "marks": {"id": "Tanda", "en": "Marks", "type": "text"},
    "method": {"id": "Metode", "en": "Method version", "type": "text"},
    "revision": {"id": "Revisi", "en": "Revision", "type": "text"},
    "revision_number": {"id": "Revisi ke-", "en": "Revision number", "unit": "1", "aggregate": "last"},
    "reason": {"id": "Sebab dihitung", "en": "Why it was computed", "type": "text"},
    REFUSED: {"id": "Sebab tanpa nilai", "en": "Why it has no value", "type": "text"},
    "computed_at": {"id": "Dihitung pada", "en": "Computed at", "unit": "ms", "aggregate": "last"},
}
_HISTORY_FIELDS: Final[dict[str, Any]] = {
    "replaced_because": {"id": "Sebab diganti", "en": "Why it was replaced", "type": "text"},
    "replaced_at": {"id": "Diganti pada", "en": "Replaced at", "unit": "ms", "aggregate": "last"},
}
_ADDED: Final[dict[Kind, dict[str, Any]]] = {
    "sample": {},
    "event": _EVENT_FIELDS,
    "state": {},
    "indicator": {**_INDICATOR_FIELDS, **_HISTORY_FIELDS},
}


@dataclass(frozen=True, slots=True)
class Label:
    """The same few words in Indonesian and in English."""

    id: str
    en: str

    def __getitem__(self, language: str) -> str:
        """The words in a language; Indonesian where it is not English."""
        return self.en if language == "en" else self.id


@dataclass(frozen=True, slots=True)
class Flat:
    """After how long one and the same value is doubted.

    Args:
        step: The coarsest step a sensor may have for the durations to hold, in the field's unit. One that is ten times
            as coarse is given ten times as long.
        suspect_s: From then on it is doubtful [s].
        fail_s: From then on the sensor hangs [s].
    """

    step: float
    suspect_s: float
    fail_s: float


@dataclass(frozen=True, slots=True)
class Field:
    """One number or text of a measurement.

    Args:
        name: Its column name.
        label: What people call it.
        text: True for a text; a text has no unit, spans or aggregate.
        unit: UCUM code; "1" for a bare number.
        fail: The span outside which a value is impossible, bounds included; None = any.
        suspect: The span outside which a value is doubtful, bounds included; None = none.
        aggregate: How a window becomes one number.
        spike: From which leap up and back, or down and back, a value is doubtful, and bad; None = not tested.
        rate: The fastest change that is not doubtful [unit per second]; None = not tested.
        flat: How long one value may stay; None = as long as it likes.
        about: A remark, or nothing.
        codes: What people call the codes that a text may be; empty = it is no code.
    """

    name: str
    label: Label
    text: bool = False
    unit: str = ""
    fail: tuple[float, float] | None = None
    suspect: tuple[float, float] | None = None
    aggregate: Aggregate = "last"
    spike: tuple[float, float] | None = None
    rate: float | None = None
    flat: Flat | None = None
    about: str = ""
    codes: Mapping[str, Label] = field(default_factory=lambda: MappingProxyType({}), hash=False)


@dataclass(frozen=True, slots=True)
class Measurement:
    """A kind of row.

    Args:
        name: Its name in topics, tables and line protocol.
        kind: A sensor's sample, an event, a remembered state, or an indicator.
        label: What people call it.
        tags: The names of its identity tags, in order.
        fields: Its fields by name.
        cadence_seconds: How often a row is expected [s]; 0 = no fixed beat.
        optional: The tags that a sender may leave out; they read as an empty text.
    """

    name: str
    kind: Kind
    label: Label
    tags: tuple[str, ...]
    fields: Mapping[str, Field]
    cadence_seconds: int = 0
    optional: tuple[str, ...] = ()

    def field(self, name: str) -> Field:
        """One field, or an `UnknownNameError` that offers the near ones."""
        try:
            return self.fields[name]
        except KeyError:
            raise UnknownNameError(f"field of {self.name}", name, self.fields) from None

    @property
    def own(self) -> tuple[str, ...]:
        """The names of the fields that the catalogue's table gives it, without those that its whole kind has."""
        return tuple(name for name in self.fields if name not in _ADDED[self.kind])

    @property
    def columns(self) -> Mapping[str, bool]:
        """Every column a store keeps, in order, and whether it is a text: fields, then quality columns."""
        return _columns(self.name)


@cache
def measurements() -> Mapping[str, Measurement]:
    """Every measurement by name, indicator histories included."""
    found: dict[str, Measurement] = {}
    for file, kind in _FILES.items():
        tables = tomllib.loads(resources.files(__package__).joinpath(file).read_text("utf-8"))
        for name, table in tables.items():
            if name in found:
                raise SettingsError(f"measurement {name!r} stands twice in the catalogue, again in {file}; keep one")
            found[name] = _measurement(name, kind, table)
            if kind == "indicator":
                found[f"{name}_history"] = _history(found[name])
    return MappingProxyType(found)


def measurement(name: str) -> Measurement:
    """One measurement, or an `UnknownNameError` that offers the near ones."""
    try:
        return measurements()[name]
    except KeyError:
        raise UnknownNameError("measurement", name, measurements()) from None


@cache
def _columns(name: str) -> Mapping[str, bool]:
    found = measurements()[name]
    columns = {f.name: f.text for f in found.fields.values()}
    if found.kind in ("sample", "event"):
        for f in found.fields.values():
            if not f.text and f.name not in _EVENT_FIELDS:
                columns[f"{f.name}_flag"] = False
                columns[f"{f.name}_failed"] = False
    if found.kind == "indicator":
        columns |= {f"{name}_flag": False for name in found.own if not found.fields[name].text}
    return MappingProxyType(columns)


def _measurement(name: str, kind: Kind, table: dict[str, Any]) -> Measurement:
    added: dict[str, Any] = {"event": _EVENT_FIELDS, "indicator": _INDICATOR_FIELDS}.get(kind, {})
    fields = {**table["fields"], **added}
    return Measurement(
        name=name,
        kind=kind,
        label=Label(**table["about"]),
        tags=tuple(table["tags"]),
        fields=MappingProxyType({key: _field(key, value) for key, value in fields.items()}),
        cadence_seconds=table.get("cadence_seconds", 0),
        optional=tuple(table.get("optional", ())),
    )


def _history(of: Measurement) -> Measurement:
    added = {key: _field(key, value) for key, value in _HISTORY_FIELDS.items()}
    label = Label(f"{of.label.id} (nilai lama)", f"{of.label.en} (earlier values)")
    fields = MappingProxyType({k: v for k, v in {**of.fields, **added}.items() if k != "revision"})
    return Measurement(f"{of.name}_history", "indicator", label, (*of.tags, "revision"), fields)


def _field(name: str, table: dict[str, Any]) -> Field:
    spans = ("fail", "suspect", "spike")
    span = {key: (float(table[key][0]), float(table[key][1])) for key in spans if key in table}
    return Field(
        name=name,
        label=Label(table["id"], table["en"]),
        text=table.get("type") == "text",
        unit=table.get("unit", ""),
        fail=span.get("fail"),
        suspect=span.get("suspect"),
        aggregate=table.get("aggregate", "last"),
        spike=span.get("spike"),
        rate=table.get("rate"),
        flat=Flat(**table["flat"]) if "flat" in table else None,
        about=table.get("about", ""),
        codes=MappingProxyType({code: Label(**words) for code, words in table.get("codes", {}).items()}),
    )
