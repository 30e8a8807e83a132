"""InfluxQL without a policy: what dashboards' variables ask finds events, places and indicators."""

from __future__ import annotations

import json
import urllib.parse
from typing import TYPE_CHECKING

import pytest

from commons.clock import SystemClock
from commons.rows import Block
from store import open_store

if TYPE_CHECKING:
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
