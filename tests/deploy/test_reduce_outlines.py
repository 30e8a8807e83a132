"""The reduction of outlines: fewer points, borders still common, rings that GeoJSON takes."""

from __future__ import annotations

import json
import math
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from commons.sites.outlines import read_outlines
from deploy.reduce.outlines import TOLERANCE, _untangled, crosses, main, reduced
from deploy.reduce.tables import read, write
from deploy.reduce.unions import area, union

if TYPE_CHECKING:
    from commons.sites.outlines import Outlines, Polygon, Ring

STEP = 0.0005
MAKASSAR = Path(__file__).parents[2] / "deploy/sites/makassar"
WAVE = [(0.5 + 0.0001 * math.sin(i / 3), i / 100) for i in range(101)]
"""A border that two places share, wavier than anybody sees."""
PLACES = [
    {"code": code, "slug": slug, "parent": "", "level": "kelurahan"}
    for code, slug in (("1", "west"), ("2", "east"), ("3", "island"))
]


def feature(code: str, *polygons: list[list[tuple[float, float]]]) -> dict[str, Any]:
    closed = [[[*ring, ring[0]] for ring in polygon] for polygon in polygons]
    shape = {"type": "Polygon", "coordinates": closed[0]}
    many = {"type": "MultiPolygon", "coordinates": closed}
    return {"properties": {"code": code}, "geometry": shape if len(polygons) == 1 else many}


def source() -> dict[str, Any]:
    west = [*WAVE, (0.0, 1.0), (0.0, 0.0)]
    hole = [(0.7, 0.4), (0.8, 0.4), (0.8, 0.6), (0.7, 0.6)]  # against the clock, as a hole must not be
    east = [*reversed(WAVE), (1.0, 0.0), (1.0, 1.0)]
    far, tiny = [(1.5, 0.5), (1.6, 0.5), (1.6, 0.6), (1.5, 0.6)], [(1.7, 0.5), (1.70001, 0.5), (1.7, 0.50001)]
    return {"features": [feature("1", [west]), feature("2", [east, hole]), feature("3", [far], [tiny])]}


def made(tmp_path: Path, levels: dict[str, Any] | None = None) -> Outlines:
    (tmp_path / "outlines.json").write_text(reduced(levels or {"kelurahan": source()}, PLACES))
    return read_outlines(tmp_path, {"west", "east", "island"})


def sides(ring: Ring) -> set[frozenset[tuple[int, int]]]:
    return {frozenset(side) for side in pairwise([*ring, ring[0]])}


def rings(outlines: Outlines) -> list[tuple[str, Polygon]]:
    return [(slug, polygon) for slug, polygons in outlines.places.items() for polygon in polygons]


def test_a_border_loses_what_nobody_sees_and_stays_common_to_both_places(tmp_path: Path) -> None:
    outlines = made(tmp_path)

    west, east = outlines.places["west"][0][0], outlines.places["east"][0][0]
    assert len(west) < 10
    assert len(sides(west) & sides(east)) >= 1
    inner = [point for point in west if 0 < point[0] < max(x for x, _ in east)]
    assert set(inner) <= set(east)


def test_a_border_moves_by_no_more_than_the_tolerance(tmp_path: Path) -> None:
    outlines = made(tmp_path)

    drawn = [outlines.degrees(point) for point in outlines.places["west"][0][0]]
    for lon, _ in [point for point in drawn if 0.4 < point[0] < 0.6]:
        assert abs(lon - 0.5) <= 0.0001 + TOLERANCE * outlines.step + outlines.step


def test_borders_run_against_the_clock_and_holes_with_it(tmp_path: Path) -> None:
    for slug, (border, *holes) in rings(made(tmp_path)):
        assert area(border) > 0
        assert all(area(hole) < 0 for hole in holes)
        assert bool(holes) == (slug == "east")


def test_what_is_smaller_than_the_grid_goes_and_the_place_stays(tmp_path: Path) -> None:
    assert len(made(tmp_path).places["island"]) == 1


def test_a_place_that_would_be_nothing_is_named() -> None:
    dot = feature("9", [[(0.3, 0.3), (0.30001, 0.3), (0.3, 0.30001)]])

    with pytest.raises(ValueError, match="9 is smaller than a square"):
        reduced({"kelurahan": {"features": [*source()["features"], dot]}}, [*PLACES, {**PLACES[0], "code": "9"}])


