"""Every page, in both languages, full and empty: what it says, what its charts hold, how heavy it is."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from html import unescape
from typing import TYPE_CHECKING

import pytest

from commons.rows import Block
from web.facts import PipelineFacts
from web.settings import WebSettings

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.testclient import TestClient

    from commons.sites import Site
    from store.contract import Store
    from tests.web.conftest import Garden, StandingClock

OFFICE = ("/office", "/map", "/brief", "/data")
PAGES = ("/", "/lanes/saga", "/lanes/agatis", "/prices", "/health", "/quality", "/sources", "/api", *OFFICE)
CHARTS = {"/": 1, "/lanes/saga": 2, "/lanes/agatis": 1, "/prices": 3, "/health": 1}
MOST_BYTES = 60_000
MOST_CHART_BYTES = 20_000


def said(html: str) -> str:
    """A page's words without its markup, no-break spaces as spaces."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


def charts(html: str) -> list[str]:
    return re.findall(r'<svg class="chart".*?</svg>', html, re.DOTALL)


def drawn_points(chart: str) -> int:
    """How many values a line chart shows: each line's first point and every step from it."""
    lines = re.findall(r'<path d="(M[^"]*)" class="line">', chart)
    return sum(line.count("M") + line.count("l") for line in lines)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("lang", ["id", "en"])
def test_every_page_is_there_in_both_languages_and_light(
    path: str, lang: str, full: Store, visit: Callable[..., TestClient]
) -> None:
    page = visit(of=full).get(path, params={"lang": lang})

    assert page.status_code == 200
    assert f'<html lang="{lang}">' in page.text
    assert len(page.content) < MOST_BYTES
    assert len(charts(page.text)) == CHARTS.get(path, 0)
    assert all(len(chart) < MOST_CHART_BYTES for chart in charts(page.text))


@pytest.mark.parametrize("path", PAGES)
def test_an_empty_store_is_said_in_words(path: str, visit: Callable[..., TestClient]) -> None:
    page = visit().get(path)

    assert page.status_code == 200
    assert charts(page.text) == []
    assert path in ("/sources", "/api") or "elum" in said(page.text)  # "Belum ada ...", "belum pernah ..."


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_loaded_from_elsewhere_and_nothing_runs(
    path: str, full: Store, visit: Callable[..., TestClient]
) -> None:
    html = visit(of=full).get(path).text

    assert not re.search(r"""(src|href)=["'](https?:)?//""", html)
    assert "<script" not in html
    assert not re.search(r"<[^>]* (style|on[a-z]+)=", html)


def test_names_from_outside_cannot_become_markup(garden: Garden, visit: Callable[..., TestClient]) -> None:
    garden.everything()
    garden.ceiling("bawang-merah", "within", regulation="<img src=x>")
    client = visit()

    html = "".join(client.get(path).text for path in PAGES)

    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "Bed &lt;b&gt;1&lt;/b&gt; &amp; co" in html
    assert "&lt;img src=x&gt;" in html
    assert "price &lt;i&gt;x&lt;/i&gt; is odd" in html


def test_the_city_says_how_many_lanes_reported(full: Store, visit: Callable[..., TestClient]) -> None:
    page = said(visit(of=full).get("/").text)

    assert "Minggu ini : 1 dari 2 lorong melapor" in page
    assert "SIMULASI" in page
    assert "1.234,5" in page
    assert "dari tempat lain: Kota Bandung" in page
    assert "1 di atas batas" in page


def test_the_last_week_is_not_called_this_week(garden: Garden, visit: Callable[..., TestClient]) -> None:
    garden.harvest("kota", "makassar", "week", date(2026, 11, 16), {"semua": 3.0, "kangkung": 3.0})

    page = said(visit().get("/").text)

    assert "Minggu mulai 16 Nov 2026" in page
    assert "Minggu ini" not in page


def test_a_report_of_nothing_is_not_silence(garden: Garden, visit: Callable[..., TestClient]) -> None:
    garden.harvest("kota", "makassar", "week", garden.monday, {"semua": 0.0})

    page = said(visit().get("/").text)

    assert "1 dari 2 lorong melapor" in page
    assert "Yang melapor tidak memanen apa pun." in page
    assert "Belum ada laporan panen." not in page


