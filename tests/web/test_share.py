"""The picture of a lane's week: what it says, what is drawn, and that passing it on costs the store little."""

from __future__ import annotations

import io
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from tests.web.serving import Stuck
from web.lane_week import poster
from web.language import language
from web.poster import SIZE, Figure, Weeks, png, spelled
from web.reader import Reader
from web.settings import WebSettings
from web.share import KEPT_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.testclient import TestClient

    from commons.sites import Site
    from store.contract import Store
    from tests.web.conftest import Garden, StandingClock
    from web.poster import Poster

LEAF, BAND = (22, 121, 74), (253, 243, 211)


@pytest.fixture
def told(site: Site, clock: StandingClock) -> Callable[..., Poster]:
    """What the picture of a lane says."""

    def make(store: Store, lane: str = "saga", code: str = "id") -> Poster:
        reader = Reader(store, site, clock=clock, keep_seconds=0)
        return poster(reader, language(code), lane, too_old_hours=24, address="https://kebun.example.id")

    return make


def pixels(drawn: bytes) -> Image.Image:
    return Image.open(io.BytesIO(drawn)).convert("RGB")


def bars(picture: Image.Image) -> int:
    """How many bars stand on the axis: runs of their colour just above it."""
    row = [_is_near(picture.getpixel((x, 1162)), LEAF) for x in range(SIZE[0])]
    return sum(here and not before for before, here in pairwise(row))


def _is_near(colour: object, wanted: tuple[int, int, int]) -> bool:
    assert isinstance(colour, tuple)
    return all(abs(a - b) < 12 for a, b in zip(colour, wanted, strict=True))


def test_a_week_is_told_in_figures_foods_and_marks(full: Store, told: Callable[..., Poster]) -> None:
    found = told(full)

    assert found.week == "Minggu 23 Nov sampai 29 Nov 2026"
    assert found.figures == [
        Figure("1.234,5\u00a0kg", "dipanen"),
        Figure("1 kering, 1 cukup", "keadaan petak hari ini"),
        Figure("lewat waktu panen", "Cabai rawit merah, Polibag 2"),
    ]
    assert found.foods == "Kangkung darat 1.234,5\u00a0kg"
    assert [kg for _, kg in found.weeks.bars if kg is not None] == [0.0, 1234.5]
    assert found.sample.startswith("DATA CONTOH")
    assert found.marks == "angka umum"  # the recording's bed is not this lane's
    assert found.link == "https://kebun.example.id/lanes/saga"
    assert (found.programme, found.made) == ("Urban Farming Makassar", "Dibuat 24 Nov 2026")


def test_it_speaks_english_too(full: Store, told: Callable[..., Poster]) -> None:
    found = told(full, code="en")

    assert found.sample.startswith("SAMPLE DATA")
    assert found.figures[0] == Figure("1,234.5\u00a0kg", "harvested")
    assert found.week == "Week of 23 Nov to 29 Nov 2026"


@pytest.mark.parametrize(
    ("opens", "closes", "first", "said"),
    [
        (5, 14, None, "5 hari lagi"),
        (-2, 7, None, "siap dipanen"),
        (-12, -3, -6, "sedang dipanen"),
        (-12, -3, None, "lewat waktu panen"),
    ],
)
def test_the_next_harvest_is_told_as_it_stands(
    opens: int, closes: int, first: int | None, said: str, garden: Garden, told: Callable[..., Poster]
) -> None:
    garden.outlook("b1", opens=opens, closes=closes, first=first)

    assert told(garden.store).figures[-1] == Figure(said, "Kangkung darat, Bedeng 1")


def test_last_week_is_told_until_this_one_is_reported(garden: Garden, told: Callable[..., Poster]) -> None:
    assert told(garden.store).figures[0] == Figure("?", "belum ada laporan panen")
    last = garden.monday.replace(day=16)
    garden.harvest("lane", "saga", "week", last, {"semua": 7.0, "kangkung": 7.0})

    found = told(garden.store)

    assert found.figures[0].value == "7,0\u00a0kg"
    assert found.week == "Minggu 16 Nov sampai 22 Nov 2026"


def test_a_report_of_nothing_is_zero_and_silence_is_not(garden: Garden, told: Callable[..., Poster]) -> None:
    garden.harvest("lane", "saga", "week", garden.monday, {"semua": 0.0})

    found = told(garden.store)

    assert found.figures[0] == Figure("0,0\u00a0kg", "dipanen")
    assert [kg for _, kg in found.weeks.bars] == [None] * 11 + [0.0]


def test_measured_data_are_not_called_a_sample(full: Store, told: Callable[..., Poster]) -> None:
    found = told(full, lane="agatis")

    assert found.sample == ""
    assert _is_near(pixels(png(told(full))).getpixel((1060, 360)), BAND)
    assert not _is_near(pixels(png(found)).getpixel((1060, 360)), BAND)


def test_a_bar_a_reported_week_is_drawn_and_none_for_silence(full: Store, told: Callable[..., Poster]) -> None:
    found = told(full)

    assert bars(pixels(png(found))) == 2
    silent = replace(found, weeks=Weeks("", [("", None)] * 12, str))
    assert bars(pixels(png(silent))) == 0


def test_the_picture_is_of_a_phones_size_and_light(full: Store, visit: Callable[..., TestClient]) -> None:
    answer = visit(of=full).get("/lanes/saga/week.png")

    assert answer.headers["content-type"] == "image/png"
    assert pixels(answer.content).size == SIZE == (1080, 1350)
    assert len(answer.content) < 100_000


def test_the_picture_follows_the_language(full: Store, visit: Callable[..., TestClient]) -> None:
    client = visit(of=full)

    pictures = {client.get(f"/lanes/saga/week.png?lang={code}").content for code in ("id", "en")}

    assert len(pictures) == 2


def test_a_name_in_letters_that_the_font_has_not_becomes_the_lanes_slug(told: Callable[..., Poster]) -> None:
    assert spelled("Jalan Café – 2×3") == "Jalan Cafe - 2x3"
    assert spelled("ᨒᨚᨑᨚ") is None
    assert spelled("\u202eSaga") is None


def test_however_long_a_name_is_the_picture_is_drawn(full: Store, told: Callable[..., Poster]) -> None:
    found = told(full)
    long = replace(found, name="Lorong " * 60, place="x" * 900, marks="M " * 400, foods="ᨒ" * 50)

    assert pixels(png(long)).size == SIZE


def test_a_picture_is_drawn_once_for_a_whole_group(
    garden: Garden, store: Store, clock: StandingClock, visit: Callable[..., TestClient]
) -> None:
    garden.everything()
    client = visit()
    first = client.get("/lanes/saga/week.png").content

    garden.harvest("lane", "saga", "week", garden.monday, {"semua": 1.0})

    assert client.get("/lanes/saga/week.png").content == first
    clock.sleep(KEPT_SECONDS + 1)
    assert client.get("/lanes/saga/week.png").content != first


def test_a_picture_that_takes_too_long_is_an_error_and_the_pages_go_on(
    full: Store, visit: Callable[..., TestClient]
) -> None:
    stuck = Stuck(full)
    client = visit(of=stuck, settings=WebSettings(api_seconds=0.05))

    answer = client.get("/lanes/saga/week.png")

    stuck.go.set()
    assert answer.status_code == 503
    assert "takes over 0.05 s" in answer.json()["error"]
    assert client.get("/lanes/saga").status_code == 200


def test_there_is_no_picture_of_a_lane_that_there_is_not(visit: Callable[..., TestClient]) -> None:
    assert visit().get("/lanes/nowhere/week.png").status_code == 404
