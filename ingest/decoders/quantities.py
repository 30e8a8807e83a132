"""Numbers as devices write them (texts, units in the text, "nan") as numbers in the catalogue's units."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any, Final

from commons import catalogue
from commons.errors import WireError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

_NUMBER: Final = re.compile(r"\s*([+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+-]?\d+)?)\s*([^\d\s].*?)?\s*")
_ABSENT: Final = frozenset({"", "nan", "none", "null", "unavailable", "unknown", "n/a", "na", "-", "--"})
_LONGEST: Final = 64

_FROM: Final[dict[tuple[str, str], Callable[[float], float]]] = {
    ("f", "Cel"): lambda value: (value - 32) / 1.8,
    ("k", "Cel"): lambda value: value - 273.15,
    ("inhg", "hPa"): lambda value: value * 33.863_886_67,
    ("pa", "hPa"): lambda value: value / 100,
    ("kpa", "hPa"): lambda value: value * 10,
    ("mmhg", "hPa"): lambda value: value * 1.333_223_9,
    ("in", "mm"): lambda value: value * 25.4,
    ("ms/cm", "uS/cm"): lambda value: value * 1000,
    ("ds/m", "uS/cm"): lambda value: value * 1000,
    ("us/m", "uS/cm"): lambda value: value / 100,
    ("mv", "V"): lambda value: value / 1000,
    ("klx", "lx"): lambda value: value * 1000,
}
"""By (what is written, the catalogue's unit), both without degree signs and in small letters."""

_SAME: Final[dict[str, frozenset[str]]] = {
    "Cel": frozenset({"c", "celsius", "cel", "degc"}),
    "%": frozenset({"%", "%rh", "%vwc", "percent", "vwc"}),
    "hPa": frozenset({"hpa", "mbar", "mb"}),
    "uS/cm": frozenset({"us/cm"}),
    "lx": frozenset({"lx", "lux"}),
    "V": frozenset({"v", "volt"}),
    "mm": frozenset({"mm"}),
    "dB[mW]": frozenset({"dbm", "db"}),
}
_FAHRENHEIT: Final = frozenset({"f", "fahrenheit", "degf"})


def quantity(field: str, value: object, unit: str = "") -> float | None:
    """One value in the catalogue's unit.

    Args:
        field: `measurement.field` of the catalogue.
        value: A number, or a text with a number and perhaps a unit.
        unit: What the number is in, where the value does not say it itself; empty = the catalogue's unit.

    Returns:
        The number; None where the device says that it has none ("nan", "unavailable", null, an empty text).

    Raises:
        WireError: The value is no number, or its unit is not one of this field's.

    Examples:
        >>> quantity("soil.moisture", "23.42 %")
        23.42
        >>> quantity("air.temperature", 86, "F")
        30.0
        >>> quantity("soil.moisture", "nan") is None
        True
    """
    number, written = _split(field, value)
    if number is None:
        return None
    return _converted(field, number, written or unit)


def quantities(found: Iterable[tuple[str, object, str]]) -> dict[str, float]:
    """Those of the (field, value, unit) that have a value, by field."""
    read = ((field, quantity(field, value, unit)) for field, value, unit in found)
    return {field: value for field, value in read if value is not None}


def by_key(document: Mapping[str, Any], fields: Mapping[str, tuple[str, str]]) -> dict[str, float]:
    """The values of a document whose keys are known.

    Args:
        document: What the device sent.
        fields: By its key, the field of the catalogue and the unit.
    """
    known = ((fields[key], value) for key, value in document.items() if key in fields)
    return quantities((field, value, unit) for (field, unit), value in known)


def _split(field: str, value: object) -> tuple[float | None, str]:
    """The number and the unit that is written behind it."""
    if value is None:
        return None, ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _finite(field, float(value)), ""
    if not isinstance(value, str):
        raise WireError(f"{field} {str(value)[:40]!r} is a {type(value).__name__}; send a number")
    if value.strip().lower() in _ABSENT:
        return None, ""
    found = _NUMBER.fullmatch(value) if len(value) <= _LONGEST else None
    if found is None:
        raise WireError(f"{field} {value[:40]!r} is no number; send one, with its unit or without")
    return _finite(field, float(found[1].replace(",", "."))), found[2] or ""


def _finite(field: str, number: float) -> float | None:
    """A device's "not a number" is a missing value, its infinity is a fault."""
    if math.isinf(number):
        raise WireError(f"{field} is infinite; send a number")
    return None if math.isnan(number) else number


def _converted(field: str, number: float, unit: str) -> float:
    measurement, _, name = field.partition(".")
    wanted = catalogue.measurement(measurement).field(name).unit
    written = unit.strip().lower().replace("µ", "u").replace("μ", "u").replace("°", "").replace(" ", "")
    if not written or written in _SAME.get(wanted, ()):
        return number
    convert = _FROM.get(("f" if written in _FAHRENHEIT else written, wanted))
    if convert is None:
        raise WireError(f"{field} is in {unit[:20]!r}; send it in {wanted}")
    return convert(number)
