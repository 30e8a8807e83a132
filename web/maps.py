"""A figure of places as a map with its legend, in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from web.charts import Area, bounds, choropleth, class_of, swatch
from web.figures import EMPTY, FEW, LEVELS, NONE, VALUE
from web.language import N_

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markupsafe import Markup

    from commons.sites.outlines import Outlines
    from web.figures import PlaceFigures, PlaceValue
    from web.language import Language

_MOST_POINTED: Final = 60
"""On a map of more places none of them has words for a pointer: the page would become heavy."""
_MOST_DIGITS: Final = 6
_STATES: Final = {
    FEW: N_("belum cukup lengkap untuk dibandingkan"),
    NONE: N_("belum ada data"),
    EMPTY: N_("tidak ada lorong"),
}


@dataclass(frozen=True, slots=True)
class Drawn:
    """A map.

    Args:
        chart: The drawing; None where the site has no outlines of the level, or nothing to draw.
        legend: Each class that is on it: its picture and its words.
        is_parted: Whether parts that lie far away are drawn apart.
    """

    chart: Markup | None
    legend: list[tuple[Markup, str]]
    is_parted: bool


def drawn(found: PlaceFigures, outlines: Outlines, language: Language, *, key: str = "map") -> Drawn:
    """The map of a figure.

    Args:
        found: The figure of each place.
        outlines: Of the site's places.
        language: The reader's.
        key: A name that no other chart of the page has.
    """
    shown = [value for value in found.values if value.place.slug in outlines.places]
    if not any(value.of for value in shown):
        return Drawn(None, [], is_parted=False)
    uppers = bounds(value.value for value in shown if value.state == VALUE and value.value is not None)
    kinds = [_kind(value, uppers) for value in shown]
    few = len(shown) <= _MOST_POINTED
    areas = [
        Area(value.place.slug, kind, f"{value.place.name}: {said(found, value, language)}" if few else "")
        for value, kind in zip(shown, kinds, strict=True)
    ]
    title = f"{language.text(found.figure.words)} [{language.text(found.figure.unit)}]"
    chart = choropleth(areas, outlines, key=key, title=title, about=_about(found, language))
    words = _legend(found, uppers, language)
    legend = [(swatch(key, kind), text) for kind, text in words.items() if kind in kinds]
    return Drawn(chart, legend, is_parted='class="frame"' in chart)


def said(found: PlaceFigures, value: PlaceValue, language: Language) -> str:
    """A place's value in words, or why there is none."""
    unit = language.text(found.figure.unit)
    if value.value is not None:
        return language.with_unit(value.value, unit, digits(found, [value.value]))
    return language.text(_STATES[value.state])


def digits(found: PlaceFigures, values: Sequence[float]) -> int:
    """The decimals to write: the figure's own, and as many as two digits of the smallest value need."""
    least = min((abs(value) for value in values if value), default=1.0)
    _, _, decimals = f"{float(f'{least:.2g}'):f}".rstrip("0").partition(".")
    return min(max(found.figure.digits, len(decimals) if least < 1 else 0), _MOST_DIGITS)


def _kind(value: PlaceValue, uppers: Sequence[float]) -> str:
    if value.state == VALUE and value.value is not None:
        return str(class_of(value.value, uppers))
    return value.state


def _legend(found: PlaceFigures, uppers: Sequence[float], language: Language) -> dict[str, str]:
    decimals = digits(found, uppers)
    unit = language.text(found.figure.unit)
    words = {"0": language.with_unit(0.0, unit)}
    for place, (low, high) in enumerate(zip([0.0, *uppers], uppers, strict=False), start=1):
        words[str(place)] = language.text(
            N_("di atas %(low)s sampai %(high)s"),
            low=language.number(low, decimals if low else 0),
            high=language.with_unit(high, unit, decimals),
        )
    return words | {state: language.text(text) for state, text in _STATES.items()}


def _about(found: PlaceFigures, language: Language) -> str:
    """How many places have a value, and where it is the highest."""
    known = [value for value in found.values if value.state == VALUE]
    text = language.text(
        N_("%(known)s dari %(places)s %(level)s punya nilai; tabel di bawah memuat semuanya."),
        known=len(known),
        places=len(found.values),
        level=language.text(LEVELS[found.level]),
    )
    highest = max(known, key=lambda value: value.value or 0.0, default=None)
    if highest is None:
        return text
    most = language.text(
        N_("Tertinggi: %(place)s, %(value)s."), place=highest.place.name, value=said(found, highest, language)
    )
    return f"{text} {most}"
