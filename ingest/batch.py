"""What one batch of messages comes to: rows to write, rejects, and the accounts that change."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

import orjson

from commons import catalogue, readings
from commons.clock import NANOSECONDS_PER_MILLISECOND
from commons.envelope import claimed, opened, rows_claimed
from commons.errors import AccountError, UnknownNameError, WireError
from commons.rows import Block
from commons.topics import OFFICE_LANE, Address
from ingest.checks import gross_range
from ingest.rejects import Reject

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from commons.envelope import Envelope
    from ingest.account import Account
    from ingest.ledger import Ledger
    from ingest.packets import Arrival

_SMALL: Final = 16  # blocks below this many rows are put together
_AT_ONCE: Final = 500  # messages read together: so many stay in the processor's cache meanwhile

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
    counter: Counter


class Judged(NamedTuple):
    """A message whose rows are still to be read."""

    arrival: Arrival
    envelope: Envelope
    account: Account | None
    counter: Counter


@dataclass(slots=True)
class Batch:
    """Messages: taken and judged one by one, then read together.

    Args:
        now_ms: When they came [ms since 1970 UTC].
        mids: The messages' packet ids, by which they are acknowledged.
        size: Their payloads together [By].
        rows: How many rows their senders count for them.
        parts: The rows to write, once it is closed.
        rejects: What will never be stored.
        counts: What happened to the rows.
    """

    now_ms: int
    mids: list[int] = field(default_factory=list)
    size: int = 0
    rows: int = 0
    parts: list[Part] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)
    _judged: list[Judged] = field(default_factory=list)

    @property
    def blocks(self) -> list[Block]:
        """The rows to write."""
        return [part.block for part in self.parts]

    def take(self, arrival: Arrival, ledger: Ledger) -> None:
        """Open one message and judge it by the ledger."""
        self.mids.append(arrival.mid)
        self.size += len(arrival.payload)
        try:
            envelope = opened(arrival.topic, arrival.payload)
        except (WireError, UnknownNameError) as error:
            self._refuse_unread(arrival, str(error), ledger)
            return
        except Exception as error:  # noqa: BLE001  # a fault of ours in one message must not stop the others for ever
            self._refuse(arrival, f"cannot be opened: {error!r}; report it", 1, None, "stored")
            return
        self.rows += envelope.rows
        account, counter = self._judge(arrival, envelope, ledger)
        if counter is None:
            return
        if envelope.thinned:
            self.counts.received += envelope.rows
            self._count(account, "thinned", envelope.rows)
        else:
            self._judged.append(Judged(arrival, envelope, account, counter))
            if len(self._judged) == _AT_ONCE:
                self._read_judged()

    def close(self) -> None:
        """Read what is left, put what is small together, and check every value."""
        self._read_judged()
        if sum(len(part.owners) < _SMALL for part in self.parts) >= _SMALL:
            self.parts = _compacted(self.parts)
        for part in self.parts:
            part.block = gross_range(part.block)

    def refused(self, rows: Sequence[tuple[tuple[int, int], str]]) -> list[Reject]:
        """Rows that the store refused, as readings that can be replayed.

        Args:
            rows: (index of the part, index of the row in it), each with the store's words.
        """
        return [_single(self.parts[p].block.take([r]), why, self.now_ms) for (p, r), why in rows]

    def counters(self, rows: Sequence[tuple[int, int]]) -> list[tuple[Account | None, Counter]]:
        """Whose refused rows are, and where they were counted."""
        return [(self.parts[p].owners[r], self.parts[p].counter) for p, r in rows]

    def _judge(self, arrival: Arrival, envelope: Envelope, ledger: Ledger) -> tuple[Account | None, Counter | None]:
        """Whose message it is, and where its rows are counted; None for one that nothing more is done with.

        That is one known to have come before, or one that the ledger has no room for: its sender still holds it.
        """
        if envelope.box is None:
            return None, "stored"
        try:
            account, verdict = ledger.account(envelope, now_ms=self.now_ms)
        except AccountError as error:
            self._refuse(arrival, str(error), envelope.rows, None, "stored")
            return None, None
        if verdict == "duplicate":
            account.repeat(envelope)
            self._count(account, "duplicate", envelope.rows)
            self.counts.received += envelope.rows
            return account, None
        if verdict == "again":
            account.repeat(envelope)
            return account, "duplicate"
        if verdict == "instead":
            account.repeat(envelope)
            self._count(account, "thinned", -envelope.rows)
            self.counts.received -= envelope.rows
        else:
            account.handle(envelope)
        return account, "stored"

    def _read_judged(self) -> None:
        """Read the rows: single readings of one shape together, everything else by itself."""
        shapes: dict[tuple[Counter, tuple[str, ...]] | None, list[Judged]] = {}
        for one in self._judged:
            of = readings.shape(one.envelope)
            shapes.setdefault(None if of is None else (one.counter, of), []).append(one)
        alone = shapes.pop(None, [])
        for same in shapes.values():
            alone += self._read_together(same)
        for one in alone:
            self._read(one)
        self._judged.clear()

    def _read_together(self, same: list[Judged]) -> list[Judged]:
        """Make one part of readings of one shape; those that have to be read one by one."""
        if len(same) < _SMALL:
            return same
        try:
            block = readings.together([one.envelope for one in same])
        except Exception:  # noqa: BLE001  # whichever is wrong is found, and named, when each is read by itself
            return same
        counter = same[0].counter
        for one in same:
            if one.account is not None:
                setattr(one.account, counter, getattr(one.account, counter) + 1)
        self._count(None, counter, len(same))
        self.counts.received += len(same)
        self.parts.append(Part(block, [one.account for one in same], counter))
        return []

    def _read(self, one: Judged) -> None:
        arrival = one.arrival
        try:
            block = readings.block(one.envelope, arrival_ms=self.now_ms, retained=arrival.retained)
        except (WireError, UnknownNameError) as error:
            self._refuse(arrival, str(error), one.envelope.rows, one.account, one.counter)
            return
        except Exception as error:  # noqa: BLE001  # a fault of ours in one message must not stop the others for ever
            self._refuse(arrival, f"cannot be read: {error!r}; report it", one.envelope.rows, one.account, one.counter)
            return
        rows = len(block)
        self.counts.received += rows
        self._count(one.account, one.counter, rows)
        self.parts.append(Part(block, [one.account] * rows, one.counter))

    def _refuse_unread(self, arrival: Arrival, reason: str, ledger: Ledger) -> None:
        """A message that does not even open; its outbox, if it names one, has had its answer all the same."""
        envelope = claimed(arrival.topic, arrival.payload)
        if envelope is None:
            self._refuse(arrival, reason, rows_claimed(arrival.payload), None, "stored")
            return
        account, counter = self._judge(arrival, envelope, ledger)
        if counter is not None:
            self._refuse(arrival, reason, envelope.rows, account, counter)

    def _refuse(self, arrival: Arrival, reason: str, rows: int, account: Account | None, counter: str) -> None:
        """Keep a message aside; one that may have come before is kept once more, but counted as sent again."""
        self.counts.received += rows
        self._count(account, "rejected" if counter == "stored" else counter, rows)
        self.rejects.append(Reject(self.now_ms, arrival.topic, arrival.payload, reason, rows))

    def _count(self, account: Account | None, counter: str, rows: int) -> None:
        """Count rows, for all and for their sender."""
        setattr(self.counts, counter, getattr(self.counts, counter) + rows)
        if account is not None:
            setattr(account, counter, getattr(account, counter) + rows)


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
    known = catalogue.measurements().get(row.measurement)
    sent = row.fields.keys() if known is None else known.fields.keys() - {"node"}
    document |= {name: column[0] for name, column in row.fields.items() if name in sent and column[0] is not None}
    return Reject(now_ms, address.up(row.measurement), orjson.dumps(document), reason)


def _address(tags: dict[str, str]) -> Address:
    return Address(tags["city"], tags.get("lane", OFFICE_LANE), tags.get("node", "replay"))
