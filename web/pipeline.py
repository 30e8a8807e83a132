"""Whether data are flowing: nodes and when they were heard, the collector's counters, jobs, the ledger."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from commons.catalogue import Label, measurement, measurements
from commons.topics import OFFICE_LANE
from store.contract import Query

if TYPE_CHECKING:
    from commons.sites import NodeEntry
    from web.reader import Reader, Row

SILENT_AFTER_CADENCES: Final = 3
STRANGERS_LISTED: Final = 20
_WHERE: Final = re.compile(r"\w+://\S+|(?<![\w<])/[\w.-]+(?:/[\w.-]+)+")  # servers and files are no stranger's business
_DAY_NS: Final = 86_400 * 10**9
_WEEK_NS: Final = 7 * _DAY_NS
_COUNTED: Final = ("received", "stored", "rejected", "duplicate")
_ACCOUNT: Final = ("packs", "stored", "rejected", "duplicate", "thinned", "clones")
_NODE_SAMPLES: Final = ("soil", "air", "rain", "health")


@dataclass(frozen=True, slots=True)
class NodeGlance:
    """A node that reads on a beat, and when it was last heard.

    Args:
        node: What the site says of it.
        heard_ns: Its newest reading's time [ns]; None = never.
        age_s: How long ago that was [s].
        is_silent: Whether three beats of everything it sends went by without it.
        health: Its newest report about itself.
    """

    node: NodeEntry
    heard_ns: int | None
    age_s: float | None
    is_silent: bool
    health: Row | None


@dataclass(frozen=True, slots=True)
class Stranger:
    """A sender that stands in no row of nodes.csv.

    Args:
        node: Its name in topics.
        lane: The lane it says it stands in.
        packs: How many of its packs came; None = it numbers none.
        since_ns: The time of its oldest reading that is still kept [ns]; None = it sent none yet.
        row: What nodes.csv lacks; the driver is for whoever knows the box.
    """

    node: str
    lane: str
    packs: int | None
    since_ns: int | None
    row: str


@dataclass(frozen=True, slots=True)
class Device:
    """A device of other people that was heard and stands in no row of nodes.csv.

    Args:
        seen: How many of its messages were heard in the last week.
        topic: Where it was heard last.
        family: The decoder that understands it.
        row: What nodes.csv lacks; lane and bed are for whoever knows the device.
        age_s: How long ago it was heard [s].
    """

    seen: float
    topic: str
    family: str
    row: str
    age_s: float


@dataclass(frozen=True, slots=True)
class Flow:
    """What the collector said of the last day.

    Args:
        counts: Readings by what became of them, in the last 24 hours; empty = it said nothing.
        missing: Packs not yet here, by its newest report.
        lag_s: The age of the newest reading in its newest batch [s].
        heard_ns: When it reported last [ns]; None = never.
        age_s: How long ago that was [s].
        lags: The largest lag of each hour [s], oldest first.
    """

    counts: dict[str, float]
    missing: float | None
    lag_s: float | None
    heard_ns: int | None
    age_s: float | None
    lags: list[tuple[int, float | None]]


@dataclass(frozen=True, slots=True)
class Job:
    """What a scheduled job remembers of its last run."""

    label: Label
    method: str | None
    watermark_ns: int | None
    computed: float | None
    seconds: float | None
    failed: str | None


def nodes(reader: Reader) -> list[NodeGlance]:
    """Every node that stands in a lane, the silent ones first, then by name."""
    rows: dict[str, list[tuple[str, Row]]] = {}
    for name in _NODE_SAMPLES:
        for row in reader.latest(name):
            rows.setdefault(row["node"], []).append((name, row))
    in_lanes = [entry for entry in reader.site.nodes.values() if entry.address.lane != OFFICE_LANE]
    found = [_node(reader, entry, rows.get(entry.address.node, [])) for entry in in_lanes]
    return sorted(found, key=lambda glance: (not glance.is_silent, glance.node.address.node))


def strangers(reader: Reader) -> list[Stranger]:
    """Every sender that the site does not know, by name; their readings are stored like all others."""
    lanes = {row["node"]: row["lane"] for name in _NODE_SAMPLES for row in reader.latest(name)}
    packs: dict[str, int] = {}
    for row in reader.latest("ledger"):
        packs[row["node"]] = packs.get(row["node"], 0) + _counters(row["state"]).get("packs", 0)
        lanes.setdefault(row["node"], _lane_of(row["state"]))
    unknown = sorted(node for node in lanes if not reader.site.knows_node(node))
    return [_stranger(reader, node, lanes[node], packs.get(node)) for node in unknown[:STRANGERS_LISTED]]


def devices(reader: Reader) -> list[Device]:
    """Devices of other people that were heard in the last week and stand in no table, the loudest first."""
    known = {(entry.driver, entry.options.get("device", "").lower()) for entry in reader.site.nodes.values()}
    found: dict[tuple[str, str], Device] = {}
    for row in reader.read(Query("stranger", start=reader.now_ns - _WEEK_NS)):
        key = row["family"], row["device"].lower()
        before = found[key].seen if key in found else 0.0
        seen, age_s = before + (row["seen"] or 0.0), reader.age_s(row["time"])
        found[key] = Device(seen, row["topic"] or "", row["family"], row["row"] or "", age_s)
    unknown = [device for key, device in found.items() if key not in known]
    return sorted(unknown, key=lambda device: (-device.seen, device.topic))[:STRANGERS_LISTED]


def flow(reader: Reader) -> Flow:
    """The collector's reports of the last 24 hours, put together."""
    since = reader.now_ns - _DAY_NS
    hourly = reader.read(
        Query("collector", start=since, window="1h", fields=(*_COUNTED, "lag"), timezone=reader.site.timezone)
    )
    newest = max(reader.latest("collector"), key=lambda row: int(row["time"]), default=None)
    heard_ns = newest["time"] if newest else None
    return Flow(
        counts={name: sum(row[name] or 0.0 for row in hourly) for name in _COUNTED} if hourly else {},
        missing=newest["missing"] if newest else None,
        lag_s=newest["lag"] if newest else None,
        heard_ns=heard_ns,
        age_s=None if heard_ns is None else reader.age_s(heard_ns),
        lags=[(row["time"], row["lag"]) for row in hourly],
    )


