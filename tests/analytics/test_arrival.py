"""Whatever the order in which data arrive, and however often a run comes between, the values end the same."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest

from analytics.indicators import INDICATORS
from commons.catalogue import measurement
from commons.clock import SystemClock
from store import open_store
from tests.analytics.conftest import Days

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.analytics.conftest import City
    from tests.conftest import Influx

Write = tuple[str, dict[str, Any]]


def scattered(days: Days) -> list[Write]:
    """Fourteen months of prices, a week of soil and harvests edited to another month, in many small writes."""
    writes: list[Write] = []
    for number, name in enumerate(("telur-ayam-ras", "daging-ayam-ras")):
        prices = days.months("2024-11", [30_000 + 700 * number + 400 * (month % 5) for month in range(14)])
        for month in range(1, 13):
            some = {day: price for day, price in prices.items() if day.month == month}
            writes += [
                ("prices", {"market": "pasar-terong", "commodity": name, "prices": some, "quote": quote})
                for quote in ("a", "b")
            ]
    for day in range(1, 8):
        soil = {"lane": "saga", "bed": "b1", "day": f"2026-10-{day:02d}", "moisture": 20.0}
        entry = {"lane": "saga", "entry": f"e{day}", "commodity": "kangkung"}
        writes += [
            ("soil", {**soil, "hours": range(12)}),
            ("soil", {**soil, "hours": range(12, 24)}),
            ("harvest", {**entry, "day": f"2026-10-{day:02d}", "kg": 1.0}),
            ("harvest", {**entry, "day": f"2026-09-{day:02d}", "kg": 2.0, "version": 2}),
        ]
    return writes


def values(city: City, name: str) -> dict[tuple[str, ...], tuple[str, str]]:
    """Revision and marks by identity, of what is not withdrawn."""
    tags = measurement(name).tags[1:]
    return {(row["day"], *(row[tag] for tag in tags)): (row["revision"], row["marks"]) for row in city.rows(name)}


@pytest.fixture(scope="module")
def at_once(make_city: Callable[[], City]) -> City:
    """A city to which all came before the only run."""
    city = make_city()
    for kind, said in scattered(Days()):
        getattr(city, kind)(**said)
    city.run()
    return city


@pytest.mark.parametrize("seed", range(2))
def test_however_the_data_arrive_the_values_end_the_same(at_once: City, city: City, days: Days, seed: int) -> None:
    in_pieces, writes = city, scattered(days)
    random.Random(seed).shuffle(writes)
    for number, (kind, said) in enumerate(writes):
        getattr(in_pieces, kind)(**said)
        if number % 25 == seed:
            in_pieces.run()
            in_pieces.clock.sleep(200)
    in_pieces.run()

    assert len(values(at_once, "price_index")) == 14 * 3  # all foods, the volatile ones and their group
    for name in INDICATORS:
        assert values(in_pieces, name) == values(at_once, name)


@pytest.mark.influx
def test_both_engines_give_the_same_revisions(make_city: Callable[[], City], days: Days, influx: Influx) -> None:
    duck, other = make_city(), make_city()
    other.store = open_store(influx.settings(), clock=SystemClock())
    for city in (duck, other):
        for kind, said in scattered(days):
            getattr(city, kind)(**said)
        city.run()
        city.clock.sleep(3_600)
        city.prices("pasar-terong", "telur-ayam-ras", days.month("2025-06", 39_000), version=2)
        city.harvest("saga", "2026-09-01", "e1", version=3, void=1.0)
        city.run()

    for name in INDICATORS:
        assert values(other, name) == values(duck, name)
        assert len(other.rows(f"{name}_history")) == len(duck.rows(f"{name}_history"))
    assert other.run().computed == 0
    other.store.close()
