"""A map of places by class: a pattern and a number besides colour, and what is not known drawn apart from zero."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from web.charts.drawing import WIDTH, element, figure, rectangle, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from commons.sites.outlines import Outlines, Point, Polygon, Ring

HIGHEST: Final = 400.0
INSET: Final = 70.0
"""The height of the frame for parts that lie far away."""
_BETWEEN: Final = 10.0
_NEAR: Final = 0.12  # parts nearer than so much of the frame belong to it
_FAR: Final = 1.4  # a frame for everything that is so much longer gets a second one instead
_ROOM: Final = 12.0  # a number needs an area so wide and high
_LETTER: Final = 4.0  # from a text's middle down to its base line
_FINE: Final = 5
"""Areas are drawn in whole fifths of the chart's unit."""
_TILE: Final = 8

PATTERNS: Final = {
    "0": "",
    "1": "",
    "2": "M1.500 2h1.500M5.500 6h1.500",
    "3": "M-2 2l4-4M0 8l8-8M6 10l4-4",
    "4": "M-2 2l4-4M0 8l8-8M6 10l4-4M-2 6l4 4M0 0l8 8M6-2l4 4",
    "few": "M2 0v4M6 4v4",
    "none": "M4 4h.1",
    "empty": "",
}
"""By class, the strokes on its tile; "few" and "none" have no value to compare, "empty" can have none."""
SIGNS: Final = {"few": "?", "none": "–", "empty": ""}


@dataclass(frozen=True, slots=True)
class Area:
    """One place on the map.

    Args:
        place: Its slug, by which it has its outline; one without is left out.
        kind: A class of `PATTERNS`.
        words: What a pointer that rests on it is told, or nothing.
    """

    place: str
    kind: str
    words: str = ""

    @property
    def sign(self) -> str:
        """What stands on it where there is room."""
        return SIGNS.get(self.kind, self.kind)


@dataclass(frozen=True, slots=True)
class _Frame:
    """A part of the grid and where it is drawn."""

    west: int
    south: int
    east: int
    north: int
    top: float
    x_scale: float
    y_scale: float

    @property
    def height(self) -> float:
        return (self.north - self.south) * self.y_scale

    @property
    def width(self) -> float:
        return (self.east - self.west) * self.x_scale

    def at(self, east: float, north: float) -> tuple[float, float]:
        return (east - self.west) * self.x_scale, self.top + (self.north - north) * self.y_scale

    def fine(self, point: Point) -> Point:
        """A point in whole small steps."""
        x, y = self.at(*point)
        return round(x * _FINE), round(y * _FINE)


def choropleth(areas: Sequence[Area], outlines: Outlines, *, key: str, title: str, about: str) -> Markup:
    """The map; parts that lie far from most of it have a frame of their own below, in another scale.

    Args:
        areas: The places, each in its class.
        outlines: Their outlines.
        key: A name that no other chart of the page has.
        title: What it shows, with the unit.
        about: What it says, in words, for those who cannot see it.
    """
    drawn = [(area, polygon) for area in areas for polygon in outlines.places.get(area.place, ())]
    near, far = _split([polygon for _, polygon in drawn])
    frames = [_frame(near, outlines, 0.0, HIGHEST)]
    if far:
        frames.append(_frame(far, outlines, frames[0].height + _BETWEEN, INSET))
    parts: list[Markup] = [_patterns(key)]
    for frame, own in zip(frames, (near, far), strict=False):
        inside = set(map(id, own))
        shown = [(area, polygon) for area, polygon in drawn if id(polygon) in inside]
        parts += [_areas(shown, frame, key), _signs(shown, frame, room=0.0 if own is far else _ROOM)]
    if far:
        parts.append(rectangle(0, frames[1].top - _BETWEEN / 2, WIDTH, frames[1].height + _BETWEEN, class_="frame"))
    bottom = frames[-1].top + frames[-1].height + (_BETWEEN / 2 if far else 0)
    return figure(bottom, *parts, key=key, title=title, about=about)


def swatch(key: str, kind: str) -> Markup:
    """A legend's small picture of a class of the map `key`, with its sign."""
    tile = rectangle(_FINE, _FINE, 30 * _FINE, 18 * _FINE, class_="tile")
    words = SIGNS.get(kind, kind)
    sign = text(16, 10 + _LETTER, words, class_="sign", anchor="middle") if words else Markup("")
    inside = element("g", tile, fill=f"url(#{key}-{kind})", transform=f"scale({1 / _FINE})")
    return element("svg", inside, sign, class_="chart swatch", viewBox="0 0 32 20", aria_hidden="true")


def _patterns(key: str) -> Markup:
    """The tiles, in the small steps of the areas."""
    return Markup("").join(
        element(
            "pattern",
            rectangle(0, 0, _TILE, _TILE, class_=f"fill-{kind}"),
            element("path", d=strokes, class_=f"strokes-{kind}") if strokes else "",
            id=f"{key}-{kind}",
            width=_TILE,
            height=_TILE,
            patternUnits="userSpaceOnUse",
            patternTransform=f"scale({_FINE})",
        )
        for kind, strokes in PATTERNS.items()
    )


