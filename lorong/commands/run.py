"""`lorong run`: the whole pipeline on this machine, with simulated lanes and recorded prices."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from commons import logs
from commons.clock import Clock, SystemClock
from commons.errors import UsageError
from lorong.pipeline import Order
from lorong.scenario_clock import ShiftedClock
from lorong.settings import load, site
from lorong.side_by_side import run_all
from lorong.signals import stopping
from lorong.simulation import prepare

EVENING_MS = 4 * 3_600_000


def run(
    *,
    data: Path = Path("data"),
    port: Annotated[int, Parameter(validator=Number(gte=0, lte=65_535))] = 8000,
    host: str = "127.0.0.1",
    seconds: Annotated[float | None, Parameter(name="--for", validator=Number(gt=0))] = None,
    sites: Annotated[tuple[str, ...], Parameter(name=("--site", "--city"))] = ("makassar",),
    scenario: str | None = None,
    settings: Path | None = None,
    log: str = "WARNING",
) -> int:
    """Run everything on this machine: simulated lanes, broker, collector, store, indicators and web page.

    Ctrl-C or SIGTERM stops it with nothing lost; started again it goes on from where it was.

    Parameters
    ----------
    data
        The folder that everything is kept in; of several sites each has a folder of its own in it.
    port
        The web page's port; of several sites the first one's, and the next ports for the others.
    host
        The address the web page listens on.
    seconds
        Run so many seconds, then drain and print a summary; without it, until stopped.
    sites
        A site that comes with Lorong, or the path of a site folder; given again, another one runs beside it.
    scenario
        A scenario that comes with Lorong, or the path of a .toml file: its days are loaded as history, and everything
        then goes on from its last evening.
    settings
        A TOML file with sections broker, store, collector, analytics, web.
    log
        The lowest level logged: DEBUG, INFO, WARNING or ERROR.
    """
    logs.setup(log)
    order = Order(data=data, host=host, port=port, seconds=seconds)
    stop = stopping()
    places, clock = [site(name) for name in sites], SystemClock()
    now: Clock = clock
    if scenario is not None:
        if len(places) > 1:
            raise UsageError(f"--scenario {scenario} plays in one city, and {len(places)} are given; leave one --site")
        played = prepare(scenario, places[0], data)
        places, now = [played.site], ShiftedClock(played.end_ms - EVENING_MS, real=clock)
    summaries = run_all(places, order, load(settings), stop, clock=now, say=_say)
    for place, summary in zip(places, summaries, strict=True):
        of = f" of {place.slug}" if len(places) > 1 else ""
        _say(f"Lorong: summary{of} (readings since the data folder was made)")
        for line in summary.lines():
            _say(line)
        if not summary.is_complete:
            waiting = f"{summary.waiting:,} still wait in outboxes"
            _say(f"Lorong: {summary.missing:,} readings{of} are not accounted for ({waiting})")
    return 0 if all(summary.is_complete for summary in summaries) else 1


def _say(line: str) -> None:
    print(line, flush=True)
