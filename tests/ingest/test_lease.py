"""One collector per session: a lock on its folder that dies with it, and a lease in the store that runs out."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from commons.errors import LeaseHeldError
from ingest.lease import FolderLock, Lease
from ingest.session import identity
from store import open_store
from store.settings import StoreSettings
from tests.flow.waiting import MovedClock, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from store.contract import Store

HOLDS_THE_LOCK = """
import sys, time
from pathlib import Path
from ingest.lease import FolderLock
lock = FolderLock(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(600)
"""


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
def store(clock: MovedClock) -> Iterator[Store]:
    opened = open_store(StoreSettings(url="duckdb://memory"), clock=clock)
    yield opened
    opened.close()


@pytest.fixture
def lease(store: Store, clock: MovedClock) -> Callable[[str], Lease]:
    """A holder's lease of 30 seconds."""
    return lambda holder: Lease(store, holder, seconds=30, clock=clock)


def test_a_second_collector_is_told_how_long_the_first_may_still_write(
    lease: Callable[[str], Lease], clock: MovedClock
) -> None:
    lease("first").take()
    clock.forward(10)

    with pytest.raises(LeaseHeldError, match=r"^another collector writes to this store \(for 20 s more\); stop it"):
        lease("second").take()


def test_a_lease_runs_out_after_its_holder_died(lease: Callable[[str], Lease], clock: MovedClock) -> None:
    first = lease("first")
    first.take()
    clock.forward(31)

    lease("second").take()

    with pytest.raises(LeaseHeldError):
        first.renew()


def test_the_holders_own_lease_is_taken_over_at_once(lease: Callable[[str], Lease]) -> None:
    lease("first").take()

    lease("first").take()

    with pytest.raises(LeaseHeldError):
        lease("second").take()


def test_a_lease_that_is_renewed_never_runs_out(lease: Callable[[str], Lease], clock: MovedClock) -> None:
    first = lease("first")
    first.take()

    for _ in range(10):
        clock.forward(11)
        first.renew()

    with pytest.raises(LeaseHeldError, match="for 30 s more"):
        lease("second").take()


def test_a_renewal_that_comes_early_writes_nothing(lease: Callable[[str], Lease], clock: MovedClock) -> None:
    first = lease("first")
    first.take()
    clock.forward(9)

    first.renew()

    with pytest.raises(LeaseHeldError, match="for 21 s more"):
        lease("second").take()


def test_a_released_lease_is_free_at_once(lease: Callable[[str], Lease]) -> None:
    first = lease("first")
    first.take()

    first.release()

    lease("second").take()


def test_a_collector_keeps_its_name_and_keeps_it_to_itself(tmp_path: Path) -> None:
    name = identity(tmp_path / "one")

    assert identity(tmp_path / "one") == name
    assert identity(tmp_path / "two") != name
    assert (tmp_path / "one" / "identity").stat().st_mode & 0o777 == 0o600


def test_a_folder_belongs_to_one_collector_until_it_lets_go(tmp_path: Path) -> None:
    lock = FolderLock(tmp_path / "collector")

    with pytest.raises(LeaseHeldError, match=r"^another collector works in 'collector'; stop it or give"):
        FolderLock(tmp_path / "collector")

    lock.release()
    FolderLock(tmp_path / "collector").release()


def test_a_folder_is_free_as_soon_as_its_collector_is_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDS_THE_LOCK, str(tmp_path)]
    with subprocess.Popen(command, cwd=Path(__file__).parents[2], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        wait_until(lambda: other.stdout and other.stdout.readline() == "held\n", "the other holds the lock")
        with pytest.raises(LeaseHeldError):
            FolderLock(tmp_path)

        other.kill()
        other.wait()

    FolderLock(tmp_path).release()
