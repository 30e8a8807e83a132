"""The diary on the web: the lane's days for everybody, its own policy, and open while the store is away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from commons.rows import Block, event_time
from tests.web.conftest import NOW

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.testclient import TestClient

    from store.contract import Store
    from tests.web.conftest import Garden


def more(garden: Garden, entry: str) -> None:
    """Saga reports that nothing was harvested, then something of another bed; and a harvest that nobody made."""
    at_ms = round(NOW.timestamp() * 1000)
    of_lane = {"city": "makassar", "lane": "saga"}
    said, made_up = {**of_lane, "origin": "typed"}, {**of_lane, "origin": "simulated", "commodity": "bayam"}
    time = event_time(at_ms, entry=entry, version=1)
    garden.store.write(
        [
            Block("harvest", [time], said, {"entry": [entry], "version": [1.0], "nothing": [1.0]}),
            Block(
                "harvest",
                [time],
                {**said, "bed": "b2", "commodity": "kangkung"},
                {"entry": [f"{entry}-b"], "version": [1.0], "kg": [1.0]},
            ),
            Block("harvest", [time], made_up, {"entry": [f"{entry}-s"], "version": [1.0], "kg": [9.0]}),
        ]
    )


def test_what_a_lane_wrote_down_is_shown_by_day_as_it_holds_now_and_without_beds(
    garden: Garden, visit: Callable[..., TestClient]
) -> None:
    garden.picked("phone-1-0001", 1.0)
    garden.picked("phone-1-0001", 2.5, version=2)
    garden.picked("phone-1-0002", 0.7)
    garden.picked("phone-1-0003", 5.0, days_ago=1, void=1.0)
    garden.picked("phone-1-0004", 8.0, days_ago=20)
    more(garden, "phone-1-0005")

    page = visit().get("/diary/saga").text
    days = page.partition("<tbody>")[2].partition("</tbody>")[0]

    assert days.count("<tr>") == 1
    assert "Panen Kangkung darat: 4,2 kg" in days
    assert "Minggu ini tidak ada panen" in days
    assert 'Panen Bayam cabut: 9 kg <span class="mark">tiruan</span>' in days
    assert "Ani" not in days
    assert "Bedeng" not in days


def test_another_lane_is_not_in_the_book(garden: Garden, visit: Callable[..., TestClient]) -> None:
    garden.picked("phone-1-0001", 1.0)

    assert "Belum ada catatan" in visit().get("/diary/agatis").text


def test_while_the_store_is_away_the_page_opens_and_says_so(away: Store, visit: Callable[..., TestClient]) -> None:
    page = visit(of=away).get("/diary/saga")

    assert page.status_code == 200
    assert "Gudang data tidak menjawab" in page.text


def test_a_lane_that_there_is_not_has_no_diary(visit: Callable[..., TestClient]) -> None:
    page = visit().get("/diary/sagga")

    assert page.status_code == 404
    assert "Tidak ada halaman dengan nama itu." in page.text


def test_the_diary_alone_may_run_scripts(full: Store, visit: Callable[..., TestClient]) -> None:
    client = visit(of=full)
    policies = {
        path: client.get(path).headers["content-security-policy"]
        for path in ("/diary/saga", "/", "/lanes/saga", "/diary/sagga", "/diary", "/static/style.css", "/api/v1/latest")
    }

    assert "script-src 'self'; connect-src 'self'; worker-src 'self'" in policies.pop("/diary/saga")
    assert not [path for path, policy in policies.items() if "script" in policy or "worker" in policy]
    assert all("default-src 'none'" in policy for policy in policies.values())
