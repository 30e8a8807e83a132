"""Entries by HTTP: the code opens, the outbox keeps, twice is once, and the code is seen nowhere."""

from __future__ import annotations

import logging
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from commons.topics import Address
from tests.diary.conftest import HARVEST

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from commons.outbox import Outbox
    from diary.codes import LaneCodes
    from tests.diary.conftest import StandingClock

SAGA = "/entries/saga"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def test_an_entry_with_the_lanes_code_waits_in_the_outbox_to_be_sent(
    phone: TestClient, codes: LaneCodes, outbox: Outbox
) -> None:
    answer = phone.post(SAGA, json={**HARVEST, "code": codes.draw("saga")})

    assert (answer.status_code, answer.json()) == (
        202,
        {"entry": "phone-1-0001", "version": 1, "state": "on its way"},
    )
    (pack,) = outbox.packs(0, limit=10)
    assert pack.topic == Address("makassar", "saga", "web").up("harvest")
    assert b'"kg":[1.5]' in pack.body


def test_sending_twice_is_once_even_after_a_restart_of_the_phone(
    phone: TestClient, codes: LaneCodes, outbox: Outbox, clock: StandingClock
) -> None:
    entry = {**HARVEST, "code": codes.draw("saga")}
    phone.post(SAGA, json=entry)
    clock.forward(3600)  # the phone gave no time, and our clock went on

    again = phone.post(SAGA, json=entry)

    assert (again.status_code, again.json()["state"]) == (200, "known")
    assert outbox.depth == 1


def test_an_edit_and_an_undo_are_further_versions(phone: TestClient, codes: LaneCodes, outbox: Outbox) -> None:
    code = codes.draw("saga")
    forms: list[dict[str, Any]] = [{}, {"version": 2, "kg": 2.5}, {"version": 3, "void": True}]

    answers = [phone.post(SAGA, json={**HARVEST, **form, "code": code}).status_code for form in forms]

    assert answers == [202, 202, 202]
    assert outbox.depth == 3


def test_one_version_says_one_thing(phone: TestClient, codes: LaneCodes, outbox: Outbox) -> None:
    code = codes.draw("saga")
    phone.post(SAGA, json={**HARVEST, "code": code})

    other = phone.post(SAGA, json={**HARVEST, "kg": 9.0, "code": code})

    assert other.status_code == 409
    assert other.json() == {"error": "version 1 of this entry says something else; send the next version"}
    assert outbox.depth == 1


def test_a_form_is_taken_and_answered_with_the_page(phone: TestClient, codes: LaneCodes, outbox: Outbox) -> None:
    form = {**HARVEST, "kg": "1,5", "code": codes.draw("saga"), "note": ""}

    answers = [phone.post(SAGA, data=form) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [202, 200]
    assert "Tercatat: Panen Kangkung darat 1,5 kg." in answers[0].text
    assert "Sudah tercatat sebelumnya" in answers[1].text
    assert outbox.depth == 1


@pytest.mark.parametrize(
    ("lane", "of"), [("saga", "sydney"), ("sydney", "saga"), ("nowhere", "saga"), ("kota", "saga")]
)
def test_a_code_opens_no_other_lane(lane: str, of: str, phone: TestClient, codes: LaneCodes, outbox: Outbox) -> None:
    code = codes.draw(of)

    answer = phone.post(f"/entries/{lane}", json={**HARVEST, "code": code})

    assert answer.status_code == 403
    assert outbox.depth == 0


@pytest.mark.parametrize("code", [None, "", 7, ["x"], "x" * 41])
def test_without_a_code_nothing_is_taken(code: object, phone: TestClient, outbox: Outbox) -> None:
    assert phone.post(SAGA, json={**HARVEST, "code": code}).status_code == 403
    assert phone.post(SAGA, json=HARVEST).status_code == 403
    assert outbox.depth == 0


def test_guessing_is_slowed_for_one_visitor_and_one_lane(
    phone: TestClient, codes: LaneCodes, clock: StandingClock, outbox: Outbox
) -> None:
    code, other = codes.draw("saga"), codes.draw("sydney")
    wrong = [phone.post(SAGA, json={**HARVEST, "code": f"wrong-{i}"}).status_code for i in range(7)]

    slowed = phone.post(SAGA, json={**HARVEST, "code": code})

    assert wrong == [403] * 5 + [429] * 2
    assert (slowed.status_code, slowed.headers["retry-after"]) == (429, "2")
    assert phone.post("/entries/sydney", json={**HARVEST, "code": other}).status_code == 202
    clock.forward(2.0)
    assert phone.post(SAGA, json={**HARVEST, "code": code}).status_code == 202
    assert outbox.depth == 2


def test_lanes_of_ones_own_making_are_one_lane_to_guess_at(phone: TestClient) -> None:
    tried = [phone.post(f"/entries/made-up-{i}", json={**HARVEST, "code": "x"}).status_code for i in range(7)]

    assert tried == [403] * 5 + [429] * 2


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://testserver.evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_another_sites_page_cannot_send_even_with_the_code(
    headers: dict[str, str], phone: TestClient, codes: LaneCodes, outbox: Outbox
) -> None:
    answer = phone.post(SAGA, data={**HARVEST, "code": codes.draw("saga")}, headers=headers)

    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers
    assert outbox.depth == 0


