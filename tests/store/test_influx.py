"""InfluxDB's own part of the contract: what it refuses, and what happens when it is away."""

from __future__ import annotations

import http.server
import signal
import threading
from typing import TYPE_CHECKING, Any

import pytest

from commons.clock import NANOSECONDS_PER_DAY, NANOSECONDS_PER_MILLISECOND, SystemClock
from commons.errors import StoreRejectedError, StoreUnavailableError
from commons.rows import Block
from commons.settings import Secret
from store import open_store
from store.contract import Query
from store.settings import StoreSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from store.contract import Store
    from tests.conftest import Influx

_T0 = 1_764_000_000_000_000_000
_ASKING: dict[str, Callable[[Store], object]] = {
    "write": lambda store: store.write([_humidity([_T0], [50.0])]),
    "read": lambda store: store.read(Query("air")),
    "windows": lambda store: store.read(Query("air", window="1d")),
    "latest": lambda store: store.latest("air"),
    "id": lambda store: store.id,
}


def _humidity(times: list[int], values: list[float | None], **tags: str | list[str]) -> Block:
    return Block("air", times, {"node": "n1", **tags}, {"humidity": values})


def _humidities(store: Store) -> list[float]:
    found: list[float] = store.read(Query("air"))["humidity"].to_pylist()
    return found


@pytest.fixture
def settings(influx: Influx) -> StoreSettings:
    return influx.settings()


@pytest.fixture
def store(settings: StoreSettings) -> Iterator[Store]:
    opened = open_store(settings, clock=SystemClock())
    yield opened
    opened.close()


@pytest.fixture
def answering() -> Iterator[Callable[[bytes], StoreSettings]]:
    """Makes a server that gives every request the same raw answer, and settings that lead there."""
    servers: list[http.server.ThreadingHTTPServer] = []

    def start(answer: bytes) -> StoreSettings:
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.wfile.write(answer)
                self.close_connection = True

            do_GET = do_POST  # noqa: N815  # http.server's name

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        url = f"influxdb://127.0.0.1:{server.server_port}"
        return StoreSettings(url=url, token=Secret("hunter2"), timeout_seconds=0.5)

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.influx
def test_a_line_that_influxdb_cannot_parse_keeps_no_other_back(store: Store) -> None:
    nodes = [f"n{i}" for i in range(40)]
    nodes[7] = nodes[31] = "x" * 70_000

    with pytest.raises(StoreRejectedError, match="max key length exceeded") as caught:
        store.write(
            [
                Block("harvest", [_T0], {}, {"kg": [1.0]}),
                _humidity([_T0] * 40, [float(i) for i in range(40)], node=nodes),
                Block("harvest", [_T0 + 1], {}, {"kg": [2.0]}),
            ]
        )

    assert caught.value.rows == [(1, 7), (1, 31)]
    assert len(str(caught.value)) < 1000
    assert sorted(_humidities(store)) == [float(i) for i in range(40) if i not in (7, 31)]
    assert store.read(Query("harvest"))["kg"].to_pylist() == [1.0, 2.0]


@pytest.mark.influx
def test_a_field_that_has_another_type_is_refused_and_the_rest_is_written(
    influx: Influx, settings: StoreSettings, store: Store
) -> None:
    store.write([_humidity([0], [1.0])])
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
        store.write([_humidity([_T0 + 100], [99.0]), block])

    assert caught.value.rows == [(1, row) for row in range(0, 30, 3)]
    found = store.read(Query("air", fields=("humidity",), start=1))["humidity"].to_pylist()
    assert found == [*(float(i) for i in range(30) if i % 3), 99.0]


@pytest.mark.influx
def test_when_all_lines_of_a_request_are_refused_it_is_not_sent_line_by_line(
    influx: Influx, settings: StoreSettings, store: Store
) -> None:
    assert store.id
    path = f"/api/v2/write?org={influx.org}&bucket={settings.bucket_raw}&precision=ns"
    influx.call("POST", path, f'air,node=n9 humidity="wet" {_T0}'.encode())
    size = 12_000

    with pytest.raises(StoreRejectedError) as caught:
        store.write([_humidity([_T0 + i for i in range(size)], [1.0] * size)])

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
        store.write([_humidity([now, old, now + 1], [1.0, 2.0, 3.0]), Block("harvest", [old], {}, {"kg": [4.0]})])

    assert caught.value.rows == [(0, 1)]
    assert _humidities(store) == [1.0, 3.0]
    assert store.read(Query("harvest"))["kg"].to_pylist() == [4.0]
    store.close()


