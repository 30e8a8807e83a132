"""The beat: ask every few minutes what is due, and compute it."""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from apscheduler.schedulers.background import BackgroundScheduler

from commons.errors import StoreUnavailableError
from commons.logs import Log

if TYPE_CHECKING:
    from collections.abc import Callable

    from analytics.runner import Runner, RunSummary
    from analytics.settings import AnalyticsSettings
    from commons.clock import Clock


class Schedule:
    """Runs a runner on a beat, in a thread of its own; a beat that comes while one runs is left out.

    Nothing depends on its memory: a beat that was missed leaves everything due for the next one.

    Args:
        runner: What computes.
        settings: How often.
        clock: What time it is, for the first beat.
        tell: Hears what each run did.
    """

    def __init__(
        self,
        runner: Runner,
        settings: AnalyticsSettings,
        clock: Clock,
        *,
        tell: Callable[[RunSummary], None] = lambda _: None,
    ) -> None:
        self._runner, self._every_seconds, self._clock, self._tell = runner, settings.every_seconds, clock, tell
        self._stop = threading.Event()
        self._log = Log("analytics.schedule")
        self._scheduler = BackgroundScheduler(timezone=UTC)
        # A beat that is left out because one runs is no warning to anybody: what is due stays due.
        logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)

    def start(self) -> None:
        """Begin at once, and then on every beat. Call it once."""
        self._scheduler.add_job(
            self._beat,
            "interval",
            seconds=self._every_seconds,
            next_run_time=datetime.fromtimestamp(self._clock.wall_ms() / 1000, UTC),
            misfire_grace_time=None,
            coalesce=True,
            max_instances=1,
        )
        self._scheduler.start()

    def stop(self) -> None:
        """Let the running indicator end, begin no other, and come back when all is still; harmless to repeat."""
        self._stop.set()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)

    def _beat(self) -> None:
        try:
            self._tell(self._runner.run_due(self._stop))
        except StoreUnavailableError as error:
            self._log.warning("store away", reason=error)
        except Exception as error:  # noqa: BLE001  # the beat outlives whatever one run meets
            self._log.error("run failed", reason=f"{type(error).__name__}: {error}")
