"""Food supply: how much of what its people eat a place's gardens have harvested, food by food."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from analytics import provenance
from analytics.coverage import AtLeast
from analytics.harvests import PERIODS, SUMS, of_foods, people, people_days
from analytics.indicators.basket_cost import basket_facts
from analytics.indicators.indicator import Indicator, Reach, Source, Worked
from analytics.methods.supply import fulfilment
from analytics.revision import digest
from commons.catalogue import Label

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analytics.frames import Row
    from commons.sites import Site

_DAYS_PER_YEAR: Final = 365
_COLUMNS: Final = ("start", "level", "place", "commodity", "period", "kg", "need_kg", "fulfilment", "people")
_ABOUT: Final = ("n", "expected", "coverage", "marks", "inputs")


def compute(frames: Mapping[str, pd.DataFrame], site: Site, *, now_ms: int) -> pd.DataFrame:  # noqa: ARG001  # Compute
    """The share of the need for each food that was harvested and that the basket has, where the people are known.

    The need of a running period is that of the whole period. A food that nobody harvested has no row.
    """
    foods = of_foods(frames["garden_harvest"], site)
    foods = foods[foods["commodity"].isin(list(site.basket))]
    lived = people_days(foods, site)
    foods = foods.join(lived)[lived["people"].notna()]
    yearly = foods["commodity"].map({name: norm.kg_per_person_year for name, norm in site.basket.items()}).astype(float)
    need = foods["people"] * yearly * foods["days"] / _DAYS_PER_YEAR
    others = {name for name, norm in site.basket.items() if norm.stand_in}
    found = foods.assign(
        need_kg=need,
        fulfilment=fulfilment(foods["kg"].to_numpy(), need.to_numpy()),
        marks=[
            provenance.text(provenance.marks_in(marks) | ({provenance.STAND_IN} if name in others else set()))
            for marks, name in zip(foods["marks"], foods["commodity"], strict=True)
        ],
        inputs=[digest(revision, kg) for revision, kg in zip(foods["revision"], need, strict=True)],
    )
    return found[[*_COLUMNS, *_ABOUT]]


def workings(frames: Mapping[str, pd.DataFrame], site: Site, row: Row) -> Worked:
    """The harvest, the people and what one of them eats."""
    foods = of_foods(frames["garden_harvest"], site)
    here = (foods["place"] == row["place"]) & (foods["period"] == row["period"])
    here &= (foods["start"] == pd.Timestamp(row["start"])) & (foods["commodity"] == row["commodity"])
    used = foods[here].join(people_days(foods, site))
    norm = site.basket[row["commodity"]]
    days = f"{used['days'].iloc[0]:g}" if len(used) else "the period's"
    need = f"{row['people']:,.0f} people · {norm.kg_per_person_year:g} kg/year · {days} / 365 days"
    lines = (
        f"need_kg = {need} = {row['need_kg']:,.1f} kg",
        f"fulfilment = 100 · {row['kg']:g} / {row['need_kg']:,.1f} = {row['fulfilment']:.6f} %",
        f"what a person eats: {norm.source}",
    )
    return Worked(used[["start", "place", "commodity", "kg", "people", "days"]], lines)


def _facts(site: Site) -> object:
    return people(site), basket_facts(site)


FOOD_SUPPLY: Final = Indicator(
    name="food_supply",
    reads=(Source("garden_harvest", SUMS, narrow=True),),
    periods=PERIODS,
    place="place",
    coverage=AtLeast(count=1),
    reach=Reach.OWN_PERIOD,
    method="1",
    source="FAO, Food Balance Sheets: a Handbook, 2001 (self-sufficiency ratio), without trade and stocks",
    sentence=Label(
        id="Rasio pemenuhan kebutuhan: berapa bagian dari yang dimakan warga suatu tempat telah dipanen kebunnya. "
        "Hanya untuk tempat yang jumlah penduduknya diketahui; perdagangan dan stok tidak dihitung.",
        en="How much of what the people of a place eat its gardens have harvested. Only for places whose people are "
        "counted; trade and stocks are not in it.",
    ),
    formula="fulfilment = 100 · kg / need_kg; need_kg = people · kg per person and year · days of the period / 365",
    compute=compute,
    workings=workings,
    facts=_facts,
)
