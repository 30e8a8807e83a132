"""A node's disk full at any moment: the process lives on, and every look is on the disk once there is room."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import textwrap
from collections.abc import Callable
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

import orjson
import pytest

from commons.errors import OutboxError
from commons.outbox import Outbox
from commons.rows import Block
from commons.topics import Address
from tests.flow.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

_LOG_BYTES: Final = 400_000
ROOT: Final = Path(__file__).resolve().parents[2]
NODE: Final = textwrap.dedent(
    """
    import sys, threading
    from pathlib import Path
    from commons import logs
    from commons.clock import SystemClock
    from commons.outbox import Outbox
    from commons.rows import Block
    from commons.topics import Address
    from sensors.agent import Agent
    from sensors.drivers.driver import Reading

    class Counting:
        count = 0
        def read(self, now_ms, bookmark):
            self.count += 1
            return Reading([Block("air", [now_ms * 1000000], {}, {"temperature": [float(self.count)]})])

    logs.setup()
    driver, stop = Counting(), threading.Event()
    outbox = Outbox(Path(sys.argv[1]))
    agent = Agent(Address("makassar", "saga", "n1"), {"air": driver}, outbox, clock=SystemClock(), cadence_seconds=0.02)
    thread = threading.Thread(target=agent.run, args=(stop,))
    thread.start()
    sys.stdin.read()
    stop.set()
    thread.join()
    outbox.close()
    print(driver.count)
    """
)
Disk = tuple[Callable[[int], None], Callable[[int], None]]
"""What fills a disk for a process, and what makes room on it again."""


@contextmanager
def small_disk(folder: Path) -> Iterator[Disk]:
    """A disk of 8 MB with nothing else on it; full when a ballast takes all the room that is left."""
    mounted = subprocess.run(["/bin/mount", "-t", "tmpfs", "-o", "size=8m", "none", str(folder)], check=False)
    if mounted.returncode:
        pytest.skip("only root may mount a small disk")
    ballast = folder / "ballast"

    def fill(_: int) -> None:
        with suppress(OSError), ballast.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(512))

    try:
        yield fill, lambda _: ballast.unlink()
    finally:
        subprocess.run(["/bin/umount", "-l", str(folder)], check=True)


@contextmanager
def small_files(folder: Path) -> Iterator[Disk]:
    """A disk on which no file may grow beyond what it has, as under a quota."""

    def limit(pid: int, size: int) -> None:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    yield (
        (lambda pid: limit(pid, (folder / "box-wal").stat().st_size)),
        (lambda pid: limit(pid, resource.RLIM_INFINITY)),
    )


@pytest.mark.parametrize("disk", [small_disk, small_files])
def test_a_full_disk_costs_no_look_and_not_the_process(
    disk: Callable[[Path], AbstractContextManager[Disk]], tmp_path: Path
) -> None:
    folder, log = tmp_path / "card", tmp_path / "log"
    folder.mkdir()
    with disk(folder) as (fill, make_room), log.open("w") as file, reading(folder / "box", file) as process:
        until_said(log, "node starts", 1)
        wait_until((folder / "box-wal").exists, "the node reads")
        for times in (1, 2):
            fill(process.pid)
            until_said(log, "outbox fails", times)
            make_room(process.pid)
            until_said(log, "outbox works again", times)
        looks = int(process.communicate("")[0])
        outbox = Outbox(folder / "box")
        bodies = [orjson.loads(pack.body) for pack in outbox.packs(0, limit=1_000_000)]
        figures = (outbox.produced, outbox.thinned)
        outbox.close()

    assert process.returncode == 0
    assert [number for body in bodies for number in body["temperature"]] == list(range(1, looks + 1))
    assert figures == (looks, 0)
    assert "rows are lost" not in log.read_text("utf-8")


def test_a_disk_that_the_outboxs_own_log_fills_has_room_again_by_itself(tmp_path: Path) -> None:
    folder = tmp_path / "card"
    folder.mkdir()
    with small_disk(folder) as (fill, _):
        outbox, log = Outbox(folder / "box"), folder / "box-wal"
        largest = 0
        while log.stat().st_size >= largest:  # until it was brought into the file, which has room for its pages now
            largest = log.stat().st_size
            put_and_store(outbox)
        while log.stat().st_size < _LOG_BYTES:
            put_and_store(outbox)
        fill(0)
        newest = outbox.newest
        with pytest.raises(OutboxError, match="disk is full"):
            put_and_store(outbox)
        put_and_store(outbox)
        figures = (outbox.depth, outbox.newest - newest)
        outbox.close()

    assert figures == (0, 1)


def put_and_store(outbox: Outbox) -> None:
    """One pack of some kilobytes, and the answer that it is stored."""
    block = Block("soil", [n * 10**9 for n in range(1, 300)], {"bed": "b1"}, {"moisture": [30.0] * 299})
    outbox.put(Address("makassar", "saga", "n1"), [block])
    outbox.stored(outbox.newest)


@contextmanager
def reading(box: Path, log: TextIO) -> Iterator[subprocess.Popen[str]]:
    """A process that looks fifty times a second until its standard input ends, and says how often it did."""
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", NODE, str(box)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=environ, stdin=pipe, stdout=pipe, stderr=log, text=True) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def until_said(log: Path, words: str, times: int) -> None:
    wait_until(lambda: log.read_text("utf-8").count(words) >= times, f"the node says {words!r}")
