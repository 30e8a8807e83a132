"""lanes.csv, beds.csv and nodes.csv: simulated lanes, their beds, and what sends readings from them."""

from __future__ import annotations

import math
import zlib
from typing import TYPE_CHECKING, Final, NamedTuple

from deploy.reduce.tables import Row, plain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from deploy.reduce.recipe import Recipe

LANE_COLUMNS: Final = ("lane", "name", "kelurahan", "lat", "lon", "origin", "verified")
BED_COLUMNS: Final = (
    "lane",
    "bed",
    "name",
    "crop",
    "area_m2",
    "depth_m",
    "container",
    "field_capacity_pct",
    "wilting_point_pct",
    "saturation_pct",
)
NODE_COLUMNS: Final = ("node", "lane", "driver", "origin", "options")

_OFFSET_DEG: Final = 0.0004  # some 45 m, so that a lane does not sit on its village's centre


class Soil(NamedTuple):
    """What a kind of bed holds: its Indonesian name, depth [m], and water contents [%VWC]."""

    name_id: str
    depth_m: str
    field_capacity_pct: str
    wilting_point_pct: str
    saturation_pct: str


SOILS: Final = {
    "polybag": Soil("Polibag", "0.25", "32", "14", "50"),
    "pot": Soil("Pot", "0.2", "32", "14", "50"),
    "raised": Soil("Bedeng", "0.3", "30", "13", "48"),
    "ground": Soil("Petak", "0.5", "27", "12", "45"),
    "dyke": Soil("Pematang", "0.4", "35", "18", "52"),
}
_RECORDED_SOIL: Final = Soil("Rekaman Kolkata", "0.3", "20", "8", "40")


def lane_rows(recipe: Recipe, places: Iterable[Row]) -> list[Row]:
    """The lanes, each a little beside the centre of its village."""
    at = {row["slug"]: row for row in places}
    return [_lane(own, name, at[village]) for own, name, village in recipe.lanes]


def bed_rows(recipe: Recipe) -> list[Row]:
    """A plan of beds a lane, and one more bed where the recording is replayed."""
    rows: list[Row] = []
    for place, (lane, _, _) in enumerate(recipe.lanes):
        for number, plan in enumerate(recipe.plans[place % len(recipe.plans)], start=1):
            crop, kind = plan.split()
            soil = SOILS[kind]
            area = plain(spread(f"{lane}/b{number}", low=2, high=12))
            container = "ground" if kind == "dyke" else kind
            rows.append(_bed(lane, f"b{number}", f"{soil.name_id} {number}", crop, area, container, soil))
        if lane in recipe.recorded:
            rows.append(_bed(lane, "r1", _RECORDED_SOIL.name_id, "", "1", "ground", _RECORDED_SOIL))
    return rows


def node_rows(recipe: Recipe) -> list[Row]:
    """A simulated node a lane, those that replay the soil recording, and those that read price sheets."""
    nodes = [(f"{lane}-n1", lane, "simulated", "simulated", "") for lane, _, _ in recipe.lanes]
    for lane, series in recipe.recorded.items():
        options = f"file=recordings/kolkata.csv.gz;series={series};bed=r1"
        nodes.append((f"{lane}-r1", lane, "recording", "recorded", options))
    for sheet in recipe.sheets:
        options = f"file=sheets/{sheet.name}.csv.gz;market={sheet.market};level={sheet.level};source={sheet.source}"
        nodes.append((sheet.node, "kota", "price_sheet", "recorded", options))
    return [dict(zip(NODE_COLUMNS, node, strict=True)) for node in nodes]


def spread(key: str, *, low: float, high: float) -> float:
    """A number between two bounds in steps of a half, always the same for the same key."""
    steps = int((high - low) * 2)
    return low + zlib.crc32(key.encode()) % (steps + 1) / 2


def _lane(own: str, name: str, village: Row) -> Row:
    angle = math.radians(zlib.crc32(own.encode()) % 360)
    return {
        "lane": own,
        "name": name,
        "kelurahan": village["slug"],
        "lat": f"{float(village['lat']) + _OFFSET_DEG * math.sin(angle):.5f}",
        "lon": f"{float(village['lon']) + _OFFSET_DEG * math.cos(angle):.5f}",
        "origin": "simulated",
        "verified": "0",
    }


def _bed(lane: str, bed: str, name: str, crop: str, area: str, container: str, soil: Soil) -> Row:
    return {
        "lane": lane,
        "bed": bed,
        "name": name,
        "crop": crop,
        "area_m2": area,
        "depth_m": soil.depth_m,
        "container": container,
        "field_capacity_pct": soil.field_capacity_pct,
        "wilting_point_pct": soil.wilting_point_pct,
        "saturation_pct": soil.saturation_pct,
    }
