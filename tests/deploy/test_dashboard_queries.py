"""Every query of every dashboard is asked of a real InfluxDB, set up as docker compose does, by Grafana's own user."""

from __future__ import annotations

import base64
import json
import os
import random
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from commons.catalogue import measurement
from commons.clock import NANOSECONDS_PER_DAY, NANOSECONDS_PER_MILLISECOND, SystemClock
from commons.marks import ALL_BEDS, ALL_FOODS
from commons.rows import Block
from commons.sites import Site
from deploy.dashboards.queries import ExpandedQuery, alert_queries, expanded_queries
from ingest.places import place_rows
from store import open_store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from store.contract import Store

_ROOT = Path(__file__).parents[2]
_SITE = Site(_ROOT / "deploy" / "sites" / "makassar")
_LANES = ("sydney", "zurich")
_COMMODITIES = ("kangkung", "cabai-rawit-merah")
_METHOD = "method 2"  # why a history's rows were replaced
_PASSWORD = "a-password-drawn-for-grafana"  # noqa: S105  # of a server that ends with the test
_LEVELS = ("kota", "kecamatan", "kelurahan", "lane")
_VALUES: dict[str, str | list[str]] = {
    "city": "makassar",
    "kecamatan": [_SITE.above(lane)[2] for lane in _LANES],
    "kelurahan": [_SITE.above(lane)[1] for lane in _LANES],
    "lane": list(_LANES),
    "level": "kecamatan",
    "place": [_SITE.above(lane)[2] for lane in _LANES],
    "commodity": list(_COMMODITIES),
    "market": "bandung-pihps",
    "period": "week",
}
_TEXTS = {
    "replaced_because": _METHOD,
    "state": "dry",
    "marks": "simulated",
    "method": "1",
    "regulation": "Perbadan 5/2024",
    "refused": "",
}
_HISTORIES = ("soil_state", "garden_harvest", "data_completeness", "price_index", "price_alarm")

pytestmark = pytest.mark.influx


def _rows(name: str, times: list[int], **tags: str) -> Block:
    """A row at each time with every field of the catalogue, seeded."""
    chance = random.Random(f"{name}{sorted(tags.items())}")
    fields: dict[str, Any] = {}
    for field in measurement(name).fields.values():
        text = _TEXTS.get(field.name, "-")
        fields[field.name] = [text] * len(times) if field.text else [1 + chance.random() for _ in times]
    return Block(name, times, {"city": "makassar", **tags}, fields)


def _demo(now_ns: int) -> list[Block]:
    """A little of everything that dashboards show: beats of samples, days and months of indicators, states at zero."""
    beats = [now_ns - i * 900_000 * NANOSECONDS_PER_MILLISECOND for i in range(8)]
    ahead = 8 * 3_600_000 * NANOSECONDS_PER_MILLISECOND  # UTC+8
    midnight = now_ns - (now_ns + ahead) % NANOSECONDS_PER_DAY
    days = [midnight - i * NANOSECONDS_PER_DAY for i in range(4)]
    months = [midnight - i * 30 * NANOSECONDS_PER_DAY for i in range(3)]
    blocks = [place_rows(_SITE), _rows("collector", beats, collector="main"), _rows("job", [0], indicator="soil_state")]
    for lane in _LANES:
        node = {"lane": lane, "node": f"{lane}-n1", "origin": "simulated"}
        blocks += [_rows(name, beats, **node) for name in ("air", "rain", "health")]
        blocks += [_rows("soil", beats, **node, bed=bed) for bed in ("b1", "b2")]
        blocks += [_rows("soil_state", days, lane=lane, bed=bed) for bed in ("b1", "b2")]
        blocks += _of_the_garden(lane, days)
        blocks += [
            _rows("garden_harvest", days, level=level, place=place, commodity=commodity, period=period)
            for level, place in zip(_LEVELS[::-1], _SITE.above(lane), strict=True)
            for commodity in (*_COMMODITIES, ALL_FOODS)
            for period in ("day", "week", "month")
        ]
        blocks.append(_rows("harvest_doubt", days, lane=lane, commodity="kangkung", test="tenfold_harvest"))
    blocks += _food(days)
    market = {"market": "bandung-pihps"}
    blocks.append(_rows("price_index", months, **market, basket=ALL_FOODS))
    blocks.append(_rows("price_weekly", months, **market, commodity=ALL_FOODS))
    for commodity in _COMMODITIES:
        quote = {"quote": "q1", "level": "consumer", "source": "pihps", "origin": "recorded"}
        blocks.append(_rows("price", days, **market, commodity=commodity, **quote))
        blocks += [
            _rows("price_elementary", months, **market, commodity=commodity),
            _rows("price_contribution", months, **market, basket=ALL_FOODS, commodity=commodity),
        ]
        blocks += [_rows(name, months, **market, commodity=commodity) for name in ("price_weekly", "price_variation")]
        blocks += [
            _rows("price_alarm", months, **market, commodity=commodity, alarm=alarm) for alarm in ("alps", "ifpa")
        ]
        blocks.append(_rows("price_doubt", months, **market, commodity=commodity, quote="q1 (pihps)", test="outlier"))
        blocks.append(_rows("ceiling_position", days, **market, commodity=commodity, level="consumer"))
    return [*blocks, *_replaced(days, months)]


