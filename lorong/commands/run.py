"""`lorong run`: the whole pipeline on this machine, with simulated lanes and recorded prices."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from commons import logs
from commons.clock import SystemClock
from lorong.pipeline import Order, Pipeline
from lorong.settings import load, site
from lorong.signals import stopping


def run(
    *,
    data: Path = Path("data"),
    port: Annotated[int, Parameter(validator=Number(gte=0, lte=65_535))] = 8000,
    host: str = "127.0.0.1",
    seconds: Annotated[float | None, Parameter(name="--for", validator=Number(gt=0))] = None,
    city: str = "makassar",
    settings: Path | None = None,
    log: str = "WARNING",
) -> int:
    """Run everything on this machine: simulated lanes, broker, collector, store, indicators and web page.

    Ctrl-C or SIGTERM stops it with nothing lost; started again it goes on from where it was.

    Parameters
    ----------
    data
        The folder that everything is kept in.
    port
        The web page's port.
    host
        The address the web page listens on.
    seconds
        Run so many seconds, then drain and print a summary; without it, until stopped.
    city
        A site that comes with Lorong, or the path of a site folder.
    settings
        A TOML file with sections broker, store, collector, analytics, web.
    log
        The lowest level logged: DEBUG, INFO, WARNING or ERROR.
    """
    logs.setup(log)
    order = Order(data=data, host=host, port=port, seconds=seconds)
    stop = stopping()
    pipeline = Pipeline(site(city), order, load(settings), clock=SystemClock(), say=_say)
    summary = pipeline.run(stop)
    _say("Lorong: summary (readings since the data folder was made)")
    for line in summary.lines():
        _say(line)
    if not summary.is_complete:
        _say(f"Lorong: {summary.missing:,} readings are not accounted for ({summary.waiting:,} still wait in outboxes)")
    return 0 if summary.is_complete else 1


def _say(line: str) -> None:
    print(line, flush=True)
