"""QR cards to print: one lane's, and all of a district's on sheets for the office."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import segno
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from markupsafe import Markup

from commons.errors import ParameterError, UnknownNameError
from web.districts import place_at

if TYPE_CHECKING:
    from commons.sites import Lane, Place, Site
    from web.cache import BriefCache
    from web.rendering import Renderer

PAPERS: Final = ("a6", "a5")
_QUIET_ZONE: Final = 2  # modules; the white of the card around the code is the rest of it
_CODES_KEPT: Final = 5_000
_PRINTED_TOGETHER: Final = ("kecamatan", "kelurahan")


@dataclass(frozen=True, slots=True)
class Card:
    """What a lane's card shows; `link` and `code` are empty where nobody knows this web's address."""

    lane: Lane
    village: str
    link: str
    code: Markup


class Cards:
    """The pages with cards.

    Args:
        site: The city.
        renderer: Templates and languages.
        address: Where people reach this web; empty = not known, and the cards say what to set.
        cache: Finished pages.
    """

    def __init__(self, site: Site, renderer: Renderer, *, address: str, cache: BriefCache[str]) -> None:
        self._site, self._renderer, self._address, self._cache = site, renderer, address, cache

    def router(self) -> APIRouter:
        """The addresses; none of them is part of the API's description."""
        found = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
        found.add_api_route("/lanes/{lane}/card", self.card, methods=["GET", "HEAD"])
        found.add_api_route("/cards", self.sheet, methods=["GET", "HEAD"])
        return found

    def card(self, request: Request, lane: str, paper: str = PAPERS[0]) -> Response:
        """One lane's card, on A6 or A5."""
        if paper not in PAPERS:
            raise ParameterError(f"parameter 'paper' is {paper[:20]!r}; use {' or '.join(PAPERS)}")
        here = f"/lanes/{lane}/card" + (f"?paper={paper}" if paper != PAPERS[0] else "")
        return self._page(request, here, "card.html", lane=lane, paper=paper)

    def sheet(self, request: Request, place: str | None = None) -> Response:
        """All cards of a kecamatan or kelurahan, four to a sheet of A4; without one, which there are."""
        if place is None:
            return self._page(request, "/cards", "card_places.html")
        return self._page(request, f"/cards?place={place}", "card_sheet.html", place=place)

    def _page(self, request: Request, here: str, template: str, **asked: str) -> Response:
        language = self._renderer.language(request)
        html = self._cache.get(
            (here, language.code),
            lambda: self._renderer.html(template, language, here=here, **self._facts(**asked)),
        )
        return self._renderer.respond(request, html)

    def _facts(self, lane: str = "", paper: str = "", place: str = "") -> dict[str, object]:
        if lane:
            return {"card": self._card(self._site.lane(lane)), "paper": paper}
        if place:
            found = self._place(place)
            cards = [self._card(self._site.lanes[slug]) for slug in self._site.lanes_in(found.slug)]
            return {"place": found, "cards": cards}
        return {"places": self._places()}

    def _card(self, lane: Lane) -> Card:
        link = f"{self._address}/lanes/{lane.slug}" if self._address else ""
        return Card(lane, place_at(self._site, lane, "kelurahan").name, link, qr(link) if link else Markup(""))

    def _place(self, slug: str) -> Place:
        known = {place.slug: place for place in self._site.places.values() if place.level in _PRINTED_TOGETHER}
        if slug not in known:
            raise UnknownNameError("kecamatan or kelurahan", slug, known)
        return known[slug]

    def _places(self) -> list[tuple[Place, int]]:
        """Every kecamatan and kelurahan with lanes, and how many they are."""
        counts: dict[str, int] = {}
        for lane in self._site.lanes:
            for slug in self._site.above(lane):
                counts[slug] = counts.get(slug, 0) + 1
        places = self._site.places.values()
        return [(p, counts[p.slug]) for p in places if p.level in _PRINTED_TOGETHER and p.slug in counts]


@lru_cache(_CODES_KEPT)
def qr(text: str) -> Markup:
    """A QR code as inline SVG that fills the width it is given; up to 15 % of it may be damaged."""
    drawn = segno.make_qr(text, error="m").svg_inline(border=_QUIET_ZONE, omitsize=True, svgclass="qr", lineclass=None)
    return Markup(drawn)  # noqa: S704  # segno draws the text as a path; none of its letters stand in the markup
