"""The lane page: what a farmer sees at a glance, what a tap tells, and what a messenger shows of a link to it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from commons.errors import SettingsError
from tests.web.test_pages import said
from web.settings import WebSettings

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.testclient import TestClient

    from store.contract import Store
    from tests.web.conftest import Garden

PUBLIC = WebSettings(address="https://kebun.example.id/")


def card(html: str, bed: str) -> str:
    """One bed's part of the page."""
    return html.partition(f'id="petak-{bed}"')[2].partition("</article>")[0]


def shapes(html: str) -> list[str]:
    """The shapes drawn, in order."""
    return re.findall(r'<use href="#i-([a-z-]+)"', html)


def test_the_day_is_said_first_for_the_whole_lane(full: Store, visit: Callable[..., TestClient]) -> None:
    html = visit(of=full).get("/lanes/saga").text
    today = html.partition('class="today"')[2].partition("</section>")[0]

    assert "Hari ini siram 25 liter ≈ 2,5 gembor isi 10 liter Bedeng 1 25 liter" in said(today)
    assert 'href="#petak-b1"' in today
    assert "1 kering" in said(today)
    assert "1 cukup" in said(today)
    assert "basah" not in today  # the wet bed is a recording from elsewhere
    assert html.index('class="today"') < html.index('id="petak-b1"')


def test_a_recording_from_elsewhere_asks_for_no_water_here(garden: Garden, visit: Callable[..., TestClient]) -> None:
    for bed, litres in (("b1", 25.0), ("r1", 50.0)):
        garden.soil("saga", bed, origin="recorded" if bed == "r1" else "simulated")
        garden.soil_state("saga", bed, "dry", litres=litres)

    page = said(visit().get("/lanes/saga").text)

    assert "Hari ini siram 25 liter" in page
    assert "Siram 50 liter" not in page


def test_water_is_drawn_as_cans_and_said_in_words(full: Store, visit: Callable[..., TestClient]) -> None:
    bed = card(visit(of=full).get("/lanes/saga").text, "b1")

    assert shapes(bed)[:4] == ["dry", "can", "can", "half-can"]
    assert "≈ 2,5 gembor isi 10 liter" in said(bed)
    assert bed.count('aria-hidden="true"') >= len(shapes(bed))


@pytest.mark.parametrize(
    ("litres", "drawn", "words"),
    [
        (2.0, [], "Siram 2,0 liter hari ini kurang dari setengah gembor"),
        (5.0, ["half-can"], "≈ 0,5 gembor"),
        (80.0, ["can"] * 8, "≈ 8 gembor"),
        (250.0, ["can"], "× 25 Siram 250 liter hari ini ≈ 25 gembor"),
    ],
)
def test_few_cans_are_shapes_and_many_are_counted(
    litres: float, drawn: list[str], words: str, garden: Garden, visit: Callable[..., TestClient]
) -> None:
    garden.soil("saga", "b1")
    garden.soil_state("saga", "b1", "dry", litres=litres)

    bed = card(visit().get("/lanes/saga").text, "b1")

    assert [shape for shape in shapes(bed) if "can" in shape] == drawn
    assert words in said(bed)


def test_every_state_is_a_word_and_a_shape_of_its_own(full: Store, visit: Callable[..., TestClient]) -> None:
    client = visit(of=full)
    saga, agatis = client.get("/lanes/saga").text, client.get("/lanes/agatis").text

    seen = {shapes(card(saga, bed))[0] for bed in ("b1", "b2", "r1")} | {shapes(card(agatis, "b1"))[0]}
    assert seen == {"dry", "good", "wet", "unknown"}
    drawn = {code: re.search(rf'id="i-{code}".*?</symbol>', saga) for code in seen}
    assert len({found[0].partition(">")[2] for found in drawn.values() if found}) == 4


def test_why_is_a_tap_away_and_leads_to_the_reckoning(full: Store, visit: Callable[..., TestClient]) -> None:
    client = visit(of=full, explain=lambda *_, **__: None)

    glance, _, why = card(client.get("/lanes/saga").text, "b1").partition("<details>")

    assert "Tanah kehilangan" not in glance
    assert "Mengapa kering? Tanah kehilangan 24,0 mm air" in said(why)
    assert "/explain/soil_state?period=2026-11-24&amp;place=saga&amp;bed=b1" in why
    assert "panen pertama 29 Nov sampai 8 Des, 5 hari lagi." in said(glance)
    assert "Data terakhir 7 menit yang lalu" in said(glance)


def test_a_bed_that_nobody_can_judge_says_what_to_do(full: Store, visit: Callable[..., TestClient]) -> None:
    bed = card(visit(of=full).get("/lanes/agatis").text, "b1")

    assert "raba tanah sedalam satu jari" in said(bed.partition("<details>")[2])


def test_a_lane_without_a_judgement_gives_no_advice(visit: Callable[..., TestClient]) -> None:
    page = said(visit().get("/lanes/saga").text)

    assert "Keadaan petak hari ini tidak diketahui." in page
    assert "Hari ini tidak ada petak" not in page


def test_a_link_preview_says_the_day_in_words(full: Store, visit: Callable[..., TestClient]) -> None:
    html = visit(of=full).get("/lanes/saga").text

    assert '<meta property="og:title" content="Lorong Saga">' in html
    about = "1 petak kering, 1 petak cukup. Hari ini siram 25 liter."
    assert f'<meta property="og:description" content="{about}">' in html
    assert "og:image" not in html
    assert "og:url" not in html
    assert '<meta name="twitter:card" content="summary">' in html


def test_a_preview_has_a_picture_only_under_the_address_in_the_settings(
    full: Store, visit: Callable[..., TestClient]
) -> None:
    client = visit(of=full, settings=PUBLIC)

    html = client.get("/lanes/saga?lang=en", headers={"Host": "evil.example"}).text

    picture = "https://kebun.example.id/lanes/saga/week.png?lang=en"
    assert f'<meta property="og:image" content="{picture}">' in html
    assert '<meta name="twitter:card" content="summary_large_image">' in html
    assert "evil" not in html
    assert '<meta property="og:url" content="https://kebun.example.id/?lang=id">' in client.get("/?lang=id").text


@pytest.mark.parametrize("address", ["kebun.example.id", "ftp://kebun.example.id", "https://x/y", "https://", "//x"])
def test_an_address_that_no_card_can_carry_is_refused(address: str, visit: Callable[..., TestClient]) -> None:
    with pytest.raises(SettingsError, match=r"web\.address is .*; write https:// and the name"):
        visit(settings=WebSettings(address=address))


def test_a_password_in_the_address_is_refused_and_not_repeated(visit: Callable[..., TestClient]) -> None:
    with pytest.raises(SettingsError) as refused:
        visit(settings=WebSettings(address="https://me:hunter2@kebun.example.id"))

    assert "hunter2" not in str(refused.value)
