"""The outline of several places together: their borders without those that two of them share."""

from __future__ import annotations

import math
from collections import Counter
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Point = tuple[int, int]
Ring = list[Point]
Polygon = list[Ring]

NEAR: Final = 6.0
"""Points and sides nearer than this are one [steps of the grid]: sources disagree by so much on a common border."""
THIN: Final = 0.1
"""A ring that is so far from round is where they disagree by more; a circle has 1."""
_FEWEST: Final = 3


def union(parts: Iterable[Polygon]) -> list[Polygon]:
    """The polygons that all parts cover together.

    Args:
        parts: Their polygons: borders against the clock, holes with it.
    """
    rings = _joined([ring for polygon in parts for ring in polygon])
    sides = Counter(side for ring in rings for side in pairwise([*ring, ring[0]]))
    onward: dict[Point, list[Point]] = {}
    for (start, stop), count in sides.items():
        left = count - sides[stop, start]  # parts may overlap: a side walked twice one way and once the other is left
        if left > 0:
            onward.setdefault(start, []).extend([stop] * left)
    found = [ring for walk in _walks(onward) for ring in _loops(walk) if _roundness(ring) > THIN]
    borders = [ring for ring in found if area(ring) > 0]
    holes = [ring for ring in found if area(ring) < 0]
    return [[border, *(hole for hole in holes if _is_inside(hole[0], border))] for border in borders]


def _joined(rings: Sequence[Ring]) -> list[Ring]:
    """Rings whose points and sides are the same where they are near."""
    points: list[Point] = []
    same: dict[Point, Point] = {}
    for point in dict.fromkeys(point for ring in rings for point in ring):
        same[point] = next((other for other in points if math.dist(point, other) <= NEAR), point)
        if same[point] == point:
            points.append(point)
    moved = [[point for point, _ in groupby(same[point] for point in ring)] for ring in rings]
    return [[point for side in pairwise([*ring, ring[0]]) for point in _passed(side, points)] for ring in moved]


def _passed(side: tuple[Point, Point], points: Iterable[Point]) -> list[Point]:
    """The start of a side, and the points that lie on it or nearly so."""
    start, stop = side
    (x1, y1), (x2, y2) = side
    long = math.dist(start, stop)
    if not long:
        return []
    on = []
    for x, y in points:
        along = ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / long
        aside = abs((x - x1) * (y2 - y1) - (y - y1) * (x2 - x1)) / long
        if aside <= NEAR and 0 < along < long and (x, y) not in side:
            on.append((along, (x, y)))
    return [start, *(point for _, point in sorted(on))]


def _roundness(ring: Ring) -> float:
    around = sum(math.dist(*side) for side in pairwise([*ring, ring[0]]))
    return 4 * math.pi * abs(area(ring)) / around**2


def area(ring: Sequence[Point]) -> float:
    """What a ring encloses [squares of the grid]; positive when it runs against the clock."""
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise([*ring, ring[0]])) / 2


def _walks(onward: dict[Point, list[Point]]) -> Iterable[Ring]:
    """Walks along the sides that are left, each until it is back or has no way on."""
    while onward:
        at = start = next(iter(onward))
        walk = [start]
        while at in onward:
            at, ways = onward[at].pop(), onward[at]
            if not ways:
                del onward[walk[-1]]
            walk.append(at)
            if at == start:
                break
        yield walk


def _loops(walk: Ring) -> Iterable[Ring]:
    """A walk's rings: whenever it comes back to a point, what lies between is one."""
    path: Ring = []
    for point in walk:
        if point in path:
            place = path.index(point)
            if len(path) - place >= _FEWEST:
                yield path[place:]
            del path[place + 1 :]
        else:
            path.append(point)


def _is_inside(point: Point, ring: Ring) -> bool:
    x, y = point
    crossings = [
        x < (x2 - x1) * (y - y1) / (y2 - y1) + x1
        for (x1, y1), (x2, y2) in pairwise([*ring, ring[0]])
        if (y1 > y) != (y2 > y)
    ]
    return sum(crossings) % 2 == 1
