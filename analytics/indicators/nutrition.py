"""Nutrition: energy, protein and variety of what the gardens gave, and its contribution to PPH points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from analytics import provenance
from analytics.coverage import AtLeast
from analytics.harvests import PERIODS, SUMS, WHERE, of_all, of_foods, people, people_days
from analytics.indicators.indicator import Indicator, Reach, Source, Worked
from analytics.methods.supply import (
    AKE_KCAL,
    AKP_G,
    PPH_GROUPS,
    desirable_dietary_pattern,
    diversity,
    fulfilment,
    nutrients,
)
from analytics.revision import digest
from commons.catalogue import Label
from commons.catalogue.commodities import commodities

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analytics.frames import Row
    from commons.sites import Site

_LEAST_KNOWN_PCT: Final = 50.0
_AMOUNTS: Final = ("kg", "known_pct", "kcal", "protein_g", "person_days", "energy_pct", "protein_pct", "pph_points")
_VARIETY: Final = ("foods", "shannon", "gini_simpson")
_COLUMNS: Final = ("start", "level", "place", "period", *_AMOUNTS, *_VARIETY)
_ABOUT: Final = ("n", "expected", "coverage", "marks", "inputs", "refusal")


def compute(frames: Mapping[str, pd.DataFrame], site: Site, *, now_ms: int) -> pd.DataFrame:  # noqa: ARG001  # Compute
    """Energy and protein of the weighed harvest whose composition is known, of each place that reported.

    `known_pct` says of how much of the weight that is; below half of it there is no value, and below all of it the mark
    `incomplete`. Energy and protein are then at least that much. The contribution to PPH points is per head of the
    place's people, what they eat besides left out: it is no PPH score. Variety is by weight.
    """
    together = of_all(frames["garden_harvest"], site)
    foods = _with_composition(of_foods(frames["garden_harvest"], site))
    table = together.join(_sums(foods)).reset_index()
    nothing = table["kg"] == 0  # a report of nothing is one of 0 kg
    table = table.assign(
        kg=table["weighed_kg"].mask(nothing, 0.0),
        kcal=table["kcal"].mask(nothing, 0.0),
        protein_g=table["protein_g"].mask(nothing, 0.0),
        foods=table["foods"].fillna(0.0),
    )
    found = table.assign(**_about_people(table, site, foods), person_days=table["kcal"] / AKE_KCAL)
    found["marks"] = [_marks(*row) for row in zip(found["marks"], found["own_marks"], found["known_pct"], strict=True)]
    made = found[["revision", "revisions", "kcal", "protein_g", "energy_pct", "pph_points"]].fillna({"revisions": ""})
    found["inputs"] = [digest(*row) for row in made.itertuples(index=False, name=None)]
    found["refusal"] = [_refusal(kg, known) for kg, known in zip(found["kg"], found["known_pct"], strict=True)]
    return found[[*_COLUMNS, *_ABOUT]]


def _with_composition(foods: pd.DataFrame) -> pd.DataFrame:
    """Each food's `kcal` and `protein_g`, NaN where its composition is not known, and its PPH `group`."""
    columns = ["kcal_per_100g", "protein_g_per_100g", "edible_pct", "pph_group"]
    rows = {slug: [getattr(food, name) for name in columns] for slug, food in commodities().items()}
    composition = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    own = composition.reindex(foods["commodity"]).set_axis(foods.index)
    return foods.join(nutrients(foods["kg"], own[columns[:3]].astype(float)).by_food).assign(group=own["pph_group"])


def _sums(foods: pd.DataFrame) -> pd.DataFrame:
    """What the foods of a place and period come to, by `WHERE`."""
    known = foods[["kcal", "protein_g"]].notna().all(axis=1)
    counted = foods.assign(
        known_kg=foods["kg"].where(known, 0.0),
        kcal=foods["kcal"].where(known),
        protein_g=foods["protein_g"].where(known),
    )
    found = counted.groupby(WHERE).agg(
        weighed_kg=("kg", "sum"),
        known_kg=("known_kg", "sum"),
        kcal=("kcal", "sum"),
        protein_g=("protein_g", "sum"),
        own_marks=("marks", ",".join),
        revisions=("revision", " ".join),
    )
    variety = [diversity(kg.to_numpy()) for _, kg in counted.groupby(WHERE)["kg"]]
    named = pd.DataFrame(variety, columns=["foods", "shannon", "gini_simpson"], index=found.index)
    known_pct = 100 * found["known_kg"] / found["weighed_kg"].where(found["weighed_kg"] > 0)
    return found.join(named).assign(known_pct=known_pct)


