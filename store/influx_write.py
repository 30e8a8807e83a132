"""Send blocks to InfluxDB in order; find the lines that it refuses."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Final

from commons.catalogue import measurement
from store.line_protocol import lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from commons.rows import Block
    from store.influx_client import Refusal

    Send = Callable[[str, bytes], Refusal | None]

REQUEST_LINES: Final = 5_000
_TOGETHER: Final = 2
Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Request:
    """Lines that travel together.

    Args:
        bucket: Where to.
        lines: The lines, without their ends.
        places: Where each came from, as (block, row).
    """

    bucket: str
    lines: list[str]
    places: list[Place]

    def halves(self) -> tuple[Request, Request]:
        """The lines in two requests."""
        middle = len(self.lines) // 2
        return (
            Request(self.bucket, self.lines[:middle], self.places[:middle]),
            Request(self.bucket, self.lines[middle:], self.places[middle:]),
        )


def requests(blocks: Sequence[Block], *, raw: str, keep: str) -> Iterator[Iterator[Request]]:
    """The requests of a batch, in runs that must be written one after the other.

    Lines of one run may be written in any order, so that only rows of one measurement share one, or samples.

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
    made: list[str] = []
    places: list[Place] = []
    for index, block in run:
        own, rows = lines(block, measurement(block.measurement))
        made += own
        places += [(index, row) for row in rows]
        while len(made) >= REQUEST_LINES:
            yield Request(bucket, made[:REQUEST_LINES], places[:REQUEST_LINES])
            made, places = made[REQUEST_LINES:], places[REQUEST_LINES:]
    if made:
        yield Request(bucket, made, places)


def deliver_all(run: Iterable[Request], send: Send) -> Iterator[tuple[list[Place], str]]:
    """Write requests whose order does not matter, two at a time: while InfluxDB takes one, the next is made.

    Args:
        run: One of the runs of `requests`.
        send: Sends lines to a bucket; from any thread.

    Yields:
        What `deliver` returns, request by request.
    """
    with ThreadPoolExecutor(_TOGETHER) as pool:
        under_way: deque[Future[tuple[list[Place], str]]] = deque()
        for request in run:
            if len(under_way) == _TOGETHER:
                yield under_way.popleft().result()
            under_way.append(pool.submit(deliver, request, send))
        while under_way:
            yield under_way.popleft().result()


def deliver(request: Request, send: Send) -> tuple[list[Place], str]:
    """Write every line that InfluxDB takes.

    A request that was refused is sent again in halves, which is harmless where some of it was written.

    Args:
        request: What is to be written.
        send: Sends lines to a bucket.

    Returns:
        The places of the refused lines, and InfluxDB's reason for the first.
    """
    refusal = send(request.bucket, "\n".join(request.lines).encode())
    if refusal is None:
        return [], ""
    if len(request.lines) == 1 or refusal.dropped == len(request.lines):
        return request.places, refusal.reason
    first, second = (deliver(half, send) for half in request.halves())
    return first[0] + second[0], first[1] or second[1]
