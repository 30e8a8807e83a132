"""The data dictionary: every public column of every public measurement, from the catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from commons.catalogue import Label, measurements
from web.public import HISTORY, public_fields, public_tags, readable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from commons.catalogue import Field, Measurement

TAGS: Final[Mapping[str, Label]] = MappingProxyType(
    {
        "alarm": Label("Cara alarm: alps atau ifpa", "Kind of alarm: alps or ifpa"),
        "basket": Label("Keranjang pangan", "Basket of foods"),
        "bed": Label("Petak", "Bed"),
        "city": Label("Kota", "City"),
        "collector": Label("Pengumpul data", "Collector"),
        "commodity": Label("Komoditas; semua = semua pangan", "Commodity; semua = all foods"),
        "device": Label("Alat orang lain", "Device of others"),
        "family": Label("Jenis alat", "Family of devices"),
        "field": Label("Besaran yang diragukan", "Quantity in doubt"),
        "group": Label("Kelompok pangan", "Group of foods"),
        "kecamatan": Label("Kecamatan", "Kecamatan (district)"),
        "kelurahan": Label("Kelurahan", "Kelurahan (village)"),
        "kota": Label("Kota", "City"),
        "lane": Label("Lorong; kota = tidak di lorong", "Lane; kota = in no lane"),
        "level": Label("Tingkat: tempat, atau dagang", "Level: of place, or of trade"),
        "market": Label("Pasar", "Market"),
        "node": Label("Alat", "Node"),
        "origin": Label("Asal: terukur, diketik, simulasi, rekaman", "Origin: measured, typed, simulated, recorded"),
        "period": Label("Periode: day, week, month", "Period: day, week, month"),
        "place": Label("Tempat, dari lorong sampai kota", "Place, from lane to city"),
        "quote": Label("Kutipan harga (tempat mencatat)", "Quote (where it was noted)"),
        "revision": Label("Revisi", "Revision"),
        "source": Label("Sumber harga", "Source of the price"),
        "test": Label("Uji yang meragukan", "Test that doubts it"),
    }
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One column.

    Args:
        measurement: Whose.
        name: The column's.
        role: "tag" (part of what a row is of), "number" or "text".
        label: What people call it.
        unit: UCUM; empty = a text or a bare number.
        aggregate: How a window becomes one number; empty = of no number.
        possible: The span outside which a value is refused; None = any.
        plausible: The span outside which it is doubted; None = any.
        about: A remark in English.
    """

    measurement: Measurement
    name: str
    role: str
    label: Label
    unit: str = ""
    aggregate: str = ""
    possible: tuple[float, float] | None = None
    plausible: tuple[float, float] | None = None
    about: str = ""


@cache
def entries() -> tuple[Entry, ...]:
    """Every column, measurement by measurement; `time` and the earlier values of indicators stand for themselves."""
    return tuple(
        entry
        for m in described()
        for entry in (
            *(_tag(m, name) for name in public_tags(m)),
            *(_entry(m, m.field(name)) for name in public_fields(m)),
        )
    )


@cache
def described() -> tuple[Measurement, ...]:
    """The public measurements without those of earlier values, which have the columns of their indicator."""
    return tuple(m for m in readable() if not m.name.endswith(HISTORY))


def own(m: Measurement) -> tuple[Entry, ...]:
    """The columns of a measurement that not every one of its kind has."""
    common = set(measurements()[m.name].fields) - set(m.own)
    return tuple(entry for entry in entries() if entry.measurement is m and entry.name not in common)


@cache
def common() -> tuple[Entry, ...]:
    """The columns that every indicator has."""
    first = next(m for m in described() if m.kind == "indicator")
    return tuple(_entry(first, first.field(name)) for name in public_fields(first) if name not in first.own)


def _tag(m: Measurement, name: str) -> Entry:
    return Entry(m, name, "tag", TAGS.get(name, Label(name, name)))


def _entry(m: Measurement, field: Field) -> Entry:
    return Entry(
        measurement=m,
        name=field.name,
        role="text" if field.text else "number",
        label=field.label,
        unit="" if field.unit == "1" else field.unit,
        aggregate="" if field.text else field.aggregate,
        possible=field.fail,
        plausible=field.suspect,
        about=field.about,
    )
