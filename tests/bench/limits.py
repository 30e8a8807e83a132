"""What a store takes when nothing stands before it: the same rows, ready-made."""

from __future__ import annotations

import http.client
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode, urlsplit

import duckdb

from commons.clock import SystemClock
from store import open_store
from tests.bench.load import FIELDS, requests, tables

if TYPE_CHECKING:
    from pathlib import Path

    from store.settings import StoreSettings
    from tests.bench.load import Load

_CLOCK: Final = SystemClock()
_LINES: Final = 5_000
_ROWS: Final = 20_000
_WRITTEN: Final = 204


def influx_limit(load: Load, settings: StoreSettings) -> float:
    """Rows per second of line protocol made beforehand, over one connection kept open, without gzip."""
    make_buckets(settings)
    bodies = requests(load, _LINES)
    where = urlencode({"org": settings.org, "bucket": settings.bucket_raw, "precision": "ns"})
    connection = http.client.HTTPConnection(urlsplit(settings.url).netloc)
    header = {"Authorization": f"Token {settings.token.reveal()}"}
    began = _CLOCK.monotonic()
    for body in bodies:
        connection.request("POST", f"/api/v2/write?{where}", body, header)
        answer = connection.getresponse()
        answer.read()
        if answer.status != _WRITTEN:
            raise RuntimeError(f"InfluxDB answers {answer.status} to a write of the benchmark")
    seconds = _CLOCK.monotonic() - began
    connection.close()
    return load.rows / seconds


def duck_limit(load: Load, path: Path) -> float:
    """Rows per second of Arrow tables made beforehand, each inserted and committed to a plain table."""
    ready = tables(load, _ROWS)
    database = duckdb.connect(str(path), config={"threads": "2"})
    columns = ", ".join(f"{name} DOUBLE" for name in FIELDS)
    database.execute(f"CREATE TABLE soil (series INT, time TIMESTAMP_NS, {columns})")
    began = _CLOCK.monotonic()
    for table in ready:
        database.register("ready", table)
        database.execute("INSERT INTO soil SELECT * FROM ready")
        database.unregister("ready")
    seconds = _CLOCK.monotonic() - began
    database.close()
    return load.rows / seconds


def make_buckets(settings: StoreSettings) -> None:
    """What the collector does at its first look: its buckets are there."""
    store = open_store(settings, clock=_CLOCK)
    if not store.id:
        raise RuntimeError("the store of the benchmark has no name")
    store.close()
