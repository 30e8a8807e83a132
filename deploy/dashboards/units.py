"""How Grafana writes each unit of the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from commons.errors import UnknownNameError

if TYPE_CHECKING:
    from commons.catalogue import Field

DATE: Final = "time:YYYY-MM-DD"
_GRAFANA: Final = {
    "1": "none",
    "%": "percent",
    "Cel": "celsius",
    "uS/cm": "suffix: µS/cm",
    "[pH]": "pH",
    "V": "volt",
    "hPa": "pressurehpa",
    "lx": "lux",
    "mm": "suffix: mm",  # Grafana's own millimetre turns 1,200 mm into 1.20 m
    "L": "suffix: L",
    "m2": "areaM2",
    "kPa": "pressurekpa",
    "kg/m2": "suffix: kg/m²",
    "kcal": "suffix: kcal",
    "g": "suffix: g",
    "kg": "suffix: kg",  # Grafana's own kilogram turns 1,200 kg into 1.20 Mg
    "[IDR]": "currencyIDR",
    "[pp]": "suffix: pp",
    "dB[mW]": "dBm",
    "By": "bytes",
    "s": "s",
    "ms": "dateTimeAsIso",  # the catalogue's only milliseconds are moments
    "deg": "degree",
}
_DAYS: Final = frozenset({"opens", "closes", "ends", "first", "last"})  # midnights that mean their day
_SHARES: Final = frozenset({"coverage"})  # a bare number from 0 to 1 that people read in per cent


def grafana_unit(field: Field) -> str:
    """Grafana's id of a field's unit; a text has none.

    Raises:
        UnknownNameError: The unit is in no line of the table above.
    """
    if field.text:
        return "string"
    if field.name in _DAYS and field.unit == "ms":
        return DATE
    if field.name in _SHARES:
        return "percentunit"
    try:
        return _GRAFANA[field.unit]
    except KeyError:
        raise UnknownNameError("unit", field.unit, _GRAFANA) from None


def grafana_interval(seconds: int) -> str:
    """A cadence as Grafana writes it: 900 is "15m"; no cadence is no text."""
    for size, letter in ((86_400, "d"), (3_600, "h"), (60, "m")):
        if seconds and seconds % size == 0:
            return f"{seconds // size}{letter}"
    return f"{seconds}s" if seconds else ""
