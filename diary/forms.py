"""The page's forms, one a kind of entry: plain HTML that works as it is, and that the page's script makes quicker."""

from __future__ import annotations

import secrets
from html import escape
from typing import TYPE_CHECKING, Any, Final

from commons.catalogue.commodities import commodities
from diary.measures import KILOGRAM, measures

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from commons.sites import Site
    from diary.words import Words

_DECIMAL: Final = "[0-9]{1,5}([.,][0-9]{1,2})?"  # 1.000 may be a thousand or one: neither is guessed
_WHOLE: Final = "[0-9]{1,9}"
_COUNTS: Final = ("plants", "price_idr")
_MOST_USUAL: Final = 8


class Forms:
    """The forms of one lane in one language.

    Args:
        site: Its city.
        lane: Its slug.
        words: The language.
        usual: The foods to offer first.
        typed: What was typed into a form that was refused; its form is filled in again.
    """

    def __init__(
        self, site: Site, lane: str, words: Words, usual: Iterable[str], *, typed: Mapping[str, Any] | None = None
    ) -> None:
        self._site, self._lane, self._words, self._typed = site, lane, words, typed or {}
        self._usual = usual_foods(site, lane, usual)

    def html(self) -> str:
        """All of them."""
        kinds = {
            "harvest": self._foods() + self._amount() + self._beds(needed=False),
            "planting": self._foods() + self._numbers("plants", "area") + self._beds(needed=True),
            "water": self._numbers("litres") + self._beds(needed=True),
            "compost": self._numbers("waste_kg", "compost_kg", one_of=True),
            "sale": self._foods() + self._amount() + self._numbers("price_idr", needed=False),
        }
        shown = str(self._typed.get("kind", "harvest"))
        return "".join(
            f'<details class="kind" name="kind"{" open" if kind == shown else ""}>'
            f"<summary>{escape(self._words.of('kinds', kind))}</summary>{self._form(kind, inside)}</details>"
            for kind, inside in kinds.items()
        ) + self._form("harvest", self._nothing(), name="nothing")

    def undo(self, document: Mapping[str, Any], version: int) -> str:
        """What takes back the entry that was just taken: the same, void, as the next version."""
        return self.undo_again({**document, "version": version + 1, "void": 1})

    def undo_again(self, document: Mapping[str, Any]) -> str:
        """What takes back an entry; of a kind that there is, for the form names it."""
        kept = {name: value for name, value in document.items() if name not in ("kind", "entry") and value != ""}
        why = f"<p>{escape(self._words['undo_why'])}</p>"
        hidden = "".join(_hidden(name, value) for name, value in kept.items())
        return self._form(str(document["kind"]), why + hidden, name="undo", entry=str(document["entry"]))

    def _form(self, kind: str, inside: str, *, name: str = "", entry: str = "") -> str:
        words, is_undo = self._words, name == "undo"
        label = {"nothing": words["nothing"], "undo": words["undo"]}.get(name, words["save"])
        code = (
            f'<label class="code">{escape(words["code"])}'
            '<input type="password" name="code" required maxlength="40" autocomplete="off"></label>'
        )
        return (
            f'<form method="post" action="/entries/{self._lane}?lang={words.code}" class="{name or "entry"}"'
            f' data-kind="{kind}">'
            f"{_hidden('kind', kind)}{_hidden('entry', entry or _id(self._typed, kind))}{inside}{code}"
            f'<button class="save{" quiet" if is_undo else ""}">{escape(label)}</button></form>'
        )

    def _foods(self) -> str:
        """A button for each usual food, the others behind one more tap."""
        others = [slug for slug, food in commodities().items() if food.garden and slug not in self._usual]
        is_other = self._typed.get("commodity") in others
        return (
            f'<fieldset class="foods"><legend>{escape(self._words["usual"])}</legend>'
            f'<div class="picks">{"".join(map(self._food, self._usual))}</div>'
            f"<details{' open' if is_other else ''}><summary>{escape(self._words['more'])}</summary>"
            f'<div class="picks">{"".join(map(self._food, others))}</div></details></fieldset>'
        )

    def _food(self, slug: str) -> str:
        label = commodities()[slug].label[self._words.code]
        return self._pick("commodity", slug, label, self._typed)

    def _amount(self) -> str:
        """A number and what it counts; the script leaves only the measures of the chosen food."""
        known = {unit: None for slug in self._usual for unit in measures(self._site, slug)}
        known |= {unit.unit: None for unit in self._site.units} | {KILOGRAM: None}
        typed = self._typed if len(known) > 1 else {"unit": KILOGRAM}
        picks = "".join(self._pick("unit", unit, unit_name(self._words, unit), typed) for unit in known)
        return (
            self._number("amount", self._words["amount"])
            + f'<fieldset class="units"><legend>{escape(self._words["unit"])}</legend><div class="picks">{picks}</div>'
            '</fieldset><p class="estimate" aria-live="polite"></p>'
        )

    def _numbers(self, *names: str, needed: bool = True, one_of: bool = False) -> str:
        """Further numbers; only the first must be there, or any one of them."""
        fields = "".join(
            self._number(name, self._words.of("questions", name), needed=needed and not one_of and not i)
            for i, name in enumerate(names)
        )
        return f'<div class="one-of">{fields}</div>' if one_of else fields

    def _number(self, name: str, label: str, *, needed: bool = True) -> str:
        is_whole = name in _COUNTS
        remedy = self._words["whole" if is_whole else "decimals"]
        return (
            f'<label class="number"><span>{escape(label)}</span><input name="{name}" inputmode="decimal"'
            f' autocomplete="off" pattern="{_WHOLE if is_whole else _DECIMAL}" title="{escape(remedy)}"'
            f' value="{escape(str(self._typed.get(name, "")))}"{" required" if needed else ""}></label>'
        )

    def _beds(self, *, needed: bool) -> str:
        words, beds = self._words, self._site.beds_of(self._lane)
        if needed and not beds:
            return f'<p class="notice">{escape(words["beds_missing"])}</p>'
        first = "" if needed else f'<option value="">{escape(words["any_bed"])}</option>'
        options = "".join(
            f'<option value="{bed.slug}" data-crop="{bed.crop}"'
            f"{' selected' if bed.slug == self._typed.get('bed') else ''}>{escape(bed.name)}</option>"
            for bed in beds
        )
        return f'<label class="bed">{escape(words["bed"])}<select name="bed">{first}{options}</select></label>'

    def _nothing(self) -> str:
        return f"<p>{escape(self._words['nothing_why'])}</p>{_hidden('nothing', 1)}"

    def _pick(self, name: str, value: str, label: str, typed: Mapping[str, Any]) -> str:
        chosen = " checked" if typed.get(name) == value else ""
        return (
            f'<label><input type="radio" name="{name}" value="{escape(value)}"{chosen} required>'
            f"<span>{escape(label)}</span></label>"
        )


def usual_foods(site: Site, lane: str, lately: Iterable[str]) -> Sequence[str]:
    """What a lane usually brings: what it harvested of late, then what stands in its beds."""
    crops = (bed.crop for bed in site.beds_of(lane))
    return list(dict.fromkeys(slug for slug in (*lately, *crops) if slug in commodities()))[:_MOST_USUAL]


def unit_name(words: Words, unit: str) -> str:
    """A measure as the language calls it; one that a site made up is called what it is."""
    return str(words.table["units"].get(unit, unit))


def _id(typed: Mapping[str, Any], kind: str) -> str:
    """An id for the form's entry: a form sent twice is one entry, and so is one that was refused and mended."""
    kept = typed.get("entry") if typed.get("kind") == kind else None
    return str(kept) if isinstance(kept, str) and kept else secrets.token_hex(16)


def _hidden(name: str, value: object) -> str:
    return f'<input type="hidden" name="{escape(name)}" value="{escape(str(value))}">'
