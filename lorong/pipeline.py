"""`lorong run`: broker, nodes, collector, store, analytics and web, the whole flow on one machine."""

from __future__ import annotations

import threading
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from analytics.explain import Explainer
from analytics.indicators import INDICATORS
from analytics.runner import Runner
from analytics.schedule import Schedule
from commons.errors import LorongError, UsageError
from commons.logs import Log
from ingest.collector import Collector
from ingest.decoders import DECODERS
from ingest.lease import FolderLock
from lorong.broker import EmbeddedBroker
from lorong.diary import open_diary
from lorong.fleet import Fleet
from lorong.listening import listening
from lorong.rejects import RejectsDesk
from lorong.server import WebServer
from lorong.summary import Summary, summarise
from store import open_store
from web.app import create_app
from web.facts import PipelineFacts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from analytics.runner import RunSummary
    from commons.clock import Clock
    from commons.sites import NodeEntry, Site
    from lorong.settings import Settings
    from store.contract import Store

_DRAIN_SECONDS: Final = 120.0
_SAY_SECONDS: Final = 2.0

log = Log("lorong.pipeline")


@dataclass(frozen=True, slots=True)
class Order:
    """What `lorong run` was asked for.

    Args:
        data: The folder that everything is kept in.
        host: Where the web listens.
        port: On which port.
        seconds: How long to run [s]; None = until told to stop.
    """

    data: Path
    host: str
    port: int
    seconds: float | None = None


