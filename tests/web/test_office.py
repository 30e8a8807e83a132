"""The office's pages: each number with its completeness, what changed, chilli apart, maps that say what they lack."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from commons.rows import Block
from commons.sites import Site
from store import open_store
from store.settings import StoreSettings
from tests.web.conftest import NOW, Garden, StandingClock, midnight
from tests.web.office_city import MONTH, WEEK, fill, office_site
from web.app import create_app
from web.settings import WebSettings
from web.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from commons.rows import NumberColumn, TextColumn

PAGES = ("/office", "/map", "/map?level=kelurahan&figure=dry", "/brief", "/data")
MOST_BYTES = 60_000
MAKASSAR = Path(__file__).parents[2] / "deploy/sites/makassar"
BANYUWANGI = MAKASSAR.parent / "banyuwangi"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A visitor of a city that is built once."""
    store = open_store(StoreSettings(url="duckdb://memory"), clock=StandingClock(NOW))
    site = office_site(tmp_path_factory.mktemp("office") / "makassar")
    fill(store)
    settings = WebSettings(requests_burst=10**6, keep_seconds=1e6)
    with TestClient(create_app(store, site, clock=StandingClock(NOW), settings=settings)) as visitor:
        yield visitor
    store.close()


def said(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def page(client: TestClient, path: str) -> str:
    answer = client.get(path if "lang=" in path else f"{path}{'&' if '?' in path else '?'}lang=id")
    assert answer.status_code == 200
    return said(answer.text)


@pytest.mark.parametrize("lang", ["id", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_there_in_both_languages_and_light(path: str, lang: str, client: TestClient) -> None:
    answer = client.get(path, params={"lang": lang})

    assert answer.status_code == 200
    assert f'<html lang="{lang}">' in answer.text
    assert len(answer.content) < MOST_BYTES
    assert "<script" not in answer.text


def test_each_number_of_the_week_stands_with_its_change_its_completeness_and_its_marks(client: TestClient) -> None:
    text = page(client, "/office")

    for words in (
        "Panen 1.650,0 kg 1 dari 2 lorong melapor +660,0 kg dari minggu sebelumnya SIMULASI",
        "Bagian kebutuhan energi warga 0,0027 % kandungan diketahui dari 74 % beratnya 9 dari 12 lorong melapor",
        "Rp1.500.000 setara belanja pangan pokok 2,4 rumah tangga seminggu 9 dari 12 lorong melapor +Rp600.000",
        "Harga bulan ini terhadap bulan lalu +2,0 % 10 dari 12 pangan berharga +1,5 poin",
        "Harga di atas batas resmi 2 pangan 3 dari 3 pangan berbatas punya harga +1 dari minggu sebelumnya",
        "Lorong diam 7 lorong 12 dari 12 lorong diperiksa −2 dari minggu sebelumnya",
        "Petak kering sekarang 3 petak 6 dari 13 petak diketahui perubahan belum diketahui SIMULASI",
    ):
        assert words in text


@pytest.mark.parametrize("path", ["/office", "/brief"])
def test_who_fell_silent_and_what_became_dear_since_last_week_is_named(path: str, client: TestClient) -> None:
    text = page(client, path)

    assert "Baru diam: <script>alert(1)</script> , Lorong 5 ." in text
    assert "Terdengar lagi: Lorong 1 , Lorong 2 , Lorong 3 , Lorong 4 ." in text
    assert "Baru di atas batas resmi: Cabai rawit merah." in text
    assert "2 hal diragukan sejak Senin minggu lalu. 1 tidak dihitung." in text


@pytest.mark.parametrize("path", ["/office", "/brief"])
def test_chilli_stands_apart_from_what_else_is_dear_and_what_is_within_its_limit_is_not_listed(
    path: str, client: TestClient
) -> None:
    text = page(client, path)
    chilli, _, others = text.partition("Pangan lain di atas batas atau beralarm")

    assert "Cabai rawit merah Rp60.000/kg batas 57.000 24 Nov 2026, 10/12 di atas batas baru +4,2 %" in chilli
    assert "Bawang merah Rp60.000/kg" in others
    assert "Bawang merah Rp60.000/kg" not in chilli
    assert "Cabai rawit merah Rp60.000/kg" not in others
    assert "Beras medium" not in text


def test_the_brief_says_week_doubts_and_what_is_due(client: TestClient) -> None:
    text = page(client, "/brief")

    assert "Minggu 47, 16 Nov–22 Nov 2026 · dibuat 24 Nov 2026 10.07" in text
    assert "terus menunjukkan 44,4 %; biasanya 30,0 %. Tidak dihitung." in text
    assert "Sekitar 45 kg (22–90 kg). 2 penanaman lewat waktu. angka umum Kangkung darat 45,0 kg." in text
    assert "SIMULASI : Angka buatan dari kebun tiruan, bukan pengukuran." in text


def test_a_map_draws_and_lists_what_is_not_known_apart_from_zero(client: TestClient) -> None:
    html = client.get("/map?lang=id").text
    text = said(html)

    kinds = re.findall(r'<g class="areas" fill="url\(#map-(\w+)\)">', html)
    assert sorted(kinds) == ["0", "1", "empty", "few", "none"]
    assert "0 0 kg 1 di atas 0 sampai 120 kg ? belum cukup lengkap untuk dibandingkan – belum ada data" in text
    assert "Mariso 120 kg 3/3" in text
    assert '=HYPERLINK("http://192.0.2.1","x") 7 kg ? 1/3' in text
    assert "Tallo 0 kg 3/4 Pulau belum ada data 0/2" in text
    assert "1 lainnya tidak punya lorong." in text
    assert "Dalam bingkai putus-putus" in text


def test_a_level_without_outlines_or_people_says_so_and_has_its_table(client: TestClient) -> None:
    text = page(client, "/map?figure=need&level=kelurahan")

    assert "Garis batas tingkat ini belum ada; angkanya ada di tabel." in text
    assert "Jumlah warga tingkat ini tidak diketahui; pilih kecamatan." in text
    assert "wajo-v" in text


@pytest.mark.parametrize("query", ["figure=gk", "level=lane"])
def test_a_figure_that_there_is_not_is_no_page(query: str, client: TestClient) -> None:
    assert client.get(f"/map?{query}").status_code == 404


def test_every_file_that_a_page_links_to_is_there(client: TestClient) -> None:
    linked = {
        unescape(link)
        for path in (*PAGES, "/", "/prices", "/quality", "/health")
        for link in re.findall(r'href="(/api/v1/(?:tables|map)[^"]*)"', client.get(path).text)
    }

    names = {link.partition("/tables/")[2].partition(".")[0] for link in linked if "/tables/" in link}
    assert names == set(TABLES)
    assert {link for link in linked if client.get(link).status_code != 200} == set()


def test_the_dictionary_page_names_units_licence_and_marks(client: TestClient) -> None:
    text = page(client, "/data?lang=en")

    assert "CC BY 4.0, https://creativecommons.org/licenses/by/4.0/" in text
    assert "soil" in text
    assert "temperature Soil temperature [Cel]" in text
    assert "SIMULATED" in text


@pytest.mark.parametrize("path", PAGES)
def test_an_empty_city_is_said_in_words_and_no_number_is_made_up(path: str, visit: Callable[..., TestClient]) -> None:
    text = page(visit(), path)

    assert not re.search(r"(?<![\d.,])0,0|\b(None|nan)\b", text)
    if path in ("/office", "/brief"):
        assert "Panen belum ada data" in text
        assert "belum diketahui, sebab minggu lalu belum dihitung" in text
        assert text.count("belum ada data") >= 5


def test_a_number_that_was_refused_gives_its_reason_and_no_value(
    garden: Garden, visit: Callable[..., TestClient]
) -> None:
    tags = {"level": "kota", "place": "makassar", "period": "week"}
    fed = {"kcal": None, "person_days": None, "energy_pct": None, "marks": "", "refused": "composition known of 40 %"}
    garden.indicator("nutrition", WEEK, tags, {**fed, "n": 1.0, "expected": 2.0})

    text = page(visit(), "/brief")

    assert "Cukup untuk composition known of 40 % belum cukup data – – 1 dari 2 lorong melapor" in text


def test_a_second_site_has_maps_of_what_it_has_outlines_of(clock: StandingClock) -> None:
    store = open_store(StoreSettings(url="duckdb://memory"), clock=clock)
    with TestClient(create_app(store, Site(BANYUWANGI), clock=clock)) as visitor:
        pages = {
            path: visitor.get(path) for path in ("/map?figure=silent", "/map?figure=silent&level=kelurahan", "/office")
        }
        brief = visitor.get("/brief")
    store.close()

    assert {answer.status_code for answer in (*pages.values(), brief)} == {200}
    painted = [re.findall(r'<g class="areas"[^>]*>(.*?)</g>', answer.text) for answer in pages.values()]
    assert [sum(group.count("<path") for group in groups) for groups in painted] == [25, 0, 25]
    assert all(len(answer.content) < MOST_BYTES for answer in pages.values())


def test_a_heavy_city_s_map_stays_light(tmp_path: Path, clock: StandingClock) -> None:
    """Makassar with a lane in each of its 153 kelurahan, all of which report."""
    folder = tmp_path / "makassar"
    folder.mkdir()
    for file in MAKASSAR.iterdir():
        if file.is_file():
            (folder / file.name).write_bytes(file.read_bytes())
    places = [line.split(",") for line in (folder / "places.csv").read_text("utf-8").splitlines()[1:]]
    villages = [cells[0] for cells in places if cells[1] == "kelurahan"]
    lanes = "".join(f"x{n},Lorong nomor {n},{village},-5.1,119.4,measured\n" for n, village in enumerate(villages))
    (folder / "lanes.csv").write_text("lane,name,kelurahan,lat,lon,origin\n" + lanes, "utf-8")
    for table in ("beds", "nodes"):
        head = (folder / f"{table}.csv").read_text("utf-8").partition("\n")[0]
        (folder / f"{table}.csv").write_text(head + "\n", "utf-8")
    store = open_store(StoreSettings(url="duckdb://memory"), clock=clock)
    kg, told = [float(n * n) for n in range(len(villages))], [1.0] * len(villages)
    tags: dict[str, str | list[str]] = {"city": "makassar", "level": "kelurahan", "place": villages}
    numbers: dict[str, NumberColumn | TextColumn] = {"kg": kg, "lanes_reported": told, "lanes_total": told}
    texts: dict[str, NumberColumn | TextColumn] = {
        name: [text] * len(kg) for name, text in (("marks", "simulated"), ("method", "1"), ("refused", ""))
    }
    where = {**tags, "commodity": "semua", "period": "month"}
    store.write([Block("garden_harvest", [midnight(MONTH)] * len(villages), where, {**numbers, **texts})])
    with TestClient(create_app(store, Site(folder), clock=clock)) as visitor:
        answer = visitor.get("/map?level=kelurahan")
    store.close()

    assert answer.text.count("<tr>") == len(villages) + 1 == 154
    painted = re.findall(r'<g class="areas" fill="url\(#map-\w+\)">(.*?)</g>', answer.text)
    assert sum(group.count("<path") for group in painted) >= len(villages)
    assert not any("<title>" in group for group in painted)  # words for a pointer on each would be 7 kB more
    assert len(answer.content) < MOST_BYTES
