"""Pages put one after the other are the whole, however rows share a moment and windows span days."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.flow.passing import Passing
from web.settings import WebSettings

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow as pa
    from starlette.testclient import TestClient

    from commons.rows import Value
    from store.contract import Query, Store
    from tests.web.conftest import Garden, StandingClock

READ = "/api/v1/read"


def paged(client: TestClient, query: str, limit: int) -> tuple[list[dict[str, Any]], int]:
    """All rows by pages, and how many pages they took."""
    rows: list[dict[str, Any]] = []
    cursor, pages = "", 0
    while True:
        answer = client.get(f"{READ}?{query}&limit={limit}{cursor}").json()
        rows += answer["rows"]
        pages += 1
        assert len(answer["rows"]) <= limit
        assert answer["more"] is (answer["next"] is not None)
        if answer["next"] is None:
            return rows, pages
        cursor = f"&next={answer['next']}"


def ordered(rows: list[dict[str, Any]]) -> list[str]:
    return sorted(map(str, rows))


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 50])
@pytest.mark.parametrize("query", ["measurement=soil", "measurement=soil&start=-20h&stop=-3h"])
def test_rows_that_share_moments_come_once_each(
    query: str, limit: int, garden: Garden, visit: Callable[..., TestClient]
) -> None:
    for bed in ("b1", "b2", "r1"):
        garden.soil("saga", bed, hours=24)
    client = visit(settings=WebSettings(requests_burst=10_000))
    whole = client.get(f"{READ}?{query}").json()["rows"]

    found, pages = paged(client, query, limit)

    assert len(whole) > 45
    assert found == whole
    assert pages == -(-len(whole) // limit)


@pytest.mark.parametrize(("window", "limit"), [("1h", 300), ("1d", 9), ("1d", 1000), ("1w", 1), ("1w", 5)])
@pytest.mark.parametrize("span", ["", "&start=-9d&stop=-1d", "&start=2026-11-03T05:30:00Z"])
def test_windows_are_the_same_page_by_page(
    window: str, limit: int, span: str, garden: Garden, full_weeks: Store, visit: Callable[..., TestClient]
) -> None:
    client = visit(settings=WebSettings(requests_burst=100_000))
    query = f"measurement=soil&window={window}&by=bed&fields=moisture{span}"
    whole = client.get(f"{READ}?{query}").json()["rows"]

    found, _ = paged(client, query, limit)

    assert whole
    assert found == whole


@pytest.fixture
def full_weeks(garden: Garden, store: Store) -> Store:
    """Five weeks of readings after a silence of a year, each hour of two beds."""
    garden.soil("saga", "b1", hours=24 * 35)
    garden.soil("saga", "b2", hours=24 * 35)
    garden.soil("saga", "b2", hours=3, old_hours=24 * 400)
    return store


def test_the_days_of_events_come_once_each(garden: Garden, visit: Callable[..., TestClient]) -> None:
    for day in range(6):
        garden.picked(f"e{day}", 1.0 + day, days_ago=day)
    client = visit()

    found, pages = paged(client, "measurement=harvest", 2)

    assert [row["kg"] for row in found] == [6.0, 5.0, 4.0, 3.0, 2.0, 1.0]
    assert pages == 3


def test_a_refused_result_does_not_end_the_pages(garden: Garden, visit: Callable[..., TestClient]) -> None:
    for back in range(4):
        refused = "too little" if back == 2 else ""
        fields: dict[str, Value] = {"state": "dry", "litres": 1.0 + back, "refused": refused}
        garden.indicator("soil_state", garden.today - timedelta(days=back), {"lane": "saga", "bed": "b1"}, fields)

    found, _ = paged(visit(), "measurement=soil_state&fields=litres", 2)

    assert [row["litres"] for row in found] == [4.0, 2.0, 1.0]


def test_csv_and_arrow_say_in_a_header_where_to_go_on(garden: Garden, visit: Callable[..., TestClient]) -> None:
    garden.soil("saga", "b1", hours=3)
    client = visit()

    cursors = {
        client.get(f"{READ}?measurement=soil&limit=2&format={form}").headers["x-next"] for form in ("csv", "arrow")
    }

    assert len(cursors) == 1
    rest = client.get(f"{READ}?measurement=soil&limit=2&format=csv&next={cursors.pop()}")
    assert len(rest.text.splitlines()) == 2
    assert "x-next" not in rest.headers


@pytest.mark.parametrize("cursor", ["x", "1", "1.x", "1.200001", "1.-1", "99999999999999999999.0", "1.0\n"])
def test_a_cursor_of_ones_own_making_is_refused(cursor: str, visit: Callable[..., TestClient]) -> None:
    answer = visit().get(READ, params={"measurement": "soil", "next": cursor})

    assert answer.status_code == 400
    assert answer.json()["error"].endswith("is from no answer of this API; leave it out to begin again")


class Watched(Passing):
    """A store that notes how many rows any one answer held, and lets time pass with each."""

    def __init__(self, store: Store, clock: StandingClock, *, seconds: float = 0.0) -> None:
        super().__init__(store)
        self._clock, self._seconds = clock, seconds
        self.largest = 0

    def read(self, query: Query) -> pa.Table:
        self._clock.at += timedelta(seconds=self._seconds)
        found = super().read(query)
        self.largest = max(self.largest, found.num_rows)
        return found


def test_no_answer_of_the_store_is_longer_than_the_page(
    full_weeks: Store, clock: StandingClock, visit: Callable[..., TestClient]
) -> None:
    watched = Watched(full_weeks, clock)
    client = visit(of=watched)

    for query in ("measurement=soil", "measurement=soil&window=1h"):
        assert client.get(f"{READ}?{query}&limit=10").json()["more"]

    assert watched.largest == 11


def test_a_long_span_ends_early_and_says_where_to_go_on(
    full_weeks: Store, clock: StandingClock, visit: Callable[..., TestClient]
) -> None:
    query = "measurement=soil&window=1d&by=bed&fields=moisture&start=2025-01-01"
    whole = visit(of=full_weeks).get(f"{READ}?{query}").json()["rows"]
    slow = visit(of=Watched(full_weeks, clock, seconds=3.0), settings=WebSettings(requests_burst=1000))

    found, pages = paged(slow, query, 1000)

    assert pages > 1
    assert found == whole
