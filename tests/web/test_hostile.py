"""What strangers may write into an address: refused in one sentence or answered, never a crash, never markup."""

from __future__ import annotations

import csv
import io
import logging
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commons.rows import Block
from web.api_query import READ
from web.settings import WebSettings

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.testclient import TestClient

    from commons.sites import Site
    from store.contract import Store
    from tests.web.conftest import Garden

ADDRESS = "/api/v1/read"
GENEROUS = WebSettings(requests_per_second=1e6, requests_burst=10**6)
MARKUP = "\"'><script>alert(1)</script>"
TEXTS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        [
            MARKUP,
            "-999999w",
            "0001-01-01",
            "9999-12-31",
            "2026-02-30",
            "0001-01-01T00:00:00+23:59",
            "9" * 500,
            "٣",
            "1e400",
            "\x00",
            "\ud7ff",
            "a,b,,c",
            "' OR 1=1 --",
            'moisture" FROM soil; DROP TABLE soil',
            "../../etc/passwd",
            "%s%n",
            "{{7*7}}",
            "-9223372036854775808.0",
            "9223372036854775807.1",
        ]
    ),
)
NAMES = st.one_of(
    st.sampled_from([*READ, "lane", "bed", "node", "origin", "market", "lang", "place"]), st.text(max_size=10)
)


@given(
    given_parts=st.lists(st.tuples(NAMES, TEXTS), max_size=5),
    measurement=st.sampled_from(["soil", "harvest", "price", "price_index", "place", "soil_state_history", MARKUP]),
    path=st.sampled_from([ADDRESS, "/api/v1/latest", "/", "/prices", "/lanes/saga"]),
)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_parameter_makes_it_fail(
    given_parts: list[tuple[str, str]], measurement: str, path: str, browser: TestClient
) -> None:
    parts = [("measurement", measurement), *given_parts] if path.startswith("/api") else given_parts

    answer = browser.get(path, params=urlencode(parts))

    assert answer.status_code in (200, 400, 404, 414)
    assert "<script" not in answer.text or answer.headers["content-type"].startswith("application/json")
    if answer.status_code == 400:
        assert list(answer.json()) == ["error"]


@pytest.fixture
def browser(full: Store, visit: Callable[..., TestClient]) -> TestClient:
    return visit(of=full, settings=GENEROUS)


@pytest.mark.parametrize("start", ["-999999w", "0001-01-01", "1500-01-01T00:00:00Z"])
@pytest.mark.parametrize("window", ["", "&window=1d", "&window=1h", "&window=1w"])
def test_a_start_before_all_time_is_the_beginning(start: str, window: str, browser: TestClient) -> None:
    query = f"{ADDRESS}?measurement=soil&limit=5{window}"

    assert browser.get(f"{query}&start={start}").json()["rows"] == browser.get(query).json()["rows"]


class Broken:
    """A store with a bug whose words hold a secret."""

    id = "broken"

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(f"cannot {name}: token=wifi-password at /srv/lorong/data")


@pytest.mark.parametrize("path", ["/", f"{ADDRESS}?measurement=soil", "/healthz", "/metrics"])
def test_a_bug_is_one_sentence_with_every_header_and_one_line_in_the_log(
    path: str, visit: Callable[..., TestClient], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)

    answer = visit(of=Broken()).get(path)

    assert answer.status_code == 500
    assert answer.json() == {"error": "something went wrong here; it is in the log, try again"}
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert len(caplog.messages) == 1
    assert "\n" not in caplog.messages[0]
    assert "__getattr__" in caplog.messages[0]


def test_what_machines_ask_says_no_names_and_no_paths(
    full: Store, site: Site, visit: Callable[..., TestClient]
) -> None:
    client = visit(of=full)
    client.get("/lanes/saga")
    client.get("/secret-page")

    said = client.get("/healthz").text + client.get("/metrics").text

    names = [*site.lanes, *site.nodes, full.id, str(site.folder), "secret-page", "price <i>", "/work", "/tmp", "python"]  # noqa: S108  # looked for
    assert [name for name in names if name in said] == []


def test_a_job_that_failed_names_no_file_and_no_server(
    garden: Garden, store: Store, visit: Callable[..., TestClient]
) -> None:
    why = (
        "StoreUnavailableError: DuckDB '/srv/lorong/data.duckdb' and influxdb://token@db:8086/x are away; try 1/2 kg/m2"
    )
    fields: dict[str, Any] = {"watermark": [garden.now_ns / 1e6], "failed": [why]}
    store.write([Block("job", [0], {"city": "makassar", "indicator": "soil_state"}, fields)])

    page = visit().get("/health").text

    assert "StoreUnavailableError: DuckDB &#39;…&#39; and … are away; try 1/2 kg/m2" in page


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1+1",
        "\r=1+1",
        "\n=1+1",
        "  =1+1",
        "＝1+1",
        "kebun;=1+1",
        "kebun|@x",
        "kebun\n=1+1",
    ],
)
def test_no_text_in_a_spreadsheet_is_a_formula(text: str, store: Store, visit: Callable[..., TestClient]) -> None:
    tags = {"city": "makassar", "market": "bandung", "commodity": "bawang-merah", "quote": text, "level": "consumer"}
    store.write([Block("price", [10**18], {**tags, "source": "ok-1", "origin": "typed"}, {"price_idr": [9.0]})])

    found = visit().get(f"{ADDRESS}?measurement=price&format=csv").text
    row = next(csv.DictReader(io.StringIO(found, newline="")))

    cells = [cell.strip() for part in row["quote"].splitlines() for cell in part.replace("|", ";").split(";")]
    assert [cell for cell in cells if cell[:1] in tuple("=+-@＝")] == []
    assert row["quote"].replace("'", "") == text
    assert (row["source"], row["price_idr"]) == ("ok-1", "9.0")
