"""The operator's page of rejects: who gets in, what it shows, and what its button does."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pytest
from starlette.testclient import TestClient

from commons.broker import BrokerSettings
from commons.clock import SystemClock
from commons.errors import SettingsError
from commons.settings import Secret
from ingest.rejects import Reject, Rejects
from lorong.rejects import RejectsDesk
from tests.flow.waiting import wait_until
from tests.web.conftest import NOW
from tests.web.test_pages import said
from web.app import create_app
from web.operator import SESSION_SECONDS, hashed
from web.rejects_page import readable
from web.settings import WebSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from httpx2 import Response

    from commons.sites import Site
    from store.contract import Store
    from tests.conftest import Server
    from tests.web.conftest import StandingClock

PASSWORD: Final = "correct horse battery"  # noqa: S105  # of a test
SETTINGS: Final = WebSettings(operator_hash=Secret(hashed(PASSWORD)))
OURS: Final = {"Origin": "http://127.0.0.1", "Sec-Fetch-Site": "same-origin"}
AT_MS: Final = round(NOW.timestamp() * 1000)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three rejects of a day."""
    kept = Rejects(tmp_path / "rejects")
    reading = b'{"box":"b","seq":3,"first":1,"t":1764000000000,"bed":"b1","moisture":"31,5"}'
    kept.add([Reject(AT_MS, "lorong/v1/up/makassar/saga/saga-n1/soil", reading, "moisture '31,5' is no number")])
    kept.add([Reject(AT_MS, "x", b'{"wifi_password": "hunter2", "t": 1}' + b"\xff" * 2000, "no topic of ours")])
    kept.add([Reject(AT_MS, "<script>alert(1)</script>", b"<img src=x>", "odd", rows=7)])
    return kept.folder


@pytest.fixture
def broker(nats: Server) -> BrokerSettings:
    return BrokerSettings(port=nats.port)


@pytest.fixture
def operator(
    store: Store, site: Site, clock: StandingClock, folder: Path, broker: BrokerSettings
) -> Iterator[Callable[..., TestClient]]:
    """A browser in front of a web that knows the password."""
    opened: list[TestClient] = []
    desk = RejectsDesk(folder, broker, clock=SystemClock())
    app = create_app(store, site, clock=clock, settings=SETTINGS, rejects=desk)

    def browser(*, address: str = "127.0.0.1") -> TestClient:
        opened.append(TestClient(app, base_url="http://127.0.0.1", follow_redirects=False, client=(address, 50_000)))
        return opened[-1]

    yield browser
    for client in opened:
        client.close()


def enter(client: TestClient, password: str = PASSWORD, headers: dict[str, str] = OURS) -> Response:
    return client.post("/rejects/enter", data={"password": password}, headers=headers)


def token(client: TestClient) -> str:
    """What the page's forms carry."""
    found = re.search(r'name="token" value="([^"]+)"', client.get("/rejects").text)
    assert found
    return found[1]


def test_without_a_password_in_the_settings_there_is_no_such_page(visit: Callable[..., TestClient]) -> None:
    client = visit(address="127.0.0.1")

    assert client.get("/rejects").status_code == 404
    assert client.post("/rejects/enter", data={"password": ""}, headers=OURS).status_code in (404, 405)


def test_nobody_sees_rejects_who_does_not_know_the_password(operator: Callable[..., TestClient]) -> None:
    client = operator()

    before, wrong = client.get("/rejects"), enter(client, "guess")

    assert "no topic of ours" not in before.text + wrong.text
    assert wrong.status_code == 403
    assert "set-cookie" not in wrong.headers
    assert "no topic of ours" not in client.get("/rejects", headers={"Cookie": "operator=guess"}).text


def test_who_knows_it_sees_each_reject_with_its_reason(operator: Callable[..., TestClient]) -> None:
    client = operator()

    assert enter(client).status_code == 303
    page = client.get("/rejects")

    assert page.headers["cache-control"] == "no-store"
    assert "moisture &#39;31,5&#39; is no number" in page.text
    assert "2026-11-24:3" in page.text
    assert "24 Nov 2026 10.07 · 7 baris" in said(page.text)
    assert page.text.index("2026-11-24:3") < page.text.index("2026-11-24:1")


def test_what_strangers_sent_is_shown_as_text_shortened_and_without_secrets(
    operator: Callable[..., TestClient],
) -> None:
    client = operator()
    enter(client)

    html = client.get("/rejects").text

    assert "<script>alert" not in html
    assert "<img src=x>" not in html
    assert "&lt;script&gt;alert(1)" in html
    assert "hunter2" not in html
    assert "wifi_password" in html
    assert len(html) < 12_000


@pytest.mark.parametrize(
    "payload",
    [
        b'{"token":"s3cret"}',
        b"{'password': 's3cret', 'a': 1}",
        b"user=x&password=s3cret&a=1",
        b'{"api_key": "a\\"s3cret"}',
        b"Authorization: s3cret",
        b'{"code":s3cret}',
    ],
)
def test_a_secret_in_a_payload_is_hidden(payload: bytes) -> None:
    assert "s3cret" not in readable(payload)


def test_a_payload_is_shown_whole_where_it_is_short_and_its_length_told_where_it_is_not() -> None:
    assert readable(b'{"token":"s3cret","t":1}') == '{"token":"***","t":1}'
    assert readable(b"x" * 601) == f"{'x' * 600} … [601 B]"
    assert readable(b"\xff" * 9000).endswith(" … [9000 B]")


