"""Two languages: the choice is remembered, every text has its translation, numbers are written as people write them."""

from __future__ import annotations

import gettext
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from commons.catalogue import Label, measurement
from commons.errors import UnknownNameError
from commons.marks import MARKS, WITHDRAWN
from web import words
from web.language import SiteTranslations, language, languages
from web.settings import WebSettings

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.testclient import TestClient

WEB = Path(__file__).resolve().parents[2] / "web"


def test_indonesian_comes_first(visit: Callable[..., TestClient]) -> None:
    page = visit().get("/", headers={"Accept-Language": "en"})

    assert '<html lang="id">' in page.text


def test_a_chosen_language_is_remembered(visit: Callable[..., TestClient]) -> None:
    client = visit()

    client.get("/?lang=en")

    assert '<html lang="en">' in client.get("/prices").text
    assert '<html lang="id">' in client.get("/prices?lang=id").text
    assert '<html lang="id">' in client.get("/").text


def test_links_keep_the_language_where_cookies_are_off(visit: Callable[..., TestClient]) -> None:
    english, indonesian = visit().get("/?lang=en").text, visit().get("/").text

    assert 'href="/lanes/saga?lang=en"' in english
    assert 'href="/lanes/saga"' in indonesian


def test_the_switch_stays_on_the_page(visit: Callable[..., TestClient]) -> None:
    page = visit().get("/prices?market=bandung").text

    assert 'href="/prices?market=bandung&amp;lang=en"' in page


def test_an_unknown_language_counts_for_nothing(visit: Callable[..., TestClient]) -> None:
    page = visit().get("/?lang=xx")

    assert '<html lang="id">' in page.text
    assert "set-cookie" not in page.headers


def test_a_site_may_start_in_english(visit: Callable[..., TestClient]) -> None:
    page = visit(settings=WebSettings(language="en")).get("/").text

    assert '<html lang="en">' in page
    assert 'href="/lanes/saga"' in page


def test_settings_that_name_no_language_are_refused(visit: Callable[..., TestClient]) -> None:
    with pytest.raises(UnknownNameError, match="language 'xx' is unknown; known: en, id"):
        visit(settings=WebSettings(language="xx"))


def test_every_text_has_its_english_and_no_english_is_left_over() -> None:
    with (WEB / "locale" / "babel.cfg").open() as lines:
        methods, options = parse_mapping_cfg(lines)  # type: ignore[no-untyped-call]  # babel types no front end
    keywords = {"_": None, "gettext": None, "ngettext": (1, 2), "N_": None, "text": None}
    found = extract_from_dir(WEB, methods, options, keywords)
    messages = {message if isinstance(message, str) else message[0] for _, _, message, _, _ in found}
    with (WEB / "locale" / "en" / "LC_MESSAGES" / "messages.po").open("rb") as lines_en:
        catalogue = read_po(lines_en)
    translated = {
        entry.id if isinstance(entry.id, str) else entry.id[0]: entry.string for entry in catalogue if entry.id
    }

    assert messages - set(translated) == set()
    assert set(translated) - messages == set()
    assert [message for message, words in translated.items() if not words or not all(words)] == []


def test_translations_keep_every_blank() -> None:
    with (WEB / "locale" / "en" / "LC_MESSAGES" / "messages.po").open("rb") as lines:
        errors = [(message.id, problems) for message, problems in read_po(lines).check()]

    assert errors == []


def test_pages_call_codes_what_the_catalogue_calls_them() -> None:
    states = {
        **measurement("soil_state").fields["state"].codes,
        **measurement("ceiling_position").fields["state"].codes,
    }
    called = {**states, **measurement("price_alarm").fields["phase"].codes, **MARKS}
    shown = {**words.SOIL_STATES, **words.POSITIONS, **words.ALARM_PHASES, **words.MARKS}

    assert {code: Label(text, language("en").text(text)) for code, text in shown.items() if code in called} == {
        code: label for code, label in called.items() if code in shown
    }
    assert set(called) - set(shown) == {WITHDRAWN}


@pytest.mark.parametrize(
    ("code", "number", "money", "change"),
    [("id", "1.234,5", "Rp15.500", "−0,3\u00a0%"), ("en", "1,234.5", "IDR15,500", "−0.3\u00a0%")],
)
def test_numbers_are_written_as_the_language_writes_them(code: str, number: str, money: str, change: str) -> None:
    spoken = language(code)

    assert spoken.number(1234.5, 1) == number
    assert spoken.money(15500.4, "IDR").replace("\u00a0", "") == money
    assert spoken.change(-0.31, unit="%") == change


def test_what_is_not_there_is_a_dash_and_zero_has_no_sign() -> None:
    spoken = language("id")

    nothing = [spoken.number(None), spoken.change(None), spoken.money(None, "IDR"), spoken.day(None), spoken.ago(None)]
    assert nothing == ["–"] * 5
    assert spoken.with_unit(None, "kg") == "–"
    assert spoken.change(-0.04) == "0,0"
    assert spoken.number(-0.2) == "0"


def test_days_and_ages_are_in_words() -> None:
    spoken = languages()["id"]

    assert spoken.day(date(2026, 11, 24), "EEEE, d MMMM y") == "Selasa, 24 November 2026"
    assert spoken.month(date(2026, 5, 1)) == "Mei 2026"
    assert spoken.moment(datetime(2026, 11, 24, 14, 5, tzinfo=UTC)) == "24 Nov 2026 14.05"
    assert spoken.ago(3 * 86_400) == "3 hari yang lalu"
    assert spoken.ago(2.0) == "1 menit yang lalu"
    assert spoken.span(90.0) == "2 menit"


def test_a_site_has_words_of_its_own_where_others_have_lanes() -> None:
    usual = gettext.NullTranslations()
    words = {"lorong": "kebun", "lanes": "yards", "Kebun lorong": "Kebun desa"}

    said = SiteTranslations(usual, words)

    assert said.gettext("Kebun lorong dan lorong lain") == "Kebun desa dan kebun lain"
    assert said.gettext("%(lanes)s lanes in %(lorong)s lorong") == "%(lanes)s yards in %(lorong)s kebun"
    assert said.gettext("`lorong node add` lorongnya") == "`lorong node add` lorongnya"
    assert said.ngettext("%(num)s lorong", "%(num)s lorong", 2) == "%(num)s kebun"
