"""InfluxDB 2: line protocol in, InfluxQL out."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from commons.catalogue import measurements
from commons.errors import StoreUnavailableError
from commons.logs import Log
from commons.rows import Block
from store.answers import first_of_each, gathered, in_order, is_settled, without_bad
from store.checks import check
from store.contract import Query
from store.influx_client import InfluxClient
from store.influx_write import deliver_all, requests
from store.influxql import bad_query, latest_query, rows_query, windows_query
from store.plan import Plan, plan
from store.windows import aggregate, is_regular

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pyarrow as pa

    from store.checks import Refused
    from store.contract import Window
    from store.settings import StoreSettings

_LOG: Final = Log("store.influx")
_DEEPER: Final = 8
_SAID_OF_SAMPLES: Final = ("ledger", "lease", "store")  # without them senders send again, as to a new store


class InfluxStore:
    """Two buckets of an InfluxDB 2 server as a store.

    InfluxDB puts a bucket `lorong/raw` before InfluxQL as database `lorong`, retention policy `raw`. Nothing is asked
    before the first call.

    Args:
        settings: Where it is, its buckets and the token.

    Raises:
        SettingsError: The URL is not that of a server.
    """

    def __init__(self, settings: StoreSettings) -> None:
        self._settings = settings
        self._server: InfluxClient | None = InfluxClient(settings)
        self._lock = threading.RLock()
        self._is_ready = False

    @property
    def id(self) -> str:
        """The store's own name, drawn if it has none."""
        found = self.latest("store")["store_id"].to_pylist()
        if not found:
            self.write([Block("store", [0], {}, {"store_id": [uuid4().hex]})])
            found = self.latest("store")["store_id"].to_pylist()  # another process may have been faster
        if not found:
            raise StoreUnavailableError(f"store {self._settings.url!r} was wiped while its id was drawn; ask again")
        return str(found[0])

    def write(self, batch: Sequence[Block]) -> None:
        """Write every row."""
        checked = check(batch)
        refused: list[Refused] = []
        with self._ready() as server:
            keep = self._settings.bucket_keep
            for run in requests(checked.blocks, raw=self._settings.bucket_raw, keep=keep):
                for some in deliver_all(run, server.write):
                    refused += some
        checked.conclude(refused)

    def read(self, query: Query) -> pa.Table:
        """Rows in time order, or their windows."""
        wanted = plan(query)
        if wanted.is_empty:
            return wanted.schema.empty_table()
        flags = self._flags(wanted)
        if query.window is None:
            return self._rows(wanted, flags)
        return self._windows(wanted, flags, query.window)

    def latest(self, measurement: str, where: Mapping[str, str | Sequence[str]] | None = None) -> pa.Table:
        """The newest row of each series."""
        wanted = plan(Query(measurement, where=where or {}))
        if wanted.is_empty:
            return wanted.schema.empty_table()
        flags = self._flags(wanted)
        depth = 1
        while True:
            question = latest_query(wanted, self._source(wanted), flags, depth=depth)
            found = gathered(wanted, self._ask(wanted, question), flags)
            rows = without_bad(wanted, found)
            if is_settled(wanted, found, rows, depth=depth):
                return in_order(wanted, first_of_each(wanted, rows))
            depth *= _DEEPER

    def close(self) -> None:
        """Close every connection."""
        with self._lock:
            if self._server is not None:
                self._server.close()
            self._server = None

    def _rows(self, wanted: Plan, flags: Sequence[str]) -> pa.Table:
        """Rows one by one; where bad values are left out, more are asked for until enough are good."""
        limit = wanted.query.limit
        while True:
            question = rows_query(wanted, self._source(wanted), flags, limit=limit)
            found = gathered(wanted, self._ask(wanted, question), flags)
            rows = without_bad(wanted, found).slice(0, wanted.query.limit)
            if limit is None or found.num_rows < limit or rows.num_rows == wanted.query.limit:
                return rows
            limit *= _DEEPER

    def _windows(self, wanted: Plan, flags: Sequence[str], window: Window) -> pa.Table:
        """Windows, put together here where InfluxDB itself would get them wrong."""
        if flags or not is_regular(wanted, window):
            rows = Query(wanted.of.name, start=wanted.start, stop=wanted.last + 1, quality=wanted.query.quality)
            return aggregate(wanted, self._rows(replace(wanted, query=rows), flags), window=window)
        found = gathered(wanted, self._ask(wanted, windows_query(wanted, self._source(wanted), window)))
        return in_order(wanted, without_bad(wanted, found))

    def _flags(self, wanted: Plan) -> tuple[str, ...]:
        """The flag columns of the plan, if any of its values is bad."""
        if not wanted.flags:
            return ()
        bad = list(self._ask(wanted, bad_query(wanted, self._source(wanted))))
        return tuple(dict.fromkeys(wanted.flags.values())) if bad else ()

    def _ask(self, wanted: Plan, question: str) -> Iterator[dict[str, object]]:
        with self._ready() as server:
            yield from server.query(question, database=_policy(self._bucket(wanted))[0])

    def _source(self, wanted: Plan) -> str:
        return ".".join(f'"{part}"' for part in (*_policy(self._bucket(wanted)), wanted.of.name))

    def _bucket(self, wanted: Plan) -> str:
        return self._settings.bucket_raw if wanted.of.kind == "sample" else self._settings.bucket_keep

    @contextmanager
    def _ready(self) -> Iterator[InfluxClient]:
        """The server with its buckets. After a failure they are looked up again: it may be another."""
        try:
            yield self._prepared()
        except StoreUnavailableError:
            with self._lock:
                self._is_ready = False
            raise

    def _prepared(self) -> InfluxClient:
        with self._lock:
            if self._server is None:
                raise StoreUnavailableError(f"store {self._settings.url!r} is closed; open it again")
            if not self._is_ready:
                self._make_ready(self._server)
                self._is_ready = True
            return self._server

    def _make_ready(self, server: InfluxClient) -> None:
        """Make what is not there. Where only the samples are gone, what was said of them goes too."""
        raw, keep = self._settings.bucket_raw, self._settings.bucket_keep
        is_older = server.has_bucket(keep)
        if server.ensure_bucket(raw, retention_days=self._settings.raw_retention_days) and is_older:
            for name in _SAID_OF_SAMPLES:
                server.forget(keep, name)
        server.ensure_bucket(keep)
        server.ensure_default_policy(keep)
        for bucket in (raw, keep):
            _say_conflicts(server, bucket)


def _say_conflicts(server: InfluxClient, bucket: str) -> None:
    """Name each field that has another type than the catalogue's: where it has, its rows will be refused."""
    for name, field, kind in server.field_types(*_policy(bucket)):
        of = measurements().get(name)
        if of is not None and field in of.columns and kind != ("string" if of.columns[field] else "float"):
            _LOG.warning(
                "a field has another type than the catalogue's; rows that meet it are refused",
                field=f"{name}.{field}",
                type=kind,
                bucket=bucket,
            )


def _policy(bucket: str) -> tuple[str, str]:
    """The database and retention policy that InfluxQL knows a bucket by."""
    database, _, policy = bucket.partition("/")
    return database, policy or "autogen"
