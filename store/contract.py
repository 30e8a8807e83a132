"""What every store promises: durable on return, harmless to repeat, read in time order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa

    from commons.rows import Block

Window = Literal["1h", "1d", "1w"]
Quality = Literal["good", "all"]


@dataclass(frozen=True, slots=True)
class Query:
    """Which rows to read.

    Args:
        measurement: Its name in the catalogue.
        start: The first moment wanted [ns since 1970 UTC]; None = from the beginning.
        stop: The first moment no longer wanted [ns since 1970 UTC]; None = to the end.
        where: Tag name → the value, or values, a row must have; an empty text finds the rows without that tag.
        fields: The fields wanted; empty = all of them.
        window: Put the rows of each such window into one, by each field's aggregate in the catalogue. Hours, days and
            weeks are those of `timezone`: days and weeks begin at local midnight, weeks on Monday. A text field cannot
            be asked for with a window.
        timezone: An IANA name.
        by: With a window: keep these tags apart; all other tags are put together.
        limit: At most so many rows, the earliest; None = all.
        newest_first: Read backwards, so that `limit` keeps the latest.
        quality: "good" leaves out values whose flag is 4 (they read as null), and the rows of an indicator that have no
            value (their `refused` says why). "all" shows both; the numbers of such a row may then be those that stood
            there before it was refused, for writing merges.
    """

    measurement: str
    start: int | None = None
    stop: int | None = None
    where: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    fields: tuple[str, ...] = ()
    window: Window | None = None
    timezone: str = "UTC"
    by: tuple[str, ...] = ()
    limit: int | None = None
    newest_first: bool = False
    quality: Quality = "good"


class Store(Protocol):
    """Where readings rest. Every method may be called from any thread.

    * Durable: when `write` returns, the batch survives a power cut.
    * Harmless to repeat: writing a batch twice leaves one copy. A row's identity is (measurement, tags, time); writing
      merges field by field, and a null leaves what is there. A tag that is an empty text is a tag that is not there.
    * In order: the blocks of a batch are written in their order, so that a later block (the ledger) is never there
      without the earlier ones (the rows it speaks of). Only samples may overtake samples.
    * Missing is missing: a row is there when at least one of the fields asked for is.
    """

    @property
    def id(self) -> str:
        """The store's own name, drawn when it was made and looked up at each call: a wiped or restored one has another.

        Raises:
            StoreUnavailableError: The store is away; ask again.
        """

    def write(self, batch: Sequence[Block]) -> None:
        """Write every row, in the order of the blocks.

        Refused are rows with a NaN or an infinity, with a number where the catalogue has a text (or the reverse), with
        a time outside 1677 to 2262, with a value under a name that is not in the catalogue, all rows of a block whose
        columns are not equally long, and those that the engine itself will not take.

        Raises:
            StoreUnavailableError: Nothing can be said of the batch; write it again.
            StoreRejectedError: Those rows never; all others are written.
        """

    def read(self, query: Query) -> pa.Table:
        """Rows in time order.

        Returns:
            Columns `time` (timestamp[ns, UTC]; with a window, its first moment), the measurement's tags in catalogue
            order (string, empty where not there; with a window only those in `by`), then the fields asked for (double
            or string). Where nothing is there: the same columns, no rows. All fields include the quality columns only
            if `quality` is "all".

        Raises:
            StoreUnavailableError: The store is away; ask again.
            UnknownNameError: A measurement, tag or field is not in the catalogue, or not a number where one is needed.
        """

    def latest(self, measurement: str, where: Mapping[str, str | Sequence[str]] | None = None) -> pa.Table:
        """The newest row of each series (one combination of tags), as `read` without a window would show it."""

    def close(self) -> None:
        """Let go of the store; harmless to repeat."""
