"""`lorong analyse`: compute the indicators that are due, at every beat or once, or those of a range of days."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from analytics.indicators import INDICATORS
from analytics.runner import Runner, RunSummary
from analytics.schedule import Schedule
from commons import logs
from commons.clock import SystemClock
from commons.errors import UsageError
from lorong.settings import load, site
from lorong.signals import stopping, wait_for
from store import open_store


def analyse(
    *names: str,
    first: Annotated[date | None, Parameter(name="--from")] = None,
    last: Annotated[date | None, Parameter(name="--to")] = None,
    city: str = "makassar",
    settings: Path | None = None,
    once: bool = False,
    log: str = "INFO",
) -> int:
    """Compute the indicators that are due, once or at every beat; with --from and --to, those days again.

    Parameters
    ----------
    names
        With --from and --to: the indicators to compute, and what builds on them; else all.
    first
        The first local day to compute again, such as 2026-11-01; changes nothing where nothing changed.
    last
        The last local day to compute again.
    city
        A site that comes with Lorong, or the path of a site folder.
    settings
        A TOML file; every key can also be given as LORONG_<SECTION>__<KEY>.
    once
        Compute what is due now, say what was done, and end.
    log
        The lowest level logged.
    """
    days = _range(first, last, names)
    logs.setup(log)
    every = load(settings)
    clock = SystemClock()
    chosen = every.analytics if days is None else replace(every.analytics, indicators=())
    with closing(open_store(every.store, clock=clock)) as store:
        runner = Runner(store, site(city), clock, chosen, INDICATORS)
        if days is not None:
            return _say(runner.backfill(names or tuple(INDICATORS), *days))
        if once:
            return _say(runner.run_due())
        stop = stopping()
        schedule = Schedule(runner, every.analytics, clock)
        schedule.start()
        wait_for(stop)
        schedule.stop()
        return 0


def _range(first: date | None, last: date | None, names: tuple[str, ...]) -> tuple[date, date] | None:
    if first is None or last is None:
        if names or first or last:
            raise UsageError("a range needs both ends; give --from and --to, such as --from 2026-11-01 --to 2026-11-30")
        return None
    if last < first:
        raise UsageError(f"--from {first} is after --to {last}; swap them")
    return first, last


def _say(summary: RunSummary) -> int:
    print(f"{summary.computed} values computed, {summary.unchanged} unchanged, {len(summary.failed)} failed")
    for name, reason in summary.failed.items():
        print(f"  {name}: {reason}")
    return 1 if summary.failed else 0
