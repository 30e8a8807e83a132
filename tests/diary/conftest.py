"""A lane with a code, and a phone in front of what takes its entries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from commons.outbox import Outbox
from diary.codes import LaneCodes
from diary.entries import Entries
from diary.pages import Diary
from tests.flow.small_site import small_site
from tests.flow.waiting import MovedClock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from commons.sites import Site

HARVEST: dict[str, Any] = {"kind": "harvest", "entry": "phone-1-0001", "bed": "b1", "commodity": "kangkung", "kg": 1.5}


class StandingClock(MovedClock):
    """Both clocks stand still until a test moves them."""

    def monotonic(self) -> float:
        return self._moved


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return small_site(tmp_path / "site", recorded=0)


@pytest.fixture
def codes(tmp_path: Path) -> LaneCodes:
    return LaneCodes(tmp_path / "lane-codes.json")


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    opened = Outbox(tmp_path / "outbox.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def phone(site: Site, codes: LaneCodes, outbox: Outbox, clock: StandingClock) -> Iterator[TestClient]:
    app = Starlette(routes=Diary(site, Entries(site, codes, outbox, node="web", clock=clock)).routes())
    with TestClient(app, client=("203.0.113.7", 1), follow_redirects=False) as client:
        yield client
