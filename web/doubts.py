"""What is doubted of the data: each doubt in one sentence, whether it counts, since when, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from commons.catalogue import measurements
from commons.catalogue.commodities import commodities
from store.contract import Query
from web.language import N_
from web.words import joined_marks

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from commons.sites import Site
    from web.language import Language
    from web.reader import Reader, Row

LOOK_BACK_DAYS: Final = 90
SHOWN: Final = 20
"""Doubts on a page."""

KINDS: Final = ("sensor_doubt", "price_doubt", "harvest_doubt")
"""The indicators that doubt; one that the catalogue does not know yet doubts nothing."""

_SAME: Final = timedelta(days=4)  # markets are closed on some days: a doubt that comes back after them goes on
_UNITS: Final[Mapping[str, str]] = MappingProxyType({"Cel": "°C", "1": "", "lx": "lux", "uS/cm": "µS/cm", "[pH]": ""})

SENTENCES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "sensor_doubt.stuck": N_("%(what)s di %(where)s terus menunjukkan %(value)s; biasanya %(usual)s."),
        "sensor_doubt.spike": N_("%(what)s di %(where)s meloncat ke %(value)s lalu kembali; biasanya %(usual)s."),
        "sensor_doubt.rate": N_("%(what)s di %(where)s berubah terlalu cepat, sampai %(value)s; biasanya %(usual)s."),
        "sensor_doubt.gross_range": N_("%(what)s di %(where)s %(value)s, di luar yang wajar; biasanya %(usual)s."),
        "price_doubt.zero_price": N_("Harga %(what)s di %(where)s ditulis %(value)s; nol bukan harga."),
        "price_doubt.unit_mixup": N_(
            "Harga %(what)s di %(where)s ditulis %(value)s, padahal biasanya %(usual)s; mungkin satuannya tertukar."
        ),
        "price_doubt.copied_price": N_(
            "Harga %(what)s di %(where)s %(value)s, sama dengan harga %(detail)s; biasanya %(usual)s."
        ),
        "price_doubt.outlier": N_("Harga %(what)s di %(where)s %(value)s untuk sehari saja; biasanya %(usual)s."),
        "price_doubt.stuck": N_("Harga %(what)s di %(where)s lama tidak bergerak dari %(value)s."),
        "harvest_doubt.tenfold_harvest": N_(
            "Panen %(what)s di %(where)s dilaporkan %(value)s, padahal biasanya %(usual)s."
        ),
        "harvest_doubt.double_entry": N_("Panen %(what)s di %(where)s, %(value)s, tampaknya dicatat dua kali."),
        "harvest_doubt.repeated_entry": N_("Panen %(what)s di %(where)s, %(value)s, dicatat lagi pada hari yang sama."),
        "harvest_doubt.impossible_yield": N_(
            "Panen %(what)s di %(where)s %(value)s, lebih dari yang bisa tumbuh di sana (%(usual)s)."
        ),
    }
)
_OTHERWISE: Final = N_("%(what)s di %(where)s: %(value)s, biasanya %(usual)s (uji %(test)s).")

ADVICE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "sensor_doubt.stuck": N_("Cabut sensor dan pasang lagi; bila tetap sama, ganti."),
        "sensor_doubt.spike": N_("Periksa kabel dan steker sensor."),
        "sensor_doubt.rate": N_("Periksa apakah sensor tertanam baik dan kabelnya kencang."),
        "sensor_doubt.gross_range": N_("Periksa kabel dan kalibrasi sensor."),
        "price_doubt.zero_price": N_("Isi harganya, atau kosongkan bila tidak ada barang."),
        "price_doubt.unit_mixup": N_("Periksa satuannya, lalu kirim lagi dengan harga per satuan yang benar."),
        "price_doubt.copied_price": N_("Tanyakan lagi harga kedua barang, lalu kirim yang benar."),
        "price_doubt.outlier": N_("Tanyakan lagi ke pasar; bila keliru, kirim yang benar."),
        "price_doubt.stuck": N_("Tanyakan apakah harganya masih dicatat setiap hari."),
        "harvest_doubt.tenfold_harvest": N_("Tanyakan ke lorongnya; bila salah ketik, betulkan catatannya."),
        "harvest_doubt.double_entry": N_("Batalkan salah satu catatan."),
        "harvest_doubt.repeated_entry": N_("Batalkan salah satu catatan bila memang sama."),
        "harvest_doubt.impossible_yield": N_("Tanyakan beratnya dan luas petaknya ke lorongnya."),
    }
)
_ASK: Final = N_("Periksa di sumbernya, lalu kirim yang benar.")


@dataclass(frozen=True, slots=True)
class Doubt:
    """One thing that is doubted, on one day or on several in a row.

    Args:
        kind: Which indicator says so.
        newest: Its newest row.
        since: The first of the days in a row.
        until: The last of them.
        counts: Whether what was said is counted all the same.
        marks: What must be said of it.
    """

    kind: str
    newest: Row
    since: date
    until: date
    counts: bool
    marks: tuple[str, ...]

    @property
    def lane(self) -> str | None:
        """The lane it is in, if it is in one."""
        lane: str | None = self.newest.get("lane")
        return lane or None

    @property
    def nodes(self) -> str:
        """The nodes whose sensors are doubted."""
        return str(self.newest.get("detail") or "").replace(",", ", ") if self.kind == "sensor_doubt" else ""


def doubts(reader: Reader) -> list[Doubt]:
    """Every doubt of the last days, the newest first."""
    found = [doubt for kind in KINDS if kind in measurements() for doubt in _of_kind(reader, kind)]
    return sorted(found, key=lambda doubt: (doubt.until, doubt.since, not doubt.counts, doubt.kind), reverse=True)


def sentence(doubt: Doubt, site: Site, language: Language) -> str:
    """What is doubted, with its numbers."""
    row, test = doubt.newest, f"{doubt.kind}.{doubt.newest['test']}"
    return language.text(
        SENTENCES.get(test, _OTHERWISE),
        what=_what(doubt, language),
        where=_where(row, site),
        value=_amount(doubt, row["value"], site, language),
        usual=_amount(doubt, row["usual"], site, language),
        detail=_food(row["detail"] or "", language),
        test=row["test"],
    )


def advice(doubt: Doubt, language: Language) -> str:
    """What can be done about it."""
    return language.text(ADVICE.get(f"{doubt.kind}.{doubt.newest['test']}", _ASK))


def _of_kind(reader: Reader, kind: str) -> Iterable[Doubt]:
    """Rows of the same thing on days in a row, put together; a doubt that changes its mind is another one."""
    tags = measurements()[kind].tags
    series: dict[tuple[object, ...], list[tuple[date, Row]]] = {}
    for row in reader.read(Query(kind, start=reader.days_ago(LOOK_BACK_DAYS))):
        key = (*(row[tag] for tag in tags), row["left_out"])
        series.setdefault(key, []).append((reader.local(row["time"]).date(), row))
    for days in series.values():
        first = 0
        for place in range(1, len(days) + 1):
            if place == len(days) or days[place][0] - days[place - 1][0] > _SAME:
                yield _together(kind, days[first:place])
                first = place


def _together(kind: str, days: list[tuple[date, Row]]) -> Doubt:
    newest = days[-1][1]
    marks = joined_marks(row["marks"] for _, row in days)
    return Doubt(kind, newest, days[0][0], days[-1][0], counts=not newest["left_out"], marks=marks)


def _what(doubt: Doubt, language: Language) -> str:
    row = doubt.newest
    if doubt.kind != "sensor_doubt":
        return _food(row["commodity"], language)
    name, _, field = row["field"].partition(".")
    of = measurements().get(name)
    return of.fields[field].label[language.code] if of and field in of.fields else row["field"]


def _food(slug: str, language: Language) -> str:
    known = commodities().get(slug)
    return known.label[language.code].lower() if known else slug


def _where(row: Row, site: Site) -> str:
    """The lane and bed, or the market, by their names."""
    if "market" in row:
        market = site.markets.get(row["market"])
        return market.name if market else row["market"]
    lane = site.lanes.get(row["lane"])
    bed = site.beds.get((row["lane"], row.get("bed") or ""))
    return ", ".join(name for name in (lane.name if lane else row["lane"], bed.name if bed else row.get("bed")) if name)


def _amount(doubt: Doubt, value: float | None, site: Site, language: Language) -> str:
    """A number as people write it, with its unit; "not known" where there is none."""
    if value is None:
        return language.text(N_("belum diketahui"))
    if doubt.kind == "price_doubt":
        return language.money(value, site.currency)
    unit = "kg" if doubt.kind == "harvest_doubt" else _unit(doubt.newest["field"])
    return language.with_unit(value, unit, 1).strip()


def _unit(field: str) -> str:
    name, _, own = field.partition(".")
    of = measurements().get(name)
    unit = of.fields[own].unit if of and own in of.fields else ""
    return _UNITS.get(unit, unit)
