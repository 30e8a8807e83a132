"""lanes.csv, beds.csv and nodes.csv: 24 simulated lanes, their beds, and what sends readings from them."""

from __future__ import annotations

import math
import zlib
from typing import TYPE_CHECKING, Final, NamedTuple

from deploy.reduce.tables import Row, plain

if TYPE_CHECKING:
    from collections.abc import Iterable

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

LANES: Final = (
    ("sydney", "Lorong Sydney", "panakkukang-tello-baru"),
    ("zurich", "Lorong Zurich", "tamalanrea-kapasa"),
    ("maastricht", "Lorong Maastricht", "kec-makassar-bara-baraya"),
    ("saga", "Lorong Saga", "tamalate-parang-tambung"),
    ("agatis", "Lorong Agatis", "manggala-antang"),
    ("gembira", "Lorong Gembira", "biringkanaya-sudiang"),
    ("lorong-302", "Lorong 302", "mariso-mariso"),
    ("kwt-talas", "KWT Talas", "tallo-suangga"),
    ("melati", "Lorong Melati", "mariso-panambungan"),
    ("kenanga", "Lorong Kenanga", "mamajang-sambung-jawa"),
    ("cempaka", "Lorong Cempaka", "kec-makassar-maccini"),
    ("anggrek", "Lorong Anggrek", "ujung-pandang-pisang-utara"),
    ("kemuning", "Lorong Kemuning", "wajo-malimongan-tua"),
    ("seroja", "Lorong Seroja", "bontoala-bontoala-tua"),
    ("dahlia", "Lorong Dahlia", "bontoala-layang"),
    ("teratai", "Lorong Teratai", "tallo-rappokalling"),
    ("bahari", "Lorong Bahari", "ujung-tanah-cambaya"),
    ("flamboyan", "Lorong Flamboyan", "panakkukang-tamamaung"),
    ("mawar", "Lorong Mawar", "panakkukang-paropo"),
    ("nusa-indah", "Lorong Nusa Indah", "tamalate-mannuruki"),
    ("asoka", "Lorong Asoka", "rappocini-kassi-kassi"),
    ("kamboja", "Lorong Kamboja", "rappocini-minasa-upa"),
    ("alamanda", "Lorong Alamanda", "biringkanaya-daya"),
    ("mutiara", "Lorong Mutiara", "kepulauan-sangkarrang-barrang-lompo"),
)
"""Slug, name and kelurahan. The first eight names are those of real lanes; nothing here was measured in them."""

PLANS: Final = (
    ("kangkung raised", "cabai-rawit-merah polybag", "bayam raised", "tomat polybag"),
    ("sawi raised", "cabai-rawit-merah polybag", "terong polybag", "kemangi pot"),
    ("pakcoy raised", "cabai-merah-keriting polybag", "kangkung ground", "kacang-panjang ground"),
    ("bayam ground", "cabai-rawit-merah polybag", "timun ground", "daun-bawang pot"),
    ("selada raised", "cabai-merah-besar polybag", "sawi raised", "seledri pot"),
    ("kangkung ground", "cabai-rawit-merah pot", "terong polybag", "bawang-merah raised"),
    ("pakcoy raised", "tomat polybag", "pare ground", "ubi-jalar ground"),
    ("bayam raised", "cabai-rawit-merah polybag", "gambas ground", "okra ground"),
)
"""What the four beds of a lane carry; the lanes take the plans in turn."""

RECORDED: Final = {"saga": "1", "agatis": "2"}
"""Lanes that also replay a series of the soil recording, in a bed of its own."""

PRICE_NODES: Final = (
    ("price-bandung", "bandung-pihps", "consumer", "pihps", "bandung"),
    ("price-jatim", "jatim-siskaperbapo", "producer", "siskaperbapo", "jatim"),
    ("price-bapanas", "bandung-bapanas", "consumer", "bapanas", "bapanas"),
)
"""Node, market, level, source and sheet."""

_OFFSET_DEG: Final = 0.0004  # some 45 m, so that a lane does not sit on its kelurahan's centre


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
}
_RECORDED_SOIL: Final = Soil("Rekaman Kolkata", "0.3", "20", "8", "40")


def lane_rows(places: Iterable[Row]) -> list[Row]:
    """The lanes, each a little beside the centre of its kelurahan."""
    at = {row["slug"]: row for row in places}
    return [_lane(own, name, at[village]) for own, name, village in LANES]


def bed_rows() -> list[Row]:
    """Four beds a lane, and one more where the recording is replayed."""
    rows: list[Row] = []
    for place, (lane, _, _) in enumerate(LANES):
        for number, plan in enumerate(PLANS[place % len(PLANS)], start=1):
            crop, container = plan.split()
            soil = SOILS[container]
            area = plain(spread(f"{lane}/b{number}", low=2, high=12))
            rows.append(_bed(lane, f"b{number}", f"{soil.name_id} {number}", crop, area, container, soil))
        if lane in RECORDED:
            rows.append(_bed(lane, "r1", _RECORDED_SOIL.name_id, "", "1", "ground", _RECORDED_SOIL))
    return rows


def node_rows() -> list[Row]:
    """A simulated node a lane, the two that replay the soil recording, and the three price sheets."""
    nodes = [(f"{lane}-n1", lane, "simulated", "simulated", "") for lane, _, _ in LANES]
    for lane, series in RECORDED.items():
        options = f"file=recordings/kolkata.csv.gz;series={series};bed=r1"
        nodes.append((f"{lane}-r1", lane, "recording", "recorded", options))
    for node, market, level, source, sheet in PRICE_NODES:
        options = f"file=sheets/{sheet}.csv.gz;market={market};level={level};source={source}"
        nodes.append((node, "kota", "price_sheet", "recorded", options))
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