def _about_people(table: pd.DataFrame, site: Site, foods: pd.DataFrame) -> dict[str, Any]:
    """Shares of what the place's people should have, and the contribution to PPH points; NaN where they are unknown."""
    lived = people_days(table, site)
    heads = (lived["people"] * lived["days"]).to_numpy()
    by_group = foods.groupby([*WHERE, "group"])["kcal"].sum(min_count=1).unstack("group")  # noqa: PD010  # by name
    by_group = by_group.reindex(index=pd.MultiIndex.from_frame(table[WHERE]), columns=list(PPH_GROUPS)).fillna(0.0)
    points = [
        np.nan if np.isnan(days) else desirable_dietary_pattern(kcal / days).points
        for days, (_, kcal) in zip(heads, by_group.iterrows(), strict=True)
    ]
    return {
        "energy_pct": fulfilment(table["kcal"].to_numpy(), heads * AKE_KCAL),
        "protein_pct": fulfilment(table["protein_g"].to_numpy(), heads * AKP_G),
        "pph_points": points,
    }


def _marks(together: str, own: str | float, known_pct: float) -> str:
    marks = provenance.marks_in(together) | provenance.marks_in(own if isinstance(own, str) else "")
    return provenance.text(marks | ({provenance.INCOMPLETE} if known_pct < 100 else set()))  # noqa: PLR2004  # per cent


def _refusal(kg: float, known_pct: float) -> str:
    if np.isnan(kg):
        return "nothing was weighed"
    if known_pct < _LEAST_KNOWN_PCT:
        return f"composition known of {known_pct:.0f} % of the weight, {_LEAST_KNOWN_PCT:.0f} % needed"
    return ""


def workings(frames: Mapping[str, pd.DataFrame], site: Site, row: Row) -> Worked:
    """Each food's weight, composition and energy."""
    foods = _with_composition(of_foods(frames["garden_harvest"], site))
    here = (foods["place"] == row["place"]) & (foods["period"] == row["period"])
    used = foods[here & (foods["start"] == pd.Timestamp(row["start"]))]
    edible = used["commodity"].map({slug: food.edible_pct for slug, food in commodities().items()})
    kcal = used["commodity"].map({slug: food.kcal_per_100g for slug, food in commodities().items()})
    table = used.assign(edible_pct=edible, kcal_per_100g=kcal)
    columns = ["commodity", "group", "kg", "edible_pct", "kcal_per_100g", "kcal", "protein_g"]
    lines = (
        "kcal = Σ kg · 10 · edible_pct / 100 · kcal_per_100g = "
        + " + ".join(f"{k:.0f}" for k in used["kcal"].dropna()),
        f"person_days = kcal / {AKE_KCAL:g}; unknown composition: "
        + (", ".join(used["commodity"][used["kcal"].isna()]) or "none"),
    )
    return Worked(table[columns], lines)


def _facts(site: Site) -> object:
    composition = {
        slug: (food.kcal_per_100g, food.protein_g_per_100g, food.edible_pct, food.pph_group)
        for slug, food in commodities().items()
    }
    return people(site), composition


NUTRITION: Final = Indicator(
    name="nutrition",
    reads=(Source("garden_harvest", SUMS, narrow=True),),
    periods=PERIODS,
    place="place",
    coverage=AtLeast(count=1),
    reach=Reach.OWN_PERIOD,
    method="1",
    source="Kementerian Kesehatan, Tabel Komposisi Pangan Indonesia, 2017; Perbadan Bapanas 11/2023, Lampiran, Tabel 1",
    sentence=Label(
        id="Energi dan protein hasil kebun yang kandungannya diketahui, cukup untuk berapa orang sehari, dan "
        "sumbangannya pada poin PPH. Ini bukan skor PPH: yang dimakan warga di luar hasil kebun tidak dihitung.",
        en="Energy and protein of the garden harvest whose composition is known, how many people it feeds for a "
        "day, and its contribution to PPH points. It is no PPH score: what people eat besides is not in it.",
    ),
    formula="kcal = Σ kg · 10 · edible share · kcal per 100 g; person_days = kcal / 2100; "
    "pph_points = Σ min(100 · kcal per head and day / 2100 · weight, most)",
    compute=compute,
    workings=workings,
    facts=_facts,
)
