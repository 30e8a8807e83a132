"""What a month's harvest fed and saved, on the pages: never without what it leaves out."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from tests.web.test_pages import MOST_BYTES, said

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.testclient import TestClient

    from commons.rows import Value
    from tests.web.conftest import Garden

MONTH = date(2026, 11, 1)
FOODS = ("kangkung", "bayam", "bawang-merah", "sawi", "singkong", "terong", "tomat")


def fed(garden: Garden, place: str = "makassar", level: str = "kota", **more: Value) -> None:
    fields: dict[str, Value] = {
        "kg": 408.0,
        "kcal": 79_956.0,
        "protein_g": 4_974.0,
        "person_days": 38.1,
        "known_pct": 74.3,
        "n": 1.0,
        "expected": 2.0,
        "marks": "simulated,incomplete",
        "refused": "",
    }
    garden.indicator("nutrition", MONTH, {"level": level, "place": place, "period": "month"}, {**fields, **more})


def saved(garden: Garden, place: str = "makassar", level: str = "kota", **more: Value) -> None:
    tags = {"level": level, "place": place, "commodity": "semua", "period": "month"}
    fields: dict[str, Value] = {"saved_idr": 2_083_188.0, "priced_pct": 9.9, "basket_pct": 222.4, "marks": "stand_in"}
    garden.indicator("savings", MONTH, tags, {**fields, "refused": "", **more})


def needed(garden: Garden, commodity: str, fulfilment: float) -> None:
    tags = {"level": "kota", "place": "makassar", "commodity": commodity, "period": "month"}
    fields: dict[str, Value] = {"kg": 59.1, "need_kg": 493_123.0, "fulfilment": fulfilment, "people": 1_427_619.0}
    garden.indicator("food_supply", MONTH, tags, {**fields, "marks": "stand_in"})


def costs(garden: Garden, market: str, cost: float, **more: Value) -> None:
    tags = {"market": market, "basket": "panel", "period": "month"}
    garden.indicator("basket_cost", MONTH, tags, {"cost_idr": cost, "marks": "stand_in", "refused": "", **more})


def test_the_city_says_what_the_harvest_fed_and_saved_and_what_is_left_out(
    garden: Garden, visit: Callable[..., TestClient]
) -> None:
    fed(garden)
    saved(garden)
    needed(garden, "kangkung", 0.012)
    costs(garden, "bandung", 231_731.0)

    page = said(visit().get("/").text)

    assert "Bulan ini: 408,0 kg, 1 dari 2 lorong melapor." in page
    assert "79.956 kkal dan 4.974 gram protein, cukup untuk 38,1 orang sehari" in page
    assert "Baru dari 74 % beratnya: kandungan sisanya tidak diketahui. SIMULASI belum lengkap" in page
    assert "Rp2.083.188 menurut harga pasar, setara belanja pangan pokok 2,2 rumah tangga sebulan." in page
    assert "Baru dari 10 % beratnya: sisanya tidak ada harganya. dari tempat lain" in page
    assert "Kangkung darat 59,1 0,012" in page
    assert "1.427.619 warga" in page
    assert "Rp231.731 per orang sebulan (Panel Bandung, November 2026). dari tempat lain: Kota Bandung" in page


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (238.3, "Rp90.000 menurut harga pasar, setara belanja pangan pokok 2,4 rumah tangga sebulan."),
        (100.0, "Rp90.000 menurut harga pasar, setara belanja pangan pokok 1,0 rumah tangga sebulan."),
        (12.5, "Rp90.000 menurut harga pasar, 12,5 % dari belanja pangan pokok satu rumah tangga sebulan."),
        (0.0, "Rp90.000 menurut harga pasar, 0,0 % dari belanja pangan pokok satu rumah tangga sebulan."),
        (None, "Rp90.000 menurut harga pasar."),
    ],
)
def test_savings_of_more_than_a_household_are_told_in_households(
    share: float | None, words: str, garden: Garden, visit: Callable[..., TestClient]
) -> None:
    fed(garden, "saga", "lane")
    saved(garden, "saga", "lane", saved_idr=90_000.0, basket_pct=share)

    assert words in said(visit().get("/lanes/saga").text)


def test_a_refused_figure_is_said_with_its_reason(garden: Garden, visit: Callable[..., TestClient]) -> None:
    fed(garden, refused="composition known of 40 % of the weight, 50 % needed", kcal=None)
    saved(garden, refused="no price of kangkung")

    page = said(visit().get("/").text)

    assert "Gizi : belum cukup data kandungan gizi diketahui untuk 40 % beratnya, perlu 50 %" in page
    assert "Dihemat : belum cukup data belum ada harga Kangkung darat" in page
    assert "kkal" not in page
    assert "composition known of 40 % of the weight, 50 % needed" in said(visit().get("/?lang=en").text)


def test_a_lane_shows_its_own_month(garden: Garden, visit: Callable[..., TestClient]) -> None:
    fed(garden, "saga", "lane", kg=12.0, kcal=1_000.0)
    saved(garden, "saga", "lane", saved_idr=90_000.0)
    fed(garden, kcal=79_956.0)

    page = said(visit().get("/lanes/saga").text)

    assert "Hasil panen sebulan Bulan ini: 12,0 kg" in page
    assert "1.000 kkal" in page
    assert "Rp90.000 menurut harga pasar" in page
    assert "79.956" not in page


def test_the_city_s_own_market_tells_the_basket_before_one_that_stands_in(
    garden: Garden, visit: Callable[..., TestClient]
) -> None:
    fed(garden)
    costs(garden, "bandung", 231_731.0)
    costs(garden, "pasar-terong", 250_000.0, marks="")

    page = said(visit().get("/").text)

    assert "Rp250.000 per orang sebulan (Pasar Terong" in page


@pytest.mark.parametrize("lang", ["id", "en"])
@pytest.mark.parametrize("path", ["/", "/lanes/saga"])
def test_the_pages_stay_light(path: str, lang: str, garden: Garden, visit: Callable[..., TestClient]) -> None:
    garden.everything()
    for place, level in (("makassar", "kota"), ("saga", "lane")):
        fed(garden, place, level)
        saved(garden, place, level)
    for number, food in enumerate(
        ("kangkung", "bayam", "bawang-merah", "cabai-rawit-merah", "singkong", "sawi", "kelor")
    ):
        needed(garden, food, number / 1000)
    costs(garden, "bandung", 231_731.0)

    page = visit().get(path, params={"lang": lang})

    assert len(page.content) < MOST_BYTES
    assert "79" in page.text


def test_no_more_than_six_needs_are_shown_the_largest_first(garden: Garden, visit: Callable[..., TestClient]) -> None:
    fed(garden)
    for number, food in enumerate(
        ("kangkung", "bayam", "bawang-merah", "sawi", "singkong", "terong", "tomat"), start=1
    ):
        needed(garden, food, number / 1000)

    page = said(visit().get("/").text)

    assert page.index("Tomat 59,1 0,007") < page.index("Terong 59,1 0,006")
    assert "0,001" not in page
