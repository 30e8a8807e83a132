"""A price sheet sends each price once, says what it leaves out, and may grow or be mended."""

from __future__ import annotations

import gzip
import logging
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from commons.errors import SensorError, SiteError, UnknownNameError
from commons.rows import event_time
from sensors.drivers import build_driver
from sensors.drivers.quotes import COLUMNS, read_sheet
from sensors.tables import read_text, table_rows

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from commons.sites import Site

TODAY = date(2026, 11, 24)
HEADER = ",".join(COLUMNS)


def sheet_of(*lines: str, weekend_repeats: bool = False) -> Any:
    rows = [dict(zip(COLUMNS, line.split("|"), strict=True)) for line in lines]
    measures = {("rak", "telur-ayam-ras"): 1.8, ("liter", "minyakita"): 0.9}
    return read_sheet(rows, today=TODAY, measures=measures, weekend_repeats=weekend_repeats)


@pytest.fixture
def sheet(tmp_path: Path, site: Site, node_entry: Any, noon_ms: int) -> Callable[..., Any]:
    """Writes a sheet, and looks at it with a driver that was just started."""
    path = tmp_path / "prices.csv"
    place: dict[str, str | None] = {"bookmark": None}

    def look(*lines: str, **options: str) -> list[dict[str, Any]]:
        path.write_text("\n".join([HEADER, *lines, ""]))
        named = {"file": str(path), "market": "pasar-terong", "level": "consumer", "source": "survey", **options}
        driver = build_driver(node_entry("price_sheet", origin="typed", **named), site)
        rows, more = [], True
        while more:
            reading = driver.read(noon_ms, place["bookmark"])
            place["bookmark"], more = reading.bookmark or place["bookmark"], reading.more
            rows += [row for block in reading.blocks for row in block.rows()]
        return rows

    return look


SHALLOT = "2026-11-20,Bawang Merah,Ibu Ani,41.250,Rp./Kg"
GARLIC = "2026-11-20,Bawang Putih Bonggol,Ibu Ani,36000,Rp/kg"


