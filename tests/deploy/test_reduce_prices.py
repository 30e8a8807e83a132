"""The reduction of price sheets, recordings, limits and baskets, on small samples of their sources."""

from __future__ import annotations

import pytest

from deploy.reduce.basket import basket_rows, weight_rows
from deploy.reduce.ceilings import ceiling_rows, first_day, last_day, precision
from deploy.reduce.readings import (
    bandung_rows,
    bapanas_rows,
    climate_rows,
    dashed,
    jatim_rows,
    panel_date,
    recording_rows,
    slashed,
)

ZONES = frozenset({"I", "national"})


def limit(valid_from: str, valid_to: str = "", **known: str) -> dict[str, str]:
    row = {"commodity": "beras_medium", "level": "consumer", "kind": "HET", "zone": "I incl. Sulawesi", "unit": "kg"}
    row |= {"min_idr": "", "max_idr": "12500", "valid_from": valid_from, "valid_to": valid_to}
    return {**row, "regulation": "Perbadan 5/2024", "source": "a page", "seen": "1", **known}


def test_the_recording_is_in_time_order_with_its_zone() -> None:
    readings = {"Volumetric_Moisture_Pct": "14.15", "Soil_Temperature_C": "19.2", "Raw_Capacitive_ADC": "704"}
    source = [
        {"Timestamp": f"2025-01-05 00:{minute}:00", "Farm_ID": f"Kolkata_Farm_{farm}", **readings}
        for farm in "12"
        for minute in ("00", "15")
    ]

    rows = recording_rows(source)

    assert [(row["time"][14:], row["series"]) for row in rows] == [
        ("00:00+05:30", "1"), ("00:00+05:30", "2"), ("15:00+05:30", "1"), ("15:00+05:30", "2"),
    ]  # fmt: skip
    assert rows[0]["raw"] == "704"


@pytest.mark.parametrize(
    ("iso", "panel_text", "slashes", "dashes"),
    [
        ("2026-05-03", "03 Mei 26", "03/05/2026", "3-5-2026"),
        ("2025-12-12", "12 Des 25", "12/12/2025", "12-12-2025"),
    ],
)
def test_each_source_keeps_its_way_to_write_a_date(iso: str, panel_text: str, slashes: str, dashes: str) -> None:
    assert (panel_date(iso), slashed(iso), dashed(iso)) == (panel_text, slashes, dashes)


def test_a_price_of_zero_stays_in_the_sheet_for_the_driver_to_judge() -> None:
    source = [{"Timestamp": "2025-09-13", "Komoditas": "Jagung Tk Peternak", "Harga": "0", "Satuan": "Rp/kg"}]

    [row] = bapanas_rows(source)

    assert row == {
        "date": "13-9-2025", "commodity": "Jagung Tk Peternak", "quote": "Kota Bandung", "price": "0", "unit": "Rp/kg",
    }  # fmt: skip


def test_repeated_rows_of_a_sheet_stay() -> None:
    row = {"date": "2022-05-19", "commodity": "Telur", "location": "Kota Bandung", "price_idr_per_kg": "27500"}

    assert len(bandung_rows([row, row])) == 2


def test_the_place_of_a_producer_price_is_its_quote() -> None:
    row = {"date": "2022-05-19", "commodity": "Cabe Rawit", "place": "RPH  Kediri", "price_idr_per_kg": "22"}

    [quote] = jatim_rows([row])

    assert (quote["date"], quote["quote"], quote["price"]) == ("19/05/2022", "RPH  Kediri", "22")


def test_unknown_rain_days_stay_blank() -> None:
    july = {"month": "7", "tmin_c": "21.7", "tmax_c": "32.4", "rain_mm": "48", "rain_days": "", "source": "same"}

    [row] = climate_rows([{**july, "seen": "1 (rain days missing)"}])

    assert (row["rain_days"], row["verified"]) == ("", "1")


@pytest.mark.parametrize(
    ("text", "first", "last", "how"),
    [
        ("2025-08-21", "2025-08-21", "2025-08-21", "day"),
        ("2024-06", "2024-06-01", "2024-05-31", "month"),
        ("2025", "2025-01-01", "2024-12-31", "year"),
    ],
)
def test_a_month_or_a_year_alone_becomes_a_day(text: str, first: str, last: str, how: str) -> None:
    assert (first_day(text), last_day(text), precision(text)) == (first, last, how)


