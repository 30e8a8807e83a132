"""What one batch of messages comes to: rows to write, rejects, and the accounts that change."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

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
    from collections.abc import Sequence

    from ingest.ledger import Account, Ledger
    from ingest.subscription import Arrival

_SMALL: Final = 16  # blocks below this many rows are put together, so that single readings write as fast as packs


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


@dataclass(slots=True)
class Batch:
    """Messages, decoded, checked and judged.

    Args:
        blocks: The rows to write.
        accounts: For each block, whose rows they are, one a row; None for devices without an outbox.
        rejects: What will never be stored.
        counts: What happened to the rows.
    """

    blocks: list[Block] = field(default_factory=list)
    accounts: list[Sequence[Account | None]] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)

    def take(self, arrival: Arrival, ledger: Ledger, *, now_ms: int) -> None:
        """Decode one message, judge it by the ledger, check its values."""
        try:
            message = wire.decode(arrival.topic, arrival.payload, arrival_ms=now_ms, retained=arrival.retained)
        except (WireError, UnknownNameError) as error:
            self._reject(arrival, str(error), ledger, now_ms=now_ms)
            return
        self.counts.received += message.rows
        account: Account | None = None
        if message.box is not None:
            account, verdict = ledger.account(message)
            if verdict == "duplicate":
                account.duplicate += message.rows
                account.lose_before(message.first)
                self.counts.duplicate += message.rows
                return
            account.handle(message.seq, message.first, message.digest)
        if message.block is None:
            self.counts.thinned += message.thinned
            if account is not None:
                account.thinned += message.thinned
            return
        self.counts.stored += message.rows
        if account is not None:
            account.stored += message.rows
        self.blocks.append(gross_range(message.block))
        self.accounts.append([account] * message.rows)

    def compact(self) -> None:
        """Put small blocks of one shape together."""
        if sum(len(block) < _SMALL for block in self.blocks) < _SMALL:
            return
        shapes: dict[tuple[Any, ...], list[int]] = {}
        for i, block in enumerate(self.blocks):
            shape = (block.measurement, *sorted(block.tags), "", *sorted(block.fields)) if len(block) < _SMALL else (i,)
            shapes.setdefault(shape, []).append(i)
        self.accounts = [list(chain.from_iterable(self.accounts[i] for i in group)) for group in shapes.values()]
        self.blocks = [_together([self.blocks[i] for i in group]) for group in shapes.values()]

    def refuse(self, rows: Sequence[tuple[int, int]], reason: str, *, now_ms: int) -> list[Reject]:
        """Rows that the store refused, moved from stored to rejected.

        Args:
            rows: (index of the block, index of the row in it).
            reason: The store's words.
            now_ms: The wall time [ms since 1970 UTC].

        Returns:
            The rejects, each a single reading that can be replayed.
        """
        refused: list[Reject] = []
        for b, r in rows:
            account = self.accounts[b][r]
            if account is not None:
                account.stored -= 1
                account.rejected += 1
            refused.append(_single(self.blocks[b].take([r]), reason, now_ms))
        self.counts.stored -= len(rows)
        self.counts.rejected += len(rows)
        return refused

    def _reject(self, arrival: Arrival, reason: str, ledger: Ledger, *, now_ms: int) -> None:
        box, seq, first, rows = wire.rows_claimed(arrival.payload)
        sender = wire.sender(arrival.topic)
        if box is not None and sender is not None:
            message = wire.Message(sender, "", None, box, seq, first, rows, wire.digest_of(arrival.payload))
            account, verdict = ledger.account(message)
            if verdict == "duplicate":
                account.duplicate += rows
                self.counts.received += rows
                self.counts.duplicate += rows
                return
            account.handle(seq, first, message.digest)
            account.rejected += rows
        self.counts.received += rows
        self.counts.rejected += rows
        self.rejects.append(Reject(now_ms, arrival.topic, arrival.payload, reason, rows))


def _together(blocks: list[Block]) -> Block:
    """Blocks of one measurement and one set of columns as one."""
    if len(blocks) == 1:
        return blocks[0]
    first = blocks[0]
    tags: dict[str, str | list[str]] = {}
    for name in first.tags:
        values = list(chain.from_iterable(block.tag(name) for block in blocks))
        tags[name] = values[0] if len(set(values)) == 1 else values
    times = list(chain.from_iterable(block.times for block in blocks))
    fields: dict[str, Any] = {
        name: list(chain.from_iterable(block.fields[name] for block in blocks)) for name in first.fields
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
