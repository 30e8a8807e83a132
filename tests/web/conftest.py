"""A small city with hostile names, a store in memory, and builders that fill it."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, cast
from zoneinfo import ZoneInfo

import pytest
from starlette.testclient import TestClient

from commons.errors import StoreUnavailableError
from commons.marks import ALL_FOODS
from commons.rows import Block, event_time
from commons.sites import Site
from store import open_store
from store.duck import DuckStore
from store.settings import StoreSettings
from tests.flow.emptied import empty
from web.app import create_app

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    import pyarrow as pa

    from commons.explanation import Explain
    from commons.rows import NumberColumn, TextColumn, Value
    from store.contract import Query, Store
    from web.facts import PipelineFacts
    from web.settings import WebSettings

ZONE = ZoneInfo("Asia/Makassar")
NOW = datetime(2026, 11, 24, 10, 7, tzinfo=ZONE)  # a Tuesday
NS = 10**9

_TOML = """
slug = "makassar"
timezone = "Asia/Makassar"
currency = "IDR"
latitude = -5.1
longitude = 119.4
elevation_m = 10
name = { id = "Kota Makassar", en = "Makassar" }
programme = { id = "Urban Farming Makassar", en = "Makassar Urban Farming" }
[prices]
index_market = "bandung"
ceiling_market = "bandung"
[[market]]
slug = "bandung"
name = "Panel Bandung"
where = "Kota Bandung"
level = "consumer"
stand_in = true
source = "bapanas"
licence = "MIT"
credit = "Badan Pangan Nasional"
[[market]]
slug = "pasar-terong"
name = "Pasar Terong"
where = "Kota Makassar"
level = "consumer"
stand_in = false
source = "survey"
licence = "the city's own"
credit = "catatan pasar"
"""
_TABLES = {
    "places.csv": """slug,level,parent,code,name,lat,lon,population,population_year
makassar,kota,,73.71,Kota Makassar,-5.1,119.4,1427619,2021
mariso,kecamatan,makassar,73.71.01,Mariso,-5.1,119.4,,
tallo,kecamatan,makassar,73.71.07,Tallo,-5.1,119.4,,
mariso-mariso,kelurahan,mariso,73.71.01.1001,Mariso,-5.1,119.4,,
tallo-suangga,kelurahan,tallo,73.71.07.1001,Suangga,-5.1,119.4,,
""",
    "lanes.csv": """lane,name,kelurahan,lat,lon,origin
saga,Lorong Saga,mariso-mariso,-5.1,119.4,simulated
agatis,<script>alert(1)</script>,tallo-suangga,-5.1,119.4,measured
""",
    "beds.csv": """lane,bed,name,crop,area_m2,depth_m,container,field_capacity_pct,wilting_point_pct,saturation_pct
saga,b1,Bedeng 1,kangkung,4,0.3,raised,30,13,48
saga,b2,Polibag 2,cabai-rawit-merah,2,0.25,polybag,32,14,50
saga,r1,Rekaman Kolkata,,1,0.3,ground,20,8,40
agatis,b1,Bed <b>1</b> & co,kangkung,4,0.3,raised,30,13,48
""",
    "nodes.csv": """node,lane,driver,origin,options
saga-n1,saga,simulated,simulated,
saga-r1,saga,recording,recorded,file=recordings/kolkata.csv.gz;series=1;bed=r1
agatis-n1,agatis,simulated,measured,
prices,kota,price_sheet,recorded,
""",
    "ceilings.csv": "commodity,level,kind,zone,min_idr,max_idr,unit,valid_from,valid_to,regulation,verified\n",
    "weights.csv": "commodity,weight_pct,kind,note,source\n",
    "basket.csv": "commodity,kg_per_person_year,source,verified\n",
    "units.csv": "unit,commodity,kg,verified\n",
    "SOURCES.md": """# Where it comes from