def test_a_thin_place_keeps_its_points_rather_than_vanish(tmp_path: Path) -> None:
    thin = feature("3", [[(1.2, 0.0), (1.2, 1.0), (1.2 + 2 * STEP, 0.5)]])

    outlines = made(tmp_path, {"kelurahan": {"features": [*source()["features"][:2], thin]}})

    assert len(outlines.places["island"][0][0]) == 3


def test_a_place_without_an_outline_is_its_parts_together(tmp_path: Path) -> None:
    rows = [*({**row, "parent": "both", "level": "kelurahan"} for row in PLACES[:2])]
    above = {"code": "0", "slug": "both", "parent": "", "level": "kecamatan"}
    (tmp_path / "outlines.json").write_text(reduced({"kelurahan": source()}, [above, *rows]))

    outlines = read_outlines(tmp_path, {"both", "west", "east"})
    [[border, *holes]] = outlines.places["both"]
    assert len(holes) == 1
    drawn = [outlines.degrees(point) for point in border]
    assert set(drawn) >= {(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)}
    assert not [(lon, lat) for lon, lat in drawn if 0.4 < lon < 0.6 and 0.1 < lat < 0.9]


def test_a_ring_that_the_grid_made_cross_itself_is_walked_without_crossing() -> None:
    knot = [(0, 0), (10, 10), (10, 0), (0, 10)]

    assert crosses(knot)
    plain = _untangled(knot)
    assert not crosses(plain)
    assert sorted(plain) == sorted(knot)


SQUARE = [(0, 0), (100, 0), (100, 100), (0, 100)]


@pytest.mark.parametrize(
    ("beside", "corner"),
    [
        ([(100, 0), (200, 0), (200, 100), (100, 100)], (200, 0)),
        ([(103, 2), (200, 0), (200, 100), (97, 101)], (200, 0)),  # two sources of one border
        ([(100, 0), (200, 0), (200, 200), (100, 200)], (200, 200)),  # a corner on the other's side
    ],
)
def test_borders_that_are_nearly_common_leave_no_line(beside: list[tuple[int, int]], corner: tuple[int, int]) -> None:
    [[border]] = union([[SQUARE], [beside]])

    assert {(0, 0), (0, 100), corner} <= set(border)
    assert not crosses(border)
    assert area(border) >= 19_500


def test_a_thin_gap_is_no_hole_and_an_island_stays_one() -> None:
    ring = [(0, 0), (300, 0), (300, 300), (0, 300)]
    hole, gap = [(50, 50), (50, 150), (150, 150), (150, 50)], [(200, 10), (200, 290), (212, 150)]
    island = [(500, 0), (520, 0), (520, 20), (500, 20)]

    polygons = union([[ring, hole, gap], [island]])

    assert sorted(len(polygon) for polygon in polygons) == [1, 2]


def test_the_command_writes_the_same_for_any_site_with_the_places_it_knows(tmp_path: Path) -> None:
    write(tmp_path / "places.csv", PLACES[:2], ("code", "slug", "parent", "level"))
    (tmp_path / "in.geojson").write_text(json.dumps(source()))

    assert main([str(tmp_path), f"kecamatan={tmp_path / 'in.geojson'}"]) == 0
    first = (tmp_path / "outlines.json").read_text()
    assert main([str(tmp_path), f"kecamatan={tmp_path / 'in.geojson'}"]) == 0

    assert (tmp_path / "outlines.json").read_text() == first
    assert set(json.loads(first)["places"]) == {"west", "east"}


def test_a_wrong_use_of_the_command_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path), "kecamatan=nowhere.geojson"]) == 2
    assert "LEVEL=GEOJSON" in capsys.readouterr().err


def test_the_shipped_outlines_hold_each_place_and_no_ring_crosses_itself() -> None:
    places = {row["slug"]: row["level"] for row in read(MAKASSAR / "places.csv")}
    outlines = read_outlines(MAKASSAR, places)

    assert set(outlines.places) == {slug for slug, level in places.items() if level != "kota"}
    for slug, polygon in rings(outlines):
        assert [ring for ring in polygon if crosses(ring)] == [], slug
        assert area(polygon[0]) > 0