def test_a_refused_result_is_none(garden: Garden, visit: Callable[..., TestClient]) -> None:
    garden.harvest("kota", "makassar", "week", garden.monday, {"semua": 7.0, "kangkung": 7.0}, refused="too little")

    page = said(visit().get("/").text)

    assert "Belum ada laporan panen." in page


def test_a_dry_bed_says_how_much_water_and_why(full: Store, visit: Callable[..., TestClient]) -> None:
    page = said(visit(of=full).get("/lanes/saga").text)

    assert "kering Siram 25 liter hari ini ≈ 2,5 gembor isi 10 liter" in page
    assert "Tanah kehilangan 24,0 mm air, lebih dari 20,0 mm" in page
    assert "cukup Tidak perlu disiram hari ini" in page
    assert "Data terakhir 7 menit yang lalu" in page


def test_old_data_are_not_trusted(full: Store, visit: Callable[..., TestClient]) -> None:
    page = said(visit(of=full).get("/lanes/agatis").text)

    assert "tidak tahu Data terakhir 3 hari yang lalu: terlalu lama untuk dipercaya." in page
    assert "liter" not in page
    assert "Kelembapan 26" not in page
    assert "Tidak perlu disiram" not in page


def test_a_state_of_another_day_is_not_todays(garden: Garden, visit: Callable[..., TestClient]) -> None:
    garden.soil("saga", "b1")
    two_days_ago = garden.today - timedelta(days=2)
    state: dict[str, float | str | None] = {"state": "wet", "litres": 0.0, "depletion": 0.0, "marks": ""}
    garden.indicator("soil_state", two_days_ago, {"lane": "saga", "bed": "b1"}, state)

    page = said(visit().get("/lanes/saga").text)

    assert "Keadaan hari ini belum dihitung." in page
    assert "basah" not in page.partition("Tanah 7 hari terakhir")[0]


def test_yesterdays_state_is_said_to_be_yesterdays(
    garden: Garden, clock: StandingClock, visit: Callable[..., TestClient]
) -> None:
    garden.soil("saga", "b1")
    garden.soil_state("saga", "b1", "dry", litres=25.0)
    client = visit()
    assert "Menurut hitungan kemarin." not in client.get("/lanes/saga").text

    clock.sleep(14 * 3600)  # seven minutes past midnight

    page = said(client.get("/lanes/saga").text)
    assert "Siram 25 liter hari ini" in page
    assert "Menurut hitungan kemarin." in page


def test_a_recording_is_credited_and_gives_no_advice(full: Store, visit: Callable[..., TestClient]) -> None:
    card = said(visit(of=full).get("/lanes/saga").text).partition("Rekaman Kolkata")[2].partition("Tanah 7 hari")[0]

    assert "Bukan dari lorong ini" in card
    assert "Sumber: spyder0010/EcoIrrigate, CC BY 4.0." in card
    assert "disiram" not in card


def test_the_soil_chart_holds_the_week_of_every_bed(full: Store, visit: Callable[..., TestClient]) -> None:
    chart = charts(visit(of=full).get("/lanes/saga").text)[0]

    assert drawn_points(chart) == 3 * 168
    assert "Bedeng 1: 168 nilai per jam, 20,0 sampai 26,0\u00a0%." in chart


def test_a_week_without_a_report_is_no_bar(full: Store, visit: Callable[..., TestClient]) -> None:
    chart = charts(visit(of=full).get("/lanes/saga").text)[1]

    assert chart.count('class="bar"') == 2  # the week of 1,234.5 kg and the week of nothing
    assert chart.count('class="absent"') == 10
    assert "2 dari 12 minggu dilaporkan" in chart


def test_prices_say_what_they_are_not(full: Store, visit: Callable[..., TestClient]) -> None:
    page = said(visit(of=full).get("/prices").text)

    assert "Ini bukan IHK resmi" in page
    assert "Mencakup Bawang merah, Cabai rawit merah." in page
    assert "kira-kira 2,1 % dari belanja rumah tangga" in page
    assert "bobot perkiraan" in page
    assert "Belum ada indeks dari: Pasar Terong." in page


