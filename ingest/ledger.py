"""What of each outbox has been received: through, gaps, duplicates, rejected, thinned, lost."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import orjson

from commons.clock import MILLISECONDS_PER_DAY
from commons.errors import AccountError, StoreUnavailableError
from commons.rows import Block
from commons.topics import Address
from ingest.account import Account
from ingest.ranges import fewer
from store.contract import Query

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from commons.envelope import Envelope
    from ingest.account import Key, Statement, Verdict
    from store.contract import Store

_RANGES: Final = 100  # how many ranges an answer names at most
_ASK_SECONDS: Final = 30.0
_ASKED_ENOUGH: Final = 5
_NEVER: Final = (0, float("-inf"))
_BOXES: Final = 1_000  # a card is exchanged, a copied one takes a new name: a few of them in a year
_CLONE: Final = "clone"

Sender = tuple[Address, str]


class Ledger:
    """Every account: as the store has it, and ahead of it by the batches that are not yet written.

    Answers speak of the former only.

    Args:
        store_id: The store's name. What it says of another store's rows is left out: a collector that had not yet
            noticed that its store was wiped may have written it.
    """

    def __init__(self, store_id: str = "") -> None:
        self._store_id = store_id
        self._accounts: dict[Key, Account] = {}
        self._stored: dict[Key, Statement] = {}
        self._senders: dict[Key, Sender] = {}  # made once for each: what is checked at each making takes longer
        self._changed: dict[Key, Account] = {}
        self._gaps: set[Key] = set()
        self._asked: dict[Key, dict[int, tuple[int, float]]] = {}
        self._day, self._opened = 0, Counter[tuple[str, str]]()

    @classmethod
    def load(cls, store: Store) -> Ledger:
        """The accounts as the store has them.

        Raises:
            StoreUnavailableError: The store is away; ask again.
        """
        ledger = cls(store.id)
        for row in store.read(Query("ledger")).to_pylist():
            if row["store"] not in (None, ledger._store_id):
                continue
            key = (row["city"], row["node"], row["box"])
            account = ledger._accounts[key] = Account.from_state(key, row["state"])
            ledger._place(account, Address(row["city"], account.lane, row["node"]))
        ledger._changed.update(ledger._accounts)
        ledger.settle(ledger.changes())
        return ledger

    def check(self, store_id: str) -> None:
        """Make sure that a store is the one whose ledger this is.

        Raises:
            StoreUnavailableError: It is another: wiped and made anew.
        """
        if store_id != self._store_id:
            raise StoreUnavailableError("the store is another than it was; its ledger is read again")

    def account(self, message: Envelope, *, now_ms: int) -> tuple[Account, Verdict]:
        """The account a boxed message belongs to and what to make of it; a clone's is one of its own.

        Args:
            message: The message.
            now_ms: When it came [ms since 1970 UTC].

        Raises:
            AccountError: It asks for more than one sender needs: accounts in a day, or gaps in one.
        """
        address, box = message.address, message.box or ""
        key = (address.city, address.node, box)
        if key not in self._accounts:
            self._count_opening(key, now_ms)
        found = self._open(key, address)
        verdict = found.judge(message)
        if verdict == "scattered":
            raise AccountError(
                f"pack {message.seq} of outbox {box} would open a gap beyond the {len(found.ahead)} that are open; "
                "send what is missing first"
            )
        if verdict == "clone":
            found.clones += 1
            found = self._open((address.city, address.node, f"{box}-{_CLONE}"), address)
            verdict = "duplicate" if found.recent.get(message.seq) == message.digest else "clone"
        return found, verdict

    def changes(self) -> list[Statement]:
        """What changed since this was last asked, to be written behind the rows it speaks of."""
        statements = [account.statement() for account in self._changed.values()]
        self._changed.clear()
        return statements

    def block(self, statements: Sequence[Statement]) -> Block:
        """Statements as rows."""
        tags: dict[str, str | list[str]] = {
            name: [statement.key[i] for statement in statements] for i, name in enumerate(("city", "node", "box"))
        }
        states = [statement.state() for statement in statements]
        return Block("ledger", [0] * len(states), tags, {"state": states, "store": [self._store_id] * len(states)})

    def settle(self, statements: Sequence[Statement]) -> list[Sender]:
        """These statements are in the store: answers may speak of them.

        Returns:
            Whom to answer: address and box of each account.
        """
        for statement in statements:
            self._stored[statement.key] = statement
            (self._gaps.add if statement.ahead else self._gaps.discard)(statement.key)
        return self._sent_by(statement.key for statement in statements)

    def refuse(self, refused: Iterable[tuple[Key, str]]) -> None:
        """Rows that a batch had counted as stored, or as sent again, were refused by the store.

        Args:
            refused: For each row its account and the counter it was in.
        """
        for key, counter in refused:
            self._accounts[key].refuse(counter)

    def answer(self, address: Address, box: str, *, now: float) -> bytes:
        """What to tell a sender; counts how often a gap was asked for, and gives it up in the end.

        Args:
            address: The sender.
            box: Its outbox.
            now: Monotonic seconds.
        """
        key = (address.city, address.node, box)
        account, stored = self._accounts[key], self._stored[key]
        self._give_up(account, now)
        return orjson.dumps(
            {
                "store": self._store_id,
                "through": stored.through,
                "missing": account.missing[:_RANGES],
                "lost": fewer(stored.lost, _RANGES),
                "newest": stored.newest,
            }
        )

    def accounts(self) -> Iterable[tuple[Key, Account]]:
        """Every account by (city, node, box)."""
        return self._accounts.items()

    def senders(self) -> list[Sender]:
        """Every outbox that was ever heard."""
        return self._sent_by(self._accounts)

    def with_gaps(self) -> list[Sender]:
        """Every outbox that something is missing from."""
        return self._sent_by(self._gaps)

    def missing_packs(self) -> int:
        """How many packs are known to be under way, or lost on it."""
        return sum(last - first + 1 for key in self._gaps for first, last in self._accounts[key].missing)

    def _give_up(self, account: Account, now: float) -> None:
        """Count the asking for each gap that is named; one asked for often enough is lost, with all below it."""
        before, asked = self._asked.pop(account.key, {}), {}
        for first, last in account.missing[:_RANGES]:
            times, at = before.get(first, _NEVER)
            asked[first] = (times + 1, now) if now - at >= _ASK_SECONDS else (times, at)
            if times >= _ASKED_ENOUGH:
                account.lose_before(last + 1)
                self._changed[account.key] = account
                asked.clear()
        if asked:
            self._asked[account.key] = asked

    def _count_opening(self, key: Key, now_ms: int) -> None:
        """Let a node begin only so many outboxes a day (UTC)."""
        if now_ms // MILLISECONDS_PER_DAY != self._day:
            self._day, self._opened = now_ms // MILLISECONDS_PER_DAY, Counter()
        city, node, box = key
        if self._opened[city, node] >= _BOXES:
            raise AccountError(
                f"outbox {box} would be one more than the {_BOXES} that node {node} may begin in a day; look why its "
                "disk forgets them"
            )
        self._opened[city, node] += 1

    def _sent_by(self, keys: Iterable[Key]) -> list[Sender]:
        """Address and box of each account, but for clones': nobody hears those."""
        return [self._senders[key] for key in keys if not key[2].endswith(_CLONE)]

    def _open(self, key: Key, address: Address) -> Account:
        account = self._accounts.get(key)
        if account is None:
            account = self._accounts[key] = Account(key)
        if account.lane != address.lane:
            self._place(account, address)
        self._changed[key] = account
        return account

    def _place(self, account: Account, address: Address) -> None:
        """A node that moved hears answers where it is now."""
        account.lane = address.lane
        self._senders[account.key] = (address, account.key[2])
