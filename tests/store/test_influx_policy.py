"""InfluxQL without a policy: what dashboards' variables ask finds events, places and indicators."""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from commons.clock import SystemClock
from commons.rows import Block
from store import open_store
from store.contract import Query

if TYPE_CHECKING:
    from store.settings import StoreSettings
    from tests.conftest import Influx

pytestmark = pytest.mark.influx


def test_tag_values_are_found_without_naming_a_policy_and_opening_again_changes_nothing(influx: Influx) -> None:
    settings = influx.settings()
    for _ in range(2):
        store = open_store(settings, clock=SystemClock())
        tags: dict[str, str | list[str]] = {"city": "makassar", "level": "lane", "place": "sydney"}
        store.write([Block("place", [0], tags, {"name": ["Lorong Sydney"]})])
        store.close()

    database = settings.bucket_keep.partition("/")[0]
    question = urllib.parse.urlencode({"db": database, "q": 'SHOW TAG VALUES FROM "place" WITH KEY = "place"'})
    answer = influx.call("POST", f"/query?{question}")

    assert ["place", "sydney"] in answer["results"][0]["series"][0]["values"], json.dumps(answer)


def test_many_who_open_a_new_store_at_once_leave_one_policy(influx: Influx) -> None:
    """InfluxDB takes the policy of two that come together, and then says "expected 1, found 2" to every question."""
    for _ in range(40):
        settings = influx.settings()
        if _policies_made_at_once(influx, settings) > 1:
            break
    else:
        pytest.skip("InfluxDB took one policy each time; nothing is left to be mended")

    store = open_store(settings, clock=SystemClock())
    assert store.read(Query("place")).num_rows == 0
    store.close()


def _policies_made_at_once(influx: Influx, settings: StoreSettings) -> int:
    """Ask for one policy sixteen times at one moment; how often InfluxDB made it."""
    (org,) = influx.call("GET", f"/api/v2/orgs?org={settings.org}")["orgs"]
    for name in (settings.bucket_raw, settings.bucket_keep):
        influx.call("POST", "/api/v2/buckets", json.dumps({"orgID": org["id"], "name": name}).encode())
    (bucket,) = influx.call("GET", f"/api/v2/buckets?name={settings.bucket_keep}")["buckets"]
    database, _, policy = settings.bucket_keep.partition("/")
    wanted = {"bucketID": bucket["id"], "orgID": org["id"], "database": database, "retention_policy": policy}
    body = json.dumps({**wanted, "default": True}).encode()

    def ask(_: int) -> bool:
        try:
            influx.call("POST", "/api/v2/dbrps", body)
        except urllib.error.HTTPError as error:
            error.close()
            return False
        return True

    with ThreadPoolExecutor(16) as together:
        return sum(together.map(ask, range(16)))
