"""commodities.csv: every food that a price names, a garden grows or a regulation limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from deploy.reduce.diet import DIET_GROUPS
from deploy.reduce.foods import FOODS, NEAR, SPELLINGS, Food
from deploy.reduce.tables import Row, slug

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

COLUMNS: Final = (
    "slug",
    "name_id",
    "name_en",
    "group",
    "unit",
    "bapanas_id",
    "pihps_id",
    "aliases",
    "garden",
    "pph_group",
    "kcal_per_100g",
    "protein_g_per_100g",
    "edible_pct",
    "tkpi",
    "diet_group",
    "source",
    "verified",
)
_PPH_SPELLING: Final = {"kacang": "kacang_kacangan"}


def commodity_rows(panel: Sequence[Row], composition: Sequence[Row], foods: Sequence[Food] = FOODS) -> list[Row]:
    """The catalogue's foods: those of the price panels, then the others.

    Args:
        panel: The foods of the two price panels, with their ids.
        composition: The food composition table.
        foods: The foods that no panel lists.

    Raises:
        ValueError: Two foods answer to the same name.
    """
    by_code = {row["tkpi_code"]: row for row in composition}
    by_key = {row["slug"]: row for row in composition}
    rows = [_panel_food(row, by_code.get(row["tkpi_code"], {})) for row in panel]
    rows += [_other_food(food, by_key[food.tkpi] if food.tkpi else {}) for food in foods]
    check_names(rows)
    return rows


def check_names(rows: Iterable[Row]) -> None:
    """Refuse two foods that answer to the same name, upper and lower case and hyphens aside.

    Raises:
        ValueError: They do.
    """
    owner: dict[str, str] = {}
    for row in rows:
        for name in (row["slug"], row["name_id"], row["name_en"], *row["aliases"].split("|")):
            other = owner.setdefault(slug(name), row["slug"]) if name else row["slug"]
            if other != row["slug"]:
                raise ValueError(f"the name {name!r} means {other} and {row['slug']}; take it from one of them")


def _panel_food(row: Row, food: Row) -> Row:
    key = slug(row["slug"])
    spellings = [row["bapanas_name"], row["pihps_name"], *SPELLINGS.get(key, "").split("|")]
    panels = [f"{panel} {row[column]}" for panel, column in (("Bapanas", "bapanas_id"), ("PIHPS", "pihps_id"))]
    named = [text for text in panels if not text.endswith(" ")]
    return {
        "slug": key,
        "name_id": row["name_id"],
        "name_en": row["name_en"],
        "group": row["group"],
        "unit": row["unit"],
        "bapanas_id": row["bapanas_id"],
        "pihps_id": row["pihps_id"],
        "aliases": "|".join(_once(spellings)),
        "garden": row["garden_producible"],
        "pph_group": _PPH_SPELLING.get(row["pph_group"], row["pph_group"]),
        **_nutrition(food),
        "diet_group": DIET_GROUPS.get(key, ""),
        "source": "; ".join((*(named or ["Makassar market news"]), *_tkpi(food))),
        "verified": "0" if key in NEAR else "1",
    }


def _other_food(food: Food, composition: Row) -> Row:
    return {
        "slug": food.slug,
        "name_id": food.name_id,
        "name_en": food.name_en,
        "group": food.group,
        "unit": "kg",
        "bapanas_id": "",
        "pihps_id": "",
        "aliases": food.aliases,
        "garden": "1" if food.garden else "0",
        "pph_group": food.pph_group,
        **_nutrition(composition),
        "diet_group": DIET_GROUPS.get(food.slug, ""),
        "source": "; ".join((food.source, *_tkpi(composition))),
        "verified": "0" if food.near else "1",
    }


def _nutrition(food: Row) -> Row:
    columns = {
        "kcal_per_100g": "energy_kcal",
        "protein_g_per_100g": "protein_g",
        "edible_pct": "edible_pct",
        "tkpi": "tkpi_code",
    }
    return {ours: food.get(theirs, "") for ours, theirs in columns.items()}


def _tkpi(food: Row) -> list[str]:
    return [f"TKPI 2017 {food['tkpi_code']}"] if food else []


def _once(names: Iterable[str]) -> list[str]:
    return list({name.casefold(): name for name in names if name}.values())
