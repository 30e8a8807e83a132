"""Tables about the data: the dictionary of every public column, the weekly brief's numbers, and the jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from commons.catalogue import Label
from web import pipeline
from web.brief import lines
from web.dictionary import entries
from web.figures import Seen
from web.formats import iso
from web.language import language
from web.tables.sheet import GARDENS, MARKETS, MARKS, START, Column, Table
from web.week import last_week

if TYPE_CHECKING:
    from web.tables.sheet import Asked, Rows


def _dictionary(_: Asked) -> Rows:
    return [
        (
            entry.measurement.name,
            entry.measurement.kind,
            entry.measurement.label.id,
            entry.measurement.label.en,
            entry.name,
            entry.role,
            entry.label.id,
            entry.label.en,
            entry.unit or None,
            entry.aggregate or None,
            *(entry.possible or (None, None)),
            *(entry.plausible or (None, None)),
            entry.about or None,
        )
        for entry in entries()
    ]


def _brief(asked: Asked) -> Rows:
    week = last_week(Seen(asked.reader, too_old_hours=asked.too_old_hours))
    english = language("en")
    return [
        (
            week.start,
            line.slug,
            line.words,
            english.text(line.words),
            line.now,
            line.before,
            line.change,
            english.text(line.unit),
            None if line.have is None else float(line.have),
            None if line.of is None else float(line.of),
            english.text(line.counted),
            ",".join(line.marks) or None,
            line.refused or None,
        )
        for line in lines(week)
    ]


def _jobs(asked: Asked) -> Rows:
    return [
        (
            job.label.id,
            job.label.en,
            job.method,
            None if job.watermark_ns is None else iso(job.watermark_ns),
            job.computed,
            job.seconds,
            job.failed or None,
        )
        for job in pipeline.jobs(asked.reader)
    ]


MEANING_TABLES: Final = (
    Table(
        "brief",
        Label("Ringkasan mingguan", "Weekly brief"),
        "/brief",
        (
            START,
            Column("figure", Label("Angka", "Figure")),
            Column("label_id", Label("Sebutan", "What people call it in Indonesian")),
            Column("label_en", Label("Sebutan Inggris", "What people call it in English")),
            Column("value", Label("Minggu itu", "That week"), "", "in the unit beside it; empty = not known"),
            Column("before", Label("Minggu sebelumnya", "The week before")),
            Column("change", Label("Perubahan", "Change"), "", "of a per cent in points"),
            Column("unit", Label("Satuan", "Unit"), "", "money is in the site's currency"),
            Column("have", Label("Terhitung", "Counted"), "", "lanes, beds or foods that the number stands on"),
            Column("of", Label("Jumlah", "In all")),
            Column("counted", Label("Yang dihitung", "What is counted")),
            MARKS,
            Column("refused", Label("Sebab tanpa nilai", "Why it has no value")),
        ),
        _brief,
        (GARDENS, MARKETS),
    ),
    Table(
        "jobs",
        Label("Hitungan terjadwal", "Scheduled jobs"),
        "/health",
        (
            Column("label_id", Label("Hitungan", "What it computes, in Indonesian")),
            Column("label_en", Label("Hitungan (Inggris)", "What it computes")),
            Column("method", Label("Metode", "Method version")),
            Column("watermark", Label("Data sampai", "Data up to"), "", "UTC, ISO 8601"),
            Column("computed", Label("Nilai baru", "New values"), "", "of the last run"),
            Column("seconds", Label("Lama", "Took"), "s"),
            Column("failed", Label("Sebab gagal", "Why it failed")),
        ),
        _jobs,
        (GARDENS,),
    ),
    Table(
        "dictionary",
        Label("Kamus data", "Data dictionary"),
        "/data",
        (
            Column("measurement", Label("Besaran", "Measurement")),
            Column("kind", Label("Jenis", "Kind"), "", "sample, event, state or indicator"),
            Column("measurement_id", Label("Arti besaran", "What it is, in Indonesian")),
            Column("measurement_en", Label("Arti besaran (Inggris)", "What it is")),
            Column("column", Label("Kolom", "Column")),
            Column("role", Label("Peran", "Role"), "", "tag, number or text"),
            Column("label_id", Label("Sebutan", "What people call it in Indonesian")),
            Column("label_en", Label("Sebutan Inggris", "What people call it")),
            Column("unit", Label("Satuan", "Unit"), "", "UCUM; empty = a bare number or a text"),
            Column("aggregate", Label("Cara menggabung", "How a window becomes one number")),
            Column("possible_low", Label("Mungkin, dari", "Possible, from")),
            Column("possible_high", Label("Mungkin, sampai", "Possible, to")),
            Column("plausible_low", Label("Wajar, dari", "Plausible, from")),
            Column("plausible_high", Label("Wajar, sampai", "Plausible, to")),
            Column("about", Label("Keterangan", "Meaning")),
        ),
        _dictionary,
        (),
    ),
)
