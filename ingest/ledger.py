"""What of each outbox has been received: through, gaps, duplicates, rejected, thinned, lost."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Final, Literal

import orjson

from commons.rows import Block
from commons.topics import Address
from store.contract import Query

if TYPE_CHECKING:
    from collections.abc import Iterable

    from commons.wire import Message
    from store.contract import Store

Verdict = Literal["new", "duplicate", "clone"]
Ranges = list[list[int]]

_RECENT: Final = 256  # how many packs' digests are kept, to tell a clone from a repeat
_RANGES: Final = 100  # how many ranges an answer names at most
_ASK_SECONDS: Final = 30.0
_ASKED_ENOUGH: Final = 5
_CLONE: Final = "clone"


@dataclass(slots=True)
class Account:
    """One outbox's account. Counters are rows, but for `packs`.

    Args:
        lane: Where its answers go.
        through: Every pack up to this number is handled: stored, rejected, thinned or lost.
        ahead: Ranges of handled packs beyond a gap.
        lost: Ranges of packs that no sender holds any more.
        recent: Digests of the newest packs by number.
    """

    lane: str = ""
    through: int = 0
    ahead: Ranges = field(default_factory=list)
    lost: Ranges = field(default_factory=list)
    stored: int = 0
    rejected: int = 0
    thinned: int = 0
    duplicate: int = 0
    packs: int = 0
    clones: int = 0
    recent: dict[str, str] = field(default_factory=dict)

    @property
    def missing(self) -> Ranges:
        """The gaps: ranges not handled below the newest pack handled."""
        gaps, at = [], self.through
        for first, last in self.ahead:
            gaps.append([at + 1, first - 1])
            at = last
        return gaps

    def judge(self, seq: int, digest: str) -> Verdict:
        """Whether a pack is new, the same again, or another box's under the same name."""
        if not self.holds(seq) or _within(self.lost, seq):
            return "new"
        known = self.recent.get(str(seq))
        return "clone" if known is not None and known != digest else "duplicate"

    def holds(self, seq: int) -> bool:
        """Whether a pack has been handled."""
        return seq <= self.through or _within(self.ahead, seq)

    def handle(self, seq: int, first: int, digest: str) -> None:
        """A pack is stored, rejected or thinned; whatever its sender no longer holds is lost.

        Args:
            seq: Its number.
            first: The oldest number its sender still held when it sent.
            digest: Of its content.
        """
        self.lose_before(first)
        self.lost = _without(self.lost, seq)
        if not self.holds(seq):
            self.ahead = _joined([*self.ahead, [seq, seq]])
            self._advance()
        self.packs += 1
        self.recent[str(seq)] = digest
        while len(self.recent) > _RECENT:
            del self.recent[next(iter(self.recent))]

    def lose_before(self, first: int) -> None:
        """Close every gap below `first`: nobody can send those packs again."""
        if first <= self.through + 1:
            return
        gaps = [[a, min(b, first - 1)] for a, b in [*self.missing, [self._newest + 1, first - 1]] if a < first]
        self.lost = _joined([*self.lost, *(gap for gap in gaps if gap[0] <= gap[1])])
        self.ahead = _joined([*self.ahead, [self.through + 1, first - 1]])
        self._advance()

    @property
    def _newest(self) -> int:
        return self.ahead[-1][1] if self.ahead else self.through

    def _advance(self) -> None:
        if self.ahead and self.ahead[0][0] <= self.through + 1:
            self.through = max(self.through, self.ahead.pop(0)[1])


