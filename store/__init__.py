"""Where readings rest: `open_store` is the only door."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from commons.errors import SettingsError

if TYPE_CHECKING:
    from commons.clock import Clock
    from store.contract import Store
    from store.settings import StoreSettings


def open_store(settings: StoreSettings, *, clock: Clock) -> Store:
    """Open the store that the settings name.

    A DuckDB file is opened here and now; InfluxDB is not asked before the first call.

    Args:
        settings: Which store, and how it is reached.
        clock: What waiting is measured with.

    Raises:
        SettingsError: The URL names no store.
        StoreUnavailableError: The DuckDB file cannot be opened, or its owner does not answer.
        StoreError: The DuckDB file was made by a later Lorong.
    """
    scheme, _, rest = settings.url.partition("://")
    if scheme == "duckdb" and rest == "memory":
        from store.duck import DuckStore  # noqa: PLC0415  # an engine is loaded only where it is used

        return DuckStore(None, memory_mb=settings.memory_mb)
    if scheme == "duckdb" and rest.startswith("/") and rest != "/":
        from store.shared import SharedDuckStore  # noqa: PLC0415  # the same

        return SharedDuckStore(
            Path(rest[1:]), clock=clock, memory_mb=settings.memory_mb, timeout_seconds=settings.timeout_seconds
        )
    if scheme in ("influxdb", "influxdbs") and rest:
        from store.influx import InfluxStore  # noqa: PLC0415  # the same

        return InfluxStore(settings)
    raise SettingsError(
        f"store.url {settings.url!r} names no store; write duckdb:///file.duckdb or influxdb://host:port"
    )