def test_the_cookie_is_for_this_page_alone(operator: Callable[..., TestClient]) -> None:
    tls = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https", **OURS}
    plain, over_tls = enter(operator()).headers["set-cookie"], enter(operator(), headers=tls).headers["set-cookie"]

    for word in ("HttpOnly", "SameSite=strict", "Path=/rejects"):
        assert word in plain
    assert "Secure" in over_tls


def test_a_password_does_not_travel_in_the_clear(operator: Callable[..., TestClient]) -> None:
    client = operator(address="203.0.113.9")

    assert client.get("/rejects").status_code == 403
    assert enter(client).status_code == 403


def test_wrong_guesses_wait_longer_and_longer(operator: Callable[..., TestClient], clock: StandingClock) -> None:
    client = operator()

    tried = [enter(client, "guess").status_code for _ in range(6)]

    assert tried == [403] * 5 + [429]
    refused = enter(client)  # even the right one: else it would be found by trying
    assert refused.status_code == 429
    clock.sleep(float(refused.headers["retry-after"]))
    assert enter(client).status_code == 303


def test_a_session_ends_by_itself_and_by_hand(operator: Callable[..., TestClient], clock: StandingClock) -> None:
    client = operator()
    enter(client)
    cookie = {"Cookie": f"operator={client.cookies['operator']}"}

    client.post("/rejects/leave", data={"token": token(client)}, headers=OURS)
    assert "no topic of ours" not in client.get("/rejects", headers=cookie).text

    enter(client)
    assert "no topic of ours" in client.get("/rejects").text
    clock.sleep(SESSION_SECONDS + 1)
    assert "no topic of ours" not in client.get("/rejects").text


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "http://127.0.0.1", "Sec-Fetch-Site": "cross-site"},
        {},
    ],
)
def test_another_sites_page_sends_nothing(headers: dict[str, str], operator: Callable[..., TestClient]) -> None:
    client = operator()
    enter(client)
    form = {"token": token(client), "name": "2026-11-24:1"}

    assert client.post("/rejects/replay", data=form, headers=headers).status_code == 403
    assert enter(operator(), headers=headers).status_code == 403


def test_a_form_without_the_sessions_token_sends_nothing(operator: Callable[..., TestClient]) -> None:
    client = operator()
    enter(client)

    for form in ({"name": "2026-11-24:1"}, {"name": "2026-11-24:1", "token": "guess"}):
        assert client.post("/rejects/replay", data=form, headers=OURS).status_code == 403


def test_the_button_sends_the_chosen_again_without_their_outboxs_numbers(
    operator: Callable[..., TestClient], broker: BrokerSettings
) -> None:
    heard: list[tuple[str, bytes]] = []
    listener = broker.client("listener", clean_session=True)
    listener.on_message = lambda _client, _data, message: heard.append((message.topic, bytes(message.payload)))
    broker.connect(listener)
    listener.subscribe("lorong/v1/up/#", 1)
    listener.loop_start()
    client = operator()
    enter(client)

    answer = client.post("/rejects/replay", data={"token": token(client), "name": ["2026-11-24:1"]}, headers=OURS)

    wait_until(lambda: bool(heard), "the message came again")
    listener.loop_stop()
    listener.disconnect()
    topic, payload = heard[0]
    assert answer.headers["location"] == "/rejects?sent=1"
    assert topic == "lorong/v1/up/makassar/saga/saga-n1/soil"
    assert b'"moisture":"31,5"' in payload
    assert b"seq" not in payload
    assert "1 pesan dikirim ulang" in said(client.get("/rejects?sent=1").text)


def test_a_name_that_no_reject_has_is_not_found(operator: Callable[..., TestClient]) -> None:
    client = operator()
    enter(client)

    form = {"token": token(client), "name": "../../etc/passwd:1"}
    assert client.post("/rejects/replay", data=form, headers=OURS).status_code == 404


def test_a_web_without_a_collector_beside_it_says_where_to_look(store: Store, site: Site, clock: StandingClock) -> None:
    app = create_app(store, site, clock=clock, settings=SETTINGS)
    with TestClient(app, base_url="http://127.0.0.1", follow_redirects=False, client=("127.0.0.1", 1)) as client:
        enter(client)

        assert "lorong rejects list" in client.get("/rejects").text


def test_the_newest_rejects_come_first_across_days(tmp_path: Path) -> None:
    kept = Rejects(tmp_path)
    for day in range(3):
        kept.add([Reject(AT_MS + day * 86_400_000, str(number), b"", "odd") for number in range(3)])

    assert [name for name, _ in kept.newest(4)] == ["2026-11-26:3", "2026-11-26:2", "2026-11-26:1", "2026-11-25:3"]
    assert [name for name, _ in kept.newest(99)] == [name for name, _ in kept.all()][::-1]


@pytest.mark.parametrize("text", ["hunter2", "md5:abc:def", "scrypt:", "scrypt:***:x"])
def test_a_setting_that_is_no_hash_is_refused_and_not_repeated(text: str, visit: Callable[..., TestClient]) -> None:
    with pytest.raises(SettingsError, match="lorong rejects password") as refused:
        visit(settings=WebSettings(operator_hash=Secret(text)))

    assert text not in str(refused.value)
