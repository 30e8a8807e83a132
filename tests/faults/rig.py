"""Nodes, broker, collector and store as processes, and the comparison of what went in with what is there."""

from __future__ import annotations

import re
import signal
from collections import Counter
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import orjson

from commons.clock import SystemClock
from commons.outbox import Outbox
from ingest.ledger import Ledger
from ingest.rejects import Rejects
from store import open_store
from store.contract import Query
from tests.faults.line import TABLE, Line
from tests.faults.processes import Process
from tests.faults.seeded import NAME, Orders
from tests.flow.small_site import differences, small_site, stored

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.account import Account
    from ingest.rejects import Reject
    from store.contract import Store
    from store.settings import StoreSettings
    from tests.faults.brokers import Broker
    from tests.flow.small_site import Row

CLOCK: Final = SystemClock()
LISTENS: Final = "collector listens"
_QUICK: Final = {
    "answer_seconds": 0.1,
    "heartbeat_seconds": 2,
    "report_seconds": 1,
    "lease_seconds": 10,
}
_ENTRIES: Final = ("stored", "thinned", "rejected")
_REPORTED: Final = (*_ENTRIES, "duplicate", "received")
_PATIENCE_SECONDS: Final = 60.0

Death = tuple[str, str, int]
"""Where a process kills itself: `module:name`, "before" or "after", and at which call."""


@dataclass(frozen=True)
class Found:
    """What a scenario came to.

    Args:
        line: Its line in the table.
        faults: What is not as it must be, in words; nothing where the promise was kept.
        accounts: The ledger, by node and box.
        reported: What the collector's reports come to, by counter [rows].
    """

    line: Line
    faults: list[str]
    accounts: dict[tuple[str, str], Account]
    reported: dict[str, int]

    def total(self, name: str) -> int:
        """One figure of the ledger, over all boxes [rows]."""
        return sum(int(getattr(account, name)) for account in self.accounts.values())


