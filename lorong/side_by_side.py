"""Several sites on one machine: a whole pipeline each, with a folder, a broker, a store and a page of its own."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from commons.errors import UsageError
from lorong.pipeline import Pipeline

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from commons.clock import Clock
    from commons.sites import Site
    from lorong.pipeline import Order
    from lorong.settings import Settings
    from lorong.summary import Summary


def run_all(
    sites: Sequence[Site],
    order: Order,
    settings: Settings,
    stop: threading.Event,
    *,
    clock: Clock,
    say: Callable[[str], None],
) -> list[Summary]:
    """Run one site, or several side by side, until told to stop or the time is over.

    One site alone has the data folder for itself. Several share nothing: each is what it would be alone in the folder
    of its name below, so that it can be taken to a machine of its own.

    Args:
        sites: Which.
        order: What was asked for; the first site's page has its port, the others the next ones.
        settings: Every role's settings.
        stop: Set from outside, and by a site that cannot go on: the others then end too, with nothing lost.
        clock: Everybody's time.
        say: Tells the person at the terminal one line.

    Returns:
        How each came out, in the sites' order.

    Raises:
        UsageError: A site is named twice, or a port is not free.
        LorongError: A part of one could not go on.
    """
    if len(sites) == 1:
        return [Pipeline(sites[0], order, settings, clock=clock, say=say).run(stop)]
    slugs = [site.slug for site in sites]
    if len(set(slugs)) < len(slugs):
        raise UsageError(f"sites {', '.join(slugs)}: one is named twice; name each once")
    members: list[_Member] = []
    try:
        for number, site in enumerate(sites):
            own = replace(order, data=order.data / site.slug, port=order.port + number if order.port else 0)
            members.append(_Member(Pipeline(site, own, settings, clock=clock, say=_told_by(site, say)), stop))
    except BaseException:
        for member in members:
            member.pipeline.abandon()
        raise
    for member in members:
        member.start()
    for member in members:
        member.join()
    return [member.result() for member in members]


class _Member(threading.Thread):
    """One site's pipeline in a thread of its own."""

    def __init__(self, pipeline: Pipeline, stop: threading.Event) -> None:
        super().__init__(name="site")
        self.pipeline, self._stop_all = pipeline, stop
        self._summary: Summary | None = None
        self._failure: BaseException | None = None

    def run(self) -> None:
        """Run it; what goes wrong is kept for `result`, and ends the others."""
        try:
            self._summary = self.pipeline.run(self._stop_all)
        except BaseException as error:  # noqa: BLE001  # it is raised where the thread is waited for
            self._failure = error
            self._stop_all.set()

    def result(self) -> Summary:
        """How it came out; raises what it ended with."""
        if self._summary is None:
            raise self._failure or RuntimeError("a site's pipeline has not run")
        return self._summary


def _told_by(site: Site, say: Callable[[str], None]) -> Callable[[str], None]:
    """Lines that say whose they are."""
    return lambda line: say(line.replace("Lorong:", f"Lorong {site.slug}:", 1))
