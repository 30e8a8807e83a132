"""The pages: which address shows what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, Response
from starlette.exceptions import HTTPException

from commons.marks import ALL_FOODS
from web import (
    beds,
    districts,
    doubts,
    drawings,
    food,
    harvests,
    outlook,
    pipeline,
    price_watch,
    prices,
    words,
)
from web.credits import SOURCES_FILE, credits_of, recording_credit
from web.language import N_
from web.public import HISTORY, public_tags, readable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from commons.catalogue import Label
    from web.cache import BriefCache
    from web.facts import PipelineFacts
    from web.language import Language
    from web.reader import Reader
    from web.rendering import Renderer
    from web.settings import WebSettings

Facts = dict[str, Any]
SILENT_LISTED: Final = 60
_PAGE_DIGITS: Final = 6
_LEDGER_WORDS: Final = {
    "boxes": N_("Kotak kirim"),
    "packs": N_("Paket diterima"),
    "stored": N_("Bacaan tersimpan"),
    "rejected": N_("Bacaan ditolak"),
    "duplicate": N_("Bacaan terkirim ulang"),
    "thinned": N_("Bacaan dijarangkan"),
    "lost": N_("Paket hilang"),
    "clones": N_("Paket dari kotak kembar"),
    "unreadable": N_("Catatan tak terbaca"),
}


class Pages:
    """What each page shows.

    Args:
        reader: The store.
        renderer: Templates and languages.
        settings: The web's.
        facts: What the pipeline counts, or None when the web runs alone.
        cache: Finished pages.
    """

    def __init__(
        self,
        reader: Reader,
        renderer: Renderer,
        settings: WebSettings,
        *,
        facts: Callable[[], PipelineFacts] | None,
        cache: BriefCache[str],
    ) -> None:
        self._reader, self._renderer, self._settings = reader, renderer, settings
        self._facts, self._cache = facts, cache

    def router(self) -> APIRouter:
        """The addresses; none of them is part of the API's description."""
        found = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
        for path, page in (
            ("/", self.city),
            ("/lanes/{lane}", self.lane),
            ("/prices", self.prices),
            ("/health", self.health),
            ("/quality", self.quality),
            ("/sources", self.sources),
            (f"/sources/{SOURCES_FILE}", self.sources_text),
            ("/api", self.open_data),
        ):
            found.add_api_route(path, page, methods=["GET", "HEAD"])
        return found

    def city(self, request: Request, place: str | None = None) -> Response:
        """The whole city, or the lanes of one kecamatan."""
        here = f"/?place={place}" if place else "/"
        return self._page(request, "city.html", here, lambda language: self._city(language, place))

    def lane(self, request: Request, lane: str) -> Response:
        """One lane."""
        return self._page(request, "lane.html", f"/lanes/{lane}", lambda language: self._lane(language, lane))

    def prices(self, request: Request, market: str | None = None) -> Response:
        """Market prices."""
        here = f"/prices?market={market}" if market else "/prices"
        return self._page(request, "prices.html", here, lambda language: self._prices(language, market))

    def health(self, request: Request) -> Response:
        """Whether data are flowing."""
        return self._page(request, "health.html", "/health", self._health)

    def quality(self, request: Request, page: str = "1") -> Response:
        """What is doubted of the data, some on a page."""
        number = int(page) if page.isascii() and page.isdigit() and len(page) < _PAGE_DIGITS else 0
        here = f"/quality?page={number}" if number > 1 else "/quality"
        return self._page(request, "quality.html", here, lambda language: self._quality(language, number))

    def sources(self, request: Request) -> Response:
        """Sources, licences and credits."""
        return self._page(request, "sources.html", "/sources", self._sources)

    def sources_text(self) -> Response:
        """The site's own words about its sources."""
        path = self._reader.site.folder / SOURCES_FILE
        if not path.is_file():
            raise HTTPException(404)
        return PlainTextResponse(path.read_text("utf-8"))

    def open_data(self, request: Request) -> Response:
        """How to read the data with a program."""
        shown = [(m, public_tags(m)) for m in readable() if not m.name.endswith(HISTORY)]
        return self._page(request, "api.html", "/api", lambda _: {"measurements": shown})

    def _page(self, request: Request, template: str, here: str, build: Callable[[Language], Facts]) -> Response:
        language = self._renderer.language(request)
        html = self._cache.get(
            (here, language.code),
            lambda: self._renderer.html(template, language, here=here, **build(language)),
        )
        return self._renderer.respond(request, html)

    def _city(self, language: Language, place: str | None) -> Facts:
        reader = self._reader
        by_lane = beds.glances(reader, too_old_hours=self._settings.too_old_hours)
        every = [glance for found in by_lane.values() for glance in found]
        week, month = harvests.city_harvest(reader, "week"), harvests.city_harvest(reader, "month")
        indices = prices.market_indices(reader)
        index = indices[0] if indices else None
        limited = prices.limited_prices(reader, prices.ceiling_markets(reader, ""))
        return {
            "today": reader.today,
            "progress": self._facts().progress if self._facts else None,
            "beds": every,
            "bed_marks": _together(every),
            "state_counts": beds.state_counts(every),
            "lane_count": len(reader.site.lanes),
            "grown": _grown(every),
            "week": week,
            "month": month,
            "harvested": harvests.side_by_side(week, month),
            "due": outlook.due_weeks(reader),
            "compost": outlook.newest_month(reader, "garden_compost"),
            "sales": outlook.newest_month(reader, "garden_sales", commodity=ALL_FOODS),
            "silent": districts.silent_lanes(by_lane),
            "food": food.month_of(reader, reader.site.kota.slug),
            "index": index,
            "chart": drawings.market_index(reader, language, index) if index else None,
            "positions": prices.position_counts(limited),
            "districts": districts.districts(reader.site, by_lane, place),
            "is_part": place is not None,
        }

    def _lane(self, language: Language, slug: str) -> Facts:
        reader, site = self._reader, self._reader.site
        lane = site.lane(slug)
        found = beds.glances(reader, too_old_hours=self._settings.too_old_hours, lane=slug).get(slug, [])
        weeks = harvests.lane_weeks(reader, slug)
        return {
            "today": reader.today,
            "lane": lane,
            "places": [site.places[place].name for place in site.above(lane.kelurahan)],
            "beds": found,
            "bed_marks": _together(found),
            "state_counts": beds.state_counts(glance for glance in found if not glance.is_recorded),
            "water_today": beds.water_today(found),
            "credit": recording_credit(site, slug),
            "harvest": weeks,
            "next_harvests": outlook.next_harvests(reader, slug),
            "water": outlook.water_weeks(reader, slug),
            "food": food.month_of(reader, slug),
            "soil_chart": drawings.soil_week(reader, language, found),
            "harvest_chart": drawings.lane_harvest(language, weeks),
        }

    def _prices(self, language: Language, slug: str | None) -> Facts:
        reader, site = self._reader, self._reader.site
        chosen = prices.market(reader, slug) if slug else None
        indices = prices.market_indices(reader)
        index = next((found for found in indices if chosen in (None, found.market)), None)
        foods = prices.food_indices(reader, index) if index else []
        slugs = prices.ceiling_markets(reader, index.market.slug if index else slug or "")
        limited = prices.limited_prices(reader, slugs)
        priced = {found.market.slug for found in indices}
        return {
            "today": reader.today,
            "indices": indices,
            "index": index,
            "without": [market for market in site.markets.values() if market.slug not in priced],
            "has_stand_ins": any(found.market.stand_in for found in indices),
            "foods": foods,
            "index_chart": drawings.market_index(reader, language, index) if index else None,
            "contribution_chart": drawings.contributions(language, foods),
            "food_chart": drawings.food_panels(reader, language, foods),
            "watch": price_watch.market_watch(reader, index.market) if index else None,
            "limited": limited,
            "limited_marks": _together(limited),
            "limited_where": ", ".join(dict.fromkeys(p.market.where for p in limited if p.market.stand_in)),
        }

    def _health(self, language: Language) -> Facts:
        reader = self._reader
        found = pipeline.nodes(reader)
        silent = [glance for glance in found if glance.is_silent]
        flow = pipeline.flow(reader)
        totals = pipeline.ledger_totals(reader)
        return {
            "now": reader.local(reader.now_ns),
            "local": reader.local,
            "flow": flow,
            "lag_chart": drawings.lag_day(reader, language, flow.lags),
            "facts": self._facts() if self._facts else None,
            "node_count": len(found),
            "heard": len(found) - len(silent),
            "strangers": pipeline.strangers(reader),
            "devices": pipeline.devices(reader),
            "silent": silent[:SILENT_LISTED],
            "more_silent": len(silent[SILENT_LISTED:]),
            "last": pipeline.last_readings(reader),
            "jobs": pipeline.jobs(reader),
            "ledger": [(language.text(_LEDGER_WORDS[name]), value) for name, value in totals.items()],
        }

    def _quality(self, language: Language, page: int) -> Facts:
        every = doubts.doubts(self._reader)
        pages = max(1, -(-len(every) // doubts.SHOWN))
        if not 1 <= page <= pages:
            raise HTTPException(404)
        return {
            "look_back": doubts.LOOK_BACK_DAYS,
            "total": len(every),
            "left_out": sum(not doubt.counts for doubt in every),
            "shown": every[(page - 1) * doubts.SHOWN : page * doubts.SHOWN],
            "page": page,
            "pages": pages,
            "sentence": lambda doubt: doubts.sentence(doubt, self._reader.site, language),
            "advice": lambda doubt: doubts.advice(doubt, language),
        }

    def _sources(self, _: Language) -> Facts:
        return {
            "credits": credits_of(self._reader.site),
            "mark_table": words.MARKS,
            "marks_explained": words.MARKS_EXPLAINED,
        }


def _together(found: Iterable[beds.BedGlance | prices.LimitedPrice]) -> tuple[str, ...]:
    return words.joined_marks(",".join(one.marks) for one in found)


def _grown(found: Iterable[beds.BedGlance]) -> list[tuple[Label, int, float]]:
    """What grows: its name, in how many beds, on how many square metres; what stands in most beds first."""
    areas: dict[str, tuple[Label, list[float]]] = {}
    for glance in found:
        if glance.crop:
            areas.setdefault(glance.bed.crop, (glance.crop, []))[1].append(glance.bed.area_m2)
    return sorted(((label, len(sizes), sum(sizes)) for label, sizes in areas.values()), key=lambda row: -row[1])
