"""The diary's page: one HTML of its own, without a template engine, because a node has none."""

from __future__ import annotations

import json
from html import escape
from importlib import resources
from itertools import groupby
from string import Template
from typing import TYPE_CHECKING, Any, Final

from commons.catalogue.commodities import commodities
from diary import assets
from diary.entry import KINDS
from diary.forms import Forms, unit_name, usual_foods
from diary.measures import measures
from diary.words import languages

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from commons.sites import Site
    from diary.book import Book, Line
    from diary.outcome import Outcome
    from diary.words import Words

_FRAME: Final = Template(resources.files("diary").joinpath("page.html").read_text("utf-8"))
_NEW: Final = 202
_TAKEN: Final = (200, _NEW)
_MALFORMED: Final = 400


class Page:
    """The page of every lane of a site.

    Args:
        site: The city.
        is_open: Whether entries are taken here at all.
        lane_page: Where a lane's own page is, with `{lane}` in it; empty = there is none.
    """

    def __init__(self, site: Site, *, is_open: bool, lane_page: str = "") -> None:
        self._site, self._is_open, self._lane_page = site, is_open, lane_page

    def html(self, lane: str, words: Words, book: Book, outcome: Outcome | None = None) -> str:
        """The whole page.

        Args:
            lane: The lane's slug.
            words: The language.
            book: What the lane wrote down lately.
            outcome: What became of the form that was just sent.

        Raises:
            UnknownNameError: There is no such lane.
        """
        name = escape(self._site.lane(lane).name)
        is_refused = outcome is not None and outcome.status not in _TAKEN
        typed = outcome.document if outcome is not None and is_refused and not _is_undo(outcome) else None
        forms = Forms(self._site, lane, words, book.usual, typed=typed)
        return _FRAME.substitute(
            code=words.code,
            title=escape(words["title"]),
            lane=name,
            programme=escape(self._site.programme[words.code]),
            static=assets.ADDRESS,
            languages_label=escape(words["languages"]),
            languages=_switch(lane, words),
            back=self._back(lane, words),
            answer=self._answer(words, forms, outcome),
            entry=self._entry(words, forms),
            mine=escape(words["mine"]),
            days_title=escape(words["days"]),
            days=_days(book, words),
            facts=self._facts(lane, words, book),
        )

    def _back(self, lane: str, words: Words) -> str:
        if not self._lane_page:
            return ""
        address = f"{self._lane_page.format(lane=lane)}?lang={words.code}"
        return f'<p><a href="{address}">{escape(words["lane_page"])}</a></p>'

    def _answer(self, words: Words, forms: Forms, outcome: Outcome | None) -> str:
        """What became of the form that was sent, and a way to take it back."""
        if outcome is None:
            return ""
        if outcome.entry is None:
            detail = f" <small>{escape(outcome.words)}</small>" if outcome.status == _MALFORMED else ""
            sentence = escape(words.refusal(outcome.status)) + detail
            can_undo = _is_undo(outcome) and outcome.document.get("kind") in KINDS and outcome.document.get("entry")
            undo = forms.undo_again(outcome.document) if can_undo else ""
            return f'<div class="answer refused" role="alert"><p>{sentence}</p>{undo}</div>'
        is_void = _is_undo(outcome)
        said = "undone" if is_void else "recorded" if outcome.status == _NEW else "known"
        what = _described(outcome.document, words)
        undo = "" if is_void else forms.undo(outcome.document, outcome.entry.version)
        return f'<div class="answer"><p>{escape(words[said].replace("{what}", what))}</p>{undo}</div>'

    def _entry(self, words: Words, forms: Forms) -> str:
        if not self._is_open:
            return f'<p class="notice">{escape(words["closed"])}</p>'
        return (
            f'<form id="open" hidden><p>{escape(words["code_why"])}</p><label>{escape(words["code"])}'
            '<input type="password" name="code" required maxlength="40" autocomplete="off"></label>'
            f'<button class="save">{escape(words["open"])}</button></form>'
            f'<div id="forms"><p>{escape(words["how"])}</p>{forms.html()}</div><p id="lock" hidden></p>'
        )

    def _facts(self, lane: str, words: Words, book: Book) -> str:
        """What the script needs to know; no text of it can end the element it stands in."""
        foods = [slug for slug, food in commodities().items() if food.garden]
        foods += [slug for slug in usual_foods(self._site, lane, book.usual) if slug not in foods]
        facts: dict[str, Any] = {
            "lane": lane,
            "isOpen": self._is_open,
            "worker": f"{assets.ADDRESS}/worker.js",
            "scope": assets.SCOPE,
            "units": {slug: measures(self._site, slug) for slug in foods},
            "foods": {slug: commodities()[slug].label[words.code] for slug in foods},
            "beds": {bed.slug: bed.name for bed in self._site.beds_of(lane)},
            "words": {key: text for key, text in words.table.items() if isinstance(text, str)},
            "kinds": words.table["kinds"],
            "fields": words.table["fields"],
            "unitNames": words.table["units"],
            "refusals": words.table["refusals"],
        }
        return json.dumps(facts, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def _is_undo(outcome: Outcome) -> bool:
    return outcome.document.get("void") not in (None, "", "0")


def _switch(lane: str, words: Words) -> str:
    return " ".join(
        f'<span aria-current="true">{escape(other["name"])}</span>'
        if code == words.code
        else f'<a href="/diary/{lane}?lang={code}" lang="{code}" hreflang="{code}">{escape(other["name"])}</a>'
        for code, other in languages().items()
    )


def _days(book: Book, words: Words) -> str:
    if not book.lines:
        return f'<p class="quiet">{escape(words["days_away" if book.is_away else "no_days"])}</p>'
    days = "".join(
        f'<tr><th scope="row">{day.day}/{day.month}</th><td>{_lines(of_day, words)}</td></tr>'
        for day, of_day in groupby(book.lines, key=lambda line: line.day)
    )
    heads = "".join(f'<th scope="col">{escape(words[key])}</th>' for key in ("day", "what"))
    return (
        f'<p class="quiet">{escape(words["days_about"])}</p>'
        f"<table><thead><tr>{heads}</tr></thead><tbody>{days}</tbody></table>"
    )


def _lines(of_day: Iterable[Line], words: Words) -> str:
    return "<br>".join(_line(line, words) for line in of_day)


def _line(line: Line, words: Words) -> str:
    mark = f' <span class="mark">{escape(words["simulated"])}</span>' if line.is_simulated else ""
    if line.values.get("nothing"):
        return escape(words["nothing"]) + mark
    what = " ".join(filter(None, (words.of("kinds", line.kind), _food(line.commodity, words))))
    values = ", ".join(f"{words.number(value)} {words.of('fields', name)}" for name, value in line.values.items())
    return escape(f"{what}: {values}") + mark


def _described(document: Mapping[str, Any], words: Words) -> str:
    """An entry in a few words, such as `Panen Kangkung darat 4 ikat`."""
    kind = document.get("kind")
    if document.get("nothing") not in (None, "", "0", 0):
        return words["nothing"]
    parts = [words.of("kinds", kind) if kind in KINDS else "", _food(document.get("commodity"), words)]
    if document.get("amount"):
        parts.append(f"{document['amount']} {unit_name(words, str(document.get('unit') or ''))}")
    parts += [f"{document[name]} {label}" for name, label in words.table["fields"].items() if document.get(name)]
    return " ".join(filter(None, parts))


def _food(slug: str | None, words: Words) -> str:
    food = commodities().get(slug or "")
    return food.label[words.code] if food else ""
