"""Food price: what a food costs in a consumer market in a week and in a month."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from analytics import provenance
from analytics.coverage import AtLeast
from analytics.indicators.indicator import Indicator, Reach
from analytics.indicators.quotes import QUOTES, believed_prices, geometric_mean, market_levels
from analytics.periods import local_days, starts
from analytics.revision import digest
from analytics.touches import EVERYWHERE
from commons.catalogue import Label
from commons.catalogue.commodities import commodities

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from analytics.periods import Period
    from commons.sites import Site

FOOD_PRICES: Final = ("per_kg", "marks", "revision")
"""The fields of `food_price` that `dated_prices` and `city_prices` need."""

A_YEAR: Final = pd.Timedelta(days=366)
"""How long the newest price of a food stands where nobody looked since."""

BY: Final = ["period", "start", "commodity"]
"""What `city_prices` are kept apart by."""

_PERIODS: Final[tuple[Period, ...]] = ("week", "month")
_CONSUMER: Final = "consumer"
_KEYS: Final = ["period", "start", "market", "commodity"]
_COLUMNS: Final = ("start", "market", "commodity", "period", "price_idr", "per_kg", "quotes")
_ABOUT: Final = ("n", "expected", "coverage", "marks", "inputs")


def compute(frames: Mapping[str, pd.DataFrame], site: Site, *, now_ms: int) -> pd.DataFrame:  # noqa: ARG001  # Compute
    """The price of a food in each consumer market: the geometric mean of its quotes, each that of its days.

    A kilogram of what is sold by the litre is reckoned from the site's units, and missing where they do not say. What
    the catalogue does not know as a food has no price of one.
    """
    daily = believed_prices(frames, site)
    consumers = [slug for slug, market in site.markets.items() if market.level == _CONSUMER]
    daily = daily[daily["market"].isin(consumers) & daily["commodity"].isin(list(commodities()))].assign(
        log=lambda own: np.log(own["price"])
    )
    dated = pd.concat([daily.assign(period=period, start=starts(daily["day"], period)) for period in _PERIODS])
    origins = dict.fromkeys(provenance.ORIGINS, "max")
    quotes = dated.groupby([*_KEYS, "quote"], as_index=False).agg({"log": "mean", "day": "count", **origins})
    means = quotes.groupby(_KEYS, as_index=False).agg({"log": "mean", "quote": "count", "day": "sum", **origins})
    rows = [_row(row, site) for row in means.assign(price_idr=geometric_mean(means["log"])).to_dict("records")]
    return pd.DataFrame(rows, columns=[*_COLUMNS, *_ABOUT])


def dated_prices(prices: pd.DataFrame, site: Site) -> pd.DataFrame:
    """Rows of `food_price` with a price per kilogram, each with its `start`."""
    known = prices[prices["per_kg"].notna()]
    return known.assign(start=local_days(known["time"], site.zone))


def city_prices(prices: pd.DataFrame, site: Site) -> pd.DataFrame:
    """What foods cost in the city [IDR/kg]: in its own markets, or, where they have no price, in those that stand in.

    Args:
        prices: Rows of `food_price`.
        site: The city.

    Returns:
        By `period`, `start` and `commodity`: `per_kg`, the geometric mean of the markets, and as texts the `markets`,
        `price_marks` and `revisions`.
    """
    dated = dated_prices(prices, site)
    stand_in = dated["market"].map({slug: market.stand_in for slug, market in site.markets.items()}).astype(bool)
    best = stand_in.groupby([dated[key] for key in BY]).transform("min") == stand_in
    chosen = dated[best].assign(log=lambda own: np.log(own["per_kg"])).sort_values("market")
    found = chosen.groupby(BY).agg(
        per_kg=("log", "mean"),
        price_marks=("marks", ",".join),
        markets=("market", " ".join),
        revisions=("revision", " ".join),
    )
    return found.assign(per_kg=geometric_mean(found["per_kg"]))


def valued(foods: pd.DataFrame, prices: pd.DataFrame) -> pd.DataFrame:
    """Each food with its newest price, at most a year older than the food: what things cost when one last looked.

    Args:
        foods: Columns `period`, `start` and `commodity` among them.
        prices: As `city_prices` gives them.

    Returns:
        The same rows with the columns of the prices, missing where there is none, and `priced_at`, the start of the
        price's own period. Marks of an older price say that it was imputed.
    """
    known = prices.rename_axis(index={"start": "priced_at"}).reset_index()
    if foods.empty or known.empty:
        return foods.assign(**dict.fromkeys(known.columns.difference(BY), None)).astype({"per_kg": float})
    asked = foods.rename_axis("label").reset_index().sort_values("start", kind="stable")
    by = ["period", "commodity"]
    found = pd.merge_asof(
        asked, known.sort_values("priced_at"), left_on="start", right_on="priced_at", by=by, tolerance=A_YEAR
    )
    is_older = found["priced_at"] < found["start"]
    found["price_marks"] = found["price_marks"].mask(is_older, found["price_marks"] + "," + provenance.IMPUTED)
    return found.set_index("label").reindex(foods.index)


def joined(marks: Iterable[str]) -> set[str]:
    """The marks of several rows."""
    return provenance.marks_in(",".join(marks))


def spread(site: Site, place: str) -> tuple[str, ...]:
    """A market's price changes the figures of every place; a place's harvest its own."""
    return (EVERYWHERE,) if place in site.markets else (place,)


def _row(row: Mapping[Any, Any], site: Site) -> dict[str, Any]:
    marks = provenance.of_origins(row)
    if site.markets[row["market"]].stand_in:
        marks.add(provenance.STAND_IN)
    kg = _kilograms(row["commodity"], site)
    about = {
        "price_idr": row["price_idr"],
        "per_kg": None if kg is None else row["price_idr"] / kg,
        "quotes": row["quote"],
        "n": row["day"],
    }
    return {
        **{key: row[key] for key in _KEYS},
        **about,
        "expected": None,
        "coverage": None,
        "marks": provenance.text(marks),
        "inputs": digest(about),
    }


def _kilograms(commodity: str, site: Site) -> float | None:
    """What the unit that its price is for weighs [kg]; None = nobody knows."""
    if commodities()[commodity].unit == "kg":
        return 1.0
    known = {unit.commodity: unit.kg for unit in site.units if unit.unit == "liter"}
    return known.get(commodity, known.get(""))


def _facts(site: Site) -> object:
    return market_levels(site), site.units


FOOD_PRICE: Final = Indicator(
    name="food_price",
    reads=QUOTES,
    periods=_PERIODS,
    place="market",
    coverage=AtLeast(count=1),
    reach=Reach.OWN_PERIOD,
    method="1",
    source="Consumer Price Index Manual: Concepts and Methods, 2020, chapter 8: the geometric mean of prices (Jevons)",
    sentence=Label(
        id="Harga rata-rata satu bahan pangan di satu pasar konsumen dalam seminggu dan sebulan.",
        en="The mean price of one food in one consumer market in a week and in a month.",
    ),
    formula="price_idr = geometric mean over quotes of (geometric mean over days); per_kg = price_idr / kg of its unit",
    compute=compute,
    facts=_facts,
)