def test_the_lanes_own_page_can_send(phone: TestClient, codes: LaneCodes) -> None:
    own = {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}

    assert phone.post(SAGA, json={**HARVEST, "code": codes.draw("saga")}, headers=own).status_code == 202


@pytest.mark.parametrize(
    ("body", "headers", "sentence"),
    [
        (b"{", {"Content-Type": "application/json"}, "the body is not JSON; send one object"),
        (b"[" * 5000, {"Content-Type": "application/json"}, "the body is not JSON; send one object"),
        (b"[1]", {"Content-Type": "application/json"}, "the body is no JSON object of at most 40 parts"),
        (b"\xff\xfe", {"Content-Type": "application/json"}, "the body is not JSON; send one object"),
        (b"a" * 8193, {"Content-Type": "application/json"}, "the body is over 8192 bytes; send one entry at a time"),
        (b"{}", {"Content-Type": "text/plain"}, "content type 'text/plain' is not known; send application/json or"),
        (b"{}", {}, "content type '' is not known"),
        (
            b"x=1",
            {"Content-Type": "multipart/form-data; boundary=x"},
            "content type 'multipart/form-data' is not known",
        ),
        (b"kg=1&kg=2", FORM, "the form names a part twice; send each once"),
        (b"&".join(b"p%d=1" % i for i in range(50)), FORM, "the form cannot be read; send fewer parts, in UTF-8"),
        (b"kg=\xff", FORM, "the form cannot be read; send fewer parts, in UTF-8"),
    ],
)
def test_a_body_that_is_no_entry_is_refused_in_one_sentence(
    body: bytes, headers: dict[str, str], sentence: str, phone: TestClient
) -> None:
    answer = phone.post(SAGA, content=body, headers=headers)

    said = unescape(answer.text) if headers is FORM else answer.json()["error"]

    assert answer.status_code == 400
    assert sentence in said


