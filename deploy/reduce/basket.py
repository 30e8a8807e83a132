"""basket.csv and weights.csv: what a person eats in a year, and what each food weighs in the price index."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from deploy.reduce.tables import Row, plain, slug

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

BASKET_COLUMNS: Final = ("commodity", "kg_per_person_year", "panel", "stand_in", "source", "verified")
WEIGHT_COLUMNS: Final = ("commodity", "weight_pct", "kind", "note", "source")

EGG_KG: Final = 0.06
OIL_KG_PER_LITRE: Final = 0.9

_YEARLY: Final = {
    "kg/cap/yr": 1.0,
    "kg/cap/month": 12.0,
    "kg/cap/week": 365 / 7,
    "butir/cap/month": 12 * EGG_KG,
    "l/cap/month": 12 * OIL_KG_PER_LITRE,
}


class Norm(NamedTuple):
    """A consumption figure that was read, and the foods that carry it.

    Args:
        name: What the figure's source calls the food.
        area: Whose consumption it is.
        year: When.
        foods: Who carries it, in equal parts.
        note: What was decided beyond arithmetic, or nothing.
    """

    name: str
    area: str
    year: str
    foods: tuple[str, ...]
    note: str = ""


NORMS: Final = (
    Norm("beras", "Indonesia", "2023", ("beras-medium",), "all rice counted as medium"),
    Norm("tepung_terigu", "DKI Jakarta", "2024", ("tepung-terigu-kemasan",), "all wheat flour counted as packed"),
    Norm("singkong", "DKI Jakarta", "2024", ("singkong",)),
    Norm("daging_sapi", "DKI Jakarta", "2024", ("daging-sapi",)),
    Norm("daging_ayam", "DKI Jakarta", "2024", ("daging-ayam-ras",)),
    Norm("telur", "DKI Jakarta", "2024", ("telur-ayam-ras",), f"an egg taken as {EGG_KG} kg"),
    Norm("kangkung", "Indonesia", "2021", ("kangkung",)),
    Norm("bayam", "Indonesia", "2021", ("bayam",)),
    Norm("bawang_merah", "DKI Jakarta", "2024", ("bawang-merah",)),
    Norm("bawang_putih", "DKI Jakarta", "2024", ("bawang-putih",)),
    Norm(
        "cabai_besar",
        "Indonesia",
        "2023",
        ("cabai-merah-besar", "cabai-merah-keriting"),
        "large chilli split equally over large red and curly red",
    ),
    Norm("cabai_rawit", "Indonesia", "2023", ("cabai-rawit-merah",)),
    Norm(
        "minyak_goreng",
        "DKI Jakarta",
        "2024",
        ("minyak-goreng-kemasan",),
        f"all cooking oil counted as packed, a litre taken as {OIL_KG_PER_LITRE} kg",
    ),
    Norm("gula", "DKI Jakarta", "2024", ("gula-konsumsi",)),
)
"""The basket: foods that a shipped price sheet quotes or a lane grows, with a figure that was read."""

SHARED: Final = {
    "beras": ("beras-premium", "beras-medium", "beras-sphp"),
    "minyak_goreng": ("minyak-goreng-kemasan", "minyak-goreng-curah", "minyakita"),
    "cabai_merah": ("cabai-merah-besar", "cabai-merah-keriting"),
    "cabai_rawit": ("cabai-rawit-merah",),
    "telur_ayam_ras": ("telur-ayam-ras",),
    "daging_ayam_ras": ("daging-ayam-ras",),
}
"""The foods that share an implied weight, in equal parts."""

ASSUMED: Final = {"bawang-merah": "0.25", "bawang-putih": "0.25"}
"""Weights [%] of nobody's finding, so that the daily panel of Bandung can be shown at all."""


def basket_rows(norms: Iterable[Row], panel: Iterable[Row], city: str) -> list[Row]:
    """Consumption by food [kg per person and year], whether the national price panel quotes it, and whose it is.

    Args:
        norms: The consumption figures that were read.
        panel: The foods of the price panels, with their ids.
        city: What the figures call the city whose own they may be.
    """
    seen = {(row["commodity"], row["area"], row["year"]): row for row in norms}
    quoted = {slug(row["slug"]) for row in panel if row["bapanas_id"]}
    rows = ((norm, seen[norm.name, norm.area, norm.year]) for norm in NORMS)
    return [
        {**row, "stand_in": "0" if norm.area == city else "1"}
        for norm, source in rows
        for row in _carriers(norm, source, quoted)
    ]


def weight_rows(implied: Iterable[Row]) -> list[Row]:
    """Weights in the consumer price index [%]: those implied by published contributions, and the assumed ones."""
    rows = [row for source in implied for row in _shares(source)]
    note = "assumed for demonstration; no source gives this weight"
    return rows + [_weight(food, weight, "assumed", note, "") for food, weight in ASSUMED.items()]


def _carriers(norm: Norm, seen: Row, quoted: Container[str]) -> list[Row]:
    kg = float(seen["value"]) * _YEARLY[seen["unit"]] / len(norm.foods)
    source = "; ".join(text for text in (seen["source"], f"{norm.area} {norm.year}", norm.note) if text)
    verified = "0" if norm.note else seen["seen"]
    return [
        {
            "commodity": food,
            "kg_per_person_year": f"{kg:.3f}",
            "panel": "1" if food in quoted else "0",
            "source": source,
            "verified": verified,
        }
        for food in norm.foods
    ]


def _shares(implied: Row) -> list[Row]:
    foods = SHARED[implied["commodity"]]
    name, weight = implied["commodity"].replace("_", " "), implied["implied_weight_pct"]
    note = f"implied by BPS's contribution of {name} ({implied['month']}); coarse"
    if len(foods) > 1:
        note += f"; {weight} % split equally over {len(foods)} foods"
    share = plain(float(weight) / len(foods))
    return [_weight(food, share, "stand_in", note, implied["source"]) for food in foods]


def _weight(food: str, weight: str, kind: str, note: str, source: str) -> Row:
    return {"commodity": food, "weight_pct": weight, "kind": kind, "note": note, "source": source}