def _replaced(days: list[int], months: list[int]) -> list[Block]:
    """What an earlier version of a method had computed."""
    lane, market = {"lane": _LANES[0]}, {"market": "bandung-pihps"}
    tags: dict[str, dict[str, str]] = {
        "soil_state": {**lane, "bed": "b1"},
        "garden_harvest": {"level": "kota", "place": "makassar", "commodity": ALL_FOODS, "period": "week"},
        "data_completeness": lane,
        "price_index": {**market, "basket": ALL_FOODS},
        "price_alarm": {**market, "commodity": _COMMODITIES[0], "alarm": "alps"},
    }
    times = {name: months if name.startswith("price") else days for name in _HISTORIES}
    return [_rows(f"{name}_history", times[name], **tags[name], revision="r1") for name in _HISTORIES]


def _of_the_garden(lane: str, days: list[int]) -> list[Block]:
    """What is computed of a lane's water, crops, people and completeness."""
    of_lane = ("lane_weather", "comfort", "garden_yield", "data_completeness")
    blocks = [_rows(name, days, lane=lane) for name in of_lane]
    blocks.append(_rows("node_completeness", days, lane=lane, node=f"{lane}-n1"))
    blocks.append(_rows("sensor_doubt", days, lane=lane, bed="b1", field="soil.moisture", test="stuck"))
    blocks += [
        _rows("water_use", days, lane=lane, bed=bed, period=period)
        for bed in ("b1", ALL_BEDS)
        for period in ("day", "week")
    ]
    standing = _rows("harvest_outlook", days, lane=lane, bed="b1", commodity="kangkung")
    blocks.append(replace(standing, fields={**standing.fields, "over": [0.0] * len(days)}))
    here = {"level": "lane", "place": lane}
    blocks.append(_rows("garden_compost", days, **here, period="day"))
    for commodity in ("kangkung", ALL_FOODS):
        blocks.append(_rows("garden_sales", days, **here, commodity=commodity, period="day"))
        coming = [days[0] + 5 * NANOSECONDS_PER_DAY, *days]
        for level, place in zip(_LEVELS[::-1], _SITE.above(lane), strict=True):
            blocks.append(_rows("harvest_expected", coming, level=level, place=place, commodity=commodity))
    return blocks


def _food(days: list[int]) -> list[Block]:
    """What is made of the harvest, and what food costs."""
    market = {"market": "bandung-pihps", "period": "month"}
    blocks = [
        _rows("basket_cost", days, **market, basket="panel"),
        _rows("healthy_diet_cost", days, **market, group="diet"),
    ]
    for lane in _LANES:
        for level, place in zip(_LEVELS[::-1], _SITE.above(lane), strict=True):
            at = {"level": level, "place": place, "period": "week"}
            blocks.append(_rows("nutrition", days, **at))
            blocks += [_rows("food_supply", days, **at, commodity=food) for food in _COMMODITIES]
            blocks += [_rows("savings", days, **at, commodity=food) for food in (*_COMMODITIES, ALL_FOODS)]
    return blocks


