"""The page behind a computed value: its inputs, whether they were enough, the formula with its numbers, revisions."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from commons.catalogue import Label
from commons.errors import ParameterError

if TYPE_CHECKING:
    from datetime import date

    from commons.explanation import Cell, Explain
    from web.effort import Effort
    from web.language import Language
    from web.rendering import Renderer

_DIGITS: Final = 6


def router(explain: Explain, renderer: Renderer, effort: Effort) -> APIRouter:
    """The address `/explain/{indicator}`, its query the value's period and tags.

    Args:
        explain: Explains values.
        renderer: Templates and languages.
        effort: Bounds what the store is asked.
    """

    async def page(request: Request, indicator: str) -> Response:
        where = {name: value for name, value in request.query_params.items() if name != "lang"}
        period = where.pop("period", None)
        if period is None:
            raise ParameterError("parameter 'period' is missing; add a month, a week or a day, such as period=2026-11")
        found = await effort.spend(partial(explain, indicator, period=period, where=where))
        language = renderer.language(request)
        here = f"/explain/{indicator}?{urlencode({'period': period, **where})}"
        html = renderer.html("explain.html", language, here=here, found=found, shown=partial(_shown, language))
        return renderer.respond(request, html)

    addresses = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
    addresses.add_api_route("/explain/{indicator}", page, methods=["GET", "HEAD"])
    return addresses


def address(indicator: str, day: date, kind: str = "day", **where: str) -> str:
    """Where a value is explained.

    Args:
        indicator: Its measurement.
        day: The first day of its period, or another one in it.
        kind: "day", "week" or "month".
        where: Its tags, `place` being the one that names its place.
    """
    year, week, _ = day.isocalendar()
    period = {"month": f"{day:%Y-%m}", "week": f"{year}-W{week:02d}"}.get(kind, day.isoformat())
    return f"/explain/{indicator}?{urlencode({'period': period, **where})}"


def _shown(language: Language, cell: Cell) -> str:
    """A cell as the language writes it; numbers to six digits."""
    if isinstance(cell, Label):
        return cell[language.code]
    if isinstance(cell, float):
        _, _, decimals = f"{cell:.{_DIGITS}g}".partition(".")
        return language.number(cell, len(decimals) if "e" not in decimals else _DIGITS)
    return cell or ""
