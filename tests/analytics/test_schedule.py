"""The beat: at once, again and again, whatever a run meets, and still once stopped."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from analytics.runner import Runner, RunSummary
from analytics.schedule import Schedule
from analytics.settings import AnalyticsSettings
from commons.clock import SystemClock
from commons.errors import StoreUnavailableError

if TYPE_CHECKING:
    import pytest

    from tests.analytics.conftest import City

PATIENCE = 30.0


class Counting(Runner):
    """A runner that says when it was asked, and then meets what it is given."""

    def __init__(self, city: City, *trouble: Exception) -> None:
        super().__init__(city.store, city.site, city.clock, AnalyticsSettings())
        self.trouble = list(trouble)
        self.runs, self.ends = threading.Semaphore(0), threading.Semaphore(0)
        self.hold = threading.Event()
        self.hold.set()
        self.at_once = self.most_at_once = 0

    def run_due(self, stop: threading.Event | None = None) -> RunSummary:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        self.runs.release()
        self.hold.wait(PATIENCE)
        self.at_once -= 1
        try:
            if self.trouble:
                raise self.trouble.pop(0)
            return super().run_due(stop)
        finally:
            self.ends.release()


def started(runner: Runner, every_seconds: float) -> Schedule:
    schedule = Schedule(runner, AnalyticsSettings(every_seconds=every_seconds), SystemClock())
    schedule.start()
    return schedule


def test_the_first_run_is_at_once_and_computes_what_is_due(city: City) -> None:
    city.soil("saga", "b1", "2026-11-02", 25.0)
    runner = Counting(city)

    schedule = started(runner, 3_600)

    assert runner.ends.acquire(timeout=PATIENCE)
    schedule.stop()
    assert city.row("soil_state")["lane"] == "saga"


def test_the_beat_goes_on_whatever_a_run_meets(city: City, caplog: pytest.LogCaptureFixture) -> None:
    runner = Counting(city, StoreUnavailableError("the store is away"), ValueError("broken"))

    schedule = started(runner, 0.05)

    assert all(runner.runs.acquire(timeout=PATIENCE) for _ in range(3))
    schedule.stop()
    told = [record.getMessage() for record in caplog.records if record.name == "analytics.schedule"]
    assert told == ['store away reason="the store is away"', 'run failed reason="ValueError: broken"']


def test_two_beats_never_overlap(city: City) -> None:
    runner = Counting(city)
    runner.hold.clear()
    schedule = started(runner, 0.02)
    assert runner.runs.acquire(timeout=PATIENCE)

    threading.Event().wait(0.2)
    runner.hold.set()

    assert runner.runs.acquire(timeout=PATIENCE)
    schedule.stop()
    assert runner.most_at_once == 1


def test_stopping_waits_for_the_run_and_may_be_repeated(city: City) -> None:
    runner = Counting(city)
    schedule = started(runner, 3_600)
    assert runner.runs.acquire(timeout=PATIENCE)

    schedule.stop()
    schedule.stop()

    assert runner.at_once == 0


def test_a_schedule_that_was_never_started_can_be_stopped(city: City) -> None:
    Schedule(Counting(city), AnalyticsSettings(), SystemClock()).stop()
