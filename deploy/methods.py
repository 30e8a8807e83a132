"""Write a card for every indicator's method from its declaration: `python -m deploy.methods`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analytics.indicators import INDICATORS
from analytics.indicators.indicator import Reach
from commons.catalogue import Label, measurement
from deploy.readme import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from analytics.indicators.indicator import Indicator, Source

FOLDER: Final = ROOT / "docs" / "methods"
INDEX: Final = "index.md"
_REACH: Final = {
    Reach.OWN_PERIOD: Label("periodenya sendiri", "its own period"),
    Reach.TWELVE_MONTHS_ON: Label(
        "periodenya sendiri sampai dua belas bulan kemudian", "its own period to twelve months on"
    ),
    Reach.ALL_AFTER: Label("periodenya sendiri dan semua sesudahnya", "its own period and all after it"),
    Reach.WHOLE_SERIES: Label("seluruh deret", "the whole series"),
}
_INTRODUCTION: Final = """# Metode / Methods

Satu kartu untuk setiap angka yang dihitung Lorong, dibuat dari deklarasinya (`make methods`).
Apa yang tidak dihitung, dan mengapa: [not-computed.md](not-computed.md). Bagaimana satu angka muncul:
`lorong explain INDICATOR --period ... --place ...`, atau tautan “Asal angka ini” di halamannya.

One card for every figure that Lorong computes, made from its declaration (`make methods`).
What is not computed, and why: [not-computed.md](not-computed.md). How one figure came about:
`lorong explain INDICATOR --period ... --place ...`, or the link beside it on its page.

| | | |
|---|---|---|
"""


def cards() -> dict[str, str]:
    """The text of each card and of their index, by file name."""
    rows = [f"| [{name}]({name}.md) | {_of(name).id} | {_of(name).en} |" for name in sorted(INDICATORS)]
    made = {f"{name}.md": card(indicator) for name, indicator in INDICATORS.items()}
    return {INDEX: _INTRODUCTION + "\n".join(rows) + "\n", **made}


def card(indicator: Indicator) -> str:
    """What is declared of an indicator, as a page of Markdown."""
    of, reach, policy = measurement(indicator.name), _REACH[indicator.reach], indicator.coverage.words
    facts = {
        "Masukan / inputs": ", ".join(_source(source) for source in indicator.reads),
        "Periode / periods": ", ".join(indicator.periods),
        "Satu nilai per / one value per": ", ".join(of.tags),
        "Syarat kelengkapan / coverage policy": f"{policy.id} / {policy.en}",
        "Data terlambat mengubah / late data change": f"{reach.id} / {reach.en}",
        "Versi metode / method version": indicator.method,
        "Tanda / marks it may carry": ", ".join(f"`{mark}`" for mark in indicator.marks),
        "Sumber / source": indicator.source,
    }
    first = ", ".join(f"`first_{name}`" for name in indicator.keeps_first)
    facts |= {"Nilai pertama disimpan / first value kept": first} if first else {}
    fields = [_field(indicator.name, name) for name in of.own]
    return "\n".join(
        [
            f"# {of.label.id} / {of.label.en}",
            "",
            f"`{indicator.name}`",
            "",
            indicator.sentence.id,
            "",
            indicator.sentence.en,
            "",
            f"    {indicator.formula}",
            "",
            "| | |",
            "|---|---|",
            *(f"| {title} | {_cell(text)} |" for title, text in facts.items()),
            "",
            "| | satuan / unit | |",
            "|---|---|---|",
            *fields,
            "",
        ]
    )


def write(folder: Path = FOLDER) -> None:
    """Put every card where it is committed."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in cards().items():
        (folder / name).write_text(text, "utf-8")


def _of(name: str) -> Label:
    return measurement(name).label


def _source(source: Source) -> str:
    name = (
        f"[{source.measurement}]({source.measurement}.md)" if source.measurement in INDICATORS else source.measurement
    )
    return name if source.window is None else f"{name} ({source.window})"


def _field(measured: str, name: str) -> str:
    field = measurement(measured).fields[name]
    about = f"; {field.about}" if field.about else ""
    return f"| `{name}` | {field.unit} | {_cell(f'{field.label.id} / {field.label.en}{about}')} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    write()
