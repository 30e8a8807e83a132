"""InfluxDB's own part of the contract: what it refuses, and where things lie."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from commons.clock import NANOSECONDS_PER_DAY, NANOSECONDS_PER_MILLISECOND, SystemClock
from commons.errors import StoreRejectedError, StoreUnavailableError
from commons.rows import Block
from commons.settings import Secret
from store import open_store
from store.contract import Query
from tests.store.blocks import humidities, humidity_block

if TYPE_CHECKING:
    from collections.abc import Iterator

    from store.contract import Store
    from store.settings import StoreSettings
    from tests.conftest import Influx

_T0 = 1_764_000_000_000_000_000


@pytest.fixture
def settings(influx: Influx) -> StoreSettings:
    return influx.settings()


@pytest.fixture
def store(settings: StoreSettings) -> Iterator[Store]:
    opened = open_store(settings, clock=SystemClock())
    yield opened
    opened.close()


@pytest.mark.influx
def test_a_line_that_influxdb_cannot_parse_keeps_no_other_back(store: Store) -> None:
    nodes = [f"n{i}" for i in range(40)]
    nodes[7] = nodes[31] = "x" * 70_000

    with pytest.raises(StoreRejectedError, match="max key length exceeded") as caught:
        store.write(
            [
                Block("harvest", [_T0], {}, {"kg": [1.0]}),
                humidity_block([_T0] * 40, [float(i) for i in range(40)], node=nodes),
                Block("harvest", [_T0 + 1], {}, {"kg": [2.0]}),
            ]
        )

    assert caught.value.rows == [(1, 7), (1, 31)]
    assert len(str(caught.value)) < 1000
    assert sorted(humidities(store)) == [float(i) for i in range(40) if i not in (7, 31)]
    assert store.read(Query("harvest"))["kg"].to_pylist() == [1.0, 2.0]


@pytest.mark.influx
def test_a_field_that_has_another_type_is_refused_and_the_rest_is_written(
    influx: Influx, settings: StoreSettings, store: Store
) -> None:
    store.write([humidity_block([0], [1.0])])
    path = f"/api/v2/write?org={influx.org}&bucket={settings.bucket_raw}&precision=ns"
    influx.call("POST", path, f'air,node=n9 temperature="warm" {_T0}'.encode())
    temperatures: list[float | None] = [None if i % 3 else 20.0 + i for i in range(30)]
    block = Block(
        "air",
        [_T0 + i for i in range(30)],
        {"node": "n1"},
        {"humidity": [float(i) for i in range(30)], "temperature": list(temperatures)},
    )

    with pytest.raises(StoreRejectedError, match="field type conflict") as caught:
        store.write([humidity_block([_T0 + 100], [99.0]), block])

    assert caught.value.rows == [(1, row) for row in range(0, 30, 3)]
    found = store.read(Query("air", fields=("humidity",), start=1))["humidity"].to_pylist()
    assert found == [*(float(i) for i in range(30) if i % 3), 99.0]


@pytest.mark.influx
def test_a_field_that_an_older_schema_kept_as_another_type_is_named_and_reads_as_missing(
    influx: Influx, settings: StoreSettings, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    store.write([Block("harvest", [_T0], {}, {"kg": [1.0]})])
    for bucket, lines in (
        (settings.bucket_raw, f'air,node=n9 humidity="wet",light=7i {_T0}'),
        (settings.bucket_keep, f"planting,node=n9 note=1,n=1 {_T0}"),
    ):
        influx.call("POST", f"/api/v2/write?org={influx.org}&bucket={bucket}&precision=ns", lines.encode())
    newer = open_store(settings, clock=SystemClock())

    found = newer.read(Query("air", fields=("humidity", "light"))).to_pylist()

    assert [(row["humidity"], row["light"]) for row in found] == [(None, 7.0)]
    assert newer.read(Query("air", fields=("humidity",))).num_rows == 0
    assert newer.read(Query("planting", fields=("note",))).num_rows == 0
    said = [record.getMessage() for record in caplog.records]
    for field, kind in (("air.humidity", "string"), ("air.light", "integer"), ("planting.note", "float")):
        assert any(f"field={field}" in line and f"type={kind}" in line for line in said), said
    assert len(said) == 3
    newer.close()


@pytest.mark.influx
def test_when_all_lines_of_a_request_are_refused_it_is_not_sent_line_by_line(
    influx: Influx, settings: StoreSettings, store: Store
) -> None:
    assert store.id
    path = f"/api/v2/write?org={influx.org}&bucket={settings.bucket_raw}&precision=ns"
    influx.call("POST", path, f'air,node=n9 humidity="wet" {_T0}'.encode())
    size = 12_000

    with pytest.raises(StoreRejectedError) as caught:
        store.write([humidity_block([_T0 + i for i in range(size)], [1.0] * size)])

    assert caught.value.rows == [(0, row) for row in range(size)]


@pytest.mark.influx
def test_a_text_that_is_too_long_is_refused(store: Store) -> None:
    notes = ["short", "x" * 1_100_000, "also short"]

    with pytest.raises(StoreRejectedError, match="too long") as caught:
        store.write([Block("harvest", [_T0, _T0 + 1, _T0 + 2], {}, {"note": list(notes)})])

    assert caught.value.rows == [(0, 1)]
    assert store.read(Query("harvest"))["note"].to_pylist() == ["short", "also short"]


@pytest.mark.influx
def test_samples_older_than_their_retention_are_refused_and_events_are_not(influx: Influx) -> None:
    now = SystemClock().wall_ms() * NANOSECONDS_PER_MILLISECOND
    old = now - 400 * NANOSECONDS_PER_DAY
    store = open_store(influx.settings(raw_retention_days=30), clock=SystemClock())

    with pytest.raises(StoreRejectedError, match="retention") as caught:
        store.write([humidity_block([now, old, now + 1], [1.0, 2.0, 3.0]), Block("harvest", [old], {}, {"kg": [4.0]})])

    assert caught.value.rows == [(0, 1)]
    assert humidities(store) == [1.0, 3.0]
    assert store.read(Query("harvest"))["kg"].to_pylist() == [4.0]
    store.close()


@pytest.mark.influx
def test_a_bucket_may_have_a_name_without_a_policy(influx: Influx) -> None:
    name = influx.settings().bucket_raw.replace("/", "-")
    store = open_store(influx.settings(bucket_raw=f"{name}-raw", bucket_keep=f"{name}-keep"), clock=SystemClock())
    store.write([humidity_block([_T0], [50.0]), Block("harvest", [_T0], {}, {"kg": [2.0]})])

    assert humidities(store) == [50.0]
    assert store.read(Query("harvest"))["kg"].to_pylist() == [2.0]
    store.close()


@pytest.mark.influx
def test_samples_and_the_rest_lie_in_two_buckets(influx: Influx, settings: StoreSettings, store: Store) -> None:
    store.write([humidity_block([_T0], [50.0]), Block("harvest", [_T0], {}, {"kg": [2.0]})])
    database = settings.bucket_raw.split("/")[0]

    def measurements(policy: str) -> list[str]:
        path = f"/query?db={database}&q=SHOW%20MEASUREMENTS%20ON%20%22{database}%22.%22{policy}%22"
        series = influx.call("POST", path, b"")["results"][0].get("series", [{"values": []}])
        return [name for name, *_ in series[0]["values"]]

    assert measurements("raw") == ["air"]
    assert measurements("keep") == ["harvest"]


@pytest.mark.influx
def test_threads_may_write_and_read_at_once(store: Store) -> None:
    def write(node: int) -> None:
        for batch in range(5):
            times = [_T0 + batch * 100 + i for i in range(100)]
            store.write([humidity_block(times, [1.0] * 100, node=f"n{node}")])
            store.latest("air")

    threads = [threading.Thread(target=write, args=(node,)) for node in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert store.read(Query("air")).num_rows == 6 * 500


@pytest.mark.influx
@pytest.mark.parametrize("actions", [["read"], ["read", "write"]])
def test_a_token_needs_no_other_right_than_to_read_or_write_the_two_buckets(
    influx: Influx, settings: StoreSettings, actions: list[str]
) -> None:
    (org,) = influx.call("GET", f"/api/v2/orgs?org={influx.org}")["orgs"]
    names = (settings.bucket_raw, settings.bucket_keep)
    made = [influx.call("POST", "/api/v2/buckets", _json(orgID=org["id"], name=name)) for name in names]
    rights = [
        {"action": action, "resource": {"type": "buckets", "id": bucket["id"], "orgID": org["id"]}}
        for action in actions
        for bucket in made
    ]
    token = influx.call("POST", "/api/v2/authorizations", _json(orgID=org["id"], permissions=rights))["token"]
    store = open_store(replace(settings, token=Secret(token)), clock=SystemClock())

    assert humidities(store) == []
    if "write" in actions:
        store.write([humidity_block([_T0], [50.0])])
        assert humidities(store) == [50.0]
    else:
        with pytest.raises(StoreUnavailableError, match="the right to read and write both buckets"):
            store.write([humidity_block([_T0], [50.0])])
    store.close()


def _json(**fields: object) -> bytes:
    return json.dumps(fields).encode()
