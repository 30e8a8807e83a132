"""A scenario played against a broker: simulated time goes on step by step, as fast as it is asked to and can."""

from __future__ import annotations

import re
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from commons.errors import UsageError
from lorong.fleet import Fleet
from lorong.scenario_clock import SteppedClock
from sensors.days import midnight_ms
from sensors.simulation.scenario import find
from sensors.simulation.site_folder import scenario_site

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable
    from pathlib import Path

    from commons.broker import BrokerSettings
    from commons.clock import Clock
    from commons.sites import Site
    from sensors.simulation.scenario import Scenario

MOST_SPEED: Final = 10_000.0
TRUTH: Final = "truth.jsonl.gz"
SITE: Final = "site"
_MINUTE_MS: Final = 60_000
_DRAIN_SECONDS: Final = 120.0
_LOOK_SECONDS: Final = 0.05
_STILL_SECONDS: Final = 5.0
_SAY_SECONDS: Final = 5.0
_UNITS: Final = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}


@dataclass(frozen=True, slots=True)
class Play:
    """A scenario with what is played of it.

    Args:
        scenario: The scenario.
        site: Its site, written into the data folder.
        begin_ms: The first moment [ms since 1970 UTC].
        end_ms: The first moment that is no longer played [ms since 1970 UTC].
    """

    scenario: Scenario
    site: Site
    begin_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Played:
    """What playing came to.

    Args:
        produced: Rows put into outboxes.
        thinned: Rows that full outboxes had to drop.
        waiting: Rows not known to be in the store.
        simulated_seconds: How much of the scenario's time went by [s].
        seconds: How long that took, the end's draining included [s].
    """

    produced: int
    thinned: int
    waiting: int
    simulated_seconds: float
    seconds: float

    @property
    def speed(self) -> float:
        """How many times as fast as real time it went."""
        return self.simulated_seconds / self.seconds if self.seconds else float("inf")

    def lines(self) -> list[str]:
        """As people read it."""
        stored = self.produced - self.thinned - self.waiting
        days = self.simulated_seconds / _UNITS["d"]
        return [
            f"  produced   {self.produced:>12,} readings",
            f"  stored     {stored:>12,}",
            f"  thinned    {self.thinned:>12,}",
            f"  waiting    {self.waiting:>12,}",
            f"  {days:,.2f} days in {self.seconds:,.1f} s: {self.speed:,.0f} times real time",
        ]


def prepare(
    name: str,
    base: Site,
    data: Path,
    *,
    first: date | None = None,
    last: date | None = None,
    seconds: float | None = None,
) -> Play:
    """Read a scenario and write its site.

    Args:
        name: One that comes with Lorong, or a file's path.
        base: The city that it plays in.
        data: Where its site, outboxes and truth go.
        first: The first local day played; the scenario's own when left out.
        last: The last local day played.
        seconds: How much of its time is played [s]; with neither, all of it.

    Raises:
        UsageError: The span is empty, or begins before the scenario.
    """
    scenario = find(name)
    first = first or scenario.begin
    if first < scenario.begin:
        raise UsageError(f"--from {first} lies before scenario {scenario.name} begins; give {scenario.begin} or later")
    begin_ms = midnight_ms(first, base.zone)
    end_ms = midnight_ms(last + timedelta(days=1) if last else scenario.end, base.zone)
    end_ms = begin_ms + round(seconds * 1000) if seconds is not None else end_ms
    if end_ms <= begin_ms:
        raise UsageError(f"nothing lies between {first} and --to {last}; give a later day")
    site = scenario_site(scenario, base, data / SITE, begin=first, truth=data / TRUTH)
    return Play(scenario, site, begin_ms, end_ms)


def play(
    of: Play,
    data: Path,
    broker: BrokerSettings,
    *,
    speed: float,
    clock: Clock,
    stop: threading.Event,
    say: Callable[[str], None],
) -> Played:
    """Play a scenario to its end or until told to stop, then wait until everything is stored.

    Args:
        of: What is played.
        data: Where outboxes go.
        broker: Where nodes send to.
        speed: How many times as fast as real time it may go, at most.
        clock: Real time.
        stop: Ends it.
        say: Tells the person at the terminal one line.
    """
    begun, shown = clock.monotonic(), SteppedClock(of.begin_ms, real=clock)
    step_ms = of.scenario.network.gather_minutes * _MINUTE_MS
    fleet = Fleet(
        of.site.nodes.values(),
        of.site,
        data / "nodes",
        broker,
        clock=shown,
        cadence_seconds=step_ms / 1000,
        commit_seconds=0.0,
        link_clock=clock,
    )
    with closing(fleet):
        fleet.start_sending()
        pace = _Pace(of, speed, clock, say)
        at_ms = of.begin_ms
        while at_ms < of.end_ms and not stop.is_set():
            at_ms = min(at_ms + step_ms, of.end_ms)
            shown.move_to(at_ms - 1)  # the next moment belongs to the next step, and the last midnight to no day
            fleet.look(at_ms - 1)
            _let_drain(fleet, clock, stop)
            pace.keep(at_ms, fleet, stop)
        _drain(fleet, shown, clock, step_ms=step_ms)
        return Played(
            produced=fleet.produced,
            thinned=fleet.thinned,
            waiting=fleet.waiting,
            simulated_seconds=(at_ms - of.begin_ms) / 1000,
            seconds=clock.monotonic() - begun,
        )


class _Pace:
    """Keeps simulated time from running ahead of what was asked for, and says how it goes."""

    def __init__(self, of: Play, speed: float, clock: Clock, say: Callable[[str], None]) -> None:
        self._of, self._speed, self._clock, self._say = of, speed, clock, say
        self._begun = self._said = clock.monotonic()

    def keep(self, at_ms: int, fleet: Fleet, stop: threading.Event) -> None:
        """Wait until real time is where a moment may be shown."""
        due = self._begun + (at_ms - self._of.begin_ms) / 1000 / self._speed
        now = self._clock.monotonic()
        if now - self._said >= _SAY_SECONDS:
            self._said = now
            share = (at_ms - self._of.begin_ms) / (self._of.end_ms - self._of.begin_ms)
            self._say(f"Lorong: {share:4.0%}  {fleet.produced:>12,} readings made, {fleet.waiting:,} waiting")
        if due > now:
            self._clock.sleep(due - now, until=stop)


def duration_seconds(text: str) -> float:
    """A span of time such as 36h, 7d, 90m or 45s [s].

    Raises:
        UsageError: It is none.
    """
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([smhd])", text)
    if not found or not float(found[1]):
        raise UsageError(f"--for {text!r} is no span of time; write a number and s, m, h or d, such as 36h or 7d")
    return float(found[1]) * _UNITS[found[2]]


def _let_drain(fleet: Fleet, clock: Clock, stop: threading.Event) -> None:
    """Where an outbox is half full, wait while that helps: in an outage of the scenario it does not."""
    while fleet.is_crowded and not stop.is_set():
        before = fleet.waiting
        clock.sleep(_STILL_SECONDS, until=stop)
        if fleet.waiting >= before:
            return


def _drain(fleet: Fleet, shown: SteppedClock, clock: Clock, *, step_ms: int) -> None:
    """Wait until everything is stored; the scenario's time goes on meanwhile, for what its network still holds back."""
    deadline = clock.monotonic() + _DRAIN_SECONDS
    while not fleet.is_drained and clock.monotonic() < deadline:
        clock.sleep(_LOOK_SECONDS)
        shown.move_to(shown.wall_ms() + step_ms)