def test_the_code_is_in_no_log_file_or_answer(
    phone: TestClient, codes: LaneCodes, outbox: Outbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    code, wrong = codes.draw("saga"), "zzzz-9999"
    sent: list[dict[str, Any]] = [
        {**HARVEST, "code": code},
        {**HARVEST, "code": wrong},
        {**HARVEST, "kg": -1, "code": code},
    ]

    answers = [phone.post(SAGA, json=entry) for entry in sent]
    answers += [phone.post(SAGA, content=b"{", headers={"Content-Type": "application/json"})]
    outbox.close()

    assert [answer.status_code for answer in answers] == [202, 403, 400, 400]
    assert "wrong code" in caplog.text
    files = b"".join(path.read_bytes() for path in Path(outbox.path).parent.glob("*.*") if path.is_file())
    for secret in (code, wrong, code.replace("-", "")):
        assert secret not in caplog.text
        assert secret.encode() not in files
        assert not [a for a in answers if secret in a.text or secret in str(a.headers)]


def test_only_a_post_is_an_entry(phone: TestClient) -> None:
    assert [phone.request(method, SAGA).status_code for method in ("GET", "PUT", "DELETE", "PATCH")] == [405] * 4


def test_codes_that_others_may_read_close_the_diary(phone: TestClient, codes: LaneCodes, outbox: Outbox) -> None:
    entry = {**HARVEST, "code": codes.draw("saga")}
    codes._path.chmod(0o644)

    answer = phone.post(SAGA, json=entry)

    assert answer.status_code == 503
    assert "nothing was taken" in answer.json()["error"]
    assert outbox.depth == 0


def test_an_outbox_that_is_half_full_takes_no_more(phone: TestClient, codes: LaneCodes, outbox: Outbox) -> None:
    outbox.limit_bytes = 200
    code = codes.draw("saga")
    answers = [
        phone.post(SAGA, json={**HARVEST, "entry": f"phone-1-000{i}", "code": code}).status_code for i in range(3)
    ]

    assert answers[0] == 202
    assert answers[-1] == 503


DAY = 86_400


def test_what_was_taken_is_forgotten_when_it_is_in_the_store_and_too_old_to_come_again(
    phone: TestClient, codes: LaneCodes, outbox: Outbox, clock: StandingClock
) -> None:
    code = codes.draw("saga")
    for day in range(80):
        entry = {**HARVEST, "entry": f"phone-1-{day:04}", "at": clock.wall_ms(), "code": code}
        assert phone.post(SAGA, json=entry).status_code == 202
        outbox.stored(outbox.newest)
        clock.forward(DAY)

    assert len(outbox.bookmarks("entry/")) == 36
    late = {**HARVEST, "entry": "phone-1-0001", "at": clock.wall_ms() - 79 * DAY * 1000, "code": code}
    assert phone.post(SAGA, json=late).status_code == 400


def test_an_entry_that_waits_is_known_however_long_it_waits(
    phone: TestClient, codes: LaneCodes, outbox: Outbox, clock: StandingClock
) -> None:
    entry = {**HARVEST, "code": codes.draw("saga")}
    phone.post(SAGA, json=entry)
    clock.forward(100 * DAY)

    answers = [
        phone.post(SAGA, json={**entry, "entry": name}).status_code for name in ("phone-2-0001", HARVEST["entry"])
    ]

    assert answers == [202, 200]


def test_an_entry_can_be_sent_again_for_a_month_after_it_was_stored(
    phone: TestClient, codes: LaneCodes, outbox: Outbox, clock: StandingClock
) -> None:
    entry = {**HARVEST, "at": clock.wall_ms(), "code": codes.draw("saga")}
    answers = []
    for _ in range(31):
        answers.append(phone.post(SAGA, json=entry).status_code)
        outbox.stored(outbox.newest)
        clock.forward(DAY)

    assert answers == [202] + [200] * 30
    assert outbox.newest == 1


def test_what_an_earlier_version_remembered_without_a_time_is_remembered_as_long(
    phone: TestClient, codes: LaneCodes, outbox: Outbox, clock: StandingClock
) -> None:
    code = codes.draw("saga")
    outbox.put(Address("makassar", "saga", "web"), [], bookmarks={"entry/saga/harvest/old-0001/1": "abc", "other": "x"})
    seen = []
    for day in range(40):
        phone.post(SAGA, json={**HARVEST, "entry": f"phone-1-{day:04}", "code": code})
        outbox.stored(outbox.newest)
        seen.append("entry/saga/harvest/old-0001/1" in outbox.bookmarks("entry/"))
        clock.forward(DAY)

    assert seen == [True] * 36 + [False] * 4
    assert outbox.bookmark("other") == "x"
