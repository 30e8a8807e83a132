"""How InfluxDB 2 is spoken to: its addresses, and its refusals as errors."""

from __future__ import annotations

import re
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import orjson
import urllib3
from influxdb_client.client.exceptions import InfluxDBError
from influxdb_client.client.influxdb_client import InfluxDBClient
from influxdb_client.client.write_api import SYNCHRONOUS
from influxdb_client.domain.dbrp_create import DBRPCreate
from influxdb_client.rest import ApiException
from influxdb_client.service.dbr_ps_service import DBRPsService

from commons.errors import SettingsError, StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from store.settings import StoreSettings

_CHUNK_ROWS: Final = 20_000
_ALL_TIME: Final = ("1677-09-22T00:00:00Z", "2262-04-11T00:00:00Z")
_SECONDS_PER_DAY: Final = 86_400
_END_LENGTH: Final = 150
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_UNPARSED: Final = "unable to parse"
_CONFLICT: Final = frozenset({409, 422})
_FORBIDDEN: Final = frozenset({401, 403})
_DROPPED: Final = re.compile(r"dropped=(\d+)")
_REMEDY: Final = {
    401: "check store.token",
    403: "give the token of store.token the right to read and write both buckets",
    404: "check store.org, store.bucket_raw and store.bucket_keep",
    429: "it is too busy",
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """InfluxDB took some or none of a request's lines.

    Args:
        reason: Its words, in one line.
        dropped: How many lines it says it dropped; None = it does not say.
    """

    reason: str
    dropped: int | None


class InfluxClient:
    """One server, one organisation. Thread-safe: each thread takes an open connection or makes one, and leaves it open.

    Args:
        settings: Where it is, and the token.

    Raises:
        SettingsError: The URL is not that of a server, or the token cannot be sent.
    """

    def __init__(self, settings: StoreSettings) -> None:
        self._url, host = _url(settings.url)
        self._org = settings.org
        token = settings.token.reveal()
        if not (token.isascii() and token.isprintable()):
            raise SettingsError("store.token has a sign that no token has; write it again, without line ends")
        self._client: Any = InfluxDBClient(  # half of its methods have no types
            url=self._url,
            token=token,
            org=settings.org,
            timeout=int(settings.timeout_seconds * 1000),
            enable_gzip=host not in _LOOPBACK,
        )
        self._writer: Any = self._client.write_api(write_options=SYNCHRONOUS)

    def has_bucket(self, name: str) -> bool:
        """Whether a bucket is there.

        Raises:
            StoreUnavailableError: It cannot be looked for.
        """
        with self._complaints():
            try:
                found = self._client.buckets_api().find_buckets(name=name, org=self._org).buckets
            except ApiException as error:
                if error.status == 404:  # noqa: PLR2004  # HTTP's number for "not found"
                    return False
                raise
        if found is None:
            raise StoreUnavailableError(f"what answers at {self._url} is no InfluxDB 2; check store.url")
        return bool(found)

    def ensure_bucket(self, name: str, *, retention_days: int = 0) -> bool:
        """Make a bucket unless it is there, whether or not this token may see it; one that is there stays as it is.

        Args:
            name: The bucket.
            retention_days: How long a new bucket keeps what it has [d]; 0 = for ever.

        Returns:
            Whether it was made just now, by us.

        Raises:
            StoreUnavailableError: It cannot be looked for, or not be made.
        """
        if self.has_bucket(name):
            return False
        with self._complaints():
            rule = {"type": "expire", "everySeconds": retention_days * _SECONDS_PER_DAY}
            try:
                self._client.buckets_api().create_bucket(bucket_name=name, org=self._org, retention_rules=rule)
            except ApiException as error:
                if error.status not in _CONFLICT:  # another process was faster
                    raise
                return False
        return True

    def ensure_default_policy(self, bucket: str) -> None:
        """Make a bucket `database/policy` the one that InfluxQL asks where a query names no policy.

        Dashboards' variables ask for tag values, and InfluxDB looks those up in the default policy only.

        Args:
            bucket: The bucket.

        Raises:
            StoreUnavailableError: It cannot be looked for, or not be made.
        """
        database, _, policy = bucket.partition("/")
        policies: Any = DBRPsService(self._client.api_client)  # type: ignore[no-untyped-call]  # no types here
        with self._complaints():
            wanted: Any = DBRPCreate(  # type: ignore[no-untyped-call]  # the client has no types here
                org=self._org,
                bucket_id=self._bucket_id(bucket),
                database=database,
                retention_policy=policy or "autogen",
                default=True,
            )
            if not self._mappings(policies, database, wanted.retention_policy):
                try:
                    policies.post_dbrp(wanted)
                except ApiException as error:
                    if error.status not in _CONFLICT | _FORBIDDEN:  # another was faster, or the token may only read
                        raise
            # Of those who post at one moment InfluxDB takes several, and then answers no question; all keep one.
            for extra in self._mappings(policies, database, wanted.retention_policy)[1:]:
                try:
                    policies.delete_dbrpid(extra, org=self._org)
                except ApiException as error:
                    if error.status not in _FORBIDDEN | {404}:
                        raise

    def _mappings(self, policies: Any, database: str, policy: str) -> list[str]:  # noqa: ANN401  # the client's types
        """The ids of what InfluxQL takes for this policy of a database, the one it asks by default first."""
        found = policies.get_dbr_ps(org=self._org, db=database).content
        of_it = [one for one in found if one.retention_policy == policy and not one.virtual]
        return [one.id for one in sorted(of_it, key=lambda one: (not one.default, one.id))]

    def forget(self, bucket: str, measurement: str) -> None:
        """Delete every row of a measurement.

        Raises:
            StoreUnavailableError: It cannot be done now.
        """
        with self._complaints():
            of = f'_measurement="{measurement}"'
            self._client.delete_api().delete(*_ALL_TIME, of, bucket=bucket, org=self._org)

    def field_types(self, database: str, policy: str) -> Iterator[tuple[str, str, str]]:
        """Every field there is, in the bucket that InfluxQL knows as this database and policy.

        Yields:
            Measurement, field, and InfluxDB's type: float, integer, unsigned, string or boolean; one field may have
            several.

        Raises:
            StoreUnavailableError: It cannot be asked.
        """
        question = f'SHOW FIELD KEYS ON "{database}" FROM "{database}"."{policy}"./.*/'
        for piece in self.query(question, database=database):
            for field, kind in piece["values"]:
                yield piece["name"], field, kind

    def write(self, bucket: str, body: bytes) -> Refusal | None:
        """Send lines; durable when nothing is refused.

        Args:
            bucket: Where to.
            body: Line protocol with nanoseconds.

        Returns:
            None when every line was written.

        Raises:
            StoreUnavailableError: Nothing can be said of the lines.
        """
        with self._complaints():
            try:
                self._writer.write(bucket=bucket, record=body, write_precision="ns")
            except ApiException as error:
                refusal = _refusal(error)
                if refusal is None:
                    raise
                return refusal
        return None

    def query(self, query: str, *, database: str) -> Iterator[dict[str, Any]]:
        """Ask in InfluxQL.

        Args:
            query: One statement.
            database: The one that is asked.

        Yields:
            InfluxDB's series: `tags`, `columns`, `values`; a long series in several pieces. Times are nanoseconds.

        Raises:
            StoreUnavailableError: It cannot be asked, or breaks off.
        """
        asked = {"db": database, "epoch": "ns", "chunked": "true", "chunk_size": str(_CHUNK_ROWS), "q": query}
        with self._complaints(), closing(self._post("/query", asked)) as answer:
            for line in answer:
                for result in orjson.loads(line)["results"]:
                    if "error" in result:
                        raise StoreUnavailableError(
                            f"InfluxDB at {self._url} does not answer: {_one_line(result['error'])}; {_REMEDY[404]}"
                        )
                    yield from result.get("series", ())

    def close(self) -> None:
        """Close every connection."""
        self._client.close()

    def _bucket_id(self, name: str) -> str:
        return str(self._client.buckets_api().find_buckets(name=name, org=self._org).buckets[0].id)

    def _post(self, path: str, form: dict[str, str]) -> Any:  # noqa: ANN401  # the client publishes no types
        return self._client.api_client.call_api(
            path,
            "POST",
            header_params={"Content-Type": "application/x-www-form-urlencoded"},
            post_params=form,
            _preload_content=False,
            _return_http_data_only=True,
        )

    @contextmanager
    def _complaints(self) -> Iterator[None]:
        """Everything that may pass as the contract's "try again"."""
        try:
            yield
        except StoreUnavailableError:
            raise
        except ApiException as error:
            remedy = _REMEDY.get(error.status, "look at its log")
            raise StoreUnavailableError(
                f"InfluxDB at {self._url} answered {error.status} ({_reason(error)}); {remedy}"
            ) from error
        except InfluxDBError as error:
            raise StoreUnavailableError(f"InfluxDB at {self._url}: {_one_line(str(error))}; {_REMEDY[404]}") from error
        except (urllib3.exceptions.HTTPError, orjson.JSONDecodeError, OSError) as error:
            raise StoreUnavailableError(
                f"InfluxDB at {self._url} cannot be reached ({type(error).__name__}); start it or check store.url"
            ) from error


def _url(text: str) -> tuple[str, str]:
    """The HTTP address of a store URL, and its host."""
    try:
        parts = urlsplit(text)
        has_place = bool(parts.hostname) and parts.port != 0
    except ValueError:
        has_place = False
    if not has_place:
        raise SettingsError(f"store.url {text!r} names no server; write influxdb://host:port")
    scheme = "https" if parts.scheme == "influxdbs" else "http"
    return f"{scheme}://{parts.netloc}{parts.path.rstrip('/')}", str(parts.hostname)


def _refusal(error: ApiException) -> Refusal | None:
    """What an answer says against the lines; None when it speaks of something else."""
    reason = _reason(error)
    if error.status == 422:  # noqa: PLR2004  # the good lines were written, the bad ones dropped
        dropped = _DROPPED.search(reason)
        return Refusal(reason, int(dropped[1]) if dropped else None)
    nothing_written = error.status == 413 or (error.status == 400 and _UNPARSED in reason)  # noqa: PLR2004  # HTTP's
    return Refusal(reason, None) if nothing_written else None


def _reason(error: ApiException) -> str:
    """InfluxDB's own words."""
    try:
        return _one_line(str(orjson.loads(error.body)["message"]))
    except (orjson.JSONDecodeError, TypeError, KeyError):
        return _one_line(str(error.reason))


def _one_line(text: str) -> str:
    """A text on one line; of a long one the two ends, for it names the line first and the reason last."""
    words = " ".join(text.split())
    return words if len(words) <= 2 * _END_LENGTH else f"{words[:_END_LENGTH]} … {words[-_END_LENGTH:]}"
