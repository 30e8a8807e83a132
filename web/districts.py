"""The city's lanes by district, with the states of their beds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from commons.errors import UnknownNameError
from web.beds import state_counts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from commons.sites import Lane, Place, Site
    from web.beds import BedGlance

LANES_LISTED: Final = 48
"""So many lanes stand on one page; a larger city lists its districts first."""


@dataclass(frozen=True, slots=True)
class LaneLine:
    """A lane, its village, its beds by state, and how long ago any of them was heard [s]."""

    lane: Lane
    village: str
    states: dict[str, int]
    age_s: float | None


@dataclass(frozen=True, slots=True)
class District:
    """A kecamatan and its lanes; `lanes` is None where they stand on a page of their own."""

    place: Place
    count: int
    states: dict[str, int]
    lanes: list[LaneLine] | None


def districts(site: Site, beds: Mapping[str, list[BedGlance]], place: str | None = None) -> list[District]:
    """The districts that have lanes, in the order of the site's places.

    Args:
        site: The city.
        beds: Its beds by lane.
        place: Only this kecamatan.

    Raises:
        UnknownNameError: The site has no such kecamatan.
    """
    kecamatan = {p.slug: p for p in site.places.values() if p.level == "kecamatan"}
    if place is not None and place not in kecamatan:
        raise UnknownNameError("kecamatan", place, kecamatan)
    by_district: dict[str, list[Lane]] = {}
    for lane in site.lanes.values():
        by_district.setdefault(place_at(site, lane, "kecamatan").slug, []).append(lane)
    listed = place is not None or len(site.lanes) <= LANES_LISTED
    return [
        _district(site, kecamatan[slug], by_district[slug], beds, listed=listed)
        for slug in kecamatan
        if slug in by_district and place in (None, slug)
    ]


def silent_lanes(beds: Mapping[str, list[BedGlance]]) -> list[str]:
    """The lanes of which no bed's data are new enough to be trusted."""
    return sorted(lane for lane, found in beds.items() if all(glance.doubt in {"never", "old"} for glance in found))


def place_at(site: Site, lane: Lane, level: str) -> Place:
    """The kelurahan, kecamatan or kota that a lane lies in; the kota where the site leaves a level out."""
    above = (site.places[slug] for slug in site.above(lane.kelurahan))
    return next((place for place in above if place.level == level), site.kota)


def _district(
    site: Site, place: Place, lanes: list[Lane], beds: Mapping[str, list[BedGlance]], *, listed: bool
) -> District:
    states = state_counts(glance for lane in lanes for glance in beds.get(lane.slug, []))
    lines = [_line(site, lane, beds.get(lane.slug, [])) for lane in lanes] if listed else None
    return District(place, len(lanes), states, lines)


def _line(site: Site, lane: Lane, beds: list[BedGlance]) -> LaneLine:
    ages = [glance.age_s for glance in beds if glance.age_s is not None]
    village = place_at(site, lane, "kelurahan").name
    return LaneLine(lane, village, state_counts(beds), min(ages, default=None))
