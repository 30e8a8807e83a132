"""What one batch of messages comes to: rows to write, rejects, and the accounts that change."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Any, Final, Literal

import orjson

from commons import catalogue, wire
from commons.clock import NANOSECONDS_PER_MILLISECOND
from commons.errors import UnknownNameError, WireError
from commons.rows import Block
from commons.sites import OFFICE_LANE
from commons.topics import Address
from ingest.checks import gross_range
from ingest.rejects import Reject

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ingest.account import Account
    from ingest.ledger import Ledger
    from ingest.packets import Arrival

_SMALL: Final = 16  # blocks below this many rows are put together

Counter = Literal["stored", "duplicate"]


@dataclass(slots=True)
class Counts:
    """Rows, since somebody last looked."""

    received: int = 0
    stored: int = 0
    rejected: int = 0
    duplicate: int = 0
    thinned: int = 0

    def add(self, other: Counts) -> None:
        """Put another's rows to these."""
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def refuse(self, counters: Iterable[Counter]) -> None:
        """Rows that the store refused leave their counter for `rejected`."""
        for counter in counters:
            setattr(self, counter, getattr(self, counter) - 1)
            self.rejected += 1


@dataclass(slots=True)
class Part:
    """Rows that are written together.

    Args:
        block: The rows.
        owners: Whose they are, one a row; None for devices without an outbox.
        counter: Where they are counted: "stored", or "duplicate" for those that may have been written before.
    """

    block: Block
    owners: Sequence[Account | None]
    counter: Counter = "stored"


@dataclass(slots=True)
class Batch:
    """Messages, decoded, checked and judged.

    Args:
        arrivals: The messages.
        size: Their payloads together [By].
        parts: The rows to write.
        rejects: What will never be stored.
        counts: What happened to the rows.
    """

    arrivals: list[Arrival] = field(default_factory=list)
    size: int = 0
    parts: list[Part] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)

    @property
    def blocks(self) -> list[Block]:
        """The rows to write."""
        return [part.block for part in self.parts]

    def take(self, arrival: Arrival, ledger: Ledger, *, now_ms: int) -> None:
        """Decode one message and judge it by the ledger."""
        self.arrivals.append(arrival)
        self.size += len(arrival.payload)
        try:
            message = wire.decode(arrival.topic, arrival.payload, arrival_ms=now_ms, retained=arrival.retained)
        except (WireError, UnknownNameError) as error:
            self._reject(arrival, str(error), ledger, now_ms=now_ms)
            return
        except Exception as error:  # noqa: BLE001  # a fault of ours in one message must not stop the others for ever
            self._reject(arrival, f"cannot be read: {error!r}; report it", ledger, now_ms=now_ms)
            return
        rows, block = message.rows, message.block
        self.counts.received += rows
        account: Account | None = None
        counter: Counter = "stored"
        if message.box is not None:
            account, verdict = ledger.account(message)
            if verdict in ("duplicate", "again"):
                account.repeat(message)
                self.counts.duplicate += rows
                if verdict == "duplicate":
                    return
                counter = "duplicate"
            else:
                account.handle(message.seq, message.first, message.digest)
        if block is None:
            self.counts.thinned += rows
            if account is not None:
                account.thinned += rows
            return
        if counter == "stored":
            self.counts.stored += rows
            if account is not None:
                account.stored += rows
        self.parts.append(Part(block, [account] * rows, counter))

    def close(self) -> None:
        """Put small blocks of one shape together, and check every value."""
        if sum(len(part.owners) < _SMALL for part in self.parts) >= _SMALL:
            self.parts = _compacted(self.parts)
        for part in self.parts:
            part.block = gross_range(part.block)

    def refused(self, rows: Sequence[tuple[int, int]], reason: str, *, now_ms: int) -> list[Reject]:
        """Rows that the store refused, as readings that can be replayed.

        Args:
            rows: (index of the part, index of the row in it).
            reason: The store's words.
            now_ms: The wall time [ms since 1970 UTC].
        """
        return [_single(self.parts[p].block.take([r]), reason, now_ms) for p, r in rows]

    def counters(self, rows: Sequence[tuple[int, int]]) -> list[tuple[Account | None, Counter]]:
        """Whose refused rows are, and where they were counted."""
        return [(self.parts[p].owners[r], self.parts[p].counter) for p, r in rows]

    def _reject(self, arrival: Arrival, reason: str, ledger: Ledger, *, now_ms: int) -> None:
        box, seq, first, rows = wire.rows_claimed(arrival.payload)
        sender = wire.sender(arrival.topic)
        self.counts.received += rows
        if box is not None and sender is not None:
            message = wire.Message(sender, "", None, box, seq, first, 0, wire.digest_of(arrival.payload))
            account, verdict = ledger.account(message)
            if verdict in ("duplicate", "again"):
                account.repeat(message)
                account.duplicate += rows
                self.counts.duplicate += rows
                if verdict == "duplicate":
                    return
            else:
                account.handle(seq, first, message.digest)
                account.rejected += rows
                self.counts.rejected += rows
        else:
            self.counts.rejected += rows
        self.rejects.append(Reject(now_ms, arrival.topic, arrival.payload, reason, rows))


def _compacted(parts: Sequence[Part]) -> list[Part]:
    """Small parts of one shape as one, so that single readings write as fast as packs; others as they are."""
    shapes: dict[tuple[Any, ...], list[Part]] = {}
    for number, part in enumerate(parts):
        block = part.block
        small = len(part.owners) < _SMALL
        shape = (block.measurement, part.counter, *block.tags, "", *block.fields) if small else (number,)
        shapes.setdefault(shape, []).append(part)
    return [_joined(group) if len(group) > 1 else group[0] for group in shapes.values()]


def _joined(parts: list[Part]) -> Part:
    owners = list(chain.from_iterable(part.owners for part in parts))
    return Part(_together([part.block for part in parts]), owners, parts[0].counter)


def _together(blocks: list[Block]) -> Block:
    """Blocks of one measurement and one set of columns as one."""
    first = blocks[0]
    tags: dict[str, str | list[str]] = {}
    for name in first.tags:
        kept = [block.tags[name] for block in blocks]
        if all(value == kept[0] for value in kept) and isinstance(kept[0], str):
            tags[name] = kept[0]
        else:
            tags[name] = list(chain.from_iterable(block.tag(name) for block in blocks))
    times = list(chain.from_iterable([block.times for block in blocks]))
    fields: dict[str, Any] = {
        name: list(chain.from_iterable([block.fields[name] for block in blocks])) for name in first.fields
    }
    return Block(first.measurement, times, tags, fields)


def _single(row: Block, reason: str, now_ms: int) -> Reject:
    """One row as the reading that would bring it again."""
    tags = {name: row.tag(name)[0] for name in row.tags}
    address = _address(tags)
    document: dict[str, Any] = {"t": row.times[0] // NANOSECONDS_PER_MILLISECOND}
    document |= {name: value for name, value in tags.items() if name not in ("city", "lane", "node")}
    sent = catalogue.measurement(row.measurement).fields.keys() - {"node"}
    document |= {name: column[0] for name, column in row.fields.items() if name in sent and column[0] is not None}
    return Reject(now_ms, address.up(row.measurement), orjson.dumps(document), reason)


def _address(tags: dict[str, str]) -> Address:
    return Address(tags["city"], tags.get("lane", OFFICE_LANE), tags.get("node", "replay"))
