"""A figure of places as GeoJSON (RFC 7946): the same outlines and values as on the page's map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from web.credits import credits_of
from web.language import SOURCE, language

if TYPE_CHECKING:
    from commons.sites import Site
    from commons.sites.outlines import Outlines, Polygon, Ring
    from web.figures import PlaceFigures, PlaceValue

MEDIA_TYPE: Final = "application/geo+json"
_OUTLINES: Final = "outlines.json"


def features(found: PlaceFigures, site: Site, *, at: str) -> dict[str, Any]:
    """A collection with a feature for each place; one without an outline has no geometry.

    Args:
        found: The figure of each place.
        site: The city.
        at: When this was made, in ISO 8601.
    """
    figure = found.figure
    source = next((credit for credit in credits_of(site) if _OUTLINES in credit.files), None)
    return {
        "type": "FeatureCollection",
        "name": f"{site.slug}-{found.level}-{figure.slug}",
        "figure": figure.slug,
        "label": {SOURCE: figure.words, "en": language("en").text(figure.words)},
        "unit": language("en").text(figure.unit),
        "measurement": figure.measurement,
        "period": None if found.start is None else f"{found.start:%Y-%m}",
        "made": at,
        "licence": None if site.licence is None else {"name": site.licence.name, "url": site.licence.url},
        "outlines": None if source is None else {"source": source.source, "licence": source.licence},
        "features": [_feature(found, value, site) for value in found.values],
    }


def _feature(found: PlaceFigures, value: PlaceValue, site: Site) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": value.place.slug,
        "geometry": _geometry(site.outlines.places.get(value.place.slug, ()), site.outlines),
        "properties": {
            "place": value.place.slug,
            "name": value.place.name,
            "code": value.place.code,
            "level": found.level,
            "parent": value.place.parent,
            "value": value.value,
            "state": value.state,
            "have": value.have,
            "of": value.of,
            "marks": list(value.marks),
            "refused": value.refused or None,
        },
    }


def _geometry(polygons: tuple[Polygon, ...], outlines: Outlines) -> dict[str, Any] | None:
    if not polygons:
        return None
    closed = [[_closed(ring, outlines) for ring in polygon] for polygon in polygons]
    if len(closed) == 1:
        return {"type": "Polygon", "coordinates": closed[0]}
    return {"type": "MultiPolygon", "coordinates": closed}


def _closed(ring: Ring, outlines: Outlines) -> list[tuple[float, float]]:
    return [outlines.degrees(point) for point in (*ring, ring[0])]
