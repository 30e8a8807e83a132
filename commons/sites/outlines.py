"""The outlines of a site's places, kept as whole steps of a coarse grid."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import accumulate
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from commons.errors import SiteError

if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence
    from pathlib import Path

Point = tuple[int, int]
Ring = tuple[Point, ...]
Polygon = tuple[Ring, ...]

FILE: Final = "outlines.json"
_DECIMALS: Final = 5  # about a metre
_FEWEST: Final = 3


@dataclass(frozen=True, slots=True)
class Outlines:
    """A grid, and on it each place's polygons.

    A polygon is its border, against the clock, then its holes; a ring's last point is joined to its first.

    Args:
        step: The grid's step [degrees].
        west: The longitude of the grid's first column [degrees].
        south: The latitude of its first row [degrees].
        places: Polygons by place; points are steps east and north.
    """

    step: float = 1.0
    west: float = 0.0
    south: float = 0.0
    places: Mapping[str, tuple[Polygon, ...]] = field(default_factory=lambda: MappingProxyType({}))

    def degrees(self, point: Point) -> tuple[float, float]:
        """A point's longitude and latitude [degrees]."""
        east, north = point
        return round(self.west + east * self.step, _DECIMALS), round(self.south + north * self.step, _DECIMALS)


def read_outlines(folder: Path, places: Container[str]) -> Outlines:
    """A site's outlines; none where it has no such file: then it has no maps.

    Args:
        folder: The site's.
        places: The slugs of its places.

    Raises:
        SiteError: The file cannot be read, or names a place that is not there.
    """
    path = folder / FILE
    if not path.is_file():
        return Outlines()
    remedy = "make it anew with `python -m deploy.reduce.outlines`"
    try:
        found = json.loads(path.read_text("utf-8"))
        outlines = {slug: tuple(map(_polygon, polygons)) for slug, polygons in found["places"].items()}
        grid = float(found["step"]), float(found["west"]), float(found["south"])
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise SiteError(f"{folder.name}/{FILE} is damaged ({error!r}); {remedy}") from error
    strange = next((slug for slug in outlines if slug not in places), None)
    if strange is not None:
        raise SiteError(f"{folder.name}/{FILE} outlines {strange!r}, which places.csv lacks; {remedy}")
    return Outlines(*grid, MappingProxyType(outlines))


def _polygon(rings: Sequence[Any]) -> Polygon:
    return tuple(_ring(numbers) for numbers in rings)


def _ring(numbers: Sequence[int]) -> Ring:
    """The points of a ring: a first one, then each as steps from the one before."""
    if len(numbers) % 2 or len(numbers) < 2 * _FEWEST or not all(isinstance(number, int) for number in numbers):
        raise ValueError(f"{numbers!r} is no ring")
    return tuple(zip(accumulate(numbers[::2]), accumulate(numbers[1::2]), strict=True))
