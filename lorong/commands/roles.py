"""`lorong serve|simulate`: one role a process, as docker compose and systemd run them."""

from __future__ import annotations

from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path

from analytics.explain import Explainer
from commons import logs
from commons.clock import SystemClock
from lorong.diary import open_diary
from lorong.fleet import Fleet
from lorong.rejects import desk_on
from lorong.server import WebServer
from lorong.settings import load, site
from lorong.signals import stopping, wait_for
from store import open_store
from web.app import create_app


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
    *, city: str = "makassar", settings: Path | None = None, data: Path = Path("data/nodes"), log: str = "INFO"
) -> None:
    """Run a site's simulated lanes and recordings against a broker, until stopped.

    Parameters
    ----------
    city
        A site that comes with Lorong, or the path of a site folder.
    settings
        A TOML file; every key can also be given as LORONG_<SECTION>__<KEY>.
    data
        The folder of the lanes' outboxes.
    log
        The lowest level logged.
    """
    logs.setup(log)
    every = load(settings)
    place = site(city)
    stop = stopping()
    entries = [entry for entry in place.nodes.values() if entry.origin in ("simulated", "recorded")]
    fleet = Fleet(entries, place, data, every.broker, clock=SystemClock())
    fleet.start()
    wait_for(stop)
    fleet.stop_reading()
    fleet.drain(10.0)
    fleet.close()
