"""Sites: the folder that is shipped holds together, and one that does not says where."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from commons.errors import SiteError, UnknownNameError
from commons.sites import Site

MAKASSAR = Path(__file__).parents[2] / "deploy" / "sites" / "makassar"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(MAKASSAR, tmp_path / "makassar"))


def test_every_lane_lies_in_a_kelurahan_a_kecamatan_and_the_kota() -> None:
    site = Site(MAKASSAR)

    for lane in site.lanes:
        levels = [site.places[place].level for place in site.above(lane)[1:]]
        assert levels == ["kelurahan", "kecamatan", "kota"]
    assert len(site.lanes_in(site.kota.slug)) == len(site.lanes) >= 24


def test_a_lane_in_no_kelurahan_is_named(copy: Path) -> None:
    lanes = copy / "lanes.csv"
    text = lanes.read_text()
    kelurahan = text.splitlines()[1].split(",")[2]
    lanes.write_text(text.replace(kelurahan, "atlantis", 1))

    with pytest.raises(SiteError, match=r"makassar/lanes.csv, row .*'atlantis' is unknown"):
        Site(copy)


def test_a_bed_with_an_unreadable_area_is_named_by_file_and_line(copy: Path) -> None:
    beds = copy / "beds.csv"
    lines = beds.read_text().splitlines()
    area = lines[2].split(",")[4]
    lines[2] = lines[2].replace(f",{area},", ",large,", 1)
    beds.write_text("\n".join(lines))

    with pytest.raises(SiteError, match=r"beds.csv, line 3: .*large"):
        Site(copy)


@pytest.mark.parametrize("people", ["0", "-4"])
def test_a_household_of_nobody_is_refused(copy: Path, people: str) -> None:
    told = copy / "site.toml"
    told.write_text(told.read_text().replace("household_people = 4", f"household_people = {people}"))

    with pytest.raises(SiteError, match="household_people"):
        Site(copy)


def test_a_missing_table_is_named(copy: Path) -> None:
    (copy / "places.csv").unlink()

    with pytest.raises(SiteError, match=r"places.csv of site 'makassar' is missing"):
        Site(copy)


def test_a_misspelt_lane_is_named_with_the_near_ones() -> None:
    with pytest.raises(UnknownNameError, match="did you mean sydney"):
        Site(MAKASSAR).lane("sydny")


# What people see of a text is all there is of it; what a page or spreadsheet makes of the rest is its own affair.
HIDDEN = [
    "Saga\x00",
    "Saga\x1b[2J",
    "Saga\u202egnorol",
    "\u2066Saga",
    "Sa\u200bga",
    "Saga\nSaga",
    "Saga\r",
    "S\u2028ga",
]


@pytest.mark.parametrize("name", [*HIDDEN, "g" * 101])
@pytest.mark.parametrize("file", ["lanes.csv", "places.csv", "beds.csv"])
def test_a_name_that_hides_something_is_refused_by_file_line_and_value(copy: Path, file: str, name: str) -> None:
    line = put_cell(copy / file, row=3, column="name", text=name)

    with pytest.raises(SiteError, match=rf"makassar/{file}, line {line}: name '.*'.*; write ") as caught:
        Site(copy)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("file", ["weights.csv", "basket.csv", "units.csv"])
def test_a_remark_that_hides_something_is_refused(copy: Path, file: str) -> None:
    column = "source" if file != "units.csv" else "note"
    put_cell(copy / file, row=2, column=column, text="=1+1\x07")

    with pytest.raises(SiteError, match=rf"{file}, line 3: {column} '=1\+1.*U\+0007"):
        Site(copy)


@pytest.mark.parametrize("name", ["=cmd()|'/C calc'!A0", "<script>alert(1)</script>", "{{7*7}} %s %(x)s", "Loróng ᨔᨁ"])
def test_a_name_that_means_something_elsewhere_is_a_name(copy: Path, name: str) -> None:
    put_cell(copy / "lanes.csv", row=1, column="name", text=name)

    assert name in {lane.name for lane in Site(copy).lanes.values()}


@pytest.mark.parametrize(
    ("file", "column", "text", "words"),
    [
        ("lanes.csv", "lane", "../x", "lane '../x' is no slug"),
        ("beds.csv", "bed", '"><b>', "bed '\"><b>' is no slug"),
        ("nodes.csv", "node", "n/1", "node 'n/1' is no slug"),
        ("lanes.csv", "origin", "<i>", "origin '<i>' is none of measured, typed, simulated, recorded"),
        ("nodes.csv", "origin", "", "origin '' is none of"),
        ("nodes.csv", "options", "file", "option 'file' has no value; write file=value"),
        ("places.csv", "level", "planet", "level 'planet' is none of kota, kecamatan, kelurahan"),
        ("lanes.csv", "lat", "nan", "lat 'nan' is no number from -90 to 90"),
        ("lanes.csv", "lon", "1e400", "lon '1e400' is no number from -180 to 180"),
        ("beds.csv", "area_m2", "inf", "area_m2 'inf' is no number"),
        ("beds.csv", "crop", "kangkong", "commodity 'kangkong' is unknown; did you mean kangkung"),
    ],
)
def test_a_cell_that_cannot_be_used_is_named_with_its_remedy(
    copy: Path, file: str, column: str, text: str, words: str
) -> None:
    line = put_cell(copy / file, row=2, column=column, text=text)

    with pytest.raises(SiteError) as caught:
        Site(copy)
    assert str(caught.value).startswith(f"makassar/{file}, line {line}: {words}")


@pytest.mark.parametrize("file", ["places.csv", "lanes.csv", "beds.csv", "nodes.csv"])
def test_two_rows_that_say_the_same_are_named_by_both_lines(copy: Path, file: str) -> None:
    path = copy / file
    header, first, *rest = path.read_text("utf-8").splitlines()
    path.write_text("\n".join([header, first, rest[0], first, *rest[1:], ""]), "utf-8")

    with pytest.raises(SiteError, match=rf"makassar/{file}, line 4: .* is in line 2 already; keep one of the two"):
        Site(copy)


def test_two_ceilings_that_begin_on_one_day_are_named_by_both_lines(copy: Path) -> None:
    path = copy / "ceilings.csv"
    lines = path.read_text("utf-8").splitlines()
    again = lines[1].replace(",10900,", ",99999,")
    path.write_text("\n".join([*lines, again, ""]), "utf-8")

    with pytest.raises(
        SiteError,
        match=rf"makassar/ceilings.csv, line {len(lines) + 1}: beras-medium, consumer, kg, 2023-03-15 is in line 2 "
        "already; keep one of the two",
    ):
        Site(copy)


def test_a_row_with_a_comma_too_many_is_refused(copy: Path) -> None:
    path = copy / "lanes.csv"
    path.write_text(path.read_text("utf-8").replace("Lorong Saga", "Lorong Saga, RW 3", 1), "utf-8")

    with pytest.raises(SiteError, match=r"lanes.csv, line 5: .*put cells with a comma in quotes"):
        Site(copy)


def test_a_row_cut_short_is_refused(copy: Path) -> None:
    path = copy / "lanes.csv"
    path.write_text(path.read_text("utf-8") + "anggrek,Lorong Anggrek\n", "utf-8")

    with pytest.raises(SiteError, match="kelurahan is missing; give each row as many cells as the header"):
        Site(copy)


def test_a_place_that_lies_in_itself_is_refused(copy: Path) -> None:
    put_cell(copy / "places.csv", row=2, column="parent", text="mariso-mariso")

    with pytest.raises(SiteError, match=r"places.csv, row 'mariso': parent 'mariso-\w+' .* above a kecamatan"):
        Site(copy)


def test_a_table_as_a_spreadsheet_saves_it_is_read(copy: Path) -> None:
    path = copy / "lanes.csv"
    path.write_text(path.read_text("utf-8"), "utf-8-sig")

    assert Site(copy).lanes


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ('slug = "makassar"', 'slug = "Makassar!"', "slug 'Makassar!' is no slug"),
        ("Kota Makassar", "Kota\\u202eMakassar", "name.id 'Kota.*U\\+202E"),
        ("PIHPS Kota Bandung", "P" * 101, "name 'P+' has 101 letters; write at most 100"),
        ('level = "consumer"', 'level = "<b>%s"', "level '<b>%s' is none of consumer, producer, wholesale"),
        ('slug = "bandung-pihps"', 'slug = "bandung?x=<b>"', "slug .* is no slug"),
        ('currency = "IDR"', "", "lacks 'currency'; add it"),
        ('timezone = "Asia/Makassar"', 'timezone = "Asia/Makasar"', "timezone 'Asia/Makasar' is unknown"),
    ],
)
def test_a_fact_of_the_city_that_cannot_be_used_is_named(copy: Path, before: str, after: str, words: str) -> None:
    path = copy / "site.toml"
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), "utf-8")

    with pytest.raises(SiteError, match=rf"site.toml:? {words}"):
        Site(copy)


def put_cell(path: Path, *, row: int, column: str, text: str) -> int:
    """Write another text into a table's cell; the line on which its row begins."""
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.reader(lines))
    rows[row][rows[0].index(column)] = text
    with path.open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(rows)
    return row + 1
