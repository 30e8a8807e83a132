"""How much one address may ask: enough for a family, not enough to keep others out."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from web.rates import TokenBuckets
from web.settings import WebSettings

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.testclient import TestClient

    from tests.web.conftest import StandingClock

FEW = WebSettings(requests_per_second=1.0, requests_burst=20)


def statuses(client: TestClient, path: str, times: int) -> list[int]:
    return [client.get(path).status_code for _ in range(times)]


def test_who_asks_too_much_is_told_when_to_come_back(visit: Callable[..., TestClient]) -> None:
    client = visit(settings=FEW)

    assert statuses(client, "/sources", 21) == [200] * 20 + [429]
    refused = client.get("/sources")
    assert refused.headers["retry-after"] == "2"
    assert refused.json() == {"error": "too many requests from your address; try again in 2 s"}


def test_others_are_served_meanwhile(visit: Callable[..., TestClient]) -> None:
    loud = visit(settings=FEW)
    statuses(loud, "/sources", 25)

    assert visit(beside=loud, address="203.0.113.8").get("/sources").status_code == 200


def test_one_home_is_one_visitor_however_many_ipv6_addresses_it_has(visit: Callable[..., TestClient]) -> None:
    first = visit(settings=FEW, address="2001:db8:1:1::1")
    statuses(first, "/sources", 20)

    assert visit(beside=first, address="2001:db8:1:1:ffff::2").get("/sources").status_code == 429
    assert visit(beside=first, address="2001:db8:1:2::1").get("/sources").status_code == 200


def test_waiting_helps(clock: StandingClock, visit: Callable[..., TestClient]) -> None:
    client = visit(settings=FEW)
    statuses(client, "/sources", 20)

    clock.at += timedelta(seconds=3)

    assert statuses(client, "/sources", 4) == [200, 200, 200, 429]


@pytest.mark.parametrize("path", ["/api/v1/read?measurement=soil", "/api/v1/indicators", "/metrics"])
def test_what_the_store_must_be_asked_for_counts_as_ten(path: str, visit: Callable[..., TestClient]) -> None:
    assert statuses(visit(settings=FEW), path, 3) == [200, 200, 429]


def test_a_name_in_a_header_is_no_other_visitor(visit: Callable[..., TestClient]) -> None:
    client = visit(settings=FEW)
    found = [client.get("/sources", headers={"X-Forwarded-For": f"198.51.100.{i}"}).status_code for i in range(21)]

    assert found[-1] == 429


def test_the_table_of_visitors_is_bounded(clock: StandingClock) -> None:
    buckets = TokenBuckets(1.0, 1.0, clock, most=100)

    for number in range(1000):
        buckets.take(str(number), 1.0)

    assert len(buckets) == 100
    assert buckets.take("999", 1.0) == 1.0