| file | source @ commit | licence | unverified |
|---|---|---|---|
| `recordings/kolkata.csv.gz` | spyder0010/EcoIrrigate @dab688e, unified.csv | CC BY 4.0 | the zone |
""",
}
_ABOUT: dict[str, Value] = {
    "n": 10.0,
    "expected": 12.0,
    "coverage": 0.8,
    "method": "1",
    "revision": "abc",
    "refused": "",
    "computed_at": 1.0,
}


class StandingClock:
    """A clock that shows what it is told to."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def wall_ms(self) -> int:
        return round(self.at.timestamp() * 1000)

    def monotonic(self) -> float:
        return self.at.timestamp()

    def is_synchronised(self) -> bool:
        return True

    def sleep(self, seconds: float, *, until: threading.Event | None = None) -> bool:
        self.at += timedelta(seconds=seconds)
        return until is not None and until.is_set()


def midnight(day: date) -> int:
    """When a local day begins [ns]."""
    return int(datetime(day.year, day.month, day.day, tzinfo=ZONE).timestamp()) * NS


def result(name: str, day: date, tags: dict[str, str], fields: dict[str, Value]) -> Block:
    """One row of an indicator."""
    columns = {key: cast("NumberColumn | TextColumn", [value]) for key, value in {**_ABOUT, **fields}.items()}
    return Block(name, [midnight(day)], {"city": "makassar", **tags}, columns)


class AwayStore:
    """A store that nobody reaches."""

    @property
    def id(self) -> str:
        return "away"

    def write(self, batch: Sequence[Block]) -> None:
        raise self._away(batch)

    def read(self, query: Query) -> pa.Table:
        raise self._away(query)

    def latest(self, measurement: str, where: Mapping[str, str | Sequence[str]] | None = None) -> pa.Table:
        raise self._away((measurement, where))

    def close(self) -> None:
        """Nothing to let go of."""

    def _away(self, asked: object) -> StoreUnavailableError:
        return StoreUnavailableError(f"influxdb://user:wifi-password@host is away; asked for {asked!r}")


