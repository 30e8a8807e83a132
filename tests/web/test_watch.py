"""What machines ask: is the store there, how much flows, and how busy is the web."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from web.facts import PipelineFacts

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.testclient import TestClient

    from store.contract import Store


def metrics(client: TestClient) -> dict[str, float]:
    """The metrics by name and labels."""
    lines = client.get("/metrics").text.splitlines()
    found = (line.rpartition(" ") for line in lines if not line.startswith("#"))
    return {name: float(value) for name, _, value in found}


def test_health_is_ok_while_the_store_answers(visit: Callable[..., TestClient]) -> None:
    answer = visit().get("/healthz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_health_is_not_ok_while_the_store_is_away(away: Store, visit: Callable[..., TestClient]) -> None:
    answer = visit(of=away).get("/healthz")

    assert (answer.status_code, answer.json()) == (503, {"status": "unavailable"})


def test_what_flows_is_measured(full: Store, visit: Callable[..., TestClient]) -> None:
    facts = PipelineFacts(produced=10, stored=8, rejected=1, thinned=1, missing=2, progress=0.25)

    found = metrics(visit(of=full, facts=lambda: facts))

    assert found['lorong_rows{state="produced"}'] == 10
    assert found['lorong_rows{state="stored"}'] == 8
    assert found["lorong_history_progress"] == 0.25
    assert found['lorong_collector_rows_last_day{state="stored"}'] == 9 * 1440
    assert found["lorong_lag_seconds"] == 3
    assert found["lorong_packs_missing"] == 2
    assert found['lorong_lanes{heard="yes"}'] == 1
    assert found['lorong_lanes{heard="no"}'] == 1
    assert found["lorong_store_up"] == 1


def test_a_web_that_runs_alone_counts_no_pipeline(visit: Callable[..., TestClient]) -> None:
    found = metrics(visit())

    assert not [name for name in found if name.startswith(("lorong_rows", "lorong_history", "lorong_lag"))]


def test_metrics_are_there_while_the_store_is_away(away: Store, visit: Callable[..., TestClient]) -> None:
    found = metrics(visit(of=away, facts=lambda: PipelineFacts(stored=8)))

    assert found["lorong_store_up"] == 0
    assert found['lorong_rows{state="stored"}'] == 8


def test_requests_are_counted_by_route_not_by_address(visit: Callable[..., TestClient]) -> None:
    client = visit()
    for path in ("/lanes/saga", "/lanes/agatis", "/lanes/nowhere", "/nothing"):
        client.get(path)
    client.request("BREW", "/sources")

    found = metrics(client)

    counted = {name: value for name, value in found.items() if name.startswith("lorong_http_requests_total")}
    assert counted['lorong_http_requests_total{method="GET",route="/lanes/{lane}",status="200"}'] == 2
    assert counted['lorong_http_requests_total{method="GET",route="/lanes/{lane}",status="404"}'] == 1
    assert counted['lorong_http_requests_total{method="GET",route="other",status="404"}'] == 1
    assert not [name for name in counted if re.search("saga|agatis|nothing|BREW", name)]


def test_two_webs_in_one_process_count_apart(visit: Callable[..., TestClient]) -> None:
    one, other = visit(), visit()
    one.get("/sources")

    assert not [name for name in metrics(other) if "/sources" in name]
