"""The words of dashboards that name no quantity of the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from commons.catalogue import Label
from deploy.dashboards.panels import Choice, Span, Step

if TYPE_CHECKING:
    from collections.abc import Mapping

Language = Literal["id", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("id", "en")

NAMES: Final[Mapping[str, Label]] = {
    "alarm": Label("Alarm", "Alarm"),
    "basket": Label("Keranjang", "Basket"),
    "bed": Label("Petak", "Bed"),
    "city": Label("Kota", "City"),
    "collector": Label("Pengumpul", "Collector"),
    "commodity": Label("Komoditas", "Commodity"),
    "field": Label("Besaran", "Quantity"),
    "group": Label("Kelompok pangan", "Food group"),
    "indicator": Label("Indikator", "Indicator"),
    "kecamatan": Label("Kecamatan", "District (kecamatan)"),
    "kelurahan": Label("Kelurahan", "Ward (kelurahan)"),
    "lane": Label("Lorong", "Lane"),
    "level": Label("Tingkat", "Level"),
    "market": Label("Pasar", "Market"),
    "node": Label("Alat", "Node"),
    "origin": Label("Asal", "Origin"),
    "period": Label("Periode", "Period"),
    "place": Label("Tempat", "Place"),
    "quote": Label("Kutipan", "Quote"),
    "test": Label("Uji", "Test"),
}
TIME: Final = Label("Waktu", "Time")
HEARD: Final = Label("Terakhir terdengar", "Last heard")
PERIOD_BEGIN: Final = Label("Periode mulai", "Period begins")
LEVELS: Final[Mapping[str, Label]] = {name: NAMES[name] for name in ("kecamatan", "kelurahan", "lane")}
PERIODS: Final[Mapping[str, Label]] = {
    "week": Label("Minggu", "Week"),
    "day": Label("Hari", "Day"),
    "month": Label("Bulan", "Month"),
}
EXPLAINED: Final = Label("Bagaimana angka ini dihitung", "How this number came about")
GARDEN: Final = Label("Kebun lorong ini", "This lane's garden")
WEB_PAGE: Final = Label("Halaman ringan", "Light page")
OTHERS: Final = Label("Dasbor lain", "Other dashboards")
NOTHING: Final = Label("Belum ada data", "No data yet")
TOO_OLD: Final = Label("Data terlalu lama", "Data too old")
OTHER_LANGUAGE: Final = Label("English", "Bahasa Indonesia")
ABOUT: Final = Label("Cara membaca halaman ini", "How to read this page")

MARKS: Final = Label(
    "**Tanda di samping angka**: `simulated` dari simulasi · `recorded` rekaman dari tempat lain · `stand_in` "
    "pengganti dari kota lain · `imputed` sebagian ditaksir · `assumed_weights` bobot anggapan · `unverified` memakai "
    "angka umum yang belum diperiksa · `incomplete` belum lengkap · `unknown_node` dari pengirim yang tidak terdaftar. "
    "Tanpa tanda: dari pembacaan sendiri yang lengkap. **Kelengkapan** adalah bagian masukan yang ada; jika terlalu "
    "sedikit, angka dikosongkan, tidak pernah dijadikan nol. Angka yang ditarik kembali tidak ditampilkan.",
    "**Marks beside numbers**: `simulated` from a simulation · `recorded` a recording from elsewhere · `stand_in` from "
    "another city in place of ours · `imputed` partly estimated · `assumed_weights` weights are assumptions · "
    "`unverified` uses general figures not checked yet · `incomplete` not complete yet · `unknown_node` from a sender "
    "that stands in no table. No mark: from our own complete readings. **Coverage** is the share of inputs that "
    "were there; with too few, the number stays empty and "
    "is never made zero. Withdrawn numbers are not shown.",
)
COMPUTED: Final = Label(
    "Angka hitungan: lihat kelengkapan dan tandanya di tabel halaman ini (simulated, recorded, stand_in, imputed, "
    "assumed_weights, unverified, incomplete).",
    "A computed number: see its coverage and marks in this page's tables (simulated, recorded, stand_in, imputed, "
    "assumed_weights, unverified, incomplete).",
)
READ: Final = Label(
    "Pembacaan alat; asalnya (measured, typed, simulated, recorded) tertulis di nama garis atau di tabel.",
    "Readings of a node; their origin (measured, typed, simulated, recorded) stands in the name of the line or in a "
    "table.",
)
REMEMBERED: Final = Label("Catatan kerja sistem sendiri.", "The system's own record of its work.")
CADENCE: Final = Label("Datang setiap {}.", "New every {}.")

_DRY, _GOOD, _WET = Label("Kering", "Dry"), Label("Baik", "Good"), Label("Basah", "Wet")
_BELOW, _WITHIN = Label("Di bawah batas", "Below the limits"), Label("Dalam batas", "Within the limits")
_ABOVE = Label("Di atas batas", "Above the limits")
_CHOICES: Final[Mapping[tuple[str, str], tuple[tuple[str, Label, str], ...]]] = {
    ("soil_state", "state"): (("dry", _DRY, "orange"), ("good", _GOOD, "green"), ("wet", _WET, "blue")),
    ("soil_state", "state_code"): (("0", _DRY, "orange"), ("1", _GOOD, "green"), ("2", _WET, "blue")),
    ("price_alarm", "phase"): (
        ("normal", Label("Wajar", "Normal"), "green"),
        ("stress", Label("Mulai tinggi", "Getting high"), "yellow"),
        ("alert", Label("Waspada", "Alert"), "orange"),
        ("crisis", Label("Krisis harga", "Price crisis"), "red"),
        ("moderately_high", Label("Agak tinggi", "Moderately high"), "orange"),
        ("abnormally_high", Label("Luar biasa tinggi", "Abnormally high"), "red"),
    ),
    ("price_alarm", "phase_code"): (
        ("0", Label("Wajar", "Normal"), "green"),
        ("1", Label("Mulai tinggi", "Getting high"), "yellow"),
        ("2", Label("Waspada", "Alert"), "orange"),
        ("3", Label("Krisis harga", "Price crisis"), "red"),
    ),
    ("price_alarm", "ifpa"): (
        ("0", Label("Wajar", "Normal"), "green"),
        ("1", Label("Agak tinggi", "Moderately high"), "orange"),
        ("2", Label("Luar biasa tinggi", "Abnormally high"), "red"),
    ),
    ("ceiling_position", "state"): (
        ("below", _BELOW, "blue"),
        ("within", _WITHIN, "green"),
        ("above", _ABOVE, "red"),
    ),
    ("ceiling_position", "state_code"): (("-1", _BELOW, "blue"), ("0", _WITHIN, "green"), ("1", _ABOVE, "red")),
}


_SILENCE: Final = (
    (0, 2, Label("Baru terdengar", "Just heard"), "green"),
    (3, 23, Label("Diam beberapa jam", "Silent for hours"), "yellow"),
    (24, None, Label("Diam sehari atau lebih: data terlalu lama", "Silent for a day or more: data too old"), "red"),
)
SHARES: Final = (Step(None, "red"), Step(0.5, "yellow"), Step(0.8, "green"))
"""Colours of a coverage, from 0 to 1."""


def silence(language: Language) -> tuple[Span, ...]:
    """How long a node has been silent [h], in words."""
    return tuple(Span(low, high, words[language], color) for low, high, words, color in _SILENCE)


def choices(language: Language, measurement: str, field: str) -> tuple[Choice, ...]:
    """What people see instead of a field's stored values; nothing where the value itself is shown."""
    return tuple(
        Choice(value, words[language], color) for value, words, color in _CHOICES.get((measurement, field), ())
    )
