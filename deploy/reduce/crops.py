"""crops.csv: how the garden crops drink, grow and yield."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from deploy.reduce.tables import Row, slug

if TYPE_CHECKING:
    from collections.abc import Iterable

_OURS: Final = {
    "kc_ini": "kc_ini",
    "kc_mid": "kc_mid",
    "kc_end": "kc_end",
    "root_depth_min_m": "zr_min_m",
    "root_depth_max_m": "zr_max_m",
    "p": "p",
    "days_to_first_harvest_min": "days_to_first_harvest_min",
    "days_to_first_harvest_max": "days_to_first_harvest_max",
    "harvest_mode": "harvest_mode",
    "harvest_window_d": "harvest_window_d",
    "yield_kg_m2_low": "yield_kg_m2_low",
    "yield_kg_m2_typ": "yield_kg_m2_typ",
    "yield_kg_m2_high": "yield_kg_m2_high",
    "tbase_c": "tbase_c",
    "t_opt_min": "t_opt_min",
    "t_opt_max": "t_opt_max",
    "fao56_proxy": "fao56_proxy",
}
COLUMNS: Final = ("slug", *_OURS, "unverified")

UNVERIFIED: Final = (
    "days_to_first_harvest_min",
    "days_to_first_harvest_max",
    "harvest_window_d",
    "yield_kg_m2_low",
    "yield_kg_m2_typ",
    "yield_kg_m2_high",
    "tbase_c",
)
"""Columns that stand on general agronomic knowledge, with no source that was read."""

_GROWN_AS: Final = {
    "cabai_merah": ("cabai-merah-besar", "cabai-merah-keriting"),
    "cabai_rawit": ("cabai-rawit-merah",),
}


def crop_rows(crops: Iterable[Row]) -> list[Row]:
    """One row for each food that a crop is sold as, so that a bed and a market name the same thing."""
    return [_crop(food, row) for row in crops for food in _GROWN_AS.get(row["slug"], (slug(row["slug"]),))]


def _crop(food: str, row: Row) -> Row:
    known = {ours: row[theirs] for ours, theirs in _OURS.items()}
    return {"slug": food, **known, "unverified": "|".join(name for name in UNVERIFIED if known[name])}
