"""The page as HTML: a form that works without a script, safe texts, small, and the same words in each language."""

from __future__ import annotations

import json
import re
from datetime import date
from html import unescape
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from diary import assets
from diary.book import Book, Line
from diary.entries import Entries
from diary.pages import Diary
from diary.words import languages
from tests.web.hostile_city import NAMES, hostile_site
from tests.web.test_hostile_names import HIDDEN, OF_DIARY, Markup

if TYPE_CHECKING:
    from pathlib import Path

    from commons.outbox import Outbox
    from commons.sites import Site
    from diary.codes import LaneCodes
    from tests.diary.conftest import StandingClock

MOST_BYTES = 60_000
FULL = Book(
    [
        Line(date(2026, 11, 24 - day), kind, "kangkung" if kind == "harvest" else "", {"kg": 1.2}, is_simulated=True)
        for day in range(14)
        for kind in ("harvest", "compost", "sale")
    ],
    ["kangkung", "telur-bebek"],
)


class Forms(HTMLParser):
    """Every form of a page as what a browser would send: names, values, and what is chosen by a test."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[dict[str, Any]] = []
        self.radios: dict[str, list[str]] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "form" and found.get("method"):
            self.forms.append({"action": found["action"], "class": found["class"]})
        elif tag == "input" and self.forms and found.get("type") == "radio":
            if "checked" in found:
                self.forms[-1][str(found["name"])] = found["value"]
        elif tag == "input" and self.forms:
            self.forms[-1].setdefault(str(found["name"]), found.get("value") or "")


def sent(html: str, which: str, **typed: str) -> tuple[str, dict[str, str]]:
    """Where a form goes and what it carries, filled in by somebody."""
    form = dict(next(form for form in Forms(html).forms if form["class"] == which))
    form.pop("class")
    return form.pop("action"), {**form, **typed}


def test_a_form_is_enough_to_enter_and_to_take_back(phone: TestClient, codes: LaneCodes, outbox: Outbox) -> None:
    code = codes.draw("saga")
    action, form = sent(phone.get("/diary/saga").text, "entry", commodity="bayam", amount="4", unit="ikat", code=code)

    first, twice = phone.post(action, data=form), phone.post(action, data=form)
    undo_action, undo = sent(first.text, "undo", code=code)
    undone = phone.post(undo_action, data=undo)

    assert [first.status_code, twice.status_code, undone.status_code] == [202, 200, 202]
    assert "Tercatat: Panen Bayam cabut 4 ikat." in first.text
    assert "Dibatalkan: Panen Bayam cabut 4 ikat." in undone.text
    assert code not in first.text + undone.text
    packs = [json.loads(pack.body) for pack in outbox.packs(0, limit=10)]
    assert [(pack["entry"], pack["version"], pack.get("void")) for pack in packs] == [
        ([form["entry"]], [1.0], None),
        ([form["entry"]], [2.0], [1.0]),
    ]


def test_a_form_that_is_refused_comes_back_filled_in_and_without_its_code(
    phone: TestClient, codes: LaneCodes, outbox: Outbox
) -> None:
    codes.draw("saga")
    typed = {"commodity": "okra", "amount": '7"><i>', "unit": "kg", "code": "wxyz-2345"}
    action, form = sent(phone.get("/diary/saga?lang=en").text, "entry", **typed)

    answer = phone.post(action, data=form)
    _, again = sent(answer.text, "entry")

    assert answer.status_code == 403
    assert "The code does not open this lane. The entry is kept; type the right code." in answer.text
    assert "wxyz" not in answer.text
    assert "<i>" not in answer.text
    assert {name: again[name] for name in ("entry", "commodity", "amount", "unit", "code")} == {
        **{name: form[name] for name in ("entry", "commodity", "amount", "unit")},
        "code": "",
    }
    assert outbox.depth == 0


def test_an_undo_with_a_wrong_code_can_be_sent_again_and_leaves_the_other_forms_alone(
    phone: TestClient, codes: LaneCodes, outbox: Outbox
) -> None:
    code = codes.draw("saga")
    action, form = sent(phone.get("/diary/saga").text, "entry", commodity="bayam", amount="4", unit="ikat", code=code)
    undo_action, undo = sent(phone.post(action, data=form).text, "undo", code="wxyz-2345")
    refused = phone.post(undo_action, data=undo)
    again_action, again = sent(refused.text, "undo", code=code)

    undone = phone.post(again_action, data=again)

    assert [refused.status_code, undone.status_code, outbox.depth] == [403, 202, 2]
    assert sent(refused.text, "entry")[1]["entry"] != form["entry"]
    made_up = phone.post(undo_action, data={**undo, "kind": '"><i>', "code": code})
    assert made_up.status_code == 400
    assert "<i>" not in made_up.text


def test_two_visits_draw_two_ids(phone: TestClient) -> None:
    ids = re.findall(r'name="entry" value="([^"]+)"', phone.get("/diary/saga").text + phone.get("/diary/saga").text)

    assert len(ids) == len(set(ids)) == 12
    assert all(re.fullmatch("[0-9a-f]{32}", one) for one in ids)


@pytest.mark.parametrize("code", list(languages()))
def test_the_page_with_everything_is_small_and_runs_its_own_scripts_only(code: str, site: Site) -> None:
    client = TestClient(Starlette(routes=Diary(site, None, book=lambda _: FULL).routes()))
    page = client.get(f"/diary/saga?lang={code}")
    files = [client.get(f"{assets.ADDRESS}/{name}") for name in assets.NAMES]

    assert [file.status_code for file in files] == [200] * 6
    assert sum(len(answer.content) for answer in (page, *files)) < MOST_BYTES
    assert {file.headers["cache-control"] for file in files} == {"public, max-age=31536000, immutable"}
    assert {answer.headers["content-security-policy"].partition("script-src")[2] for answer in (page, *files)} == {
        " 'self'; connect-src 'self'; worker-src 'self'"
    }
    scripts = re.findall(r"<script([^>]*)>([^<]*)", page.text)
    assert [bool(inside) for _, inside in scripts] == [False, True]
    assert 'type="application/json"' in scripts[1][0]
    assert not re.search(r" on[a-z]+=| style=|javascript:", page.text)


def test_entries_that_are_closed_leave_a_page_for_reading(site: Site) -> None:
    client = TestClient(Starlette(routes=Diary(site, None, book=lambda _: FULL).routes()))

    page = client.get("/diary/saga").text

    assert "<form" not in page
    assert "Panen Kangkung darat: 1,2 kg" in page
    assert "tiruan" in page
    assert client.post("/entries/saga").status_code == 404


def test_files_of_another_version_and_other_files_are_not_given(phone: TestClient) -> None:
    others = [
        "/diary/static/000000000000/page.js",
        f"{assets.ADDRESS}/../page.html",
        f"{assets.ADDRESS}/%2e%2e/page.py",
    ]

    assert [phone.get(other).status_code for other in others] == [404] * 3


def test_the_version_changes_with_any_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in assets.NAMES:
        (tmp_path / name).write_bytes(assets._FOLDER.joinpath(name).read_bytes())
    monkeypatch.setattr(assets, "_FOLDER", tmp_path)
    versions = {assets._version()}
    for name in assets.NAMES:
        (tmp_path / name).write_text("changed", "utf-8")
        versions.add(assets._version())

    assert len(versions) == len(assets.NAMES) + 1


def test_every_file_a_script_imports_or_keeps_is_one_of_the_version() -> None:
    texts = {name: assets._FOLDER.joinpath(name).read_text("utf-8") for name in assets.NAMES}

    for text in texts.values():
        assert set(re.findall(r'from "\./([^"]+)"', text)) <= set(assets.NAMES)
    kept = re.findall(r'"([a-z]+\.(?:js|css))"', texts["worker.js"].partition("FILES")[2].partition("]")[0])
    assert {*kept, "worker.js"} == set(assets.NAMES)


def test_every_language_says_the_same_things() -> None:
    def keys(table: Any) -> set[str]:
        return {f"{k}.{part}" for k, v in table.items() for part in (keys(v) if isinstance(v, dict) else {""})}

    source, *others = languages().values()
    assert others
    for other in others:
        assert keys(other.table) == keys(source.table)
        for key, text in source.table.items():
            if isinstance(text, str):
                assert re.findall(r"{\w+}", other[key]) == re.findall(r"{\w+}", text), key


@pytest.mark.parametrize(
    ("query", "cookie", "language"), [("", "", "id"), ("?lang=en", "", "en"), ("", "en", "en"), ("?lang=xx", "", "id")]
)
def test_the_language_is_what_was_asked_for_or_chosen_before(
    query: str, cookie: str, language: str, phone: TestClient
) -> None:
    headers = {"Cookie": f"lang={cookie}"} if cookie else {}

    page = phone.get(f"/diary/saga{query}", headers=headers)

    assert f'<html lang="{language}">' in page.text
    assert ("set-cookie" in page.headers) == (query == "?lang=en")


def test_a_name_from_outside_is_only_text(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    name = "</script><script>alert(1)</script>"
    lane, bed = site.lanes["saga"], site.beds_of("saga")[0]
    monkeypatch.setitem(
        site.lanes, "saga", type(lane)(lane.slug, name, lane.kelurahan, lane.lat, lane.lon, lane.origin)
    )
    values = {field: getattr(bed, field) for field in bed.__dataclass_fields__}
    monkeypatch.setitem(site.beds, ("saga", bed.slug), type(bed)(**{**values, "name": name}))
    client = TestClient(Starlette(routes=Diary(site, None).routes()))

    page = client.get("/diary/saga").text

    assert "alert(1)" in page
    assert page.count("<script") == 2
    facts = re.findall(r'id="facts">(.*?)</script>', page, re.DOTALL)[0]
    assert json.loads(facts)["beds"][bed.slug] == name
    assert name in unescape(page)


@pytest.mark.parametrize("code", list(languages()))
def test_a_page_of_hostile_names_is_words_and_forms_and_nothing_else(
    code: str, codes: LaneCodes, outbox: Outbox, clock: StandingClock, tmp_path: Path
) -> None:
    hostile = hostile_site(tmp_path / "makassar")
    diary = Diary(hostile, Entries(hostile, codes, outbox, node="web", clock=clock), book=lambda _: FULL)
    client = TestClient(Starlette(routes=diary.routes()))
    for number, name in enumerate(NAMES):
        page = client.get(f"/diary/l{number}?lang={code}").text
        found = Markup(page, OF_DIARY)
        assert "<form" in page
        assert set(found.strange) == {"link href=data:,"}
        assert name in found.words
        assert HIDDEN.findall(page) == []


def test_while_this_machines_clock_is_not_set_the_phones_is_believed(
    phone: TestClient, codes: LaneCodes, clock: StandingClock, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "is_synchronised", lambda: False)
    entry = {"kind": "harvest", "entry": "phone-1-0001", "nothing": 1, "code": codes.draw("saga")}
    at = clock.wall_ms() + 90 * 86_400_000

    undated, dated = phone.post("/entries/saga", json=entry), phone.post("/entries/saga", json={**entry, "at": at})

    assert (undated.status_code, dated.status_code) == (400, 202)
    assert f'"t":[{at}]'.encode() in outbox.packs(0, limit=1)[0].body