class Garden:
    """Builders: each writes a few rows that a test can see through."""

    now_ns = int(NOW.timestamp()) * NS
    today = NOW.date()
    monday = date(2026, 11, 23)

    def __init__(self, store: Store) -> None:
        self.store = store

    def soil(self, lane: str, bed: str, *, hours: int = 168, old_hours: int = 0, origin: str = "simulated") -> None:
        """One reading an hour, on the hour, the newest so many hours ago."""
        newest = self.now_ns // (3600 * NS) * 3600 * NS - old_hours * 3600 * NS
        times = [newest - i * 3600 * NS for i in reversed(range(hours))]
        moisture: NumberColumn = [20.0 + i % 7 for i in range(hours)]
        node = f"{lane}-{'r1' if bed == 'r1' else 'n1'}"
        tags: dict[str, str | list[str]] = {
            "city": "makassar",
            "lane": lane,
            "node": node,
            "bed": bed,
            "origin": origin,
        }
        self.store.write([Block("soil", times, tags, {"moisture": moisture})])

    def soil_state(
        self, lane: str, bed: str, state: str, *, litres: float = 0.0, marks: str = "simulated", **more: Value
    ) -> None:
        """Today's state of a bed: half of 20 mm are gone when it is good."""
        depletion = {"dry": 24.0, "good": 10.0, "wet": 0.0}[state]
        fields: dict[str, Value] = {
            "moisture": 22.0,
            "depletion": depletion,
            "raw_depth": 20.0,
            "litres": litres,
            "state": state,
        }
        self.indicator("soil_state", self.today, {"lane": lane, "bed": bed}, {**fields, "marks": marks, **more})

    def harvest(
        self, level: str, place: str, period: str, day: date, kg: dict[str, float | None], **more: Value
    ) -> None:
        """One period's harvest of a place by food; `semua` is all of it."""
        for commodity, weight in kg.items():
            tags = {"level": level, "place": place, "commodity": commodity, "period": period}
            fields = {"kg": weight, "lanes_reported": 1.0, "lanes_total": 2.0, "marks": "simulated", **more}
            self.indicator("garden_harvest", day, tags, fields)

    def outlook(
        self, bed: str, *, opens: int, closes: int, commodity: str = "kangkung", first: int | None = None
    ) -> None:
        """A planting of the lane Saga that may be ready so many days from today."""

        def ms(days: int) -> float:
            return midnight(self.today + timedelta(days=days)) / 1e6

        fields: dict[str, Value] = {
            "opens": ms(opens),
            "closes": ms(closes),
            "ends": ms(closes + 30),
            "kg_low": 4.0,
            "kg_typical": 8.0,
            "kg_high": 14.0,
            "first": None if first is None else ms(first),
            "over": 0.0,
            "marks": "simulated,unverified",
        }
        day = self.today + timedelta(days=opens - 21)
        self.indicator("harvest_outlook", day, {"lane": "saga", "bed": bed, "commodity": commodity}, fields)

    def water(self, bed: str, given: float | None, need: float | None) -> None:
        """This week's water of a bed of the lane Saga."""
        fields: dict[str, Value] = {"given": given, "need": need, "marks": "simulated"}
        self.indicator("water_use", self.monday, {"lane": "saga", "bed": bed, "period": "week"}, fields)

    def due(self, week: date, kg: float) -> None:
        """What the city expects of a week, all of it kangkung, and two plantings that are late."""
        for commodity in ("kangkung", "semua"):
            tags = {"level": "kota", "place": "makassar", "commodity": commodity}
            weights: dict[str, Value] = {"kg_low": kg / 2, "kg_typical": kg, "kg_high": kg * 2, "overdue": 2.0}
            self.indicator("harvest_expected", week, tags, {**weights, "marks": "unverified"})

    def typed_months(self) -> None:
        """November's compost and sales."""
        tags = {"level": "kota", "place": "makassar", "period": "month"}
        lanes: dict[str, Value] = {"lanes_reported": 1.0, "lanes_total": 2.0, "marks": "simulated"}
        waste: dict[str, Value] = {"waste_kg": 321.0, "compost_kg": 87.0, **lanes}
        sold: dict[str, Value] = {"kg": 65.0, "received_idr": 765_000.0, **lanes}
        self.indicator("garden_compost", date(2026, 11, 1), tags, waste)
        self.indicator("garden_sales", date(2026, 11, 1), {**tags, "commodity": "semua"}, sold)

    def prices(self, market: str = "bandung", *, months: int = 14, marks: str = "assumed_weights,stand_in") -> None:
        """Two foods that rise by one per cent a month up to October 2026, and the index of both."""
        blocks: list[Block] = []
        for back in range(months):
            number = 2026 * 12 + 9 - back
            day = date(number // 12, number % 12 + 1, 1)
            index = 100 * 1.01 ** (months - 1 - back)
            rates: dict[str, Value] = {"index": index, "mom": 1.0, "yoy": 12.7, "marks": marks}
            blocks.append(
                result(
                    "price_index", day, {"market": market, "basket": ALL_FOODS}, {**rates, "ytd": 9.4, "weight": 2.1}
                )
            )
            for food, share in (("cabai-rawit-merah", 0.7), ("bawang-merah", -0.2)):
                tags = {"market": market, "commodity": food}
                moved: dict[str, Value] = {"mom_pp": share, "weight_share": 50.0, "marks": marks}
                blocks.append(result("price_elementary", day, tags, {**rates, "price_idr": 40_000.0}))
                blocks.append(result("price_contribution", day, {**tags, "basket": ALL_FOODS}, moved))
        self.store.write(blocks)

    def watched(self, market: str = "bandung", *, refused: str = "") -> None:
        """Two foods with a weekly change, alarms and a variation; or the reason why alarms have none."""
        week, month = date(2026, 11, 16), date(2026, 10, 1)
        for basket, mom in (("bergejolak", 1.9), ("horticulture", 2.5)):
            tags = {"market": market, "basket": basket}
            self.indicator("price_index", month, tags, {"index": 120.0, "mom": mom, "yoy": 15.0, "marks": "stand_in"})
        for food, change in (("cabai-rawit-merah", 4.2), ("bawang-merah", -1.1), (ALL_FOODS, 2.0)):
            tags = {"market": market, "commodity": food}
            self.indicator("price_weekly", week, tags, {"change": change, "marks": "stand_in"})
            self.indicator("price_variation", month, tags, {"variation": 25.1, "detrended": 20.9, "marks": "stand_in"})
            for alarm, phase in (("alps", "alert"), ("ifpa", "abnormally_high")):
                said: dict[str, Value] = {"value": 1.4, "first_value": 1.9, "phase": phase, "phase_code": 2.0}
                kept = {"refused": refused} if refused else said
                if food != ALL_FOODS:
                    self.indicator("price_alarm", month, {**tags, "alarm": alarm}, {**kept, "marks": "stand_in"})

    def ceiling(
        self, commodity: str, state: str, *, market: str = "bandung", regulation: str = "Perbadan 11/2022"
    ) -> None:
        """A price of 60,000 against a limit of 40,000 to 57,000."""
        code = {"below": -1.0, "within": 0.0, "above": 1.0}[state]
        fields: dict[str, Value] = {
            "price_idr": 60_000.0,
            "min_idr": 40_000.0,
            "max_idr": 57_000.0,
            "distance": 5.3,
            "state_code": code,
        }
        tags = {"market": market, "commodity": commodity, "level": "consumer"}
        marks = {"state": state, "regulation": regulation, "marks": "stand_in"}
        self.indicator("ceiling_position", self.today, tags, {**fields, **marks})

    def collector(self, *, minutes: int = 1440, lag: float = 3.0) -> None:
        """One report a minute, of ten readings received and nine stored."""
        times = [self.now_ns - i * 60 * NS for i in reversed(range(minutes))]
        counts = {"received": 10.0, "stored": 9.0, "rejected": 1.0, "duplicate": 0.0, "missing": 2.0, "lag": lag}
        fields: dict[str, NumberColumn | TextColumn] = {name: [value] * minutes for name, value in counts.items()}
        self.store.write([Block("collector", times, {"city": "makassar", "collector": "c1"}, fields)])

    def states(self) -> None:
        """What the pipeline remembers: a job that failed, and one outbox's account."""
        account = {
            "packs": 12,
            "stored": 4000,
            "rejected": 1,
            "duplicate": 3,
            "thinned": 0,
            "clones": 0,
            "lost": [[3, 4]],
        }
        job: dict[str, NumberColumn | TextColumn] = {
            "watermark": [self.now_ns / 1e6],
            "method": ["1"],
            "computed": [3.0],
            "seconds": [0.4],
            "failed": ["price <i>x</i> is odd"],
        }
        ledger: dict[str, NumberColumn | TextColumn] = {"state": [json.dumps(account)]}
        self.store.write(
            [
                Block("job", [0], {"city": "makassar", "indicator": "soil_state"}, job),
                Block("ledger", [0], {"city": "makassar", "node": "saga-n1", "box": "box1"}, ledger),
            ]
        )

    def picked(self, entry: str, kg: float, *, version: int = 1, days_ago: float = 0, void: float = 0.0) -> None:
        """A harvest entry as somebody typed it, with a note beside it."""
        at_ms = round((NOW - timedelta(days=days_ago)).timestamp() * 1000)
        tags: dict[str, str | list[str]] = {
            "city": "makassar",
            "lane": "saga",
            "bed": "b1",
            "commodity": "kangkung",
            "origin": "typed",
        }
        fields: dict[str, NumberColumn | TextColumn] = {
            "kg": [kg],
            "entry": [entry],
            "version": [float(version)],
            "void": [void],
            "node": ["hp-bu-ani"],
            "note": ["=kebun bu Ani"],
        }
        self.store.write([Block("harvest", [event_time(at_ms, entry=entry, version=version)], tags, fields)])

    def doubt(self, test: str, value: float, *, left_out: float) -> None:
        """A soil probe that was doubted yesterday."""
        tags = {"lane": "saga", "bed": "b1", "field": "soil.moisture", "test": test}
        fields: dict[str, Value] = {"value": value, "usual": 30.0, "left_out": left_out, "detail": "saga-n1"}
        self.indicator("sensor_doubt", self.today - timedelta(days=1), tags, {**fields, "marks": "simulated"})

    def indicator(self, name: str, day: date, tags: dict[str, str], fields: dict[str, Value]) -> None:
        """One result."""
        self.store.write([result(name, day, tags, fields)])

    def everything(self) -> None:
        """A city in which every page has something to show."""
        for bed in ("b1", "b2"):
            self.soil("saga", bed)
        self.soil("saga", "r1", origin="recorded")
        self.soil("agatis", "b1", old_hours=72, origin="measured")
        self.soil_state("saga", "b1", "dry", litres=25.0)
        self.soil_state("saga", "b2", "good")
        self.soil_state("saga", "r1", "wet", marks="recorded,stand_in")
        self.soil_state("agatis", "b1", "good", marks="")
        kg: dict[str, float | None] = {"kangkung": 1234.5, "semua": 1234.5}
        self.harvest("kota", "makassar", "week", self.monday, kg)
        self.harvest("kota", "makassar", "month", date(2026, 11, 1), {"kangkung": 2000.0, "semua": 2000.0})
        self.harvest("lane", "saga", "week", self.monday, kg)
        self.harvest("lane", "saga", "week", date(2026, 11, 9), {"semua": 0.0})
        self.outlook("b1", opens=5, closes=14)
        self.outlook("b2", opens=-40, closes=-2, commodity="cabai-rawit-merah")
        self.water("b1", 120.0, 150.0)
        self.due(self.monday, 30.0)
        self.due(self.monday + timedelta(days=7), 45.0)
        self.typed_months()
        self.prices()
        self.watched()
        self.ceiling("cabai-rawit-merah", "above")
        self.collector()
        self.states()
        self.doubt("stuck", 44.4, left_out=1.0)
        self.doubt("spike", 62.0, left_out=0.0)


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock(NOW)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    folder = tmp_path / "makassar"
    folder.mkdir()
    for name, text in {"site.toml": _TOML, **_TABLES}.items():
        (folder / name).write_text(text, "utf-8")
    return Site(folder)


@pytest.fixture(scope="session")
def lasting() -> Iterator[DuckStore]:
    """What lies behind `store`."""
    opened = DuckStore(None, memory_mb=1024)
    yield opened
    opened.close()


@pytest.fixture
def store(lasting: DuckStore) -> Iterator[Store]:
    """A store in which nothing is yet."""
    yield lasting
    empty(lasting)


@pytest.fixture(scope="session")
def full() -> Iterator[Store]:
    """A store in which every page finds something to show; nothing more is written to it."""
    opened = open_store(StoreSettings(url="duckdb://memory"), clock=StandingClock(NOW))
    Garden(opened).everything()
    yield opened
    opened.close()


@pytest.fixture
def away() -> Store:
    return AwayStore()


@pytest.fixture
def garden(store: Store) -> Garden:
    return Garden(store)


@pytest.fixture
def visit(request: pytest.FixtureRequest, site: Site, clock: StandingClock) -> Iterator[Callable[..., TestClient]]:
    """A visitor's browser, or a program, in front of the web of a store; without one, of the test's own."""
    opened: list[TestClient] = []

    def make(
        *,
        of: Store | None = None,
        facts: Callable[[], PipelineFacts] | None = None,
        settings: WebSettings | None = None,
        address: str = "203.0.113.7",
        beside: TestClient | None = None,
        explain: Explain | None = None,
    ) -> TestClient:
        """A new web, or another visitor beside one who is there."""
        store = of or request.getfixturevalue("store")
        new = partial(create_app, store, site, clock=clock, facts=facts, settings=settings, explain=explain)
        app = beside.app if beside else new()
        opened.append(TestClient(app, follow_redirects=False, client=(address, 50_000)))
        return opened[-1]

    yield make
    for client in opened:
        client.close()
