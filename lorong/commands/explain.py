"""`lorong explain`: how one stored value came about, from its inputs to its revisions."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from analytics.explain import Explainer
from commons.catalogue import Label
from commons.clock import SystemClock
from commons.errors import ParameterError, UsageError
from commons.wording import number
from lorong import tables
from lorong.settings import existing_store, site
from store import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from commons.explanation import Cell, Explanation, Part


def explain(
    indicator: str,
    *where: str,
    period: str,
    place: str,
    commodity: str = "",
    lang: Literal["id", "en"] = "id",
    city: str = "makassar",
    settings: Path | None = None,
) -> None:
    """Show how a stored value came about: inputs, whether they are enough, the formula with its numbers, revisions.

    Parameters
    ----------
    indicator
        Its name, such as price_index.
    where
        Further tags of the value, each as tag=value, where several values fit.
    period
        A month (2026-11), a week (2026-W48) or a day (2026-11-24).
    place
        The lane, kelurahan, kecamatan, city or market.
    commodity
        The commodity, where the indicator has one.
    lang
        The language of the words.
    city
        A site that comes with Lorong, or the path of a site folder.
    settings
        A TOML file with the section store.
    """
    tags = dict(_pair(text) for text in where) | {"place": place} | ({"commodity": commodity} if commodity else {})
    with closing(open_store(existing_store(settings), clock=SystemClock())) as store:
        try:
            found = Explainer(store, site(city))(indicator, period=period, where=tags)
        except ParameterError as error:
            raise UsageError(str(error)) from error
    print("\n".join(_lines(found, lang)))


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise UsageError(f"{text!r} is no tag; write tag=value, such as bed=b1")
    return name, value


def _lines(found: Explanation, lang: str) -> Iterator[str]:
    identity = ", ".join(f"{tag}={value}" for tag, value in found.identity.items())
    yield f"{found.title[lang]} ({found.indicator}), {found.period}: {identity}"
    yield found.sentence[lang]
    for part in found.parts:
        yield ""
        yield part.title[lang].upper()
        yield from (f"  {line}" for line in _part(part, lang))


def _part(part: Part, lang: str) -> Iterator[str]:
    yield from (line[lang] for line in part.lines)
    if part.table is None:
        return
    rows = [[_cell(cell, lang) for cell in row] for row in part.table.rows]
    yield from tables.lines([column[lang] for column in part.table.columns], rows)
    if part.table.left_out:
        more = Label(f"... dan {part.table.left_out} baris lagi", f"... and {part.table.left_out} more rows")
        yield more[lang]


def _cell(cell: Cell, lang: str) -> str | None:
    """A cell as the language writes it; numbers to six digits."""
    said = number(float(f"{cell:.6g}")) if isinstance(cell, float) else cell
    return said[lang] if isinstance(said, Label) else said
