"""What everybody may read: which measurements, which of their columns, and events only per lane and day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from commons.catalogue import measurement, measurements
from commons.errors import UnknownNameError

if TYPE_CHECKING:
    from commons.catalogue import Measurement

HISTORY: Final = "_history"
"""How the measurements of an indicator's earlier values end."""
_PUBLIC_STATES: Final = ("place",)
_BOOKKEEPING: Final = ("entry", "version", "void", "node", "note")
"""Fields of an event that say who typed it, or what they wrote beside it."""
_FINER_THAN_A_LANE: Final = ("bed",)


def readable() -> list[Measurement]:
    """Every measurement that is public, by name."""
    return [m for name, m in sorted(measurements().items()) if m.kind != "state" or name in _PUBLIC_STATES]


def public_measurement(name: str) -> Measurement:
    """One public measurement, or an `UnknownNameError` that offers the near ones; what is not public is not known."""
    names = [m.name for m in readable()]
    if name not in names:
        raise UnknownNameError("measurement", name, names)
    return measurement(name)


def is_by_day(m: Measurement) -> bool:
    """Whether its rows are shown only per lane and day: what people did in their gardens. A market's prices are not."""
    return m.kind == "event" and "lane" in m.tags


def public_tags(m: Measurement) -> tuple[str, ...]:
    """The tags that rows are shown with."""
    return tuple(tag for tag in m.tags if not (is_by_day(m) and tag in _FINER_THAN_A_LANE))


def public_fields(m: Measurement) -> tuple[str, ...]:
    """The fields that are shown when none is named."""
    return tuple(name for name in m.fields if not (m.kind == "event" and name in _BOOKKEEPING))


def public_columns(m: Measurement) -> tuple[str, ...]:
    """The fields that may be named: those shown, and a sample's quality columns."""
    if is_by_day(m):
        return public_fields(m)
    return tuple(name for name in m.columns if not (m.kind == "event" and name in _BOOKKEEPING))