def test_the_coarsest_date_of_a_rule_is_its_precision() -> None:
    assert precision("2023-03-15", "2024-06") == "month"
    assert precision("2023-03-15", "") == "day"


def test_a_rule_ends_before_its_successor_begins() -> None:
    old, new = ceiling_rows([limit("2023-03-15", "2024-06"), limit("2024-06")], ZONES)

    assert (old["valid_to"], new["valid_from"], new["valid_to"]) == ("2024-05-31", "2024-06-01", "")


def test_only_rules_that_hold_in_makassar_and_set_a_limit_are_kept() -> None:
    zones = ["I (Jawa,Sulawesi)", "II", "III", "national", "I"]

    rows = ceiling_rows([*(limit("2025", zone=zone) for zone in zones), limit("2025", max_idr="")], ZONES)

    assert [row["zone"] for row in rows] == ["I", "national", "I"]


def test_a_rule_whose_number_is_unverified_says_so() -> None:
    [row] = ceiling_rows([limit("2025", regulation="(Panel Harga; regulation no. UNVERIFIED)")], ZONES)

    assert (row["regulation"], row["verified"]) == ("Panel Harga; regulation no. unverified", "0")


def test_hind_leg_is_what_panels_call_beef() -> None:
    hind, front = ceiling_rows([limit("2025", level=f"consumer_paha_{part}") for part in ("belakang", "depan")], ZONES)

    assert (hind["level"], front["level"]) == ("consumer", "consumer-paha-depan")


def norm(name: str, value: str, unit: str, area: str, year: str) -> dict[str, str]:
    return {"commodity": name, "value": value, "unit": unit, "area": area, "year": year, "source": "BPS", "seen": "1"}


def test_consumption_becomes_kilograms_a_year() -> None:
    monthly = ["tepung_terigu", "singkong", "daging_sapi", "daging_ayam", "bawang_merah", "bawang_putih", "gula"]
    source = [norm(name, "0.5", "kg/cap/month", "DKI Jakarta", "2024") for name in monthly]
    source += [norm("telur", "12.16", "butir/cap/month", "DKI Jakarta", "2024")]
    source += [norm("minyak_goreng", "1", "l/cap/month", "DKI Jakarta", "2024")]
    source += [norm(name, "0.07", "kg/cap/week", "Indonesia", "2021") for name in ("kangkung", "bayam")]
    source += [norm(name, "2.42", "kg/cap/yr", "Indonesia", "2023") for name in ("beras", "cabai_besar", "cabai_rawit")]

    rows = {
        row["commodity"]: row
        for row in basket_rows(source, [{"slug": "gula_konsumsi", "bapanas_id": "37"}], "Kota Makassar")
    }

    assert rows["gula-konsumsi"]["kg_per_person_year"] == "6.000"
    assert rows["telur-ayam-ras"]["kg_per_person_year"] == "8.755"
    assert rows["minyak-goreng-kemasan"]["kg_per_person_year"] == "10.800"
    assert rows["kangkung"]["kg_per_person_year"] == "3.650"
    assert (
        rows["cabai-merah-besar"]["kg_per_person_year"] == rows["cabai-merah-keriting"]["kg_per_person_year"] == "1.210"
    )
    assert rows["cabai-rawit-merah"]["verified"] == "1"
    assert rows["cabai-merah-besar"]["verified"] == "0"
    assert (rows["gula-konsumsi"]["panel"], rows["kangkung"]["panel"]) == ("1", "0")
    assert {row["stand_in"] for row in rows.values()} == {"1"}


def test_an_implied_weight_is_split_equally_and_an_assumed_one_says_so() -> None:
    implied = {"commodity": "minyak_goreng", "month": "2022-09", "implied_weight_pct": "0.97", "source": "BPS"}

    rows = {row["commodity"]: row for row in weight_rows([implied])}

    assert rows["minyakita"]["weight_pct"] == "0.323333"
    assert "0.97 % split equally over 3 foods" in rows["minyakita"]["note"]
    assert {row["kind"] for row in rows.values()} == {"stand_in", "assumed"}
    assert rows["bawang-merah"]["note"].startswith("assumed for demonstration")
