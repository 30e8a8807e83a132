"""Models of what stands round the collector's books: a sender, a broker, a store that fails where it is told."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

import orjson
import pyarrow as pa

from commons import wire
from commons.errors import StoreRejectedError, StoreUnavailableError
from commons.rows import Block
from commons.topics import Address
from ingest.packets import Arrival

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from random import Random

    from store.contract import Query

ME: Final = Address("makassar", "saga", "saga-n1")
BOX: Final = "MODEL7BOX234567ABCDEFGHIJK"
START_MS: Final = 1_795_000_000_000
UNLIKED: Final = 13.0
"""The temperature that the modelled store refuses."""

Content = Literal["good", "refused", "undecodable"]
Trouble = Literal["away", "crash"]
Key = tuple[str, tuple[tuple[str, str], ...], int]


class CrashError(BaseException):
    """The collector's process ends here; no code of its own may see it."""


@dataclass(frozen=True)
class Pack:
    """What a sender made, whatever became of it.

    Args:
        seq: Its number.
        content: Whether the collector and the store will take it.
        rows: How many rows it has.
    """

    seq: int
    content: Content
    rows: int

    @property
    def values(self) -> dict[int, float]:
        """Its moisture by time [ns]."""
        return {(START_MS + self.seq * 100 + i) * 1_000_000: 20.0 + self.seq % 30 + i / 10 for i in range(self.rows)}

    def body(self) -> bytes:
        """As it is kept."""
        temperatures = [25.0] * self.rows
        if self.content == "refused":
            temperatures[0] = UNLIKED
        fields: dict[str, Any] = {"moisture": [*self.values.values()], "temperature": temperatures}
        if self.content == "undecodable":
            fields["raw"] = ["x"] * self.rows
        return wire.encode_pack(Block("soil", [*self.values], {"bed": "b1"}, fields), BOX, self.seq)


@dataclass
class Sender:
    """An outbox and its uplink in a few lines: it holds what is not known to be stored."""

    made: dict[int, Pack] = field(default_factory=dict)
    held: dict[int, bytes] = field(default_factory=dict)
    thinned: set[int] = field(default_factory=set)
    sent: int = 0

    def put(self, content: Content, rows: int) -> None:
        pack = Pack(len(self.made) + 1, content, rows)
        self.made[pack.seq], self.held[pack.seq] = pack, pack.body()

    def thin(self) -> None:
        """Put a notice in the place of the oldest pack that is none."""
        for seq in self.held:
            if seq not in self.thinned:
                self.held[seq] = wire.encode_thinned(BOX, seq, self.made[seq].rows)
                self.thinned.add(seq)
                return

    def send(self, count: int) -> list[bytes]:
        """The next packs that were not sent since the last look back."""
        first = min(self.held, default=0)
        seqs = [seq for seq in sorted(self.held) if seq > self.sent][:count]
        self.sent = max([self.sent, *seqs])
        return [wire.with_first(self.held[seq], first) for seq in seqs]

    def hear(self, answer: bytes) -> list[bytes]:
        """Forget what is stored, keep what is named lost; what is missing is sent again."""
        told = orjson.loads(answer)
        wanted = {seq for first, last in [*told["missing"], *told["lost"]] for seq in self.held if first <= seq <= last}
        self.held = {seq: body for seq, body in self.held.items() if seq > told["through"] or seq in wanted}
        first = min(self.held, default=0)
        return [wire.with_first(self.held[seq], first) for seq in sorted(wanted)]


@dataclass
class Broker:
    """Keeps messages until they are acknowledged; gives them in any order, and again."""

    waiting: list[bytes] = field(default_factory=list)
    given: list[bytes] = field(default_factory=list)

    def deliver(self, count: int, random: Random) -> list[Arrival]:
        """Some of the messages, in some order; each one's packet id is its place among all that were given."""
        some = random.sample(self.waiting, min(count, len(self.waiting)))
        self.given += some
        return [Arrival(ME.up("soil"), one, 2, mid) for mid, one in enumerate(some, len(self.given) - len(some) + 1)]

    def acknowledged(self, mids: Sequence[int]) -> None:
        """Forget one copy of each message."""
        for payload in [self.given[mid - 1] for mid in mids]:
            if payload in self.waiting:
                self.waiting.remove(payload)


@dataclass
class ModelStore:
    """A store in a dictionary.

    Args:
        number: Part of its name.
    """

    number: int = 1
    rows: dict[Key, dict[str, Any]] = field(default_factory=dict)
    trouble: tuple[int, Trouble, bool] | None = None
    generation: int = 1

    @property
    def id(self) -> str:
        return f"store {self.number}"

    def write(self, batch: Sequence[Block]) -> None:
        self._stumble(before=True)
        refused: list[tuple[int, int]] = []
        for b, block in enumerate(batch):
            for r, row in enumerate(block.rows()):
                if row.get("temperature") == UNLIKED:
                    refused.append((b, r))
                else:
                    self._merge(block, row)
        self._stumble(before=False)
        if refused:
            raise StoreRejectedError("temperature is not to its liking", refused)

    def read(self, query: Query) -> pa.Table:
        found = [{**dict(tags), **values} for (name, tags, _), values in self.rows.items() if name == query.measurement]
        return pa.Table.from_pylist(found)

    def latest(self, measurement: str, where: Mapping[str, str | Sequence[str]] | None = None) -> pa.Table:
        raise NotImplementedError

    def close(self) -> None:
        pass

    def moisture(self) -> dict[int, float]:
        """The soil rows: moisture by time [ns]."""
        return {time: values["moisture"] for (name, _, time), values in self.rows.items() if name == "soil"}

    def copied(self) -> dict[Key, dict[str, Any]]:
        """A backup."""
        return copy.deepcopy(self.rows)

    def becomes(self, rows: dict[Key, dict[str, Any]]) -> None:
        """It is wiped, or restored, and has another name."""
        self.rows, self.number, self.generation = copy.deepcopy(rows), self.number + 1, self.generation + 1
        for (name, _, _), values in self.rows.items():
            if name == "ledger":
                values["store"] = self.id

    def _merge(self, block: Block, row: dict[str, Any]) -> None:
        tags = tuple((name, str(row[name])) for name in sorted(block.tags))
        kept = self.rows.setdefault((block.measurement, tags, row["time"]), {})
        kept.update({name: row[name] for name in block.fields if row[name] is not None})

    def _stumble(self, *, before: bool) -> None:
        """Fail where it was told to: so many writes on, before or after the rows are there."""
        if self.trouble is None or self.trouble[2] != before:
            return
        left, kind, _ = self.trouble
        self.trouble = (left - 1, kind, before) if left else None
        if not left:
            raise CrashError if kind == "crash" else StoreUnavailableError("the modelled store is away; it comes back")
