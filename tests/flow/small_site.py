"""A city small enough to run whole in a test, and every row that its nodes send."""

from __future__ import annotations

import csv
import gzip
import sqlite3
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from commons import catalogue
from commons.clock import NANOSECONDS_PER_MILLISECOND
from commons.sites import Site
from sensors.days import local_day
from sensors.drivers import build_driver
from store.contract import Query

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from commons.rows import Block
    from commons.sites import NodeEntry
    from store.contract import Store

Row = tuple[str, int, frozenset[tuple[str, Any]]]
"""A measurement, milliseconds since 1970 UTC, and every tag and value that is there."""

MAKASSAR = Path(__file__).resolve().parents[2] / "deploy" / "sites" / "makassar"
_TABLES = ("site.toml", "places.csv", "basket.csv", "ceilings.csv", "climate.csv", "units.csv", "weights.csv")
_QUARTER_MS = 900_000


def small_site(
    folder: Path,
    *,
    of: Path = MAKASSAR,
    lanes: Sequence[str] = ("saga", "sydney"),
    history_days: int = 3,
    recorded: int = 300,
    more_nodes: Sequence[str] = (),
) -> Site:
    """Makassar with a few simulated lanes, one recording and one price sheet; or another city without the latter two.

    Args:
        folder: Where it is made.
        of: Whose folder it is made of.
        lanes: Its lanes.
        history_days: How many days before the first look they begin.
        recorded: How many rows the recording and the sheet have; 0 = there is neither.
        more_nodes: Further rows of `nodes.csv`.
    """
    folder.mkdir(parents=True)
    for name in _TABLES:
        (folder / name).write_bytes((of / name).read_bytes())
    for name in ("lanes.csv", "beds.csv"):
        _copy(of / name, folder / name, lambda row: row["lane"] in lanes)
    nodes = [f"{lane}-n1,{lane},simulated,simulated,history_days={history_days}" for lane in lanes]
    if recorded:
        recording, prices = "recordings/kolkata.csv.gz", "sheets/bandung.csv.gz"
        _copy(of / recording, folder / recording, lambda row: row["series"] == "1", last=recorded)
        _copy(of / prices, folder / prices, bool, last=recorded)
        sheet = "file=sheets/bandung.csv.gz;market=bandung-pihps;level=consumer;source=pihps"
        nodes += [
            f"{lanes[0]}-r1,{lanes[0]},recording,recorded,file=recordings/kolkata.csv.gz;series=1;bed=r1",
            f"price-bandung,kota,price_sheet,recorded,{sheet}",
        ]
    (folder / "nodes.csv").write_text("\n".join(["node,lane,driver,origin,options", *nodes, *more_nodes, ""]), "utf-8")
    return Site(folder)


def bookmark_in(outbox: Path) -> str:
    """Where the only driver of a node stands, as its outbox keeps it."""
    with sqlite3.connect(outbox) as box:
        ((bookmark,),) = box.execute("SELECT value FROM bookmark").fetchall()
    box.close()
    return str(bookmark)


def produced(node: NodeEntry, site: Site, outbox: Path, *, began_ms: int, ended_ms: int) -> Counter[Row]:
    """Every row that a node has ever given, made anew by a driver of its own that goes as far as the node went.

    Args:
        node: The node.
        site: Its site.
        outbox: Its outbox, which knows how far it went.
        began_ms: When the node had not looked yet [ms since 1970 UTC].
        ended_ms: When it had looked for the last time [ms since 1970 UTC].
    """
    goal = bookmark_in(outbox)
    days = {local_day(at, site.zone): at for at in (ended_ms, began_ms)}
    for first_ms in days.values():  # a node that began while the test ran over midnight may have begun on either day
        rows = _driven(node, site, [first_ms, *range(first_ms, ended_ms, _QUARTER_MS), ended_ms], goal)
        if rows is not None:
            return rows
    raise AssertionError(f"{node.address.node} stands where its driver never comes: {goal[:200]}")


def stored(store: Store) -> Counter[Row]:
    """Every row of nodes in a store, each value as it was sent: one that failed its check counts as itself."""
    return Counter(
        row
        for of in catalogue.measurements().values()
        if of.kind in ("sample", "event") and of.name != "collector"
        for row in _rows_of(store, of.name)
    )


def differences(expected: Counter[Row], found: Counter[Row]) -> list[str]:
    """A few of the rows that are lost, changed or there without reason; nothing where both are the same."""
    lost, strange = expected - found, found - expected
    few = [f"lost: {row}" for row in list(lost)[:3]] + [f"strange: {row}" for row in list(strange)[:3]]
    return few and [f"{lost.total()} lost and {strange.total()} strange of {expected.total()}", *few]


def sent(block: Block, node: NodeEntry) -> Iterator[Row]:
    """A block's rows with what the topic adds to them."""
    of = catalogue.measurement(block.measurement)
    added: dict[str, Any] = {
        name: getattr(node.address, name) for name in ("city", "lane", "node") if name in (*of.tags, *of.fields)
    }
    for row in block.rows():
        yield _row(of.name, {**row, **added})


def _driven(node: NodeEntry, site: Site, looks_ms: Iterable[int], goal: str) -> Counter[Row] | None:
    driver = build_driver(node, site)
    found: Counter[Row] = Counter()
    bookmark: str | None = None
    for now_ms in looks_ms:
        more = True
        while more:
            reading = driver.read(now_ms, bookmark)
            bookmark, more = reading.bookmark or bookmark, reading.more
            found.update(row for block in reading.blocks for row in sent(block, node))
            if bookmark == goal:
                return found
    return None


def _rows_of(store: Store, measurement: str) -> Iterator[Row]:
    table = store.read(Query(measurement, quality="all"))
    table = table.set_column(0, "time", table["time"].cast(pa.int64()))
    for row in table.to_pylist():
        failed = {name.removesuffix("_failed"): row[name] for name in row if name.endswith("_failed")}
        values = {name: value for name, value in row.items() if not name.endswith(("_flag", "_failed"))}
        yield _row(measurement, values | {name: value for name, value in failed.items() if value is not None})


def _row(measurement: str, values: dict[str, Any]) -> Row:
    time_ms = values.pop("time") // NANOSECONDS_PER_MILLISECOND
    return measurement, time_ms, frozenset((name, value) for name, value in values.items() if value not in (None, ""))


def _copy(table: Path, copy: Path, wanted: Callable[[dict[str, str]], bool], *, last: int | None = None) -> None:
    """A table with some of its rows."""
    opener = gzip.open if table.suffix == ".gz" else open
    with opener(table, "rt", encoding="utf-8", newline="") as lines:
        header, *rows = csv.reader(lines)
    kept = [row for row in rows if wanted(dict(zip(header, row, strict=True)))]
    copy.parent.mkdir(exist_ok=True)
    with opener(copy, "wt", encoding="utf-8", newline="") as lines:
        csv.writer(lines, lineterminator="\n").writerows([header, *kept[-last if last else 0 :]])
