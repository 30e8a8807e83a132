"""Makassar and Banyuwangi in one store: each computed in its own zone, and shown without a trace of the other."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from starlette.testclient import TestClient

from analytics.explain import Explainer
from commons.clock import SystemClock
from commons.rows import Block, event_time
from commons.sites import Site
from ingest.places import place_rows
from store import open_store
from store.contract import Query
from store.settings import StoreSettings
from web.app import create_app

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from store.contract import Store

SITES: Final = Path(__file__).resolve().parents[2] / "deploy" / "sites"
LANES: Final = {"makassar": "saga", "banyuwangi": "kemiren"}
DAY: Final = "2026-11-02"  # a Monday
MOISTURE: Final = {"makassar": 21.0, "banyuwangi": 28.0}
FOODS: Final = {"telur-ayam-kampung": 3.6, "ikan-nila": 2.5, "maggot": 4.0, "kangkung": 1.5}
INDICATORS: Final = ("soil_state", "garden_harvest", "garden_compost", "garden_sales")
OTHERS_WORDS: Final = {
    "makassar": ("anyuwangi", "mart Kampung", "kemiren", "abupaten"),
    "banyuwangi": ("akassar", "rban Farming", "saga", "Longwis", ">Lorong<"),
}


class Both:
    """The two cities, filled alike: two quarter hours either side of each one's own midnights, and events."""

    def __init__(self, store: Store, city_in: Callable[..., Any], names: tuple[str, ...]) -> None:
        self.store = store
        self.cities = {name: city_in(store, Site(SITES / name)) for name in names}
        for name, city in self.cities.items():
            store.write([place_rows(city.site)])
            self._fill(name, city)
        for city in self.cities.values():
            city.at("2026-11-04 09:00")
            city.run(*INDICATORS)

    def _fill(self, name: str, city: Any) -> None:
        lane = LANES[name]
        city.soil(lane, "b1", DAY, MOISTURE[name])
        for food, kg in FOODS.items():
            city.harvest(lane, DAY, f"{name}-{food}", commodity=food, kg=kg)
        at_ms = city.ms(datetime.fromisoformat(f"{DAY} 23:30"))  # in the other city this is the next day, or earlier
        self._typed(city, "compost", at_ms, {}, waste_kg=12.0, compost_kg=5.0)
        self._typed(city, "sale", at_ms, {"commodity": "telur-ayam-kampung"}, kg=1.8, price_idr=54_000.0)

    def _typed(self, city: Any, of: str, at_ms: int, tags: dict[str, str], **fields: float) -> None:
        entry = f"{city.site.slug}-{of}"
        lane = LANES[city.site.slug]
        every: dict[str, Any] = {name: [value] for name, value in fields.items()}
        every |= {"entry": [entry], "version": [1.0]}
        base: dict[str, Any] = {"city": city.site.slug, "lane": lane, "origin": "typed", **tags}
        city.put(Block(of, [event_time(at_ms, entry=entry, version=1)], base, every), lane)

    def values(self, name: str) -> list[tuple[Any, ...]]:
        """Every value of a city, without when it was computed."""
        return [
            (indicator, *(f"{k}={v}" for k, v in sorted(row.items()) if k != "computed_at"))
            for indicator in INDICATORS
            for row in self.cities[name].rows(indicator)
        ]


def _opened() -> Store:
    return open_store(StoreSettings(url="duckdb://memory"), clock=SystemClock())


@pytest.fixture(scope="module")
def both(city_in: Callable[..., Any]) -> Iterator[Both]:
    """One store that holds both."""
    store = _opened()
    yield Both(store, city_in, ("makassar", "banyuwangi"))
    store.close()


@pytest.fixture(params=["makassar", "banyuwangi"])
def name(request: pytest.FixtureRequest) -> str:
    """Either city."""
    return str(request.param)


def test_what_is_computed_is_what_the_city_would_come_to_alone(
    both: Both, city_in: Callable[..., Any], name: str
) -> None:
    store = _opened()
    alone = Both(store, city_in, (name,))

    assert len(both.values(name)) > 20
    assert both.values(name) == alone.values(name)
    store.close()


def test_days_begin_at_the_citys_own_midnight(both: Both, name: str) -> None:
    city = both.cities[name]
    row = city.row("soil_state", DAY, lane=LANES[name], bed="b1")

    assert (row["moisture"], row["n"]) == (MOISTURE[name], 24)  # all of one day: none lies on the day before or after
    assert row["time"].tz_convert(city.site.timezone).isoformat()[11:] in ("00:00:00+08:00", "00:00:00+07:00")
    assert row["time"].tz_convert(city.site.timezone).hour == 0


def test_compost_eggs_fish_maggot_and_sales_count(both: Both, name: str) -> None:
    city = both.cities[name]
    top = {"level": "kota", "place": name}

    weights = {row["commodity"]: row["kg"] for row in city.rows("garden_harvest", period="day", **top)}
    composted = city.row("garden_compost", "2026-11-01", period="month", **top)
    sold = city.row("garden_sales", "2026-11-01", period="month", commodity="telur-ayam-kampung", **top)

    assert {food: weights[food] for food in FOODS} == FOODS
    assert (composted["waste_kg"], composted["compost_kg"]) == (12.0, 5.0)
    assert (sold["kg"], sold["received_idr"]) == (1.8, 54_000.0)


def test_pages_and_api_show_nothing_of_the_other(both: Both, name: str) -> None:
    city = both.cities[name]
    app = create_app(both.store, city.site, clock=city.clock, explain=Explainer(both.store, city.site))
    said = {}
    with TestClient(app) as client:
        lane = LANES[name]
        pages = ["/", "/prices", "/health", "/quality", "/sources", f"/lanes/{lane}"]
        data = [
            "/api/v1/indicators",
            f"/api/v1/read?measurement=soil&start={DAY}",
            f"/api/v1/read?measurement=soil_state&start={DAY}",
            f"/api/v1/read?measurement=garden_harvest&start={DAY}",
            "/api/v1/latest?measurement=place",
            "/api/v1/latest?measurement=soil",
        ]
        for path in [*data, "/?lang=en", *(f"{page}?lang=id" for page in pages)]:
            answer = client.get(path)
            assert answer.status_code == 200, path
            said[path] = answer.text
        (other,) = set(LANES) - {name}
        assert client.get(f"/lanes/{LANES[other]}").status_code == 404
        refused = client.get(f"/api/v1/read?measurement=soil&city={other}")

    assert refused.status_code == 400
    shown = [(path, around(text, word)) for path, text in said.items() for word in OTHERS_WORDS[name] if word in text]
    assert shown == []
    assert city.site.programme.id in said["/?lang=id"]
    assert LANES[name] in said["/api/v1/latest?measurement=place"]
    assert f'"city":"{name}"' in said["/api/v1/latest?measurement=place"]


def test_places_of_both_are_in_the_store_under_their_own_city(both: Both, name: str) -> None:
    found = both.store.read(Query("place", where={"city": name})).to_pylist()

    assert {row["kota"] for row in found} == {name}
    assert len(found) == len(both.cities[name].site.places) + len(both.cities[name].site.lanes)


def around(text: str, word: str) -> str:
    """A word with what stands beside it."""
    at = text.index(word)
    return text[max(0, at - 40) : at + 40]