def test_the_price_charts_hold_every_month_and_the_largest_contribution_first(
    full: Store, visit: Callable[..., TestClient]
) -> None:
    index, contributions, foods = charts(visit(of=full).get("/prices").text)

    assert drawn_points(index) == 14
    assert drawn_points(foods) == 2 * 14
    assert contributions.index("Cabai rawit merah") < contributions.index("Bawang merah")
    assert contributions.count('class="bar up"') == 1
    assert contributions.count('class="bar down"') == 1


def test_what_to_watch_is_said_in_words_and_with_its_completeness(
    full: Store, visit: Callable[..., TestClient]
) -> None:
    page = said(visit(of=full).get("/prices").text)

    assert "bulan ini sampai Jumat 20 Nov 2026" in page
    assert "Cabai rawit merah +4,2 % 10/12 waspada +1,4 (dulu +1,9), 10/12 luar biasa tinggi" in page
    assert "25,1 % 10/12" in page
    assert "pangan bergejolak +1,9 % +15,0 % 10/12" in page
    assert "cabai, bawang dan sayur +2,5 %" in page
    assert "semua pangan +2,0 % 10/12 – –" in page


def test_an_alarm_without_enough_history_says_so_and_why(garden: Garden, visit: Callable[..., TestClient]) -> None:
    garden.prices()
    garden.watched(refused="3 months since the first price; 36 are needed")

    page = said(visit().get("/prices").text)

    assert "Cabai rawit merah +4,2 % 10/12 belum cukup data 10/12 belum cukup data 10/12" in page
    assert "Sebab belum cukup data: 3 bulan sejak harga pertama; perlu 36" in page
    assert "waspada" not in page


def test_a_food_with_an_alarm_only_has_dashes_for_the_rest(garden: Garden, visit: Callable[..., TestClient]) -> None:
    garden.prices()
    tags = {"market": "bandung", "commodity": "bawang-merah", "alarm": "alps"}
    garden.indicator("price_alarm", date(2026, 10, 1), tags, {"value": 0.1, "first_value": 0.1, "phase": "normal"})

    page = said(visit().get("/prices").text)

    assert "Bawang merah – wajar +0,1, 10/12 – –" in page


def test_another_market_is_chosen_by_its_link(garden: Garden, visit: Callable[..., TestClient]) -> None:
    garden.everything()
    garden.prices("pasar-terong", months=3, marks="")
    client = visit()

    page = client.get("/prices?market=pasar-terong")

    assert "<h2>Pasar Terong, Oktober 2026</h2>" in page.text
    assert 'href="/prices?market=pasar-terong"' in client.get("/prices").text


def test_the_pipeline_page_names_silent_nodes_and_failed_jobs(full: Store, visit: Callable[..., TestClient]) -> None:
    facts = PipelineFacts(produced=5000, stored=4999, rejected=1, progress=0.5)

    page = said(visit(of=full, facts=lambda: facts).get("/health").text)

    assert "2 dari 3 alat terdengar" in page
    assert "agatis-n1 : 3 hari yang lalu" in page
    assert "Diterima, 24 jam 14.400" in page
    assert "Dibuat alat 5.000" in page
    assert "Riwayat terisi 50 %" in page
    assert "Gagal: price" in page
    assert "Bacaan tersimpan 4.000" in page
    assert "Paket hilang 2" in page


def test_sources_name_licence_and_credit(visit: Callable[..., TestClient]) -> None:
    client = visit()

    page = said(client.get("/sources").text)

    assert "Badan Pangan Nasional (MIT)" in page
    assert "spyder0010/EcoIrrigate @dab688e" in page
    assert "CC BY 4.0" in page
    assert client.get("/sources/SOURCES.md").text.startswith("# Where it comes from")


