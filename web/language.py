"""The languages people read: texts from catalogues, numbers and dates as the language writes them."""

from __future__ import annotations

import gettext
import io
import re
from datetime import timedelta
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from babel import Locale
from babel.dates import format_date, format_datetime, format_timedelta
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_currency, format_decimal

from commons.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from importlib.resources.abc import Traversable

    from commons.sites import Site

SOURCE: Final = "id"
"""The language that templates and code are written in."""
MISSING: Final = "–"
_NO_BREAK_SPACE: Final = "\u00a0"
_LEAST_AGE_S: Final = 60.0


def N_(message: str) -> str:  # noqa: N802  # gettext's own name for "to be translated later"
    """Mark a text for the catalogues where it stands in a table."""
    return message


class Language:
    """One language.

    Args:
        code: Its name in `?lang=`, such as "id".
        translations: Its catalogue of texts.
    """

    def __init__(self, code: str, translations: gettext.NullTranslations) -> None:
        self.code, self.translations = code, translations
        self.locale = Locale.parse(code)
        self.name = self.locale.get_display_name(code) or code

    def text(self, message: str, **values: object) -> str:
        """A text of the source language in this one, its `%(name)s` filled in."""
        found = self.translations.gettext(message)
        return found % values if values else found

    def number(self, value: float | None, digits: int = 0) -> str:
        """A number with its thousands apart, `1.234,5` in Indonesian; a dash where it is not there."""
        if value is None:
            return MISSING
        shape = "#,##0" + ("." + "0" * digits if digits else "")
        rounded = round(value, digits) + 0.0  # adding zero turns -0.0 into 0.0
        return format_decimal(rounded, format=shape, locale=self.locale)

    def change(self, value: float | None, digits: int = 1, *, unit: str = "") -> str:
        """A number that always shows its sign, with a real minus, and its unit."""
        if value is None:
            return MISSING
        sign = "" if not round(value, digits) else "+" if value > 0 else "−"
        return sign + (self.with_unit(abs(value), unit, digits) if unit else self.number(abs(value), digits))

    def money(self, value: float | None, currency: str) -> str:
        """An amount without cents."""
        if value is None:
            return MISSING
        return format_currency(round(value), currency, format="¤#,##0", locale=self.locale, currency_digits=False)

    def day(self, day: date | None, form: str = "d MMM y") -> str:
        """A day, such as `24 Nov 2026`."""
        return MISSING if day is None else format_date(day, form, locale=self.locale)

    def month(self, day: date | None) -> str:
        """A month, such as `November 2026`."""
        return self.day(day, "MMMM y")

    def moment(self, at: datetime | None) -> str:
        """A local moment, such as `24 Nov 2026 14.30`."""
        if at is None:
            return MISSING
        clock = "HH.mm" if self.code == SOURCE else "HH:mm"
        return format_datetime(at, f"d MMM y {clock}", tzinfo=at.tzinfo, locale=self.locale)

    def ago(self, seconds: float | None) -> str:
        """How long ago something was, such as `3 hari yang lalu`."""
        if seconds is None:
            return MISSING
        age = timedelta(seconds=-max(seconds, _LEAST_AGE_S))
        return format_timedelta(age, add_direction=True, threshold=1, locale=self.locale)

    def span(self, seconds: float | None) -> str:
        """A length of time, such as `3 hari`."""
        if seconds is None:
            return MISSING
        return format_timedelta(timedelta(seconds=seconds), threshold=1, locale=self.locale)

    def with_unit(self, value: float | None, unit: str, digits: int = 0) -> str:
        """A number and its unit that never part at a line's end."""
        return MISSING if value is None else f"{self.number(value, digits)}{_NO_BREAK_SPACE}{unit}"


class SiteTranslations(gettext.NullTranslations):
    """A catalogue in which a site's own words stand for the usual ones: a village has yards where a city has lanes.

    Whole words are exchanged, the longest first; not in commands (`` `lorong node` ``) nor in what is filled in
    (`%(lanes)s`).

    Args:
        usual: The language's catalogue.
        words: What stands for each word.
    """

    def __init__(self, usual: gettext.NullTranslations, words: Mapping[str, str]) -> None:
        super().__init__()
        self._usual, self._words = usual, words
        either = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
        self._found = re.compile(rf"`[^`]*`|%\(\w+\)\w|\b(?:{either})\b")

    def gettext(self, message: str) -> str:
        """A text in the language, with the site's words."""
        return self._exchanged(self._usual.gettext(message))

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """The same for a text that counts something."""
        return self._exchanged(self._usual.ngettext(msgid1, msgid2, n))

    def _exchanged(self, text: str) -> str:
        return self._found.sub(lambda found: self._words.get(found[0], found[0]), text)


def spoken_at(site: Site) -> Mapping[str, Language]:
    """Every language by code, with the words of a site."""
    return {
        code: Language(code, SiteTranslations(found.translations, site.words[code])) if code in site.words else found
        for code, found in languages().items()
    }


@cache
def languages() -> Mapping[str, Language]:
    """Every language by code, the source first: each folder of `web/locale/` with a `messages.po` is one more."""
    found = {SOURCE: Language(SOURCE, gettext.NullTranslations())}
    for folder in sorted(resources.files("web").joinpath("locale").iterdir(), key=lambda entry: entry.name):
        catalogue = folder.joinpath("LC_MESSAGES", "messages.po")
        if catalogue.is_file():
            found[folder.name] = Language(folder.name, _compiled(catalogue))
    return MappingProxyType(found)


def language(code: str) -> Language:
    """One language, or an `UnknownNameError` that lists those there are."""
    try:
        return languages()[code]
    except KeyError:
        raise UnknownNameError("language", code, languages()) from None


def _compiled(catalogue: Traversable) -> gettext.GNUTranslations:
    """A text catalogue in the form that gettext reads, so that no binary file is kept."""
    compiled = io.BytesIO()
    write_mo(compiled, read_po(io.BytesIO(catalogue.read_bytes())))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
