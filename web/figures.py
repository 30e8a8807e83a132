"""What a map can show of each place: a figure, how much of the place it stands on, and its marks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from commons.errors import UnknownNameError
from commons.marks import ALL_FOODS
from store.contract import Query
from web import beds
from web.districts import silent_lanes
from web.language import N_
from web.words import UNKNOWN, joined_marks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date

    from commons.sites import Place, Site
    from web.beds import BedGlance
    from web.reader import Reader, Row

LEVELS: Final[Mapping[str, str]] = MappingProxyType({"kecamatan": N_("kecamatan"), "kelurahan": N_("kelurahan")})
ENOUGH: Final = 0.5
"""The share of a place's lanes or beds that a figure must stand on to be put beside others on a map."""
_LOOK_BACK_DAYS: Final = 62
_DRY: Final = "dry"

VALUE: Final = "value"
FEW: Final = "few"
NONE: Final = "none"
EMPTY: Final = "empty"


@dataclass(frozen=True, slots=True)
class PlaceValue:
    """A figure of one place.

    Args:
        place: Where.
        value: The figure; None = not known, which is not zero.
        have: How many of the place's lanes or beds it stands on.
        of: How many there are.
        marks: What must be said of it.
        refused: Why analytics gave no value, in English; empty = it did, or nothing was there.
    """

    place: Place
    value: float | None
    have: int
    of: int
    marks: tuple[str, ...] = ()
    refused: str = ""

    @property
    def state(self) -> str:
        """How it is drawn: a "value"; of too "few"; "none" known; or "empty", a place without lanes."""
        if not self.of:
            return EMPTY
        if self.value is None:
            return FEW if self.refused else NONE
        return VALUE if self.have >= ENOUGH * self.of else FEW


class Seen:
    """What figures are read from: the store, and the beds as they are now, looked at once.

    Args:
        reader: The store.
        too_old_hours: The age from which a reading is no longer trusted [h].
    """

    def __init__(self, reader: Reader, *, too_old_hours: float) -> None:
        self.reader, self.too_old_hours = reader, too_old_hours

    @cached_property
    def by_lane(self) -> Mapping[str, list[BedGlance]]:
        """Every bed of the city, by lane."""
        return beds.glances(self.reader, too_old_hours=self.too_old_hours)


Found = tuple["date | None", list[PlaceValue]]
"""The first day of the period, None = now; and the values."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A thing that a map can show.

    Args:
        slug: Its name in addresses.
        words: What people call it.
        unit: Beside its numbers.
        digits: Its decimals.
        counted: What `have` and `of` count.
        measurement: Where it comes from in the API.
        read: Finds the period's first day (None = now) and the values of a level's places.
    """

    slug: str
    words: str
    unit: str
    digits: int
    counted: str
    measurement: str
    read: Callable[[Seen, str], Found]


@dataclass(frozen=True, slots=True)
class PlaceFigures:
    """One figure of every place of a level; `start` is its month, None = now."""

    figure: Figure
    level: str
    start: date | None
    values: list[PlaceValue]

    @property
    def marks(self) -> tuple[str, ...]:
        """What must be said of all of it."""
        return joined_marks(",".join(value.marks) for value in self.values)


def figure_of(seen: Seen, slug: str, level: str) -> PlaceFigures:
    """A figure of every place of a level, in the order of the site's table.

    Args:
        seen: What it is read from.
        slug: Which figure.
        level: "kecamatan" or "kelurahan".

    Raises:
        UnknownNameError: There is no such figure or level.
    """
    if slug not in FIGURES:
        raise UnknownNameError("figure", slug, FIGURES)
    if level not in LEVELS:
        raise UnknownNameError("level", level, LEVELS)
    start, values = FIGURES[slug].read(seen, level)
    return PlaceFigures(FIGURES[slug], level, start, values)


def _harvested(seen: Seen, level: str) -> Found:
    start, rows = _newest_month(seen.reader, "garden_harvest", level=level, commodity=ALL_FOODS)
    return start, [
        PlaceValue(
            place,
            row.get("kg"),
            int(row.get("lanes_reported") or 0),
            len(lanes),
            joined_marks([row.get("marks")]),
            row.get("refused") or "",
        )
        for place, lanes, row in _beside(seen.reader.site, level, rows)
    ]