class Pipeline:
    """Every part, put together; each is the same as when it runs alone.

    Args:
        site: The city.
        order: What was asked for.
        settings: Every role's settings; broker, store and folders are the run's own.
        clock: Everybody's time.
        say: Tells the person at the terminal one line.
    """

    def __init__(
        self, site: Site, order: Order, settings: Settings, *, clock: Clock, say: Callable[[str], None]
    ) -> None:
        self._site, self._order, self._clock, self._say = site, order, clock, say
        self._began = clock.monotonic()
        self._computed = 0
        self._stop_parts = threading.Event()
        self._failure: BaseException | None = None
        with ExitStack() as opened:  # where a later part cannot start, the ones before it are let go
            opened.callback(FolderLock(order.data).release)
            _claim(order.data, site.slug)
            self._store = opened.enter_context(closing(_store_of(order, settings, clock)))
            broker = EmbeddedBroker(order.data / "broker", clock=clock)
            opened.callback(broker.stop)
            web = replace(settings.web, host=order.host, port=order.port, data=order.data / "web")
            entries = opened.enter_context(open_diary(web, site, broker.settings, clock=clock))
            explain = Explainer(self._store, site)
            collector = replace(settings.collector, data=order.data / "collector")
            app = create_app(
                self._store,
                site,
                clock=clock,
                facts=self._facts,
                settings=web,
                entries=entries,
                explain=explain,
                rejects=RejectsDesk(collector.data / "rejects", broker.settings, clock=clock),
            )
            self.server = WebServer(app, web)
            self._collector = Collector(self._store, broker.settings, site, collector, clock=clock)
            self._fleet = Fleet(_ours(site), site, order.data / "nodes", broker.settings, clock=clock)
            devices = replace(settings.devices, data=order.data / "devices")
            self._listening = opened.enter_context(ExitStack())
            if len(self._fleet.nodes) < len(site.nodes) or devices.discover:
                self._listening.enter_context(listening(site, broker.settings, devices, settings.web, clock=clock))
            runner = Runner(self._store, site, clock, settings.analytics, INDICATORS)
            self._schedule = Schedule(runner, settings.analytics, clock, tell=self._computed_some)
            self._collecting = threading.Thread(target=self._collect, name="collector", daemon=True)
            self._opened = opened.pop_all()

    def run(self, stop: threading.Event) -> Summary:
        """Run until told to stop or the time is over, then drain and close.

        Raises:
            LorongError: A part could not go on.
        """
        self._say(f"Lorong: {self._site.name.id}, data in {self._order.data}")
        self.server.start()
        self._collecting.start()
        self._await_collector(stop)
        self._fleet.start()
        self._say(f"Lorong: {self.server.address} is open; history is loading")
        try:
            self._watch(stop)
        finally:
            summary = self._close()
        if self._failure is not None:
            raise self._failure
        return summary

    def abandon(self) -> None:
        """Let go of everything without having run."""
        self._listening.close()
        self.server.stop()
        self._opened.close()

    def _await_collector(self, stop: threading.Event) -> None:
        """A broker drops what nobody has subscribed to, and nodes would wait long before they send it again."""
        while self._collector.vitals.state != "collecting" and self._failure is None:
            if self._clock.sleep(0.02, until=stop):
                return

    def _watch(self, stop: threading.Event) -> None:
        loaded = False
        while not (self._clock.sleep(_SAY_SECONDS if not loaded else 0.2, until=stop) or self._is_over()):
            if self._failure is not None:
                return
            if not loaded:
                loaded = self._is_loaded
                self._say_progress(loaded=loaded)
                if loaded:
                    self._schedule.start()

    def _is_over(self) -> bool:
        seconds = self._order.seconds
        return seconds is not None and self._clock.monotonic() - self._began >= seconds

    @property
    def _is_loaded(self) -> bool:
        return self._fleet.caught_up == len(self._fleet.nodes) and self._fleet.waiting == 0

    def _say_progress(self, *, loaded: bool) -> None:
        seconds = self._clock.monotonic() - self._began
        stored = self._collector.vitals.total.stored
        if loaded:
            self._say(f"Lorong: history is in after {seconds:.0f} s ({stored:,} readings); open {self.server.address}")
        else:
            nodes = f"{self._fleet.caught_up} of {len(self._fleet.nodes)} nodes are at the present"
            self._say(
                f"Lorong: {seconds:4.0f} s  {stored:>9,} readings stored, {self._fleet.waiting:,} waiting; {nodes}"
            )

    def _computed_some(self, run: RunSummary) -> None:
        self._computed += run.computed
        self._say(f"Lorong: {run.computed:,} indicator values computed")

    def _collect(self) -> None:
        """Collect; a collector that cannot go on ends the run, with its reason."""
        try:
            self._collector.run(self._stop_parts)
        except LorongError as error:
            self._failure = error
        except Exception as error:
            log.error("collector failed", reason=repr(error))  # noqa: TRY400  # the whole of it is raised below
            self._failure = error
            raise

    def _close(self) -> Summary:
        """Stop reading, let everything taken reach the store, and let go from the nodes upwards."""
        self._say("Lorong: stopping; readings under way are being stored")
        self._fleet.stop_reading()
        if self._failure is None:
            self._fleet.drain(_DRAIN_SECONDS)
        self._fleet.close()
        self._listening.close()
        self._schedule.stop()
        self._stop_parts.set()
        self._collecting.join()
        self.server.stop()
        summary = self._summary()
        self._opened.close()
        return summary

    def _summary(self) -> Summary:
        return summarise(
            self._store,
            {node.outbox.box for node in self._fleet.nodes},
            lanes=len({node.agent.address.lane for node in self._fleet.nodes} & set(self._site.lanes)),
            produced=self._fleet.produced,
            waiting=self._fleet.waiting,
            indicators=self._computed,
        )

    def _facts(self) -> PipelineFacts:
        total = self._collector.vitals.total
        return PipelineFacts(
            produced=self._fleet.produced,
            stored=total.stored,
            rejected=total.rejected,
            thinned=self._fleet.thinned,
            missing=self._collector.vitals.missing,
            progress=1.0 if self._is_loaded else self._share_loaded(),
        )

    def _share_loaded(self) -> float:
        produced = self._fleet.produced
        return 0.0 if not produced else min(0.99, 1 - self._fleet.waiting / produced)


def _claim(folder: Path, slug: str) -> None:
    """A data folder is one city's: two would find each other's bookmarks in nodes of the same name.

    Raises:
        UsageError: It is another's.
    """
    mark = folder / "site"
    if not mark.exists():
        mark.write_text(f"{slug}\n", "utf-8")
    owner = mark.read_text("utf-8").strip()
    if owner != slug:
        raise UsageError(f"data folder {folder.name!r} is {owner}'s; give {slug} another one with --data")


def _ours(site: Site) -> list[NodeEntry]:
    """The nodes that something of ours runs on; the others are other people's devices."""
    return [entry for entry in site.nodes.values() if entry.driver not in DECODERS]


def _store_of(order: Order, settings: Settings, clock: Clock) -> Store:
    url = f"duckdb:///{(order.data / 'lorong.duckdb').resolve()}"
    return open_store(replace(settings.store, url=url), clock=clock)