class Ledger:
    """Every account, as the store has it plus what the batch at hand adds."""

    def __init__(self) -> None:
        self._accounts: dict[tuple[str, str, str], Account] = {}
        self._changed: set[tuple[str, str, str]] = set()
        self._asked: dict[tuple[str, str, str, int], tuple[int, float]] = {}

    @classmethod
    def load(cls, store: Store) -> Ledger:
        """The accounts as the store has them.

        Raises:
            StoreUnavailableError: The store is away; ask again.
        """
        ledger = cls()
        for row in store.read(Query("ledger")).to_pylist():
            ledger._accounts[row["city"], row["node"], row["box"]] = Account(**orjson.loads(row["state"]))
        return ledger

    def account(self, message: Message) -> tuple[Account, Verdict]:
        """The account a boxed message belongs to and what to make of it; a clone's is one of its own."""
        key = (message.address.city, message.address.node, message.box or "")
        found = self._open(key, message.address.lane)
        verdict = found.judge(message.seq, message.digest)
        if verdict == "clone":
            found.clones += 1
            found = self._open((key[0], key[1], f"{key[2]}-{_CLONE}"), message.address.lane)
            verdict = "duplicate" if found.recent.get(str(message.seq)) == message.digest else "clone"
        return found, verdict

    def block(self) -> Block:
        """The accounts the batch changed, as rows to be written behind the batch's own."""
        keys = sorted(self._changed)
        states = [orjson.dumps(asdict(self._accounts[key])).decode() for key in keys]
        tags = {name: [key[i] for key in keys] for i, name in enumerate(("city", "node", "box"))}
        return Block("ledger", [0] * len(keys), tags, {"state": states})

    def settle(self) -> list[tuple[Address, str]]:
        """The batch is stored: forget what it changed.

        Returns:
            Whom to answer: address and box of each changed account.
        """
        changed = [
            (Address(city, self._accounts[city, node, box].lane, node), box) for city, node, box in self._changed
        ]
        self._changed.clear()
        return [(address, box) for address, box in changed if not box.endswith(_CLONE)]

    def answer(self, address: Address, box: str, store_id: str, *, now: float) -> bytes:
        """What to tell a sender; counts how often a gap was asked for, and gives it up in the end.

        Args:
            address: The sender.
            box: Its outbox.
            store_id: The store's name.
            now: Monotonic seconds.
        """
        key = (address.city, address.node, box)
        account = self._accounts[key]
        for first, last in account.missing:
            asked, at = self._asked.get((*key, first), (0, -_ASK_SECONDS))
            if now - at >= _ASK_SECONDS:
                self._asked[*key, first] = (asked + 1, now)
            if asked >= _ASKED_ENOUGH:
                account.lose_before(last + 1)
                self._changed.add(key)
        return orjson.dumps(
            {
                "store": store_id,
                "through": account.through,
                "missing": account.missing[:100],
                "lost": account.lost[-100:],
            }
        )

    def accounts(self) -> Iterable[tuple[tuple[str, str, str], Account]]:
        """Every account by (city, node, box)."""
        return self._accounts.items()

    def with_gaps(self) -> list[tuple[Address, str]]:
        """Every outbox that something is missing from."""
        return [self._sender(k) for k, a in self._accounts.items() if a.ahead and not k[2].endswith(_CLONE)]

    def missing_packs(self) -> int:
        """How many packs are known to be under way, or lost on it."""
        return sum(last - first + 1 for a in self._accounts.values() for first, last in a.missing)

    def _sender(self, key: tuple[str, str, str]) -> tuple[Address, str]:
        city, node, box = key
        return Address(city, self._accounts[key].lane, node), box

    def _open(self, key: tuple[str, str, str], lane: str) -> Account:
        account = self._accounts.setdefault(key, Account())
        account.lane = account.lane or lane
        self._changed.add(key)
        return account


def _within(ranges: Ranges, seq: int) -> bool:
    return any(first <= seq <= last for first, last in ranges)


def _joined(ranges: Ranges) -> Ranges:
    """Sorted, touching ranges made one."""
    joined: Ranges = []
    for first, last in sorted(ranges):
        if joined and first <= joined[-1][1] + 1:
            joined[-1][1] = max(joined[-1][1], last)
        else:
            joined.append([first, last])
    return joined


def _without(ranges: Ranges, seq: int) -> Ranges:
    """The ranges with one number cut out."""
    cut: Ranges = []
    for first, last in ranges:
        cut += [[a, b] for a, b in ((first, min(last, seq - 1)), (max(first, seq + 1), last)) if a <= b]
    return cut
