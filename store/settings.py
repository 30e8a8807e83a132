"""Which store, and how it is reached."""

from __future__ import annotations

from dataclasses import dataclass

from commons.settings import Secret, refuse_credentials


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """Section `[store]`.

    Args:
        url: "duckdb:///data/lorong.duckdb" (from the folder Lorong runs in; four slashes for an absolute path),
            "duckdb://memory", or "influxdb://host:port" ("influxdbs://" for TLS).
        org: InfluxDB's organisation.
        bucket_raw: The bucket for samples.
        bucket_keep: The bucket for events, states and indicators, kept for ever.
        token: InfluxDB's token.
        raw_retention_days: How long a new InfluxDB bucket keeps samples [d]; 0 = for ever.
        timeout_seconds: How long one request may take [s].
        memory_mb: DuckDB's memory limit [MB].

    Raises:
        SettingsError: The URL holds a name or password.
    """

    url: str = "duckdb:///data/lorong.duckdb"
    org: str = "lorong"
    bucket_raw: str = "lorong/raw"
    bucket_keep: str = "lorong/keep"
    token: Secret = Secret("")
    raw_retention_days: int = 0
    timeout_seconds: float = 30.0
    memory_mb: int = 1024

    def __post_init__(self) -> None:
        """Nothing that will be shown may be secret; a file may be called what it likes."""
        if not self.url.startswith("duckdb:///"):
            refuse_credentials("store.url", self.url, remedy="give the token as store.token or store.token_file")