def test_a_large_city_lists_its_districts_first(site: Site, full: Store, visit: Callable[..., TestClient]) -> None:
    lane = site.lanes["saga"]
    site.lanes.update(
        {f"l{i}": type(lane)(f"l{i}", f"Lorong {i}", lane.kelurahan, 0, 0, "measured") for i in range(60)}
    )
    client = visit(of=full)

    city, district = client.get("/").text, client.get("/?place=mariso").text

    assert "/lanes/saga" not in city
    assert 'href="/?place=mariso"' in city
    assert "/lanes/saga" in district
    assert "/lanes/agatis" not in district


def test_a_page_is_made_once_for_many_readers(
    garden: Garden, clock: StandingClock, visit: Callable[..., TestClient]
) -> None:
    client = visit(settings=WebSettings(keep_seconds=10))
    before = client.get("/").text

    garden.everything()

    assert client.get("/").text == before
    clock.sleep(21)  # twice as long: it is given once more while it is made anew
    assert client.get("/").text != before


def test_a_sender_that_no_table_knows_is_named_with_what_it_sent_since_when_and_the_row_to_add(
    garden: Garden, store: Store, visit: Callable[..., TestClient]
) -> None:
    garden.everything()
    times = [garden.now_ns - hour * 3600 * 10**9 for hour in (30, 20)]
    tags: dict[str, str | list[str]] = {"city": "makassar", "lane": "saga", "node": "saga-n9", "bed": "b1"}
    account = json.dumps({"packs": 12, "lane": "agatis"})
    ledger: dict[str, str | list[str]] = {"city": "makassar", "node": ["saga-n9", "only-told", "web"], "box": "b"}
    store.write(
        [
            Block("soil", times, {**tags, "origin": "measured"}, {"moisture": [20.0, 21.0]}),
            Block("ledger", [0, 0, 0], ledger, {"state": [account] * 3}),
        ]
    )

    html = visit().get("/health?lang=en").text
    page = said(html)

    assert "saga-n9,saga,&lt;driver&gt;,measured," in html
    assert "saga-n9: 12 packs since 23 Nov 2026 04:07 saga-n9,saga,<driver>,measured," in page
    assert "only-told: 12 packs since – only-told,agatis,<driver>,measured," in page
    assert "web: 12 packs" not in page
    assert "saga-n1: " not in page.partition("Unregistered nodes")[2].partition("Latest data")[0]


def test_devices_of_others_that_were_heard_are_listed_with_a_row_to_paste(
    garden: Garden, store: Store, visit: Callable[..., TestClient]
) -> None:
    row = "soil-3,LANE,zigbee2mqtt,measured,device=soil-3;bed=BED"
    times = [garden.now_ns - seconds * 10**9 for seconds in (8 * 86_400, 3600, 120)]
    tags: dict[str, str | list[str]] = {"city": "makassar", "lane": "kota", "node": "devices", "origin": "measured"}
    for family, device in (("zigbee2mqtt", "soil-3"), ("tasmota", "<b>pot</b>")):
        texts = {"topic": [f"{family}/{device}"] * 3, "row": [row] * 3}
        heard = {**tags, "family": family, "device": device}
        store.write([Block("stranger", times, heard, {"seen": [500.0, 6.0, 8.0], **texts})])

    page = visit().get("/health?lang=en").text

    assert " 14 messages on zigbee2mqtt/soil-3, the last 2 minutes ago; zigbee2mqtt fits:" in said(page)
    assert f"<code>{row}</code>" in page
    assert "<b>pot</b>" not in page


def test_a_city_that_knows_all_its_senders_says_nothing_of_strangers(
    full: Store, visit: Callable[..., TestClient]
) -> None:
    assert "Unregistered nodes" not in visit(of=full).get("/health?lang=en").text


def test_a_bed_that_an_unknown_node_reads_says_so(
    garden: Garden, store: Store, visit: Callable[..., TestClient]
) -> None:
    garden.soil_state("saga", "b1", "good")
    tags: dict[str, str | list[str]] = {"city": "makassar", "lane": "saga", "node": "saga-n9", "bed": "b1"}
    store.write([Block("soil", [garden.now_ns], {**tags, "origin": "measured"}, {"moisture": [20.0]})])

    assert "unregistered node" in said(visit().get("/lanes/saga?lang=en").text)
