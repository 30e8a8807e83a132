"""The words that pages use for the codes in the store: states, marks, origins, levels."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from commons.marks import ALL_FOODS, VOLATILE_FOODS
from web.language import N_

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from web.language import Language

UNKNOWN: Final = "unknown"
SOIL_STATES: Final[Mapping[str, str]] = MappingProxyType(
    {"dry": N_("kering"), "good": N_("cukup"), "wet": N_("basah"), UNKNOWN: N_("tidak tahu")}
)
POSITIONS: Final[Mapping[str, str]] = MappingProxyType(
    {"above": N_("di atas batas"), "within": N_("dalam batas"), "below": N_("di bawah batas")}
)
LEVELS: Final[Mapping[str, str]] = MappingProxyType(
    {"consumer": N_("konsumen"), "producer": N_("produsen"), "wholesale": N_("grosir")}
)
BASKETS: Final[Mapping[str, str]] = MappingProxyType(
    {
        ALL_FOODS: N_("semua pangan"),
        VOLATILE_FOODS: N_("pangan bergejolak"),
        "staple": N_("beras"),
        "horticulture": N_("cabai, bawang dan sayur"),
        "animal": N_("daging dan telur"),
        "fish": N_("ikan"),
        "other": N_("minyak, gula dan lainnya"),
    }
)
ALARM_PHASES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "normal": N_("wajar"),
        "stress": N_("mulai tinggi"),
        "alert": N_("waspada"),
        "crisis": N_("krisis harga"),
        "moderately_high": N_("agak tinggi"),
        "abnormally_high": N_("luar biasa tinggi"),
    }
)
MARKS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "simulated": N_("SIMULASI"),
        "recorded": N_("rekaman"),
        "stand_in": N_("dari tempat lain"),
        "imputed": N_("sebagian ditaksir"),
        "assumed_weights": N_("bobot perkiraan"),
        "unverified": N_("angka umum"),
        "incomplete": N_("belum lengkap"),
        "unknown_node": N_("alat tak terdaftar"),
    }
)
MARKS_EXPLAINED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "simulated": N_("Angka buatan dari kebun tiruan, bukan pengukuran."),
        "recorded": N_("Rekaman lama yang diputar ulang, bukan bacaan hari ini."),
        "stand_in": N_("Data dari tempat lain, dipakai sampai ada data kota ini."),
        "imputed": N_("Sebagian harga tidak ada dan ditaksir dari harga lain yang sejenis."),
        "assumed_weights": N_("Bobot belanja adalah perkiraan, bukan bobot resmi."),
        "unverified": N_("Memakai angka pengetahuan umum (lama tumbuh, hasil per m²) yang sumbernya belum diperiksa."),
        "incomplete": N_("Sebagian masukan belum ada; angkanya bisa berubah."),
        "unknown_node": N_("Sebagian dikirim alat yang belum terdaftar di kota ini."),
    }
)


def split_marks(text: str | None) -> tuple[str, ...]:
    """A result's marks, as the store keeps them in one text."""
    return tuple(mark for mark in (text or "").split(",") if mark)


def joined_marks(texts: Iterable[str | None]) -> tuple[str, ...]:
    """The marks of several results together, in the order in which pages show them."""
    found = {mark for text in texts for mark in split_marks(text)}
    return (*(mark for mark in MARKS if mark in found), *sorted(found - set(MARKS)))


def mark_words(language: Language, marks: Iterable[str], where: str = "") -> list[str]:
    """The marks in words; a stand-in names the place it is from, where that is known."""
    shown = [mark for mark in marks if not (where and mark == "recorded")]
    return [_mark(language, mark, where) for mark in shown]


def _mark(language: Language, mark: str, where: str) -> str:
    if where and mark == "stand_in":
        return language.text(N_("dari tempat lain: %(where)s"), where=where)
    return language.text(MARKS.get(mark, mark))