def _ask(url: str, authorization: str, body: bytes | None = None) -> dict[str, Any]:
    request = urllib.request.Request(url, body, {"Authorization": authorization})  # noqa: S310  # our own server
    with closing(urllib.request.urlopen(request)) as answer:  # noqa: S310  # the same
        found: dict[str, Any] = json.loads(answer.read())
        return found


def _set_up(influx: Any, folder: Path) -> None:
    """What InfluxDB's image does at its first start, with the script that docker compose mounts."""
    api, token = f"http://{influx.address}/api/v2", f"Token {influx.token}"
    org = _ask(f"{api}/orgs?org={influx.org}", token)["orgs"][0]["id"]
    raw = json.dumps({"orgID": org, "name": "lorong/raw", "retentionRules": []}).encode()
    for name, text in (("token", influx.token), ("password", _PASSWORD)):
        (folder / name).write_text(text + "\n", "utf-8")
    environment = {
        "PATH": os.environ["PATH"],
        "INFLUXD_INIT_PORT": influx.address.rpartition(":")[2],
        "DOCKER_INFLUXDB_INIT_ORG_ID": org,
        "DOCKER_INFLUXDB_INIT_BUCKET_ID": _ask(f"{api}/buckets", token, raw)["id"],
        "DOCKER_INFLUXDB_INIT_ADMIN_TOKEN_FILE": str(folder / "token"),
        "GRAFANA_PASSWORD_FILE": str(folder / "password"),
    }
    subprocess.run([_ROOT / "deploy" / "docker" / "influxdb-init.sh"], env=environment, check=True)


class Grafana:
    """Asks InfluxDB as Grafana's data source does: InfluxQL by POST, as the user who may only read."""

    def __init__(self, address: str, store: Store) -> None:
        self.address, self.store = address, store
        self.authorization = "Basic " + base64.b64encode(f"grafana:{_PASSWORD}".encode()).decode()

    def results(self, query: str) -> list[dict[str, Any]]:
        form = urllib.parse.urlencode({"db": "lorong", "epoch": "ms", "q": query}).encode()
        found: list[dict[str, Any]] = _ask(f"http://{self.address}/query", self.authorization, form)["results"]
        return found

    def values(self, query: str) -> list[object]:
        """Everything in the answer that is not a time and not missing."""
        columns = [
            (name, value)
            for result in self.results(query)
            for series in result.get("series", [])
            for row in series["values"]
            for name, value in zip(series["columns"], row, strict=True)
        ]
        return [value for name, value in columns if name != "time" and value is not None]


@pytest.fixture(scope="module")
def grafana(
    influx: Any, tmp_path_factory: pytest.TempPathFactory, program: Callable[[str, str], str]
) -> Iterator[Grafana]:
    """A Grafana's view of an InfluxDB with a little of everything in it."""
    program("curl", "curl")  # InfluxDB's image has it
    clock = SystemClock()
    _set_up(influx, tmp_path_factory.mktemp("grafana"))
    settings = influx.settings(bucket_raw="lorong/raw", bucket_keep="lorong/keep")
    with closing(open_store(settings, clock=clock)) as store:
        store.write(_demo(clock.wall_ms() * NANOSECONDS_PER_MILLISECOND))
        yield Grafana(influx.address, store)
    influx.wipe(settings)


def _all_queries() -> list[ExpandedQuery]:
    now = SystemClock().wall_ms()
    return expanded_queries("id", _VALUES, time_filter=f"time >= {now - 90 * 86_400_000}ms and time <= {now}ms")


def test_every_query_of_every_panel_variable_annotation_and_alert_returns_rows(grafana: Grafana) -> None:
    asked = [*_all_queries(), *alert_queries()]

    empty = [(found.dashboard, found.panel, found.query) for found in asked if not grafana.values(found.query)]

    assert len(asked) > 50
    assert empty == []


