"""The soil recording, the price sheets and the climate: readings that the site's nodes and pages start from."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from deploy.reduce.tables import Row

RECORDING_COLUMNS: Final = ("time", "series", "moisture", "temperature", "raw")
SHEET_COLUMNS: Final = ("date", "commodity", "quote", "price", "unit")
CLIMATE_COLUMNS: Final = ("month", "tmin_c", "tmax_c", "rain_mm", "rain_days", "verified")

_INDIA: Final = "+05:30"  # the recording names no zone; Kolkata's is assumed
_BANDUNG: Final = "Kota Bandung"
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des")


def recording_rows(source: Iterable[Row]) -> list[Row]:
    """The two plots of the soil recording, in time order."""
    rows = [
        {
            "time": row["Timestamp"].replace(" ", "T") + _INDIA,
            "series": row["Farm_ID"].removeprefix("Kolkata_Farm_"),
            "moisture": row["Volumetric_Moisture_Pct"],
            "temperature": row["Soil_Temperature_C"],
            "raw": row["Raw_Capacitive_ADC"],
        }
        for row in source
    ]
    return sorted(rows, key=lambda row: (row["time"], row["series"]))


def bandung_rows(source: Iterable[Row]) -> list[Row]:
    """Bank Indonesia's panel with the dates it answers with: `03 Mei 26`."""
    return [_quote(panel_date(row["date"]), row, row["location"], row["price_idr_per_kg"], "Rp/kg") for row in source]


def since(source: Iterable[Row], first: str) -> list[Row]:
    """The rows from a day on; all where none is named."""
    return [row for row in source if row.get("date", row.get("Timestamp", "")) >= first]


def jatim_rows(source: Iterable[Row]) -> list[Row]:
    """East Java's producers with dates as 19/05/2022, and the place as the quote."""
    return [_quote(slashed(row["date"]), row, row["place"], row["price_idr_per_kg"], "Rp/kg") for row in source]


def bapanas_rows(source: Iterable[Row]) -> list[Row]:
    """The food agency's panel: dates as 12-9-2025, five spellings of the unit, and 0 where it has no price."""
    return [
        {
            "date": dashed(row["Timestamp"]),
            "commodity": row["Komoditas"],
            "quote": _BANDUNG,
            "price": row["Harga"],
            "unit": row["Satuan"],
        }
        for row in source
    ]


def climate_rows(source: Iterable[Row]) -> list[Row]:
    """The months of a usual year; a number of rain days that is not known stays blank."""
    return [
        {**{column: row[column] for column in CLIMATE_COLUMNS[:-1]}, "verified": row["seen"].split()[0]}
        for row in source
    ]


def panel_date(iso: str) -> str:
    """2026-05-03 as Bank Indonesia writes it: `03 Mei 26`."""
    day = date.fromisoformat(iso)
    return f"{day.day:02d} {_MONTHS[day.month - 1]} {day.year % 100:02d}"


def dashed(iso: str) -> str:
    """2025-09-12 as the food agency writes it: `12-9-2025`."""
    day = date.fromisoformat(iso)
    return f"{day.day}-{day.month}-{day.year}"


def slashed(iso: str) -> str:
    """2022-05-19 as East Java writes it: `19/05/2022`."""
    day = date.fromisoformat(iso)
    return f"{day.day:02d}/{day.month:02d}/{day.year}"


def _quote(day: str, row: Row, place: str, price: str, unit: str) -> Row:
    return {"date": day, "commodity": row["commodity"], "quote": place, "price": price, "unit": unit}
