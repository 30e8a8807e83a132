"""The site's places as rows, so that dashboards can chain their choices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from commons.rows import Block

if TYPE_CHECKING:
    from commons.sites import Site

_LEVELS = ("kota", "kecamatan", "kelurahan", "lane")


def place_rows(site: Site) -> Block:
    """One `place` row for the kota, each kecamatan, kelurahan and lane, with every place it lies in."""
    level_of = {**{slug: place.level for slug, place in site.places.items()}, **dict.fromkeys(site.lanes, "lane")}
    slugs = list(level_of)
    chains = [{level_of[above]: above for above in site.above(slug)} for slug in slugs]
    named = [site.lanes.get(slug) or site.places[slug] for slug in slugs]
    tags: dict[str, str | list[str]] = {
        "city": site.slug,
        "level": [level_of[slug] for slug in slugs],
        "place": slugs,
        **{level: [chain.get(level, "") for chain in chains] for level in _LEVELS},
    }
    people = [site.places[slug].population if slug in site.places else None for slug in slugs]
    return Block(
        "place",
        [0] * len(slugs),
        tags,
        {
            "name": [place.name for place in named],
            "lat": [place.lat for place in named],
            "lon": [place.lon for place in named],
            "population": [None if count is None else float(count) for count in people],
        },
    )
