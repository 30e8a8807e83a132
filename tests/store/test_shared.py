"""One DuckDB file for many processes."""

from __future__ import annotations

import signal
import socket
import stat
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from commons.clock import SystemClock
from commons.errors import (
    LorongError,
    StoreError,
    StoreRejectedError,
    StoreUnavailableError,
    UnknownNameError,
)
from commons.rows import Block
from store import open_store
from store.contract import Query
from store.framing import pack_error, receive, send, unpack_error
from store.settings import StoreSettings

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

    from store.contract import Store


_HOLDER = """
import duckdb, sys
held = duckdb.connect(sys.argv[1])
print("open", flush=True)
sys.stdin.read()
"""


def _open(url: str, *, timeout_seconds: float = 30.0) -> Store:
    return open_store(StoreSettings(url=url, timeout_seconds=timeout_seconds), clock=SystemClock())


def _humidity(time: int, value: float) -> list[Block]:
    return [Block("air", [time], {"node": "n1"}, {"humidity": [value]})]


def _values(store: Store) -> list[float]:
    found: list[float] = store.read(Query("air"))["humidity"].to_pylist()
    return found


def test_owner_and_client_see_what_the_other_writes(url: str) -> None:
    owner, client = _open(url), _open(url)

    owner.write(_humidity(1, 50.0))
    client.write(_humidity(2, 60.0))

    assert _values(owner) == _values(client) == [50.0, 60.0]
    assert owner.id == client.id
    client.close()
    owner.close()


def test_many_clients_may_ask_at_once(url: str) -> None:
    owner, client = _open(url), _open(url)
    owner.write([Block("air", list(range(1000)), {"node": "n1"}, {"humidity": [1.0] * 1000})])
    counts: list[int] = []

    def ask() -> None:
        counts.extend(client.read(Query("air")).num_rows for _ in range(10))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert counts == [1000] * 80
    client.close()
    owner.close()


class _Hasty(socket.socket):
    """A socket whose peer answers and leaves as soon as it has heard anything."""

    peer: socket.socket

    def sendall(self, data: ReadableBuffer, flags: int = 0) -> None:
        super().sendall(data, flags)
        if self.peer.fileno() >= 0:
            send(self.peer, {"heard": len(self.peer.recv(1000)) > 0})
            self.peer.close()


def test_an_owner_may_answer_and_leave_before_the_client_looks_up() -> None:
    ours, theirs = socket.socketpair()
    client = _Hasty(ours.family, ours.type, fileno=ours.detach())
    client.peer = theirs

    send(client, {"ask": "id"})

    assert receive(client) == ({"heard": True}, None)
    client.close()


def test_when_the_owner_is_killed_one_call_fails_and_the_next_owns_the_file(
    url: str, owner: subprocess.Popen[str]
) -> None:
    client = _open(url)
    name = client.id
    client.write(_humidity(1, 50.0))
    owner.send_signal(signal.SIGKILL)
    owner.wait()

    with pytest.raises(StoreUnavailableError, match="the next call looks for another"):
        client.write(_humidity(2, 60.0))
    client.write(_humidity(2, 60.0))
    other = _open(url)

    assert _values(client) == _values(other) == [50.0, 60.0]
    assert other.id == client.id == name
    other.close()
    client.close()


def test_when_the_owner_leaves_a_client_takes_over(url: str) -> None:
    owner, client = _open(url), _open(url)
    owner.write(_humidity(1, 50.0))
    owner.close()

    with pytest.raises(StoreUnavailableError):
        client.latest("air")

    assert _values(client) == [50.0]
    client.close()


def test_an_owner_that_hangs_is_unavailable(url: str, owner: subprocess.Popen[str]) -> None:
    client = _open(url, timeout_seconds=0.3)
    owner.send_signal(signal.SIGSTOP)

    with pytest.raises(StoreUnavailableError, match="does not answer"):
        client.read(Query("air"))
    with pytest.raises(StoreUnavailableError, match="does not answer"):
        client.read(Query("air"))
    owner.send_signal(signal.SIGCONT)

    assert _values(client) == []
    client.close()


def test_a_file_that_another_program_holds_is_unavailable_until_it_lets_go(url: str) -> None:
    _open(url).close()
    command = [sys.executable, "-c", _HOLDER, url.removeprefix("duckdb:///")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "open\n"

        with pytest.raises(StoreUnavailableError, match="cannot do it now"):
            _open(url)
        holder.communicate()

    store = _open(url)
    assert _values(store) == []
    store.close()


@pytest.mark.parametrize("exchanged", [False, True])
def test_a_file_that_is_wiped_or_exchanged_under_its_owner_is_another_store(
    url: str, tmp_path: Path, *, exchanged: bool
) -> None:
    store, other = _open(url), _open(f"duckdb:///{tmp_path}/other.duckdb")
    store.write(_humidity(1, 50.0))
    other.write(_humidity(2, 60.0))
    name, others = store.id, other.id
    other.close()
    path = Path(url.removeprefix("duckdb:///"))
    if exchanged:
        (tmp_path / "other.duckdb").replace(path)
    else:
        path.unlink()

    with pytest.raises(StoreUnavailableError, match="is another file now"):
        store.write(_humidity(4, 80.0))

    assert (store.id == others) is exchanged
    assert store.id != name
    assert _values(store) == ([60.0] if exchanged else [])
    store.close()


def test_only_this_user_may_use_the_socket(url: str) -> None:
    store = _open(url)
    place = Path(url.removeprefix("duckdb:///") + ".sock")

    mode = place.stat().st_mode
    store.close()

    assert stat.S_ISSOCK(mode)
    assert stat.S_IMODE(mode) == 0o600
    assert not place.exists()


def test_a_folder_may_have_a_long_name(tmp_path: Path) -> None:
    url = f"duckdb:///{tmp_path}/{'d' * 100}/{'e' * 100}/lorong.duckdb"
    owner, client = _open(url), _open(url)

    client.write(_humidity(1, 50.0))

    assert _values(owner) == [50.0]
    client.close()
    owner.close()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(StoreUnavailableError, match="check its folder"):
        _open(f"duckdb:///{tmp_path}/file/lorong.duckdb")


def test_a_closed_store_stays_closed(url: str) -> None:
    store = _open(url)
    store.close()
    store.close()

    with pytest.raises(StoreUnavailableError, match="open it again"):
        store.read(Query("air"))


@pytest.mark.parametrize(
    "error",
    [
        UnknownNameError("measurement", "soll", ["soil", "air"]),
        StoreRejectedError("too long", [(0, 1), (2, 3)]),
        StoreRejectedError("too long", [(0, 1), (2, 3)], ["too long", "too late"]),
        StoreUnavailableError("the disk is full; make room"),
        StoreError("something else"),
    ],
)
def test_errors_travel_as_themselves(error: LorongError) -> None:
    found = unpack_error(pack_error(error))

    assert type(found) is type(error)
    assert str(found) == str(error)
    assert getattr(found, "rows", None) == getattr(error, "rows", None)
    assert getattr(found, "reasons", None) == getattr(error, "reasons", None)


def test_three_slashes_begin_where_lorong_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    _open("duckdb:///data/lorong.duckdb").close()

    assert (tmp_path / "data" / "lorong.duckdb").exists()
