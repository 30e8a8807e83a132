"""Which URL opens which store."""

from __future__ import annotations

import pytest

from commons.clock import SystemClock
from commons.errors import SettingsError
from commons.rows import Block
from commons.settings import Secret
from store import open_store
from store.contract import Query
from store.settings import StoreSettings


@pytest.mark.parametrize(
    "url",
    [
        "",
        "duckdb",
        "duckdb://",
        "duckdb:///",
        "duckdb://file.duckdb",
        "sqlite:///a",
        "influxdb://",
        "influxdb://:8086",
        "influxdb://host:port",
    ],
)
def test_a_url_that_names_no_store_is_a_settings_error(url: str) -> None:
    with pytest.raises(SettingsError, match=r"store\.url"):
        open_store(StoreSettings(url=url), clock=SystemClock())


@pytest.mark.parametrize(
    "url",
    [
        "influxdb://user:hunter2@host:8086",
        "postgres://user:hunter2@host/db",
        "postgres://user:hun/hunter2@host",
        "https://host?token=hunter2",
        "duckdb://hunter2@memory",
    ],
)
def test_a_secret_in_the_url_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(SettingsError, match=r"store\.token") as caught:
        open_store(StoreSettings(url=url), clock=SystemClock())

    assert "hunter2" not in str(caught.value)


def test_a_token_that_cannot_be_sent_is_refused_and_not_repeated() -> None:
    with pytest.raises(SettingsError, match=r"store\.token") as caught:
        open_store(StoreSettings(url="influxdb://host:8086", token=Secret("hunter2\n")), clock=SystemClock())

    assert "hunter2" not in str(caught.value)


def test_a_store_in_memory_needs_no_file() -> None:
    store = open_store(StoreSettings(url="duckdb://memory"), clock=SystemClock())
    store.write([Block("air", [1], {}, {"humidity": [50.0]})])

    assert store.read(Query("air")).num_rows == 1
    store.close()


def test_influxdb_is_not_asked_before_the_first_call() -> None:
    store = open_store(StoreSettings(url="influxdb://127.0.0.1:1", token=Secret("t")), clock=SystemClock())

    store.close()