@pytest.mark.influx
@pytest.mark.parametrize("asking", _ASKING)
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"token": Secret("hunter2")}, r"401 .* check store\.token"),
        ({"org": "nobody"}, r"check store\.org"),
    ],
)
def test_a_wrong_setting_is_unavailable_and_named(
    influx: Influx, asking: str, changes: dict[str, Any], words: str
) -> None:
    store = open_store(influx.settings(**changes), clock=SystemClock())

    with pytest.raises(StoreUnavailableError, match=words) as caught:
        _ASKING[asking](store)

    assert "hunter2" not in str(caught.value)
    assert influx.token not in str(caught.value)
    store.close()


@pytest.mark.parametrize("asking", _ASKING)
@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b'HTTP/1.1 503 x\r\nContent-Length: 26\r\n\r\n{"message":"still asleep"}', "503 .still asleep"),
        (b'HTTP/1.1 400 x\r\nContent-Length: 27\r\n\r\n{"message":"what is this?"}', "400 .what is this"),
        (b"HTTP/1.1 429 Too Many\r\nContent-Length: 0\r\n\r\n", "429 .* too busy"),
        (b"HTTP/1.1 500 x\r\nContent-Length: 4\r\n\r\noops", "500"),
        (b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", "403 .* the right to read and write"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n<html></html>", "is no InfluxDB 2"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", "is no InfluxDB 2"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{", "cannot be reached"),
        (b"", "cannot be reached"),
        (b"SSH-2.0-OpenSSH_9\r\n", "cannot be reached"),
    ],
)
def test_a_server_that_does_not_do_its_work_is_unavailable(
    answering: Callable[[bytes], StoreSettings], asking: str, answer: bytes, words: str
) -> None:
    store = open_store(answering(answer), clock=SystemClock())

    with pytest.raises(StoreUnavailableError, match=words) as caught:
        _ASKING[asking](store)

    assert "hunter2" not in str(caught.value)
    store.close()


@pytest.mark.influx
def test_a_killed_server_is_unavailable_and_has_lost_nothing_when_it_is_back(own_influx: Influx) -> None:
    assert own_influx.server is not None
    store = open_store(own_influx.settings(timeout_seconds=5.0), clock=SystemClock())
    name = store.id
    size = 20_000
    store.write([_humidity([_T0 + i for i in range(size)], [float(i) for i in range(size)])])
    own_influx.server.stop(signal.SIGKILL)

    for asking in ("write", "read", "windows", "latest", "id"):
        with pytest.raises(StoreUnavailableError, match="cannot be reached"):
            _ASKING[asking](store)
    own_influx.server.start()

    assert _until_it_answers(store).num_rows == size
    store.write([_humidity([_T0 - 1], [7.0])])
    assert _humidities(store)[:2] == [7.0, 0.0]
    assert store.id == name
    store.close()


def _until_it_answers(store: Store) -> Any:
    for _ in range(100):
        try:
            return store.read(Query("air"))
        except StoreUnavailableError:
            SystemClock().sleep(0.1)
    return store.read(Query("air"))


@pytest.mark.influx
def test_a_wiped_store_is_made_again_and_has_another_name(influx: Influx) -> None:
    settings = influx.settings()
    store, other = (open_store(settings, clock=SystemClock()) for _ in range(2))
    store.write([_humidity([_T0], [50.0])])
    name = store.id
    assert other.id == name
    influx.wipe(settings)

    with pytest.raises(StoreUnavailableError):
        store.read(Query("air"))

    assert _humidities(store) == []
    assert store.id != name
    store.close()
    other.close()


@pytest.mark.influx
def test_a_bucket_may_have_a_name_without_a_policy(influx: Influx) -> None:
    name = influx.settings().bucket_raw.replace("/", "-")
    store = open_store(influx.settings(bucket_raw=f"{name}-raw", bucket_keep=f"{name}-keep"), clock=SystemClock())
    store.write([_humidity([_T0], [50.0]), Block("harvest", [_T0], {}, {"kg": [2.0]})])

    assert _humidities(store) == [50.0]
    assert store.read(Query("harvest"))["kg"].to_pylist() == [2.0]
    store.close()


@pytest.mark.influx
def test_samples_and_the_rest_lie_in_two_buckets(influx: Influx, settings: StoreSettings, store: Store) -> None:
    store.write([_humidity([_T0], [50.0]), Block("harvest", [_T0], {}, {"kg": [2.0]})])
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
            store.write([_humidity(times, [1.0] * 100, node=f"n{node}")])
            store.latest("air")

    threads = [threading.Thread(target=write, args=(node,)) for node in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert store.read(Query("air")).num_rows == 6 * 500
