"""The diary as it is used: real phones' browsers, a network that goes away, and every entry once in the store."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import urllib.error
import urllib.request
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from commons.broker import BrokerSettings
from commons.clock import SystemClock
from diary.codes import LaneCodes
from lorong.diary import open_diary
from store import open_store
from store.settings import StoreSettings
from tests.faults.proxy import Proxy
from tests.flow.chromium import chromium
from tests.flow.collecting import collecting
from tests.flow.ports import free_port
from tests.flow.small_site import small_site
from tests.flow.waiting import wait_until
from tests.lorong.phones import Lane, Phone
from tests.lorong.running import LORONG, ROOT
from tests.lorong.test_roles import answers
from tests.web.serving import serving
from web.settings import WebSettings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.chromium
CLOCK = SystemClock()
DAYS = "main section:last-of-type"


@dataclass(frozen=True)
class World:
    """Everything from the page to the store, at work."""

    folder: Path
    broker: BrokerSettings
    lane: Lane


@pytest.fixture(scope="module")
def world(nats: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("diary")
    site = small_site(folder / "site", recorded=0)
    broker = BrokerSettings(port=nats.port)
    settings = WebSettings(entries=True, data=folder / "web", requests_burst=10_000, keep_seconds=0.0)
    code = LaneCodes(settings.codes).draw("sydney")
    store = open_store(StoreSettings(url="duckdb://memory"), clock=CLOCK)
    with (
        closing(store),
        collecting(store, broker, site, folder / "collector", clock=CLOCK),
        open_diary(settings, site, broker, clock=CLOCK) as entries,
        serving(store, site, CLOCK, settings, entries=entries) as port,
        closing(Proxy(port)) as network,
    ):
        yield World(folder, broker, Lane(f"http://127.0.0.1:{network.port}/diary/sydney", code, network, store))


@pytest.fixture(scope="module")
def browsers(world: World) -> Iterator[list[Phone]]:
    """Two phones, as narrow as they come."""
    with chromium(width=320) as first, chromium(width=320) as second:
        yield [Phone(browser, world.lane) for browser in (first, second)]


@pytest.fixture
def phones(browsers: list[Phone], lane: Lane) -> list[Phone]:
    """Both, as if they were never here."""
    lane.connect(is_there=True)
    for phone in browsers:
        phone.renew()
    return browsers


@pytest.fixture
def lane(world: World) -> Lane:
    return world.lane


@pytest.fixture
def phone(phones: list[Phone]) -> Phone:
    return phones[0]


@pytest.mark.parametrize(
    ("query", "title", "closed", "kinds"),
    [
        (
            "",
            "Buku harian: Lorong Sydney",
            "Tanpa kode, halaman ini hanya bisa dibaca.",
            "Panen,Lainnya,Tanam,Siram,Kompos,Jual",
        ),
        (
            "?lang=en",
            "Garden diary: Lorong Sydney",
            "Without it this page can only be read.",
            "Harvest,Something else,Planting,Watering,Compost,Sale",
        ),
    ],
)
def test_without_a_code_the_page_is_for_reading_and_in_both_languages_for_everybody(
    query: str, title: str, closed: str, kinds: str, phone: Phone
) -> None:
    phone.open_kept(query)

    assert phone.text("h1") == title
    assert closed in phone.text("main")
    assert not phone.browser.find_element("id", "forms").is_displayed()
    phone.unlock()
    phone.wait_for("!document.getElementById('forms').hidden")
    assert phone.texts("summary") == kinds.split(",")
    assert phone.browser.execute_script("return document.documentElement.scrollWidth") == 320
    assert phone.barriers() == []
    assert phone.lane.code not in phone.browser.current_url + phone.browser.page_source
    assert phone.complaints() == []


def test_an_entry_made_without_a_network_waits_and_arrives_once(phone: Phone, lane: Lane) -> None:
    phone.open_kept()
    phone.unlock()
    lane.connect(is_there=False)
    phone.offline()
    phone.open()  # from what the worker kept
    before = lane.harvests()

    phone.harvest()
    phone.says("1 menunggu dikirim.")
    phone.open()  # the queue outlives the page
    phone.says("1 menunggu dikirim.")
    assert lane.harvests() == before
    lane.connect(is_there=True)
    phone.online()

    phone.says("Semua sudah terkirim.")
    (row,) = lane.new_harvests(before, 1)
    assert (row["kg"], row["pieces"], row["note"]) == (0.3, 1.0, "1 ikat, berat perkiraan")
    assert phone.complaints() == []


def test_two_phones_without_a_network_arrive_once_each(phones: list[Phone], lane: Lane) -> None:
    for phone in phones:
        phone.open_kept()
        phone.unlock()
    before = lane.harvests()
    lane.connect(is_there=False)
    for phone, food in zip(phones, ("Kangkung darat", "Tomat"), strict=True):
        phone.offline()
        phone.harvest(food)
        phone.says("1 menunggu dikirim.")
    lane.connect(is_there=True)
    for phone in phones:
        phone.online()
        phone.says("Semua sudah terkirim.")

    assert sorted(row["commodity"] for row in lane.new_harvests(before, 2)) == ["kangkung", "tomat"]


def test_an_answer_that_is_lost_on_its_way_makes_no_second_row(phone: Phone, lane: Lane) -> None:
    phone.open_kept()
    phone.unlock()
    before = lane.harvests()
    lane.network.weather.cut_after = 30
    phone.harvest()
    wait_until(lambda: not lane.network.weather.cut_after, "the answer was cut")
    phone.browser.execute_script("dispatchEvent(new Event('online'))")

    phone.says("Semua sudah terkirim.")
    assert len(lane.new_harvests(before, 1)) == 1


def test_a_request_sent_twice_by_hand_is_one_row(lane: Lane) -> None:
    before = lane.harvests()
    document = {"kind": "harvest", "entry": "by-hand-1", "commodity": "bayam", "amount": "2", "unit": "ikat"}
    body = json.dumps({**document, "code": lane.code}).encode()
    statuses = []
    for _ in range(2):
        request = urllib.request.Request(lane.entries, body, {"Content-Type": "application/json"})  # noqa: S310  # ours
        with urllib.request.urlopen(request) as answer:  # noqa: S310  # the same
            statuses.append(answer.status)

    assert statuses == [202, 200]
    assert [row["kg"] for row in lane.new_harvests(before, 1)] == [0.5]


def test_an_entry_is_changed_and_undone_as_further_versions_of_itself(phone: Phone, lane: Lane) -> None:
    phone.open_kept()
    phone.unlock()
    before, shown = lane.harvests(), phone.text(DAYS)
    phone.harvest()
    phone.says("Semua sudah terkirim.")
    phone.tap("Ubah", "+", "Simpan perubahan")
    wait_until(lambda: "2 ikat" in phone.text("#mine"), "the list shows the change")
    phone.says("Semua sudah terkirim.")
    phone.tap("Batalkan")
    wait_until(lambda: "dibatalkan, terkirim" in phone.text("#mine"), "the list shows that it is undone")

    rows = sorted(lane.new_harvests(before, 3), key=lambda row: float(row["version"]))
    assert len({row["entry"] for row in rows}) == 1
    assert [(row["version"], row["pieces"], row["void"]) for row in rows] == [(1, 1, None), (2, 2, None), (3, 2, 1)]
    phone.open()
    assert phone.text(DAYS) == shown
    assert phone.complaints() == []


def test_a_wrong_code_says_so_and_keeps_the_entry(phone: Phone, lane: Lane) -> None:
    phone.open_kept()
    phone.unlock("aaaa-bbbb")
    before = lane.harvests()
    phone.harvest()

    phone.says("Kode tidak cocok dengan lorong ini. Catatan tetap disimpan; ketik kode yang benar.")
    phone.says("1 menunggu dikirim.")
    assert lane.harvests() == before
    phone.unlock()
    phone.says("Semua sudah terkirim.")
    assert len(lane.new_harvests(before, 1)) == 1
    assert all("403" in line for line in phone.complaints())


def test_what_is_refused_says_why_and_can_be_mended(phone: Phone, lane: Lane) -> None:
    phone.open_kept()
    phone.unlock()
    phone.wait_for("!document.getElementById('forms').hidden")
    phone.tap("Tanam", "Kangkung darat")
    phone.type("plants", "200000")
    phone.tap("Simpan")

    phone.says("1 ditolak.")
    assert "Periksa isian" in phone.text("#mine")
    assert "plants '200000' is not from 0 to 100000" in phone.text("#mine")
    phone.tap("Ubah")
    phone.type("plants", "12")
    phone.tap("Simpan perubahan")
    phone.says("Semua sudah terkirim.")
    wait_until(lambda: lane.rows("planting"), "the planting is in the store")
    assert [(row["plants"], row["bed"]) for row in lane.rows("planting", "plants")] == [(12.0, "b1")]


def test_nothing_this_week_and_the_other_kinds_are_reported_too(phone: Phone, lane: Lane) -> None:
    phone.open_kept()
    phone.unlock()
    phone.wait_for("!document.getElementById('forms').hidden")
    phone.tap("Minggu ini tidak ada panen")
    phone.says("Semua sudah terkirim.")
    phone.tap("Siram")
    phone.type("litres", "12,5")
    phone.tap("Simpan")
    phone.says("Semua sudah terkirim.")
    phone.tap("Kompos")
    phone.tap("Simpan")  # neither field is filled in
    phone.type("waste_kg", "4")
    phone.tap("Simpan")

    wait_until(lambda: lane.rows("compost", "waste_kg"), "the compost is in the store")
    assert "ditolak" not in phone.state
    assert [row["litres"] for row in lane.rows("water", "litres")] == [12.5]
    assert [row["waste_kg"] for row in lane.rows("compost", "waste_kg")] == [4.0]
    assert 1.0 in [row["nothing"] for row in lane.rows("harvest", "nothing")]
    phone.open()
    shown = phone.text(DAYS)
    assert "Minggu ini tidak ada panen" in shown
    assert "Siram: 12,5 liter" in shown


def test_the_browser_itself_sends_what_waits_when_the_page_is_closed(phone: Phone, lane: Lane) -> None:
    phone.open_kept()
    phone.unlock()
    before = lane.harvests()
    lane.connect(is_there=False)
    phone.harvest()
    phone.says("1 menunggu dikirim.")
    assert phone.asked_to_wake() == ["send"]
    phone.browser.get("about:blank")
    lane.connect(is_there=True)

    def has_arrived() -> bool:
        phone.wake()
        return lane.harvests() > before

    wait_until(has_arrived, "the worker sent what waited")
    assert len(lane.new_harvests(before, 1)) == 1


@pytest.fixture
def node(world: World) -> Iterator[str]:
    """The page of a node on the lane's Wi-Fi, without sensors."""
    port = free_port()
    environ = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "LORONG_BROKER__PORT": str(world.broker.port),
        "LORONG_NODE__LANE": "sydney",
        "LORONG_NODE__NODE": "sydney-pi",
        "LORONG_NODE__OPTIONS": f"root={world.folder}",
        "LORONG_DIARY__PORT": str(port),
        "LORONG_DIARY__HOST": "127.0.0.1",
        "LORONG_DIARY__CODES": str(world.folder / "web" / "lane-codes.json"),
    }
    words = [*LORONG, "node", "run", "--city", str(world.folder / "site"), "--data", str(world.folder / "nodes")]
    process = subprocess.Popen(words, cwd=world.folder, env=environ)
    try:
        wait_until(lambda: answers(f"http://127.0.0.1:{port}/"), "the node answers")
        yield f"http://127.0.0.1:{port}/diary/sydney"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def test_the_node_on_the_lanes_wifi_takes_entries_which_reach_the_store(
    node: str, world: World, browsers: list[Phone]
) -> None:
    wifi = node.replace("127.0.0.1", "lorong.test")  # without HTTPS and not localhost, as a box in the lane is
    lane = Lane(wifi, world.lane.code, world.lane.network, world.lane.store)
    phone = Phone(browsers[1].browser, lane)
    phone.renew()
    before = lane.harvests()
    phone.open()
    phone.unlock()
    phone.wait_for("!document.getElementById('notice').hidden")
    assert "Alamat ini tidak memakai HTTPS" in phone.text("#notice")
    phone.harvest()

    phone.says("Semua sudah terkirim.")
    assert [(row["node"], row["kg"]) for row in lane.new_harvests(before, 1)] == [("sydney-pi", 0.3)]
    assert phone.complaints() == []
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(node.replace("sydney", "nowhere"))  # noqa: S310  # ours
