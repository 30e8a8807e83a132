"""schemathesis against the API: whatever its description allows or forbids, the answers are as described."""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import pytest
import schemathesis
import urllib3
from schemathesis import engine
from schemathesis.engine.events import NonFatalError, ScenarioFinished

from web.app import API, create_app
from web.settings import WebSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from starlette.testclient import TestClient

    from commons.sites import Site
    from store.contract import Store
    from tests.web.conftest import StandingClock

EXAMPLES: Final = int(os.environ.get("SCHEMA_EXAMPLES", "20"))
"""Of each address; `make schema` asks for 1,000."""
GENEROUS: Final = WebSettings(requests_per_second=1e6, requests_burst=10**7, api_at_once=8)
_DEPENDS: Final = {"include-path-regex": "/(read|latest|(tables|maps)/.*)$"}  # what fits, measurement and site decide
_CONFIG: Final = {
    "seed": 20261124,
    "continue-on-failure": True,
    "generation": {"max-examples": EXAMPLES},
    "checks": {"negative_data_rejection": {"expected-statuses": ["400", "414", "429", "431"]}},
    "operations": [{**_DEPENDS, "checks": {"positive_data_acceptance": {"expected-statuses": ["2xx", "400"]}}}],
}


@pytest.fixture
def countable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connection pools that schemathesis can count: niquests puts urllib3-future in urllib3's place, whose cannot."""
    pools = type(urllib3.PoolManager().pools)
    if not hasattr(pools, "keys"):
        monkeypatch.setattr(pools, "keys", lambda _: (), raising=False)


def faults(event: ScenarioFinished) -> Iterable[str]:
    """What a scenario's answers were not as described, and how to ask for them again."""
    cases = event.recorder.cases
    for name, checks in event.recorder.checks.items():
        for check in checks:
            if check.failure_info is not None:
                asked = cases[name].value.as_curl_command()
                yield f"{check.name}: {check.failure_info.failure} {asked}"


def test_the_api_answers_as_it_is_described(
    full: Store, site: Site, clock: StandingClock, countable: None, capsys: pytest.CaptureFixture[str]
) -> None:
    app = create_app(full, site, clock=clock, settings=GENEROUS)
    config = schemathesis.Config.from_dict(_CONFIG)
    schema = schemathesis.openapi.from_asgi(f"{API}/openapi.json", app, config=config)

    found: list[str] = []
    answers: Counter[tuple[str, int]] = Counter()
    for event in engine.from_schema(schema).execute():
        if isinstance(event, NonFatalError):
            found.append(str(event.value))
        elif isinstance(event, ScenarioFinished):
            found.extend(faults(event))
            answers.update(_answered(event))

    with capsys.disabled():
        print(f"\nschemathesis: {sum(answers.values())} questions, {len(found)} faults")  # noqa: T201  # a figure asked for
    assert found == []
    for path in ("measurements", "indicators", "read", "latest"):
        assert answers[f"GET {API}/{path}", 200]
        assert answers[f"GET {API}/{path}", 405]
    assert answers[f"GET {API}/read", 400]


@pytest.mark.parametrize(
    "query",
    [
        "format=",
        "limit=%D9%A3",  # three, in Arabic digits
        "limit=0",
        "start=2026-W48-2",
        "start=2026-11-24T0800Z",
        "start=%2D٧d",
        "stop=2026-11-24T08:00:00",
        "next=1",
        "next=١.0",
    ],
)
def test_what_the_description_does_not_allow_is_refused(
    query: str, full: Store, visit: Callable[..., TestClient]
) -> None:
    answer = visit(of=full).get(f"{API}/read?measurement=soil&{query}")

    assert answer.status_code == 400
    assert query.partition("=")[0] in answer.json()["error"]


@pytest.mark.parametrize("moment", ["2026-11-24", "2026-11-24T08:00Z", "2026-11-24T08:00:00.5+08:00", "-7d"])
def test_a_moment_may_be_written_in_each_described_way(
    moment: str, full: Store, visit: Callable[..., TestClient]
) -> None:
    asked = {"measurement": "soil", "start": moment, "limit": "1"}

    assert visit(of=full).get(f"{API}/read", params=asked).status_code == 200


def _answered(event: ScenarioFinished) -> list[tuple[str, Any]]:
    replies = [reply.response for reply in event.recorder.interactions.values()]
    return [(str(event.recorder.label), reply.status_code) for reply in replies if reply is not None]