def _areas(drawn: Sequence[tuple[Area, Polygon]], frame: _Frame, key: str) -> Markup:
    """The areas class by class, a place in one element, however many parts it has."""
    by_kind: dict[str, dict[str, tuple[str, list[Ring]]]] = {kind: {} for kind in PATTERNS}
    for area, polygon in drawn:
        by_kind[area.kind].setdefault(area.place, (area.words, []))[1].extend(polygon)
    groups = [
        element(
            "g",
            *(_place(words, rings, frame) for words, rings in places.values()),
            class_="areas",
            fill=f"url(#{key}-{kind})",
        )
        for kind, places in by_kind.items()
        if places
    ]
    return element("g", *groups, transform=f"scale({1 / _FINE})")


def _place(words: str, rings: Iterable[Ring], frame: _Frame) -> Markup:
    data = "".join(_ring(ring, frame) for ring in rings)
    return element("path", element("title", words) if words else "", d=data)


def _ring(ring: Ring, frame: _Frame) -> str:
    """A closed ring as few letters: a minus parts two numbers as well as a space does."""
    fine = [point for point, _ in groupby(map(frame.fine, ring))]
    steps = [(x2 - x1, y2 - y1) for (x1, y1), (x2, y2) in pairwise(fine)] or [(0, 0)]
    numbers = " ".join(f"{x} {y}" for x, y in steps).replace(" -", "-")
    return f"M{fine[0][0]} {fine[0][1]}l{numbers}z"


def _signs(drawn: Sequence[tuple[Area, Polygon]], frame: _Frame, *, room: float) -> Markup:
    """A class's number, once on each place, where it has room; beside a small one that needs none."""
    largest: dict[str, tuple[Area, Ring]] = {}
    for area, (border, *_) in drawn:
        if area.place not in largest or _area(border) > _area(largest[area.place][1]):
            largest[area.place] = area, border
    found = []
    for area, border in largest.values():
        west, south, east, north = _box([border])
        width = min((east - west) * frame.x_scale, (north - south) * frame.y_scale)
        if area.sign and width >= room:
            x, y = frame.at(*_middle(border))
            aside = 0.0 if width >= _ROOM else _ROOM
            found.append(text(x + aside, y + _LETTER, area.sign, class_="sign", anchor="middle"))
    return Markup("").join(found)


def _split(polygons: list[Polygon]) -> tuple[list[Polygon], list[Polygon]]:
    """What is drawn together, and what lies so far away that the rest would become small; near the largest is near."""
    waiting = sorted(polygons, key=lambda polygon: -_area(polygon[0]))
    near, box = waiting[:1], _box([waiting[0][0]])
    far = waiting[1:]
    while joining := [polygon for polygon in far if _is_near(_box([polygon[0]]), box)]:
        near += joining
        far = [polygon for polygon in far if polygon not in joining]
        box = _box([polygon[0] for polygon in near])
    whole = _box([polygon[0] for polygon in polygons])
    is_small = any(whole[i + 2] - whole[i] > _FAR * (box[i + 2] - box[i]) for i in (0, 1))
    return (near, far) if far and is_small else (polygons, [])


def _is_near(one: tuple[int, int, int, int], box: tuple[int, int, int, int]) -> bool:
    margin = _NEAR * max(box[2] - box[0], box[3] - box[1])
    return all(one[i] <= box[i + 2] + margin and one[i + 2] >= box[i] - margin for i in (0, 1))


def _frame(polygons: Sequence[Polygon], outlines: Outlines, top: float, highest: float) -> _Frame:
    west, south, east, north = _box([polygon[0] for polygon in polygons])
    _, latitude = outlines.degrees((west, (south + north) // 2))
    narrow = math.cos(math.radians(latitude))
    scale = min(WIDTH / ((east - west) * narrow), highest / (north - south))
    return _Frame(west, south, east, north, top, scale * narrow, scale)


def _box(rings: Iterable[Ring]) -> tuple[int, int, int, int]:
    points = [point for ring in rings for point in ring]
    return min(x for x, _ in points), min(y for _, y in points), max(x for x, _ in points), max(y for _, y in points)


def _area(ring: Ring) -> float:
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise((*ring, ring[0]))) / 2


def _middle(ring: Ring) -> tuple[float, float]:
    """The centre of gravity."""
    sides = [(a, b, a[0] * b[1] - b[0] * a[1]) for a, b in pairwise((*ring, ring[0]))]
    whole = 3 * sum(cross for *_, cross in sides)
    return sum((a[0] + b[0]) * c for a, b, c in sides) / whole, sum((a[1] + b[1]) * c for a, b, c in sides) / whole
