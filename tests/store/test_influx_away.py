"""What happens when InfluxDB is away, or does not do its work."""

from __future__ import annotations

import http.server
import signal
import threading
from typing import TYPE_CHECKING, Any

import pytest

from commons.clock import SystemClock
from commons.errors import StoreUnavailableError
from commons.rows import Block
from commons.settings import Secret
from store import open_store
from store.contract import Query
from store.settings import StoreSettings
from tests.store.blocks import humidities, humidity_block

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from store.contract import Store
    from tests.conftest import Influx

_T0 = 1_764_000_000_000_000_000
_ASKING: dict[str, Callable[[Store], object]] = {
    "write": lambda store: store.write([humidity_block([_T0], [50.0])]),
    "read": lambda store: store.read(Query("air")),
    "windows": lambda store: store.read(Query("air", window="1d")),
    "latest": lambda store: store.latest("air"),
    "id": lambda store: store.id,
}


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
    store.write([humidity_block([_T0 + i for i in range(size)], [float(i) for i in range(size)])])
    own_influx.server.stop(signal.SIGKILL)

    for asking in ("write", "read", "windows", "latest", "id"):
        with pytest.raises(StoreUnavailableError, match="cannot be reached"):
            _ASKING[asking](store)
    own_influx.server.start()

    assert _until_it_answers(store).num_rows == size
    store.write([humidity_block([_T0 - 1], [7.0])])
    assert humidities(store)[:2] == [7.0, 0.0]
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
    store.write([humidity_block([_T0], [50.0])])
    name = store.id
    assert other.id == name
    influx.wipe(settings)

    with pytest.raises(StoreUnavailableError):
        store.read(Query("air"))

    assert humidities(store) == []
    assert store.id != name
    store.close()
    other.close()


@pytest.mark.influx
def test_a_store_that_was_wiped_and_made_again_by_another_process_has_another_name_at_once(influx: Influx) -> None:
    settings = influx.settings()
    store, other = (open_store(settings, clock=SystemClock()) for _ in range(2))
    name = store.id
    influx.wipe(settings)

    assert humidities(other) == []

    assert store.id != name
    store.close()
    other.close()


@pytest.mark.influx
def test_where_only_the_samples_are_wiped_what_was_said_of_them_goes_too(influx: Influx) -> None:
    settings = influx.settings()
    store = open_store(settings, clock=SystemClock())
    name = store.id
    said = Block("ledger", [0], {"city": "makassar", "node": "n1", "box": "x"}, {"state": ['{"through":1}']})
    store.write([humidity_block([_T0], [50.0]), Block("harvest", [_T0], {}, {"kg": [2.0]}), said])
    (bucket,) = influx.call("GET", f"/api/v2/buckets?name={settings.bucket_raw}")["buckets"]
    influx.call("DELETE", f"/api/v2/buckets/{bucket['id']}")

    with pytest.raises(StoreUnavailableError):
        store.read(Query("air"))

    assert humidities(store) == []
    assert store.latest("ledger").num_rows == 0
    assert store.id != name
    assert store.read(Query("harvest"))["kg"].to_pylist() == [2.0]
    store.close()
