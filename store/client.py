"""A store that another process owns, asked through its socket."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from commons.errors import StoreRejectedError, StoreUnavailableError
from store.checks import check
from store.contract import Query
from store.framing import Header, address, pack_blocks, pack_query, receive, send, unpack_error
from store.plan import plan

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pyarrow as pa

    from commons.rows import Block


class StoreClient:
    """The contract through a socket, a connection for each call.

    Args:
        path: The owner's socket.
        timeout_seconds: How long an answer may take [s].

    Raises:
        StoreUnavailableError: Nobody answers there.
    """

    def __init__(self, path: Path, *, timeout_seconds: float) -> None:
        self._path, self._timeout = path, timeout_seconds
        self._ask({"ask": "id"})

    @property
    def id(self) -> str:
        """The store's own name."""
        return str(self._ask({"ask": "id"})[0]["id"])

    def write(self, batch: Sequence[Block]) -> None:
        """Write every row, once the owner says so."""
        checked = check(batch)
        try:
            self._ask({"ask": "write", "blocks": pack_blocks(checked.blocks)})
        except StoreRejectedError as error:
            checked.conclude(zip(error.rows, error.reasons, strict=True))
        checked.conclude()

    def read(self, query: Query) -> pa.Table:
        """Rows in time order, or their windows."""
        wanted = plan(query)
        return (
            wanted.schema.empty_table()
            if wanted.is_empty
            else self._ask({"ask": "read", "query": pack_query(wanted)})[1]
        )

    def latest(self, measurement: str, where: Mapping[str, str | Sequence[str]] | None = None) -> pa.Table:
        """The newest row of each series."""
        wanted = plan(Query(measurement, where=where or {}))
        return self._ask({"ask": "latest", "measurement": measurement, "where": dict(wanted.where)})[1]

    def close(self) -> None:
        """Nothing is held between calls."""

    def works(self) -> bool:
        """A client that failed once is done: the owner may be another, or nobody."""
        return False

    def _ask(self, header: Header) -> tuple[Header, pa.Table | None]:
        try:
            with address(self._path) as place, socket.socket(socket.AF_UNIX) as owner:
                owner.settimeout(self._timeout)
                owner.connect(place)
                send(owner, header)
                answer, table = receive(owner)
        except OSError as error:
            raise StoreUnavailableError(
                f"the owner of {str(self._path)!r} does not answer ({error}); the next call looks for another"
            ) from error
        if "error" in answer:
            raise unpack_error(answer)
        return answer, table
