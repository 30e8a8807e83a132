"""outlines.json: each place's outline on a coarse grid, made simpler so that neighbours keep their common border."""

from __future__ import annotations

import json
import math
import sys
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from deploy.reduce.tables import read
from deploy.reduce.unions import area, union

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from deploy.reduce.tables import Row

Point = tuple[int, int]
Ring = list[Point]
Polygon = list[Ring]

FILE: Final = "outlines.json"
TOLERANCE: Final = 4.0
"""How far a border may move when it is made simpler [steps of the grid]."""
_STEPS: Final = 4000  # across the shorter side of the whole
_ROUND: Final = (1, 2, 5, 10)
_FINEST: Final = 1e-5  # degrees, about a metre
_FEWEST: Final = 3


def reduced(levels: Mapping[str, Mapping[str, Any]], places: Iterable[Row]) -> str:
    """The text of outlines.json: grid, and a place a line.

    A place has polygons, a polygon rings (the border, then holes), a ring numbers: the first point's steps east and
    north, then each further point's steps from the one before. Its last point is not said again.

    A place without an outline of its own, all of whose parts have one, is outlined by them.

    Args:
        levels: GeoJSON with a `code` a feature, by level.
        places: Rows of places.csv; features of places that are not there are left out.
    """
    rows = list(places)
    slugs = {row["code"]: row["slug"] for row in rows}
    step, west, south = grid([feature for source in levels.values() for feature in source["features"]])
    found: dict[str, list[Polygon]] = {}
    for source in levels.values():
        known = {slugs[f["properties"]["code"]]: f for f in source["features"] if f["properties"]["code"] in slugs}
        found |= simplified({slug: _polygons(feature, step, west, south) for slug, feature in known.items()})
    found = _above(found, rows) | found
    lines = [f"{json.dumps(slug)}:{json.dumps(_packed(found[slug]), separators=(',', ':'))}" for slug in found]
    head = f'{{"step":{step:.5f},"west":{west:.5f},"south":{south:.5f},"places":{{'
    return head + "\n" + ",\n".join(lines) + "\n}}\n"


def grid(features: Sequence[Mapping[str, Any]]) -> tuple[float, float, float]:
    """The grid's step and its corner in the south-west [degrees]; the step is a round number of metres or so."""
    points = [point for feature in features for polygon in _shapes(feature) for ring in polygon for point in ring]
    lons, lats = [point[0] for point in points], [point[1] for point in points]
    wanted = min(max(lons) - min(lons), max(lats) - min(lats)) / _STEPS / _FINEST
    magnitude = 10 ** math.floor(math.log10(max(wanted, 1.0)))
    step = next(r * magnitude for r in _ROUND if r * magnitude >= wanted) * _FINEST
    return step, math.floor(min(lons) / step) * step, math.floor(min(lats) / step) * step


def simplified(places: Mapping[str, list[Polygon]]) -> dict[str, list[Polygon]]:
    """Outlines with fewer points: a border that two places share is made simpler once, and stays shared.

    A ring that would vanish, or cross itself, keeps all its points, those of common borders too.
    """
    rings = [ring for polygons in places.values() for polygon in polygons for ring in polygon]
    ends = _junctions(rings)
    kept: set[tuple[Point, ...]] = set()
    for ring in rings:
        arcs = list(_arcs(ring, ends))
        simple = _joined(_simpler(arc) for arc in arcs)
        if not _is_area(simple) or crosses(simple):
            kept.update(_canonical(arc) for arc in arcs)

    def simpler(ring: Ring) -> Ring:
        return _joined(arc if _canonical(arc) in kept else _simpler(arc) for arc in _arcs(ring, ends))

    return {slug: [_turned([simpler(ring) for ring in one]) for one in polygons] for slug, polygons in places.items()}


def crosses(ring: Sequence[Point]) -> bool:
    """Whether a ring crosses itself."""
    return _crossing(ring) is not None


def _crossing(ring: Sequence[Point]) -> tuple[int, int] | None:
    """The first two sides that cross, by the places of the points that they begin with."""
    sides = list(enumerate(pairwise([*ring, ring[0]])))
    found = ((at, to) for at, one in sides for to, other in sides[at + 1 :] if _cross(one, other))
    return next(found, None)


def _untangled(ring: Ring) -> Ring:
    """A ring that the grid made cross itself, walked the other way between the sides that cross."""
    while found := _crossing(ring):
        first, last = found
        ring = [*ring[: first + 1], *ring[first + 1 : last + 1][::-1], *ring[last + 1 :]]
    return ring


def _cross(one: tuple[Point, Point], other: tuple[Point, Point]) -> bool:
    def parts(line: tuple[Point, Point], ends: tuple[Point, Point]) -> bool:
        """Whether a line parts two points."""
        first, second = (area([*line, end]) for end in ends)
        return first * second < 0

    return parts(one, other) and parts(other, one)


def _above(found: Mapping[str, list[Polygon]], places: Sequence[Row]) -> dict[str, list[Polygon]]:
    """The outlines of the kecamatan that have none but by their parts."""
    parts: dict[str, list[str]] = {}
    for row in places:
        parts.setdefault(row["parent"], []).append(row["slug"])
    named = [row["slug"] for row in places if row["level"] == "kecamatan" and row["slug"] not in found]
    return {
        slug: union(polygon for part in parts[slug] for polygon in found[part])
        for slug in named
        if slug in parts and all(part in found for part in parts[slug])
    }


