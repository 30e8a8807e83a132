"""One batch on its way into the store, while the loop reads the next."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from commons.errors import StoreRejectedError, StoreUnavailableError
from ingest.touched import Days, marks

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Future

    from commons.clock import Clock
    from commons.rows import Block
    from commons.sites import Site
    from ingest.account import Account, Key, Statement
    from ingest.batch import Batch, Counter
    from ingest.ledger import Ledger
    from ingest.rejects import Rejects
    from store.contract import Store


@dataclass(frozen=True, slots=True)
class Written:
    """A batch that is in the store, or in the rejects.

    Args:
        batch: The batch.
        statements: What the store now knows of the senders.
        refused: For each row that the store refused its account, if any, and the counter it was in.
        seconds: How long it took [s].
    """

    batch: Batch
    statements: list[Statement]
    refused: list[tuple[Key | None, Counter]]
    seconds: float


class Writer:
    """Writes one batch at a time, in a thread of its own.

    Args:
        store: Where rows go.
        rejects: Where the rest goes.
        site: Whose days are local.
        clock: For how long it takes.
    """

    def __init__(self, store: Store, rejects: Rejects, site: Site, *, clock: Clock) -> None:
        self._store, self._rejects, self._site, self._clock = store, rejects, site, clock
        self._days = Days(site.zone)
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._under_way: Future[Written] | None = None

    @property
    def is_busy(self) -> bool:
        """Whether a batch is being written."""
        return self._under_way is not None and not self._under_way.done()

    def begin(self, batch: Batch, statements: list[Statement], ledger: Ledger) -> None:
        """Start to write a batch; the one before must have been taken by `finish`."""
        self._under_way = self._pool.submit(self._write, batch, statements, ledger)

    def finish(self) -> Written | None:
        """Wait for the batch under way; None where there is none.

        Raises:
            StoreUnavailableError: The store is away, or the rejects cannot be written; nothing may be acknowledged.
        """
        under_way, self._under_way = self._under_way, None
        return None if under_way is None else under_way.result()

    def close(self) -> None:
        """Wait for what is under way, whatever comes of it."""
        self._pool.shutdown()

    def _write(self, batch: Batch, statements: list[Statement], ledger: Ledger) -> Written:
        """Rejects, marks, rows, refused rows, and behind them all the ledger that speaks of them."""
        began = self._clock.monotonic()
        self._rejects.add(batch.rejects)
        touched = marks(batch.blocks, self._days, city=self._site.slug, at_ms=batch.now_ms)
        rows = self._write_rows([touched, *batch.blocks], first=-1)
        for (part, _), why in rows:
            if part < 0:
                raise StoreUnavailableError(f"the store refuses the collector's own marks: {why}; see its log")
        self._rejects.add(batch.refused(rows))
        refused = _uncount(batch.counters([place for place, _ in rows]), statements)
        if statements:
            self._store.write([ledger.block(statements)])
        return Written(batch, statements, refused, self._clock.monotonic() - began)

    def _write_rows(self, blocks: Sequence[Block], *, first: int = 0) -> list[tuple[tuple[int, int], str]]:
        """Write blocks; the rows that the store refuses, each with the reason.

        Args:
            blocks: The rows.
            first: The index of the first of these blocks in the batch.
        """
        try:
            self._store.write(blocks)
        except StoreUnavailableError:
            raise
        except StoreRejectedError as error:
            refused = zip(error.rows, error.reasons, strict=True)
            return [((first + block, row), why) for (block, row), why in refused]
        except Exception as error:  # noqa: BLE001  # a fault of ours in one block must not stop the others for ever
            if len(blocks) == 1:
                return [((first, row), f"cannot be written: {error!r}; report it") for row in range(len(blocks[0]))]
            middle = len(blocks) // 2
            rows = self._write_rows(blocks[:middle], first=first)
            return rows + self._write_rows(blocks[middle:], first=first + middle)
        return []


def _uncount(
    refused: Sequence[tuple[Account | None, Counter]], statements: Sequence[Statement]
) -> list[tuple[Key | None, Counter]]:
    """Take refused rows out of what is about to be said of their senders."""
    by_key = {statement.key: statement for statement in statements}
    for account, counter in refused:
        if account is not None:
            by_key[account.key].refuse(counter)
    return [(account.key if account else None, counter) for account, counter in refused]