def _fed(seen: Seen, level: str) -> Found:
    """The share of the people's energy need, where the people are counted."""
    start, rows = _newest_month(seen.reader, "nutrition", level=level)
    return start, [
        PlaceValue(
            place,
            row.get("energy_pct"),
            int(row.get("n") or 0),
            len(lanes),
            joined_marks([row.get("marks")]),
            row.get("refused") or "",
        )
        for place, lanes, row in _beside(seen.reader.site, level, rows)
    ]


def _yielded(seen: Seen, level: str) -> Found:
    """The weight of a place's lanes by the area of the same lanes: of those with enough reports."""
    start, rows = _newest_month(seen.reader, "garden_yield")
    by_lane = {row["lane"]: row for row in rows}
    found = []
    for place, lanes in _lanes_of(seen.reader.site, level).items():
        told = [by_lane[lane] for lane in lanes if lane in by_lane]
        known = [row for row in told if not row["refused"] and row["kg"] is not None and row["area"]]
        area = sum(row["area"] for row in known)
        value = sum(row["kg"] for row in known) / area if area else None
        refused = next((row["refused"] for row in told if row["refused"]), "") if not known else ""
        marks = joined_marks(row["marks"] for row in known)
        found.append(PlaceValue(seen.reader.site.places[place], value, len(known), len(lanes), marks, refused))
    return start, found


def _dry(seen: Seen, level: str) -> Found:
    """The share of beds that are dry, of those whose state is known; a recording is no bed of a place."""
    found = []
    for place, lanes in _lanes_of(seen.reader.site, level).items():
        every = [glance for lane in lanes for glance in seen.by_lane.get(lane, []) if not glance.is_recorded]
        known = [glance for glance in every if glance.state != UNKNOWN]
        dry = sum(glance.state == _DRY for glance in known)
        value = 100.0 * dry / len(known) if known else None
        marks = joined_marks(",".join(glance.marks) for glance in known)
        found.append(PlaceValue(seen.reader.site.places[place], value, len(known), len(every), marks))
    return None, found


def _silent(seen: Seen, level: str) -> Found:
    """How many lanes are silent; silence itself is always known."""
    silent = set(silent_lanes(seen.by_lane))
    places = seen.reader.site.places
    return None, [
        PlaceValue(places[place], float(len(silent & set(lanes))) if lanes else None, len(lanes), len(lanes))
        for place, lanes in _lanes_of(seen.reader.site, level).items()
    ]


FIGURES: Final[Mapping[str, Figure]] = MappingProxyType(
    {
        figure.slug: figure
        for figure in (
            Figure("kg", N_("Panen sebulan"), "kg", 0, N_("lorong melapor"), "garden_harvest", _harvested),
            Figure(
                "yield", N_("Panen per meter persegi"), "kg/m²", 2, N_("lorong terhitung"), "garden_yield", _yielded
            ),
            Figure("need", N_("Bagian kebutuhan energi warga"), "%", 4, N_("lorong melapor"), "nutrition", _fed),
            Figure("dry", N_("Petak kering"), "%", 0, N_("petak diketahui"), "soil_state", _dry),
            Figure("silent", N_("Lorong diam"), N_("lorong"), 0, N_("lorong diperiksa"), "soil", _silent),
        )
    }
)


def _newest_month(reader: Reader, measurement: str, **where: str) -> tuple[date | None, list[Row]]:
    """The rows of the newest month, refused ones too."""
    if measurement != "garden_yield":  # which is of months only
        where["period"] = "month"
    rows = reader.read(Query(measurement, start=reader.days_ago(_LOOK_BACK_DAYS), where=where, quality="all"))
    newest = max((row["time"] for row in rows), default=None)
    if newest is None:
        return None, []
    return reader.local(newest).date(), [row for row in rows if row["time"] == newest]


def _beside(site: Site, level: str, rows: Iterable[Row]) -> list[tuple[Place, list[str], Row]]:
    """Each place of a level with its lanes and its row; an empty one where there is none."""
    by_place = {row["place"]: row for row in rows}
    return [(site.places[place], lanes, by_place.get(place, {})) for place, lanes in _lanes_of(site, level).items()]


def _lanes_of(site: Site, level: str) -> dict[str, list[str]]:
    """The lanes of each place of a level."""
    found: dict[str, list[str]] = {place.slug: [] for place in site.places.values() if place.level == level}
    for lane in site.lanes.values():
        for place in filter(found.__contains__, site.above(lane.kelurahan)):
            found[place].append(lane.slug)
    return found
