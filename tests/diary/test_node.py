"""The diary on a node: its own lane and no other, and its outbox is the queue."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from commons.errors import SettingsError, UnknownNameError
from commons.topics import Address
from diary.node import node_diary
from diary.settings import DiarySettings
from tests.diary.conftest import HARVEST

if TYPE_CHECKING:
    from pathlib import Path

    from commons.outbox import Outbox
    from commons.sites import Site
    from diary.codes import LaneCodes
    from tests.diary.conftest import StandingClock

NODE = Address("makassar", "saga", "saga-pi")


@pytest.fixture
def settings(tmp_path: Path) -> DiarySettings:
    return DiarySettings(codes=tmp_path / "lane-codes.json")


@pytest.fixture
def wifi(site: Site, outbox: Outbox, settings: DiarySettings, clock: StandingClock) -> TestClient:
    """A phone on the lane's Wi-Fi."""
    return TestClient(node_diary(NODE, site, outbox, settings, clock=clock), follow_redirects=False)


def test_an_entry_waits_in_the_nodes_own_outbox(wifi: TestClient, codes: LaneCodes, outbox: Outbox) -> None:
    home = wifi.get("/")
    taken = wifi.post("/entries/saga", json={**HARVEST, "code": codes.draw("saga")})

    assert (home.status_code, home.headers["location"]) == (307, "/diary/saga")
    assert taken.status_code == 202
    assert [pack.topic for pack in outbox.packs(0, limit=2)] == [NODE.up("harvest")]


def test_another_lane_is_not_entered_here_even_with_its_code(
    wifi: TestClient, codes: LaneCodes, outbox: Outbox
) -> None:
    code = codes.draw("sydney")
    answers = [wifi.get("/diary/sydney"), wifi.post("/entries/sydney", json={**HARVEST, "code": code})]

    assert [answer.status_code for answer in answers] == [404, 403]
    assert "this node's page is /diary/saga" in answers[0].text
    assert outbox.depth == 0


def test_every_answer_is_guarded_as_on_the_web(wifi: TestClient) -> None:
    for path in ("/", "/diary/saga", "/diary/sydney", "/nothing"):
        headers = wifi.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert ("script-src" in headers["content-security-policy"]) == (path == "/diary/saga")


def test_a_node_that_stands_in_no_lane_has_no_diary(
    site: Site, outbox: Outbox, settings: DiarySettings, clock: StandingClock
) -> None:
    with pytest.raises(UnknownNameError, match="lane 'kota' is unknown"):
        node_diary(Address("makassar", "kota", "prices"), site, outbox, settings, clock=clock)


def test_a_language_that_there_is_not_is_named_at_the_start(
    site: Site, outbox: Outbox, settings: DiarySettings, clock: StandingClock
) -> None:
    with pytest.raises(UnknownNameError, match="'indonesian' is unknown; known: en, id"):
        node_diary(NODE, site, outbox, replace(settings, language="indonesian"), clock=clock)


def test_codes_that_others_may_read_are_refused_at_the_start(
    site: Site, outbox: Outbox, settings: DiarySettings, clock: StandingClock, codes: LaneCodes
) -> None:
    codes.draw("saga")
    settings.codes.chmod(0o644)

    with pytest.raises(SettingsError, match="may be read by others"):
        node_diary(NODE, site, outbox, settings, clock=clock)