def _polygons(feature: Mapping[str, Any], step: float, west: float, south: float) -> list[Polygon]:
    """A feature on the grid, without what is smaller than its squares; the largest always stays."""

    def ring(points: Sequence[Sequence[float]]) -> Ring:
        return _untangled(_tidy([(round((lon - west) / step), round((lat - south) / step)) for lon, lat in points]))

    found = [[ring(points) for points in polygon] for polygon in _shapes(feature)]
    large = [[one for one in polygon if _is_area(one)] for polygon in found if _is_area(polygon[0])]
    if not large:
        raise ValueError(f"{feature['properties']['code']} is smaller than a square of {step:.5f} degrees")
    return large


def _shapes(feature: Mapping[str, Any]) -> list[Any]:
    shape = feature["geometry"]
    polygons: list[Any] = shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
    return polygons


def _tidy(points: Ring) -> Ring:
    """A ring without points that fell together, spikes without width, and the repeated end."""
    found: Ring = []
    for point in points:
        if found and found[-1] == point:
            continue
        if len(found) > 1 and found[-2] == point:
            found.pop()
            continue
        found.append(point)
    while len(found) > 1 and found[0] == found[-1]:
        found.pop()
    return found


def _is_area(ring: Ring) -> bool:
    return len(ring) >= _FEWEST and area(ring) != 0


def _junctions(rings: Iterable[Ring]) -> set[Point]:
    """The points where borders part: they have other neighbours in one ring than in another."""
    beside: dict[Point, set[frozenset[Point]]] = {}
    for ring in rings:
        for before, point, after in zip([ring[-1], *ring], ring, [*ring[1:], ring[0]], strict=False):
            beside.setdefault(point, set()).add(frozenset((before, after)))
    return {point for point, pairs in beside.items() if len(pairs) > 1}


def _arcs(ring: Ring, ends: set[Point]) -> Iterator[Ring]:
    """A ring as the stretches between its junctions; one without any is cut at two points far apart."""
    cuts = [place for place, point in enumerate(ring) if point in ends]
    if not cuts:
        first = ring.index(min(ring))
        ring = ring[first:] + ring[:first]
        cuts = [0, max(range(len(ring)), key=lambda place: math.dist(ring[0], ring[place]))]
    for start, stop in pairwise([*cuts, cuts[0] + len(ring)]):
        yield [ring[place % len(ring)] for place in range(start, stop + 1)]


def _canonical(arc: Ring) -> tuple[Point, ...]:
    """An arc in one direction, whichever neighbour walks along it."""
    return min(tuple(arc), tuple(reversed(arc)))


def _simpler(arc: Ring) -> Ring:
    line = list(_canonical(arc))
    found = _fewer(line)
    return found if line == arc else found[::-1]


def _fewer(line: Ring) -> Ring:
    """Douglas and Peucker's line: without the points that lie within the tolerance of it."""
    if len(line) <= 2:  # noqa: PLR2004  # a line's two ends
        return line
    far = max(range(1, len(line) - 1), key=lambda place: _distance(line[place], line[0], line[-1]))
    if _distance(line[far], line[0], line[-1]) <= TOLERANCE:
        return [line[0], line[-1]]
    return _fewer(line[: far + 1])[:-1] + _fewer(line[far:])


def _distance(point: Point, start: Point, stop: Point) -> float:
    """How far a point lies from a line; from its start where it has no length."""
    length = math.dist(start, stop)
    if length == 0:
        return math.dist(point, start)
    (x, y), (x1, y1), (x2, y2) = point, start, stop
    return abs((x2 - x1) * (y1 - y) - (x1 - x) * (y2 - y1)) / length


def _joined(arcs: Iterable[Ring]) -> Ring:
    return _tidy([point for arc in arcs for point in arc[:-1]])


def _turned(polygon: Polygon) -> Polygon:
    """The border against the clock and the holes with it, as GeoJSON wants them."""
    return [ring if (area(ring) > 0) == (place == 0) else ring[::-1] for place, ring in enumerate(polygon)]


def _packed(polygons: Sequence[Polygon]) -> list[list[list[int]]]:
    return [[_numbers(ring) for ring in polygon] for polygon in polygons]


def _numbers(ring: Ring) -> list[int]:
    steps = [(x2 - x1, y2 - y1) for (x1, y1), (x2, y2) in pairwise(ring)]
    return [number for point in (ring[0], *steps) for number in point]


def main(arguments: list[str]) -> int:
    """Write a site's outlines.json: `python -m deploy.reduce.outlines SITE_FOLDER LEVEL=GEOJSON...`.

    Args:
        arguments: The site's folder, which has its places.csv, and the source of each level.

    Returns:
        The exit code: 2 for a wrong use.
    """
    pairs = [argument.partition("=") for argument in arguments[1:]]
    if not pairs or any(not Path(file).is_file() for _, _, file in pairs):
        print("usage: python -m deploy.reduce.outlines SITE_FOLDER LEVEL=GEOJSON...", file=sys.stderr)  # noqa: T201  # a command
        return 2
    site = Path(arguments[0])
    levels = {level: json.loads(Path(file).read_text("utf-8")) for level, _, file in pairs}
    (site / FILE).write_text(reduced(levels, read(site / "places.csv")), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