def test_a_price_becomes_one_event_at_local_midnight(sheet: Any, site: Site) -> None:
    (row,) = sheet(SHALLOT)

    assert datetime.fromtimestamp(row["time"] / 10**9, UTC).astimezone(site.zone) == datetime(
        2026, 11, 20, tzinfo=site.zone
    )
    assert (row["market"], row["commodity"], row["quote"]) == ("pasar-terong", "bawang-merah", "Ibu Ani")
    assert (row["level"], row["source"], row["origin"]) == ("consumer", "survey", "typed")
    assert (row["price_idr"], row["version"]) == (41250.0, 1.0)
    assert event_time(row["time"] // 10**6, entry=row["entry"], version=1) // 10**6 == row["time"] // 10**6


def test_the_same_price_has_the_same_entry_in_any_sheet(sheet: Any) -> None:
    (one,) = sheet(SHALLOT)
    (garlic,) = sheet(SHALLOT, GARLIC)
    (again,) = sheet("20/11/2026,bawang_merah,Ibu  Ani,40000,kg")

    assert again["entry"] == one["entry"] != garlic["entry"]


def test_a_sheet_that_grows_sends_only_what_is_new(sheet: Any) -> None:
    assert len(sheet(SHALLOT)) == 1
    assert sheet(SHALLOT) == []
    assert [row["commodity"] for row in sheet(SHALLOT, GARLIC)] == ["bawang-putih"]


def test_a_correction_further_down_is_the_next_version_of_the_same_entry(sheet: Any) -> None:
    (first,) = sheet(SHALLOT)
    (second,) = sheet(SHALLOT, SHALLOT.replace("41.250", "42.000"))

    assert (second["entry"], second["version"], second["price_idr"]) == (first["entry"], 2.0, 42000.0)


def test_a_sheet_that_was_mended_is_sent_again_above_all_earlier_versions(
    sheet: Any, caplog: pytest.LogCaptureFixture
) -> None:
    sheet(SHALLOT, SHALLOT.replace("41.250", "42.000"), GARLIC)

    rows = sheet(SHALLOT.replace("41.250", "43.000"), GARLIC)

    assert [(row["price_idr"], row["version"]) for row in rows] == [(43000.0, 1001.0), (36000.0, 1001.0)]
    assert "have changed" in caplog.text
    assert sheet(SHALLOT.replace("41.250", "43.000"), GARLIC) == []


def test_a_long_sheet_comes_in_parts_and_whole(sheet: Any) -> None:
    lines = [f"2026-{month:02d}-{day:02d},{food},q{quote},{1000 + day},kg"
             for month in range(1, 11) for day in range(1, 28) for quote in range(3)
             for food in ("beras", "tomat", "kangkung")]  # fmt: skip
    rows = sheet(*lines)

    assert len(rows) == len(lines) == len({row["entry"] for row in rows})


def test_a_gzipped_sheet_with_semicolons_and_indonesian_headers_is_read(
    tmp_path: Path, site: Site, node_entry: Any, noon_ms: int
) -> None:
    path = tmp_path / "harga.csv.gz"
    text = (
        "\ufeffTanggal;Komoditas;Pedagang;Harga;Satuan\r\n20/11/2026;Cabai Rawit Merah;Pak Adi;Rp42.500,00;Rp./Kg\r\n"
    )
    path.write_bytes(gzip.compress(text.encode()))
    options = {"file": str(path), "market": "pasar-terong", "level": "consumer", "source": "survey"}

    (block,) = build_driver(node_entry("price_sheet", **options), site).read(noon_ms, None).blocks

    assert list(block.fields["price_idr"]) == [42500.0]


def test_exact_repeats_are_one_price() -> None:
    read = sheet_of("2026-11-20|tomat|a|9000|kg", "20/11/2026|Tomat|a|Rp9.000|Rp/Kg", "2026-11-20|tomat|a|9000|kg")

    assert [quote.version for quote in read.quotes] == [1]
    assert read.repeated == 2


def test_prices_that_go_back_and_forth_are_three_versions() -> None:
    read = sheet_of("2026-11-20|tomat|a|9000|kg", "2026-11-20|tomat|a|9500|kg", "2026-11-20|tomat|a|9000|kg")

    assert [(quote.price_idr, quote.version) for quote in read.quotes] == [(9000, 1), (9500, 2), (9000, 3)]


def test_no_price_is_no_row() -> None:
    read = sheet_of("2026-11-20|tomat|a|0|kg", "2026-11-20|tomat|b||kg", "2026-11-20|tomat|c|-|kg")

    assert (read.quotes, read.problems, read.priceless) == ([], [], 3)


def test_units_become_the_commoditys_own() -> None:
    read = sheet_of(
        "2026-11-20|cabai-rawit-merah|a|4.250|per ons",
        "2026-11-20|beras|a|1.250.000|Rp/kuintal",
        "2026-11-20|minyakita|a|8.000|Rp/500 ml",
    )

    assert [quote.price_idr for quote in read.quotes] == [42500, 12500, 16000]


def test_a_household_measure_is_weighed_by_the_sites_table_and_says_so() -> None:
    (egg,) = sheet_of("2026-11-20|telur|a|54.000|Rp/rak").quotes

    assert egg.price_idr == 30000
    assert egg.note == "Rp/rak, 1.8 kg / rak"


@pytest.mark.parametrize(
    ("line", "kind", "value", "remedy"),
    [
        ("2026-11-20|minyakita|a|16000|Rp/kg", "unit", "Rp/kg", "priced by the l"),
        ("2026-11-20|minyakita|a|16000|Rp/botol", "unit", "Rp/botol", "priced by the l"),
        ("2026-11-20|beras|a|16000|Rp/Liter", "unit", "Rp/Liter", "priced by the kg"),
        ("2026-11-20|kangkung|a|2000|", "unit", "", "Rp/kg"),
        ("2026-11-20|kangkong|a|2000|kg", "commodity", "kangkong", "kangkung"),
        ("31/02/2026|kangkung|a|2000|kg", "date", "31/02/2026", "2026-05-03"),
        ("2062-11-20|kangkung|a|2000|kg", "date", "2062-11-20", "still to come"),
        ("2026-11-20|kangkung|a|dua ribu|kg", "price", "dua ribu", "41250"),
    ],
)
def test_a_row_that_cannot_be_used_is_named_with_its_remedy(line: str, kind: str, value: str, remedy: str) -> None:
    read = sheet_of("2026-11-19|kangkung|a|2000|kg", line)

    (problem,) = read.problems
    assert (problem.kind, problem.value, problem.line) == (kind, value, 3)
    assert remedy in problem.remedy
    assert len(read.quotes) == 1


def test_every_row_is_accounted_for(site: Site) -> None:
    rows = table_rows(read_text(site.folder / "sheets" / "bapanas.csv.gz"), columns=COLUMNS, name="bapanas")
    read = read_sheet(rows, today=TODAY, measures={})

    assert len(read.quotes) + len(read.problems) + read.priceless + read.repeated == len(rows) == 1625
    assert (len(read.problems), read.priceless) == (0, 299)


def test_weekends_that_repeat_friday_are_left_out_only_when_asked() -> None:
    lines = [
        "2026-11-20|telur|a|30000|kg",  # a Friday
        "2026-11-21|telur|a|30000|kg",
        "2026-11-22|telur|a|31000|kg",
        "2026-11-21|telur|b|30000|kg",
        "2026-11-23|telur|a|30000|kg",
    ]

    assert len(sheet_of(*lines).quotes) == 5
    asked = sheet_of(*lines, weekend_repeats=True)
    assert [(quote.key.day.day, quote.key.quote) for quote in asked.quotes] == [
        (20, "a"),
        (22, "a"),
        (21, "b"),
        (23, "a"),
    ]


def test_each_kind_of_problem_is_said_in_one_line(sheet: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)

    assert len(sheet(SHALLOT, "x,tomat,a,1,kg", "y,tomat,a,1,kg", "2026-11-20,tomatt,a,1,kg")) == 1

    said = [record.getMessage() for record in caplog.records]
    assert len(said) == 2
    assert "column=date rows=2 first_line=3 value=x" in said[1]
    assert "column=commodity rows=1 first_line=5 value=tomatt remedy=" in said[0]


def test_problems_are_not_said_again_at_a_restart(sheet: Any, caplog: pytest.LogCaptureFixture) -> None:
    lines = (SHALLOT, "x,tomat,a,1,kg")
    sheet(*lines)
    caplog.clear()

    sheet(*lines)
    sheet(*lines, GARLIC)

    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


def test_a_sheet_that_is_away_broken_or_without_its_columns_is_an_error(
    tmp_path: Path, site: Site, node_entry: Any, noon_ms: int
) -> None:
    options = {"market": "pasar-terong", "level": "consumer", "source": "survey"}
    cut = tmp_path / "cut.csv.gz"
    cut.write_bytes(gzip.compress(SHALLOT.encode() * 99)[:60])
    bare = tmp_path / "bare.csv"
    bare.write_text("date,commodity,price,unit\n")

    for path, reason in ((tmp_path / "none.csv", "not there"), (cut, "cannot be read"), (bare, "no column 'quote'")):
        driver = build_driver(node_entry("price_sheet", file=str(path), **options), site)
        with pytest.raises(SensorError, match=reason):
            driver.read(noon_ms, None)


def test_wrong_options_are_named(site: Site, node_entry: Any) -> None:
    options = {"file": "x.csv", "market": "pasar-terong", "level": "consumer", "source": "survey"}

    with pytest.raises(UnknownNameError, match=r"pasar-terang.*pasar-terong"):
        build_driver(node_entry("price_sheet", **{**options, "market": "pasar-terang"}), site)
    with pytest.raises(SiteError, match="weekend='skip'"):
        build_driver(node_entry("price_sheet", **options, weekend="skip"), site)
    with pytest.raises(SiteError, match="needs the option 'source'"):
        build_driver(node_entry("price_sheet", **{**options, "source": ""}), site)
