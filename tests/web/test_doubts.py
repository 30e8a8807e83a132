"""The page on the quality of data: every doubt in one sentence with its numbers, newest first, some on a page."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.web.test_pages import MOST_BYTES, said
from web.doubts import ADVICE, SENTENCES, SHOWN

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.testclient import TestClient

    from commons.rows import Value
    from tests.web.conftest import Garden

STUCK = {"lane": "saga", "bed": "b1", "field": "soil.moisture", "test": "stuck"}


def doubted(
    garden: Garden, *, days_ago: int = 1, days: int = 1, value: float = 44.4, left_out: float = 1.0, **tags: str
) -> None:
    """A sensor doubted for so many days on end, the last of them so many days ago."""
    for day in range(days):
        at = garden.today - timedelta(days=days_ago + day)
        fields: dict[str, Value] = {"value": value, "usual": 30.2, "left_out": left_out, "detail": "saga-n1"}
        garden.indicator("sensor_doubt", at, {**STUCK, **tags}, {**fields, "marks": "simulated"})


def test_a_doubt_is_told_with_its_numbers_and_what_to_do(garden: Garden, visit: Callable[..., TestClient]) -> None:
    doubted(garden, days=3)

    page = visit().get("/quality")

    text = said(page.text)
    assert "1 keraguan , 1 tidak dihitung." in text
    assert "Kelembapan tanah di Lorong Saga, Bedeng 1 terus menunjukkan 44,4 %; biasanya 30,2 %. SIMULASI" in text
    assert "Tidak dihitung. Sejak 21 Nov 2026, terakhir 23 Nov 2026." in text
    assert "Cabut sensor dan pasang lagi; bila tetap sama, ganti. Alat: saga-n1." in text
    assert '<a href="/lanes/saga">' in page.text


def test_the_same_in_english(garden: Garden, visit: Callable[..., TestClient]) -> None:
    doubted(garden, left_out=0.0, bed="", field="air.temperature", test="spike", value=61.0)

    text = said(visit().get("/quality?lang=en").text)

    assert "1 doubt , 0 not counted." in text
    assert "Air temperature at Lorong Saga leapt to 61.0 °C and back; usually 30.2 °C." in text
    assert "Counts all the same. 23 Nov 2026. Check the sensor" in text


def test_days_in_a_row_are_one_doubt_and_the_newest_stands_first(
    garden: Garden, visit: Callable[..., TestClient]
) -> None:
    doubted(garden, days_ago=2, days=2)
    doubted(garden, days_ago=20, days=2)
    doubted(garden, days_ago=1, bed="b2", test="spike")

    text = said(visit().get("/quality").text)

    assert "3 keraguan" in text
    order = [text.index(words) for words in ("Polibag 2", "terakhir 22 Nov 2026", "terakhir 4 Nov 2026")]
    assert order == sorted(order)


def test_a_doubt_that_no_sentence_is_written_for_is_told_all_the_same(
    garden: Garden, visit: Callable[..., TestClient]
) -> None:
    doubted(garden, test="moon_phase", field="soil.colour", lane="<b>x</b>")

    html = visit().get("/quality").text

    assert "soil.colour di &lt;b&gt;x&lt;/b&gt;, b1: 44,4, biasanya 30,2 (uji moon_phase)." in html


def test_many_doubts_are_told_in_pages_and_each_is_light(garden: Garden, visit: Callable[..., TestClient]) -> None:
    for number in range(SHOWN + 1):
        doubted(garden, bed=f"b{number}", days_ago=number)
    client = visit()

    first, second = client.get("/quality"), client.get("/quality?page=2&lang=en")

    assert first.text.count("<li>\n<p>") == SHOWN
    assert second.text.count("<li>\n<p>") == 1
    assert 'href="/quality?page=2"' in first.text
    assert 'href="/quality?page=1&amp;lang=en"' in second.text
    assert len(first.content) < MOST_BYTES


@pytest.mark.parametrize("page", ["0", "2", "-1", "x", "9999999", "²"])
def test_a_page_that_is_not_there_is_not_found(page: str, visit: Callable[..., TestClient]) -> None:
    assert visit().get("/quality", params={"page": page}).status_code == 404


def test_what_is_long_past_is_no_longer_told(garden: Garden, visit: Callable[..., TestClient]) -> None:
    doubted(garden, days_ago=100)

    assert "Belum ada yang diragukan." in said(visit().get("/quality").text)


@pytest.mark.parametrize("path", ["/", "/health"])
def test_the_city_and_the_flow_of_data_lead_to_it(path: str, garden: Garden, visit: Callable[..., TestClient]) -> None:
    garden.everything()

    assert 'href="/quality"' in visit().get(path).text


def test_every_sentence_has_its_advice() -> None:
    assert set(SENTENCES) == set(ADVICE)
