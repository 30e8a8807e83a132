"""`lorong serve|simulate`: one role a process, as docker compose and systemd run them."""

from __future__ import annotations

from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from analytics.explain import Explainer
from commons import logs
from commons.clock import SystemClock
from commons.errors import UsageError
from lorong.diary import open_diary
from lorong.fleet import Fleet
from lorong.rejects import desk_on
from lorong.server import WebServer
from lorong.settings import load, site
from lorong.signals import stopping, wait_for
from lorong.simulation import MOST_SPEED, TRUTH, duration_seconds, play, prepare
from store import open_store
from web.app import create_app

if TYPE_CHECKING:
    from commons.sites import Site
    from lorong.settings import Settings


def serve(
    *,
    city: str = "makassar",
    settings: Path | None = None,
    host: str | None = None,
    port: int | None = None,
    log: str = "INFO",
) -> None:
    """Serve the pages and the API, until stopped.

    Parameters
    ----------
    city
        A site that comes with Lorong, or the path of a site folder.
    settings
        A TOML file; every key can also be given as LORONG_<SECTION>__<KEY>.
    host
        The address to listen on; else the settings'.
    port
        The port to listen on; else the settings'.
    log
        The lowest level logged.
    """
    logs.setup(log)
    every = load(settings)
    clock = SystemClock()
    web = replace(every.web, host=host or every.web.host, port=port or every.web.port)
    place = site(city)
    with ExitStack() as opened:
        store = opened.enter_context(closing(open_store(every.store, clock=clock)))
        entries = opened.enter_context(open_diary(web, place, every.broker, clock=clock))
        app = create_app(
            store,
            place,
            clock=clock,
            settings=web,
            entries=entries,
            explain=Explainer(store, place),
            rejects=desk_on(every.collector.data, every.broker, clock=clock),
        )
        server = WebServer(app, web)
        stop = stopping()
        server.start()
        wait_for(stop)
        server.stop()


def simulate(
    *,
    city: str = "makassar",
    scenario: str | None = None,
    speed: Annotated[float, Parameter(validator=Number(gt=0, lte=MOST_SPEED))] = MOST_SPEED,
    span: Annotated[str | None, Parameter(name="--for")] = None,
    first: Annotated[str | None, Parameter(name="--from")] = None,
    last: Annotated[str | None, Parameter(name="--to")] = None,
    settings: Path | None = None,
    data: Path = Path("data/nodes"),
    log: str = "INFO",
) -> int | None:
    """Run a site's simulated lanes and recordings against a broker, until stopped; or play a scenario to its end.

    Parameters
    ----------
    city
        A site that comes with Lorong, or the path of a site folder.
    scenario
        One that comes with Lorong (quiet, dry-season, flood, chilli-crisis, bad-network, bad-sensors, city-5000), or
        the path of a .toml file; docs/simulator.md explains it. Its site is written to DATA/site: give that folder to
        `lorong collect` and `lorong analyse` as their city.
    speed
        How many times as fast as real time a scenario may go, at most.
    span
        How much of the scenario's time is played, such as 36h or 7d.
    first
        The first local day played, as 2025-07-01; the scenario's own when left out.
    last
        The last local day played.
    settings
        A TOML file; every key can also be given as LORONG_<SECTION>__<KEY>.
    data
        The folder of the lanes' outboxes; with a scenario, of its site and of what really was too.
    log
        The lowest level logged.
    """
    logs.setup(log)
    every = load(settings)
    place = site(city)
    if scenario is not None:
        return _play(scenario, place, every, data, speed=speed, days=(first, last), span=span)
    if span or first or last:
        raise UsageError("--for, --from and --to play a part of a scenario; add --scenario NAME")
    stop = stopping()
    entries = [entry for entry in place.nodes.values() if entry.origin in ("simulated", "recorded")]
    fleet = Fleet(entries, place, data, every.broker, clock=SystemClock())
    fleet.start()
    wait_for(stop)
    fleet.stop_reading()
    fleet.drain(10.0)
    fleet.close()
    return None


def _play(
    scenario: str,
    place: Site,
    every: Settings,
    data: Path,
    *,
    speed: float,
    days: tuple[str | None, str | None],
    span: str | None,
) -> int:
    """Play a scenario; 0 when all that it made is stored."""
    if span and days[1]:
        raise UsageError("--for and --to both say when it ends; leave one out")
    first, last = (day and _day(day) for day in days)
    seconds = duration_seconds(span) if span else None
    of = prepare(scenario, place, data, first=first or None, last=last or None, seconds=seconds)
    played = play(of, data, every.broker, speed=speed, clock=SystemClock(), stop=stopping(), say=_say)
    _say(f"Lorong: {of.scenario.name}, seed {of.scenario.seed}; what really was is in {data / TRUTH}")
    for line in played.lines():
        _say(line)
    return 1 if played.waiting else 0


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text!r} is no day; write it as 2025-07-01") from None


def _say(line: str) -> None:
    print(line, flush=True)
