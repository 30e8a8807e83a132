"""One outbox's account: which of its packs are handled, which are missing, and what became of its rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, Literal

import orjson

from ingest.ranges import Ranges, fewer, joined, touched, within, without

if TYPE_CHECKING:
    from commons.envelope import Envelope

Key = tuple[str, str, str]
Verdict = Literal["new", "duplicate", "again", "instead", "clone", "scattered"]

_KNOWN: Final = 32  # how many packs' digests are in memory, to tell a clone from a repeat
_WRITTEN: Final = 4  # how many of them the store keeps
_GAPS: Final = 500  # an uplink is at most 400 packs ahead of what it is told, and can leave half as many gaps
_LOST: Final = 500
_NOTICE: Final = "~"  # before the digest of what was a notice of thinning


@dataclass(slots=True)
class Statement:
    """An account at one moment: what is written down, and what may be said of it once it is.

    Args:
        key: City, node and box.
        lane: Where its answers go.
        through: Every pack up to this number is handled.
        ahead: Ranges of handled packs beyond a gap.
        lost: Ranges of packs that no sender holds any more.
        recent: Digests of the newest packs by number, the latest to come first.
        newest: Number and digest of the highest pack handled, where its digest is known.
        counters: Rows by what became of them, but for `packs` and `clones`.
    """

    key: Key
    lane: str
    through: int
    ahead: Ranges
    lost: Ranges
    recent: dict[int, str]
    newest: tuple[int, str] | None
    counters: dict[str, int]

    def refuse(self, counter: str) -> None:
        """One row of this moment was refused by the store."""
        self.counters[counter] -= 1
        self.counters["rejected"] += 1

    def state(self) -> str:
        """As JSON."""
        known = {
            "lane": self.lane,
            "through": self.through,
            "ahead": self.ahead,
            "lost": self.lost,
            "recent": self.recent,
            **self.counters,
        }
        return orjson.dumps(known, option=orjson.OPT_NON_STR_KEYS).decode()


@dataclass(slots=True)
class Account:
    """One outbox's account. Counters are rows, but for `packs` and `clones`.

    Args:
        key: City, node and box.
        lane: Where its answers go.
        through: Every pack up to this number is handled: stored, rejected, thinned or lost.
        ahead: Ranges of handled packs beyond a gap.
        lost: Ranges of packs that no sender holds any more; of very many the lowest are made one, packs that came among
            them included: what is named lost is kept by its sender, and taken when it comes.
        recent: Digests by number of the packs that came last, the latest last, and of the newest: a sender forgets
            nothing unless an answer names that.
    """

    key: Key = ("", "", "")
    lane: str = ""
    through: int = 0
    ahead: Ranges = field(default_factory=list)
    lost: Ranges = field(default_factory=list)
    recent: dict[int, str] = field(default_factory=dict)
    stored: int = 0
    rejected: int = 0
    thinned: int = 0
    duplicate: int = 0
    packs: int = 0
    clones: int = 0

    @classmethod
    def from_state(cls, key: Key, state: str) -> Account:
        """An account as a statement wrote it down."""
        known: dict[str, Any] = orjson.loads(state)
        known["recent"] = {int(seq): digest for seq, digest in reversed(known["recent"].items())}
        return cls(key, **known)

    @property
    def missing(self) -> Ranges:
        """The gaps: ranges not handled below the newest pack handled."""
        gaps, at = [], self.through
        for first, last in self.ahead:
            gaps.append([at + 1, first - 1])
            at = last
        return gaps

    def judge(self, message: Envelope) -> Verdict:
        """Whether a pack is new, the same again, or another box's under the same name.

        A repeat of a pack whose digest is forgotten is "again": to be written once more, which does no harm, because it
        might be another box's. A notice of thinning in place of a pack that came is a repeat; a pack that comes behind
        its own notice, as a broker's redelivery may, goes in "instead" of it. One that would open a gap more than
        anybody needs is "scattered".
        """
        seq = message.seq
        if not self.holds(seq):
            return "scattered" if self._is_scattered(message) else "new"
        if self.lost and within(self.lost, seq):
            return "new"
        if message.thinned:
            return "duplicate"
        known = self.recent.get(seq)
        if known is None:
            return "again"
        if known.startswith(_NOTICE):
            return "instead"
        return "duplicate" if known == message.digest else "clone"

    def holds(self, seq: int) -> bool:
        """Whether a pack has been handled."""
        return seq <= self.through or (bool(self.ahead) and within(self.ahead, seq))

    def handle(self, message: Envelope) -> None:
        """A pack is stored, rejected or thinned; whatever its sender no longer holds is lost."""
        seq, first = message.seq, message.first
        if first > self.through + 1:
            self.lose_before(first)
        if self.lost:
            self.lost = fewer(without(self.lost, seq), _LOST)
        if seq == self.through + 1:
            self.through = seq
            if self.ahead:
                self._advance()
        elif not self.holds(seq):
            self.ahead = joined([*self.ahead, [seq, seq]])
        self.packs += 1
        self._remember(message)

    def repeat(self, message: Envelope) -> None:
        """A pack that was handled has come again."""
        self.lose_before(message.first)
        if not message.thinned:
            self._remember(message)

    def lose_before(self, first: int) -> None:
        """Close every gap below `first`: nobody can send those packs again."""
        if first <= self.through + 1:
            return
        gaps = [[a, min(b, first - 1)] for a, b in [*self.missing, [self._newest + 1, first - 1]] if a < first]
        self.lost = fewer(joined([*self.lost, *(gap for gap in gaps if gap[0] <= gap[1])]), _LOST)
        self.ahead = joined([*self.ahead, [self.through + 1, first - 1]])
        self._advance()

    def refuse(self, counter: str) -> None:
        """One row was refused by the store: it leaves its counter for `rejected`."""
        setattr(self, counter, getattr(self, counter) - 1)
        self.rejected += 1

    def statement(self) -> Statement:
        """What there is to say of it now."""
        newest, digest = self._newest, self.recent.get(self._newest)
        recent = dict(islice(reversed(self.recent.items()), _WRITTEN))
        if digest is not None:
            recent[newest] = digest
        return Statement(
            key=self.key,
            lane=self.lane,
            through=self.through,
            ahead=self.ahead,
            lost=self.lost,
            recent=recent,
            newest=None if digest is None else (newest, digest.removeprefix(_NOTICE)),
            counters={
                "stored": self.stored,
                "rejected": self.rejected,
                "thinned": self.thinned,
                "duplicate": self.duplicate,
                "packs": self.packs,
                "clones": self.clones,
            },
        )

    @property
    def _newest(self) -> int:
        return self.ahead[-1][1] if self.ahead else self.through

    def _is_scattered(self, message: Envelope) -> bool:
        """Whether a pack would open a gap beyond those that may be open, once those below its `first` are closed."""
        if len(self.ahead) < _GAPS:
            return False
        through = max(self.through, message.first - 1)
        above = [[first, last] for first, last in self.ahead if last > through]
        return len(above) >= _GAPS and not touched([[0, through], *above], message.seq)

    def _remember(self, message: Envelope) -> None:
        self.recent[message.seq] = f"{_NOTICE}{message.digest}" if message.thinned else message.digest
        if len(self.recent) > _KNOWN:
            oldest, next_oldest = islice(self.recent, 2)
            del self.recent[oldest if oldest != self._newest else next_oldest]

    def _advance(self) -> None:
        """Move `through` over what already came beyond it; ranges are replaced, since statements share them."""
        while self.ahead and self.ahead[0][0] <= self.through + 1:
            self.through = max(self.through, self.ahead[0][1])
            self.ahead = self.ahead[1:]
