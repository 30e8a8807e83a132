"""The office's pages: the city in ten seconds, maps, the weekly brief, and the data with its dictionary."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from web import brief, dictionary, figures, maps, words
from web.brief import lines
from web.doubts import sentence
from web.exports import FORMS
from web.figures import FIGURES, LEVELS, Seen, figure_of
from web.rendering import static_address
from web.tables import TABLES
from web.week import last_week

if TYPE_CHECKING:
    from collections.abc import Callable

    from web.cache import BriefCache
    from web.language import Language
    from web.reader import Reader
    from web.rendering import Renderer
    from web.week import Week

Facts = dict[str, Any]
_FIRST_FIGURE: Final = "kg"
_FIRST_LEVEL: Final = "kecamatan"
_BESIDE_MAP: Final = ("dry", "silent")
"""The figures that stand in a table beside the overview's map."""


class Office:
    """What each page shows.

    Args:
        reader: The store.
        renderer: Templates and languages.
        too_old_hours: The age from which a reading is no longer trusted [h].
        cache: Finished pages.
    """

    def __init__(self, reader: Reader, renderer: Renderer, *, too_old_hours: float, cache: BriefCache[str]) -> None:
        self._reader, self._renderer, self._too_old, self._cache = reader, renderer, too_old_hours, cache

    def router(self) -> APIRouter:
        """The addresses; none of them is part of the API's description."""
        found = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
        for path, page in (("/office", self.office), ("/map", self.map), ("/brief", self.brief), ("/data", self.data)):
            found.add_api_route(path, page, methods=["GET", "HEAD"])
        return found

    def office(self, request: Request) -> Response:
        """The city in ten seconds."""
        return self._page(request, "office.html", "/office", self._office)

    def map(self, request: Request, figure: str = _FIRST_FIGURE, level: str = _FIRST_LEVEL) -> Response:
        """A figure of each place."""
        here = f"/map?figure={figure}&level={level}" if (figure, level) != (_FIRST_FIGURE, _FIRST_LEVEL) else "/map"
        return self._page(request, "map.html", here, lambda language: self._map(language, figure, level))

    def brief(self, request: Request) -> Response:
        """The week on one sheet."""
        return self._page(request, "brief.html", "/brief", self._brief)

    def data(self, request: Request) -> Response:
        """What there is, what it means, and on which terms."""
        return self._page(request, "data.html", "/data", self._data)

    def _page(self, request: Request, template: str, here: str, build: Callable[[Language], Facts]) -> Response:
        language = self._renderer.language(request)
        style = static_address("office.css")
        html = self._cache.get(
            (here, language.code),
            lambda: self._renderer.html(template, language, here=here, office_style=style, **build(language)),
        )
        return self._renderer.respond(request, html)

    def _office(self, language: Language) -> Facts:
        seen = self._look()
        found = figure_of(seen, _FIRST_FIGURE, _FIRST_LEVEL)
        beside = [figure_of(seen, slug, _FIRST_LEVEL) for slug in _BESIDE_MAP]
        rows = [row for row in zip(found.values, *(one.values for one in beside), strict=True) if row[0].of]
        return {
            **self._week(language, seen),
            "found": found,
            "drawn": maps.drawn(found, self._reader.site.outlines, language),
            "beside": beside,
            "place_rows": rows,
        }

    def _brief(self, language: Language) -> Facts:
        facts = self._week(language, self._look())
        week: Week = facts["week"]
        told = [line.marks for line in facts["lines"]] + [food.marks for food in week.prices.foods]
        told += [week.due.marks if week.due else ()]
        marks = words.joined_marks(",".join(found) for found in told)
        return {**facts, "marks_used": marks, "marks_explained": words.MARKS_EXPLAINED, "mark_words_of": words.MARKS}

    def _week(self, language: Language, seen: Seen) -> Facts:
        week = last_week(seen)
        site = self._reader.site
        return {
            "today": self._reader.today,
            "now": self._reader.local(self._reader.now_ns),
            "week": week,
            "lines": lines(week),
            "price_marks": words.joined_marks(",".join(food.marks) for food in week.prices.foods),
            "said": lambda line, value: line.number(value, language, site.currency),
            "difference": lambda line: line.difference(language, site.currency),
            "sentence": lambda doubt: sentence(doubt, site, language),
            "alarm_words": words.ALARM_PHASES,
            "money_unit": brief.MONEY,
        }

    def _map(self, language: Language, figure: str, level: str) -> Facts:
        found = figure_of(self._look(), figure, level)
        site = self._reader.site
        drawn = maps.drawn(found, site.outlines, language)
        listed = [value for value in found.values if value.of]
        return {
            "found": found,
            "drawn": drawn,
            "listed": sorted(listed, key=lambda value: (value.value is None, -(value.value or 0.0))),
            "without": len(found.values) - len(listed),
            "is_unpeopled": figure == "need" and not any(value.place.population for value in listed),
            "has_outlines": any(value.place.slug in site.outlines.places for value in found.values),
            "said": partial(maps.said, found, language=language),
            "figures": FIGURES.values(),
            "levels": LEVELS,
            "few": figures.FEW,
        }

    def _data(self, _: Language) -> Facts:
        return {
            "tables": TABLES.values(),
            "forms": FORMS,
            "figures": FIGURES.values(),
            "levels": LEVELS,
            "measurements": [(m, dictionary.own(m)) for m in dictionary.described()],
            "common": dictionary.common(),
            "mark_table": words.MARKS,
            "marks_explained": words.MARKS_EXPLAINED,
        }

    def _look(self) -> Seen:
        return Seen(self._reader, too_old_hours=self._too_old)