class Rig:
    """Everything a scenario needs; whatever still runs is killed in the end.

    Args:
        folder: Where all its files are; made if need be.
        broker: The broker, running.
        store: The store's settings; the collector opens it.
    """

    def __init__(self, folder: Path, broker: Broker, store: StoreSettings) -> None:
        self.folder, self.broker, self.store = folder, broker, store
        self.site = small_site(folder / "site", recorded=0)
        self.nodes: dict[str, Orders] = {}
        self.processes: list[Process] = []
        self.mended_at = CLOCK.monotonic()
        self._senders: list[Process] = []
        self._collectors: list[Process] = []
        self._owner: Process | None = None

    def node(
        self, name: str = "saga-s1", *, port: int | None = None, dies: Death | None = None, **orders: object
    ) -> Process:
        """Start a node; one that was started before goes on where it stands, with the same orders.

        Args:
            name: The node's name.
            port: Where it finds its broker; else the broker itself.
            dies: Where it kills itself.
            orders: Changes to its orders.
        """
        if name not in self.nodes or orders:
            outbox = str(self.folder / f"{name}.sqlite")
            before = self.nodes.get(name, Orders(outbox, CLOCK.wall_ms(), node=name))
            self.nodes[name] = before.again(**orders)
        words = ["tests.faults.node", orjson.dumps(asdict(self.nodes[name])).decode()]
        process = self._start(name, words, dies, self._broker_environ(port))
        self._senders = [sender for sender in self._senders if sender.name != name] + [process]
        return process

    def collector(
        self,
        *,
        data: str = "collector",
        port: int | None = None,
        store: StoreSettings | None = None,
        dies: Death | None = None,
        points: Path | None = None,
        listens: bool = True,
        **settings: object,
    ) -> Process:
        """Start a collector, and wait until it listens unless it is to die.

        Args:
            data: Its data folder.
            port: Where it finds its broker; else the broker itself.
            store: Where it finds its store; else the store itself.
            dies: Where it kills itself.
            points: The file that is to hold the calls its loop makes.
            listens: Whether to wait until it listens.
            settings: Changes to its section.
        """
        environ = {
            **self._broker_environ(port),
            "LORONG_COLLECTOR__DATA": str(self.folder / data),
            **_environ(store or self.store),
            **{f"LORONG_COLLECTOR__{key.upper()}": str(value) for key, value in {**_QUICK, **settings}.items()},
        }
        words = ["lorong", "collect", "--city", str(self.folder / "site")]
        name = f"{data}-{len(self._collectors)}"
        process = self._start(name, ["tests.faults.points", str(points), *words] if points else words, dies, environ)
        self._collectors.append(process)
        if dies is None and listens:
            process.until_it_says(LISTENS)
        return process

    def process(self, name: str, *words: str) -> Process:
        """Start something else."""
        return self._start(name, list(words), None, {})

    def store_owner(self) -> Process:
        """Start a process that owns the DuckDB file, so that it can be killed without the collector."""
        self._owner = self._start("store", ["tests.faults.store_owner"], None, _environ(self.store))
        self._owner.until_it_says("store is open")
        return self._owner

    def mended(self) -> None:
        """The fault is over: recovery is measured from now."""
        self.mended_at = CLOCK.monotonic()

    def recover(
        self,
        scenario: str,
        *,
        besides: Counter[Row] | None = None,
        boxed: Counter[Row] | None = None,
        refused: int = 0,
    ) -> Found:
        """Let the nodes send all they have, end everything, and compare what went in with what is there.

        Args:
            scenario: What was done.
            besides: Rows of senders that have no box, and so no account.
            boxed: Rows of senders that are no nodes and have a box.
            refused: How many further rows of theirs must be among the rejects.
        """
        for sender in self._senders:
            orders = self.nodes[sender.name]
            if sender.lives and (orders.stays or not orders.count) and "node has read" not in sender.said:
                sender.signal(signal.SIGTERM)  # it still sends what it holds
        codes = {sender.name: sender.until_it_ends() for sender in self._senders}
        if besides:
            self._wait_for(besides)
        seconds = CLOCK.monotonic() - self.mended_at
        codes |= {collector.name: collector.end() for collector in self._collectors if collector.lives}
        if self._owner is not None and self._owner.lives:
            codes["store"] = self._owner.end()
        found = self._compared(scenario, seconds, besides or Counter(), boxed or Counter(), refused)
        ends = [f"{name} ended with {code}" for name, code in codes.items() if code]
        TABLE.append(found.line)
        return replace(found, faults=ends + found.faults)

    @contextmanager
    def opened(self) -> Iterator[Store]:
        """The store, while no collector runs: with DuckDB, whoever opens the file owns it."""
        assert not any(collector.lives for collector in self._collectors)
        with closing(open_store(self.store, clock=CLOCK)) as store:
            yield store

    def _went(self) -> Iterator[tuple[Orders, int, int]]:
        """Each node's orders, how many readings it took, and how many rows its outbox had to drop."""
        for orders in self.nodes.values():
            with closing(Outbox(Path(orders.outbox))) as outbox:
                yield orders, int(outbox.bookmark(NAME) or 0), outbox.thinned

    def _wait_for(self, rows: Counter[Row]) -> None:
        """Give the collector time to store what no answer speaks of; that it did is seen later."""
        assert any(collector.lives for collector in self._collectors)
        deadline = CLOCK.monotonic() + _PATIENCE_SECONDS
        with closing(open_store(self.store, clock=CLOCK)) as store:
            while rows - stored(store) and CLOCK.monotonic() < deadline:
                CLOCK.sleep(0.2)

    def rejects(self) -> int:
        """How many rows are in the collectors' rejects; one that a kill put there twice counts once."""
        folders = self.folder.glob("*/rejects")
        return sum({_content(each): each.rows for folder in folders for _, each in Rejects(folder).all()}.values())

    def close(self) -> None:
        """Kill what still runs."""
        for process in self.processes:
            process.kill()

    def _broker_environ(self, port: int | None) -> dict[str, str]:
        return {"LORONG_BROKER__PORT": str(port or self.broker.port), "LORONG_BROKER__KEEPALIVE_SECONDS": "3"}

    def _start(self, name: str, words: list[str], dies: Death | None, environ: dict[str, str]) -> Process:
        if dies is not None:
            words = ["tests.faults.dying", *map(str, dies), *words]
        process = Process(name, words, self.folder, environ)
        self.processes.append(process)
        return process.start()

    def _compared(
        self, scenario: str, seconds: float, besides: Counter[Row], boxed: Counter[Row], refused: int
    ) -> Found:
        went = list(self._went())
        boxed = sum((orders.expected(read) for orders, read, _ in went), boxed)
        refused += sum(orders.refused(read) for orders, read, _ in went)
        thinned = sum(drops for _, _, drops in went)
        with self.opened() as store:
            there = stored(store)
            accounts = {(node, box): account for (_, node, box), account in Ledger.load(store).accounts()}
            reports = store.read(Query("collector")).to_pylist()
        found = {name: sum(getattr(each, name) for each in accounts.values()) for name in _ENTRIES}
        expected = boxed + besides
        kept = (expected & there).total()
        twice = (there - expected).total() + max(0, sum(found.values()) - boxed.total() - refused)
        line = Line(
            scenario,
            self.store.url.partition(":")[0],
            self.broker.kind,
            produced=expected.total() + refused,
            stored=kept,
            twice=twice,
            missing=expected.total() - kept - found["thinned"],
            thinned=found["thinned"],
            rejected=found["rejected"],
            seconds_to_recover=seconds,
        )
        right = {"stored": boxed.total() - thinned, "thinned": thinned, "rejected": refused}
        faults = [f"the ledger has {found}, not {right}"] if found != right else []
        if self.rejects() != refused:
            faults.append(f"{self.rejects()} rows are among the rejects, not {refused}")
        if not thinned or twice:
            faults += differences(expected, there)
        reported = {name: sum(int(row[name]) for row in reports) for name in _REPORTED}
        return Found(line, [*faults, *_open_ends(line, accounts)], accounts, reported)


def _open_ends(line: Line, accounts: dict[tuple[str, str], Account]) -> Iterator[str]:
    """What is there too often, or not there, and what the ledger still waits for or has given up."""
    if line.twice or line.missing:
        yield f"{line.twice} twice and {line.missing} missing"
    for (node, box), account in accounts.items():
        if account.missing or account.lost:
            yield f"the ledger misses {account.missing} and has lost {account.lost} of {node} {box}"


def _content(reject: Reject) -> str:
    """A reject without what changes from one sending to the next."""
    return re.sub(r'"first":\d+,', "", f"{reject.topic} {reject.payload.decode(errors='replace')}")


def _environ(settings: StoreSettings) -> dict[str, str]:
    """A store's settings as its environment."""
    texts = {"url": settings.url, "org": settings.org, "token": settings.token.reveal()}
    texts |= {"bucket_raw": settings.bucket_raw, "bucket_keep": settings.bucket_keep}
    texts["timeout_seconds"] = str(settings.timeout_seconds)
    return {f"LORONG_STORE__{key.upper()}": text for key, text in texts.items()}
