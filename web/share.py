"""`/lanes/{lane}/week.png`: the lane's week as a picture for WhatsApp."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from web.cache import BriefCache
from web.lane_week import poster
from web.poster import png

if TYPE_CHECKING:
    from commons.clock import Clock
    from web.effort import Effort
    from web.language import Language
    from web.reader import Reader
    from web.rendering import Renderer
    from web.settings import WebSettings

KEPT_SECONDS: Final = 300.0
"""How long a picture is given again without drawing it anew [s]: a group's members open it one after another."""
_KEPT: Final = 64  # of about 40 kB


class Shared:
    """The pictures of a site's lanes.

    Args:
        reader: The store.
        renderer: Which language who asks reads.
        settings: The web's.
        address: Where people reach this web; empty = not known.
        effort: Bounds how many are drawn at one time.
        clock: How old a picture is.
    """

    def __init__(
        self, reader: Reader, renderer: Renderer, settings: WebSettings, *, address: str, effort: Effort, clock: Clock
    ) -> None:
        self._reader, self._renderer, self._settings, self._address = reader, renderer, settings, address
        self._effort = effort
        self._kept: BriefCache[bytes] = BriefCache(KEPT_SECONDS, clock, most=_KEPT)

    def router(self) -> APIRouter:
        """The one address."""
        found = APIRouter(include_in_schema=False)
        found.add_api_route("/lanes/{lane}/week.png", self.week, methods=["GET", "HEAD"])
        return found

    async def week(self, request: Request, lane: str) -> Response:
        """A lane's week."""
        language = self._renderer.language(request)
        draw = partial(self._kept.get, (lane, language.code), partial(self._png, lane, language))
        drawn = await self._effort.spend(draw)
        name = f"{lane}-{self._reader.today:%Y-%m-%d}-{language.code}.png"
        headers = {
            "Cache-Control": f"public, max-age={KEPT_SECONDS:.0f}" if "lang" in request.query_params else "no-cache",
            "Vary": "Cookie",
            "Content-Disposition": f'inline; filename="{name}"',
        }
        return Response(drawn, media_type="image/png", headers=headers)

    def _png(self, lane: str, language: Language) -> bytes:
        found = poster(self._reader, language, lane, too_old_hours=self._settings.too_old_hours, address=self._address)
        return png(found)
