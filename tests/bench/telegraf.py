"""The other column: the same rows from the same broker into the same store, taken by Telegraf."""

from __future__ import annotations

import os
import re
import shutil
from typing import TYPE_CHECKING, Final

import orjson

from commons.clock import NANOSECONDS_PER_MILLISECOND, SystemClock
from commons.topics import ROOT
from lorong.broker import EmbeddedBroker
from tests.bench.collecting import open_session, stored_rows
from tests.bench.filling import fill
from tests.bench.flow import Flow
from tests.bench.load import FIELDS, Message, address
from tests.bench.servers import cpu_seconds, peak_megabytes, running

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from commons.broker import BrokerSettings
    from commons.rows import Block
    from store.settings import StoreSettings
    from tests.bench.load import Load

_CLOCK: Final = SystemClock()
_SESSION: Final = "bench-telegraf"
_FILTER: Final = f"{ROOT}/up/#"
_PATIENCE_SECONDS: Final = 300.0
_LOOK_SECONDS: Final = 0.01
_LISTENS: Final = "Connected"
_WROTE: Final = re.compile(r"Wrote batch of (\d+) metrics")
_CONFIG: Final = """
[agent]
  flush_interval = "1s"
  metric_batch_size = 10000
  metric_buffer_limit = 1000000
  omit_hostname = true
  debug = true

[[inputs.mqtt_consumer]]
  servers = ["tcp://{host}:{port}"]
  topics = ["{filter}"]
  topic_tag = ""
  qos = 1
  client_id = "{session}"
  persistent_session = true
  max_undelivered_messages = 10000
  data_format = "json"
  json_time_key = "t"
  json_time_format = "unix_ms"
  tag_keys = ["bed", "origin"]
  [[inputs.mqtt_consumer.topic_parsing]]
    topic = "lorong/v1/up/+/+/+/+"
    measurement = "_/_/_/_/_/_/measurement"
    tags = "_/_/_/city/lane/node/_"

[[outputs.influxdb_v2]]
  urls = ["{url}"]
  token = "{token}"
  organization = "{org}"
  bucket = "{bucket}"
"""


def telegraf() -> str | None:
    """Telegraf's program: `$TELEGRAF`, else the one on the PATH."""
    return os.environ.get("TELEGRAF") or shutil.which("telegraf")


def measure_telegraf(load: Load, settings: StoreSettings, folder: Path, *, store_pid: int) -> Flow:
    """Fill a broker, start Telegraf, and wait until it has written the last row.

    Args:
        load: What is sent: single readings as JSON objects, packs as arrays of them, since it reads no columns.
        settings: An InfluxDB, its buckets made.
        folder: Where broker and Telegraf keep what they must.
        store_pid: The store's process.

    Raises:
        RuntimeError: The rows in the store are not the rows sent.
    """
    folder.mkdir(parents=True)
    broker = EmbeddedBroker(folder / "broker", clock=_CLOCK)
    try:
        open_session(broker.settings, _SESSION, [_FILTER])
        fill(broker.settings, (_as_objects(block) for block in load.blocks))
        flow = _drained(load, broker.settings, settings, folder, store_pid)
    finally:
        broker.stop()
    if (stored := stored_rows(settings)) != load.rows:
        raise RuntimeError(f"Telegraf stored {stored} rows instead of {load.rows}")
    return flow


def _drained(load: Load, broker: BrokerSettings, settings: StoreSettings, folder: Path, store_pid: int) -> Flow:
    config, log = folder / "telegraf.conf", folder / "telegraf.log"
    config.write_text(
        _CONFIG.format(
            host=broker.host,
            port=broker.port,
            filter=_FILTER,
            session=_SESSION,
            url=settings.url.replace("influxdb://", "http://"),
            token=settings.token.reveal(),
            org=settings.org,
            bucket=settings.bucket_raw,
        ),
        "utf-8",
    )
    with running([str(telegraf()), "--config", str(config)], log=log) as process:
        _until(log, lambda text: _LISTENS in text)
        began, before = _CLOCK.monotonic(), [cpu_seconds(pid) for pid in (process.pid, store_pid)]
        _until(log, lambda text: sum(int(count) for count in _WROTE.findall(text)) >= load.rows)
        seconds = _CLOCK.monotonic() - began
        used = [cpu_seconds(pid) - at for pid, at in zip((process.pid, store_pid), before, strict=True)]
        memory = peak_megabytes(process.pid)
        batches = [int(count) for count in _WROTE.findall(log.read_text("utf-8"))]
    million = load.rows / 1e6
    return Flow(load.rows / seconds, used[0] / million, used[1] / million, sum(batches) / len(batches), memory)


def _until(log: Path, is_so: Callable[[str], bool]) -> None:
    deadline = _CLOCK.monotonic() + _PATIENCE_SECONDS
    while not is_so(log.read_text("utf-8")):
        if _CLOCK.monotonic() > deadline:
            raise RuntimeError(f"Telegraf did not end: {log.read_text('utf-8')[-2000:]}")
        _CLOCK.sleep(_LOOK_SECONDS)


def _as_objects(block: Block) -> Message:
    tags = {name: block.tags[name] for name in ("bed", "origin")}
    rows = [
        {"t": time // NANOSECONDS_PER_MILLISECOND, **tags, **{name: block.fields[name][i] for name in FIELDS}}
        for i, time in enumerate(block.times)
    ]
    return Message(address(block).up(block.measurement), orjson.dumps(rows if len(rows) > 1 else rows[0]))
