"""Send blocks to InfluxDB in order; find the lines that it refuses."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain, groupby
from typing import TYPE_CHECKING, Final

from commons.catalogue import measurement
from store.line_protocol import encode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from commons.rows import Block
    from store.checks import Refused
    from store.influx_client import Refusal

    Send = Callable[[str, bytes], Refusal | None]

REQUEST_LINES: Final = 20_000  # each request costs InfluxDB a flush to disk
_TOGETHER: Final = 2


@dataclass(frozen=True, slots=True)
class Piece:
    """Rows of one block that travel in one request.

    Args:
        index: Which block of the batch.
        rows: Their places in it.
        block: The rows.
    """

    index: int
    rows: Sequence[int]
    block: Block

    def text(self) -> str:
        """Its lines."""
        return encode(self.block, measurement(self.block.measurement))[0]

    def one_by_one(self) -> list[Piece]:
        """The rows that have a line, each as a piece of its own."""
        _, rows = encode(self.block, measurement(self.block.measurement))
        return [Piece(self.index, [self.rows[row]], self.block.take([row])) for row in rows]


@dataclass(frozen=True, slots=True)
class Request:
    """Rows that travel together.

    Args:
        bucket: Where to.
        pieces: The rows.
    """

    bucket: str
    pieces: list[Piece]

    def body(self) -> bytes:
        """Its lines."""
        return "".join(piece.text() for piece in self.pieces).encode()


def requests(blocks: Sequence[Block], *, raw: str, keep: str) -> Iterator[Iterator[Request]]:
    """The requests of a batch, in runs that must be written one after the other.

    Rows of one run may be written in any order, so that only rows of one measurement share one, or samples.

    Args:
        blocks: Checked blocks.
        raw: The bucket of samples.
        keep: The bucket of everything else.
    """

    def together(indexed: tuple[int, Block]) -> tuple[str, str]:
        of = measurement(indexed[1].measurement)
        return (raw, "") if of.kind == "sample" else (keep, of.name)

    for (bucket, _), run in groupby(enumerate(blocks), key=together):
        yield _requests(bucket, run)


def _requests(bucket: str, run: Iterable[tuple[int, Block]]) -> Iterator[Request]:
    """Requests made as they are asked for, so that one travels while the next is made."""
    pieces: list[Piece] = []
    held = 0
    for piece in chain.from_iterable(_pieces(index, block) for index, block in run):
        if held + len(piece.rows) > REQUEST_LINES:
            yield Request(bucket, pieces)
            pieces, held = [], 0
        pieces.append(piece)
        held += len(piece.rows)
    if pieces:
        yield Request(bucket, pieces)


def _pieces(index: int, block: Block) -> Iterator[Piece]:
    if 0 < len(block) <= REQUEST_LINES:
        yield Piece(index, range(len(block)), block)
        return
    for start in range(0, len(block), REQUEST_LINES):
        rows = range(start, min(start + REQUEST_LINES, len(block)))
        yield Piece(index, rows, block.take(rows))


def deliver_all(run: Iterable[Request], send: Send) -> Iterator[list[Refused]]:
    """Write requests whose order does not matter, two at a time: while InfluxDB takes one, the next is made.

    Args:
        run: One of the runs of `requests`.
        send: Sends lines to a bucket; from any thread.

    Yields:
        What `deliver` returns, request by request.
    """
    with ThreadPoolExecutor(_TOGETHER) as pool:
        under_way: deque[Future[list[Refused]]] = deque()
        for request in run:
            if len(under_way) == _TOGETHER:
                yield under_way.popleft().result()
            under_way.append(pool.submit(deliver, request, send))
        while under_way:
            yield under_way.popleft().result()


def deliver(request: Request, send: Send) -> list[Refused]:
    """Write every row that InfluxDB takes.

    A request that was refused is sent again in halves, which is harmless where some of it was written.

    Args:
        request: What is to be written.
        send: Sends lines to a bucket.

    Returns:
        The refused rows, each with InfluxDB's reason.
    """
    body = request.body()
    refusal = send(request.bucket, body) if body else None
    if refusal is None:
        return []
    rows = list(chain.from_iterable(piece.one_by_one() for piece in request.pieces))
    if len(rows) == 1 or refusal.dropped == len(rows):
        return [((row.index, row.rows[0]), refusal.reason) for row in rows]
    middle = len(rows) // 2
    first, second = (deliver(Request(request.bucket, half), send) for half in (rows[:middle], rows[middle:]))
    return first + second