def test_choices_are_narrowed_by_those_before_them(grafana: Grafana) -> None:
    lane, other = _LANES
    values = _VALUES | {"kecamatan": [_SITE.above(lane)[2]], "kelurahan": [_SITE.above(lane)[1]]}
    choices = {found.panel: found.query for found in expanded_queries("en", values) if "SHOW" in found.query}

    assert lane in grafana.values(choices["lane"])
    assert other not in grafana.values(choices["lane"])
    assert ALL_FOODS not in grafana.values(choices["commodity"])
    assert {_SITE.above(x)[2] for x in _SITE.lanes} <= set(grafana.values(choices["kecamatan"]))
    assert _SITE.above(other)[2] not in grafana.values(choices["place"])


def _last_values(grafana: Grafana, query: str) -> dict[str, float]:
    """What an alert rule's reduction keeps: the last value of each series, by its node."""
    series = grafana.results(query)[0]["series"]
    return {found["tags"]["node"]: [row[1] for row in found["values"] if row[1] is not None][-1] for found in series}


def test_a_node_without_a_row_in_the_last_day_counts_as_silent(grafana: Grafana) -> None:
    now_ns = SystemClock().wall_ms() * NANOSECONDS_PER_MILLISECOND
    old = [now_ns - n * NANOSECONDS_PER_DAY - NANOSECONDS_PER_DAY // 2 for n in (2, 3)]
    grafana.store.write([_rows("node_completeness", old, lane="zurich", node="zurich-n9")])
    query = next(found.query for found in alert_queries() if found.panel == "Node silent")

    last = _last_values(grafana, query)

    assert last["zurich-n9"] == 24
    assert last["zurich-n1"] < 3


def test_a_ceiling_that_changes_is_marked_where_it_changes(grafana: Grafana) -> None:
    query = next(found.query for found in _all_queries() if "difference" in found.query)
    times = sorted(row[0] for row in grafana.results(query)[0]["series"][0]["values"])
    before = len(times)
    day = NANOSECONDS_PER_DAY
    start = (times[0] - 20 * 86_400_000) * NANOSECONDS_PER_MILLISECOND
    rows = _rows(
        "ceiling_position",
        [start + i * day for i in range(4)],
        market="bandung-pihps",
        commodity="kangkung",
        level="producer",
    )
    grafana.store.write([replace(rows, fields={**rows.fields, "max_idr": [10_000.0, 10_000.0, 12_000.0, 12_000.0]})])

    marked = grafana.results(query)[0]["series"][0]
    added = [row for row in marked["values"] if row[marked["columns"].index("level")] == "producer"]

    assert len(marked["values"]) == before + 1
    assert [(row[0], row[-1]) for row in added] == [((start + 2 * day) // NANOSECONDS_PER_MILLISECOND, 2000)]


def test_a_refused_value_is_not_shown(grafana: Grafana) -> None:
    newest = next(q.query for q in _all_queries() if q.dashboard == "lorong-prices-id" and '"price_index"' in q.query)
    before = grafana.results(newest)[0]["series"][0]["values"][0][0]

    gone = _rows("price_index", [before * NANOSECONDS_PER_MILLISECOND], market="bandung-pihps", basket=ALL_FOODS)
    grafana.store.write([replace(gone, fields={"refused": ["too little"]})])

    after = grafana.results(newest)[0]["series"][0]["values"][0][0]
    assert after < before


def test_the_newest_row_is_one_row_a_series(grafana: Grafana) -> None:
    tables = [found for found in _all_queries() if found.query.endswith("ORDER BY time DESC LIMIT 1")]

    rows = [len(series["values"]) for found in tables for series in grafana.results(found.query)[0]["series"]]

    assert set(rows) == {1}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/write?db=lorong&rp=raw", b"soil moisture=1"),
        ("/api/v2/write?org=lorong&bucket=lorong/raw", b"soil moisture=1"),
        ("/api/v2/buckets", None),
    ],
)
def test_the_data_sources_user_may_not_write_nor_manage(grafana: Grafana, path: str, body: bytes | None) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        _ask(f"http://{grafana.address}{path}", grafana.authorization, body)

    assert refused.value.code in (401, 403)
    refused.value.close()


def test_the_data_sources_user_may_not_delete(grafana: Grafana) -> None:
    answer = grafana.results('DROP MEASUREMENT "soil"')

    assert "insufficient permissions" in answer[0]["error"]