def jobs(reader: Reader) -> list[Job]:
    """Every job that has run, those that failed first."""
    found = [_job(row) for row in reader.latest("job")]
    return sorted(found, key=lambda job: (not job.failed, job.label.id))


def ledger_totals(reader: Reader) -> dict[str, int]:
    """The ledger's counters of all outboxes together, and `boxes`, how many there are; empty = no outbox yet."""
    totals: Counter[str] = Counter()
    for row in reader.latest("ledger"):
        totals["boxes"] += 1
        totals.update(_counters(row["state"]))
    return dict(totals)


def last_readings(reader: Reader) -> list[tuple[Label, int | None]]:
    """Each measurement that comes in, and the newest time anything of it was taken [ns]; None = nothing ever."""
    incoming = [m for m in measurements().values() if m.kind in ("sample", "event")]
    return [(m.label, max((int(row["time"]) for row in reader.latest(m.name)), default=None)) for m in incoming]


def _node(reader: Reader, entry: NodeEntry, rows: list[tuple[str, Row]]) -> NodeGlance:
    heard_ns = max((int(row["time"]) for _, row in rows), default=None)
    in_time = (
        reader.age_s(row["time"]) <= SILENT_AFTER_CADENCES * measurement(name).cadence_seconds for name, row in rows
    )
    return NodeGlance(
        node=entry,
        heard_ns=heard_ns,
        age_s=None if heard_ns is None else reader.age_s(heard_ns),
        is_silent=not any(in_time),
        health=next((row for name, row in rows if name == "health"), None),
    )


def _stranger(reader: Reader, node: str, lane: str, packs: int | None) -> Stranger:
    oldest = [
        int(row["time"]) for name in _NODE_SAMPLES for row in reader.read(Query(name, where={"node": node}, limit=1))
    ]
    row = f"{node},{lane},<driver>,measured,"
    return Stranger(node, lane, packs, min(oldest, default=None), row)


def _lane_of(state: str | None) -> str:
    """The lane that an account's answers go to."""
    try:
        return str(json.loads(state or "{}")["lane"])
    except (ValueError, TypeError, KeyError):
        return ""


def _job(row: Row) -> Job:
    name = row["indicator"]
    label = measurements()[name].label if name in measurements() else Label(name, name)
    watermark = row["watermark"]
    return Job(
        label=label,
        method=row["method"],
        watermark_ns=None if watermark is None else int(watermark) * 10**6,
        computed=row["computed"],
        seconds=row["seconds"],
        failed=_WHERE.sub("…", row["failed"] or ""),
    )


def _counters(state: str | None) -> dict[str, int]:
    """The counters of one outbox's account, and how many of its packs are lost."""
    try:
        account: dict[str, Any] = json.loads(state or "{}")
        found = {name: int(account.get(name, 0)) for name in _ACCOUNT}
        found["lost"] = sum(last - first + 1 for first, last in account.get("lost", []))
    except (ValueError, TypeError, AttributeError):
        return {"unreadable": 1}
    return found
