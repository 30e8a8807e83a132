"""Scenario 10: two collectors by mistake: the second says so and stops; a takeover waits for the dead one's lease."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.faults.places import STORES, on
from tests.faults.rig import CLOCK, LISTENS
from tests.flow.waiting import wait_until

if TYPE_CHECKING:
    from tests.faults.rig import Rig


@on(*STORES)
def test_a_second_collector_says_so_and_stops_and_nothing_is_lost(rig: Rig) -> None:
    rig.node()
    first = rig.collector()
    second = rig.collector(listens=False)
    code = second.until_it_ends()
    complaint = second.said
    elsewhere = rig.collector(data="elsewhere", listens=False)

    assert (code, elsewhere.until_it_ends()) == (1, 1)
    assert "another collector works in 'collector'" in complaint
    assert "another collector writes to this store" in elsewhere.said
    assert first.lives
    assert rig.recover("a second collector, here and on another machine").faults == []


@on(*STORES)
def test_of_two_collectors_started_at_once_one_stays_and_nothing_is_lost(rig: Rig) -> None:
    if rig.store.url.startswith("duckdb"):
        rig.store_owner()  # two machines share no file: neither collector may own it
    rig.node()
    both = [rig.collector(data=data, listens=False, lease_seconds=3) for data in ("collector", "elsewhere")]
    wait_until(lambda: not all(each.lives for each in both), "one of them stops")
    (loser,) = [each for each in both if not each.lives]

    assert loser.until_it_ends() == 1
    assert "lorong: another collector" in loser.said  # has the store, or has taken it over
    rig.mended()
    assert rig.recover("two collectors started at once").faults == []


@on(*STORES, quick=0)
def test_a_takeover_waits_until_the_dead_collectors_lease_has_run_out(rig: Rig) -> None:
    if rig.store.url.startswith("duckdb"):
        rig.store_owner()
    rig.node()
    first = rig.collector(lease_seconds=4)
    CLOCK.sleep(2)
    first.kill()
    rig.mended()
    until_ms = lease_ends(rig)
    refusals = 0
    while not takes_over(rig):  # as a supervisor would, again and again
        refusals += 1

    assert refusals > 0
    assert CLOCK.wall_ms() > until_ms
    assert rig.recover("takeover after the first died").faults == []


def takes_over(rig: Rig) -> bool:
    """Whether another collector comes to listen; else it has said so and stopped."""
    other = rig.collector(data="elsewhere", listens=False, lease_seconds=4)
    wait_until(lambda: LISTENS in other.said or not other.lives, "the other collector listens or stops")
    assert other.lives or "another collector writes to this store" in other.said
    return other.lives


def lease_ends(rig: Rig) -> int:
    """When the lease runs out that is in the store [ms since 1970 UTC]."""
    with rig.opened() as store:
        return int(store.latest("lease").to_pylist()[0]["until"])
