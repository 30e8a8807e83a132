"""Templates into pages, in the language the visitor chose."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from functools import partial
from importlib import resources
from typing import TYPE_CHECKING, Final, TypeVar

from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from commons.catalogue.commodities import commodities
from commons.reasons import in_words
from web import words
from web.explanations import address
from web.language import language, languages, spoken_at

if TYPE_CHECKING:
    from fastapi import Request

    from commons.sites import Site
    from web.language import Language

Shown = TypeVar("Shown")
COOKIE: Final = "lang"
_NS: Final = 10**9
_A_YEAR_S: Final = 365 * 86_400
# Controls, letters without width, and those that turn the direction of what stands around them.
_HIDDEN: Final = re.compile(
    "[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\xad\\u061c\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb\\ud800-\\udfff]"
)


class Renderer:
    """Pages of one site.

    Args:
        site: The city.
        default: The language of a visitor who has not chosen.
        explains: Whether there are pages that explain computed values.
        address: Where people reach this web; empty = it is not known.

    Raises:
        UnknownNameError: There is no such language.
    """

    def __init__(self, site: Site, *, default: str, explains: bool = False, address: str = "") -> None:
        self._spoken = spoken_at(site)
        self._default = self._spoken[language(default).code]
        self._environments = {
            code: _environment(site, found, default, explains=explains) for code, found in self._spoken.items()
        }
        for environment in self._environments.values():
            environment.globals["address"] = address

    def language(self, request: Request) -> Language:
        """What `?lang=` asks for, else the cookie, else the default; an unknown one counts for nothing."""
        for code in (request.query_params.get("lang"), request.cookies.get(COOKIE)):
            if code is not None and code in self._spoken:
                return self._spoken[code]
        return self._default

    def html(self, template: str, reader: Language, *, here: str, **facts: object) -> str:
        """A page.

        Args:
            template: Its file in `web/templates/`.
            reader: The language.
            here: The page's own address, without the language.
            facts: What the template shows.
        """
        return self._environments[reader.code].get_template(template).render(here=here, **facts)

    def respond(self, request: Request, html: str, *, status: int = 200) -> HTMLResponse:
        """A page as an answer that remembers the language, if one was chosen."""
        headers = {"Cache-Control": "no-cache", "Vary": "Cookie"}
        answer = HTMLResponse(html, status, headers)
        chosen = request.query_params.get("lang")
        if chosen is not None and chosen in languages():
            is_tls = request.scope["scheme"] == "https"
            answer.set_cookie(COOKIE, chosen, max_age=_A_YEAR_S, samesite="lax", httponly=True, secure=is_tls)
            answer.headers["Cache-Control"] = "private, no-cache"  # one visitor's choice is nobody else's
        return answer


def _environment(site: Site, reader: Language, default: str, *, explains: bool) -> Environment:
    found = Environment(
        loader=PackageLoader("web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
        finalize=_visible,
    )
    found.install_gettext_translations(reader.translations, newstyle=True)  # type: ignore[attr-defined]  # the extension adds it
    found.globals.update(
        site=site,
        language=reader,
        languages=list(languages().values()),
        commodities=commodities(),
        href=partial(_address, code="" if reader.code == default else reader.code),
        switch=lambda here, code: _address(here, code=code),
        explains=explains,
        explained=address,
        local_day=lambda time_ns: datetime.fromtimestamp(time_ns / _NS, site.zone).date(),
        mark_words=partial(words.mark_words, reader),
        in_words=in_words,
        soil_states=words.SOIL_STATES,
        position_words=words.POSITIONS,
        levels=words.LEVELS,
        style_url=static_address("style.css"),
        icon_url=static_address("icon.svg"),
    )
    return found


def _visible(value: Shown) -> Shown:
    """What a template shows; in a text from outside, letters that nobody would see become their numbers."""
    if not isinstance(value, str) or not _HIDDEN.search(value):
        return value
    shown = _HIDDEN.sub(lambda found: f"[U+{ord(found[0]):04X}]", value)
    return type(value)(shown)


def _address(path: str, *, code: str) -> str:
    """A link that keeps the language where cookies are off."""
    if not code:
        return path
    return f"{path}{'&' if '?' in path else '?'}lang={code}"


def static_address(name: str) -> str:
    """A file's address, new whenever its content is, so that it can be kept for long."""
    content = resources.files("web").joinpath("static", name).read_bytes()
    return f"/static/{name}?v={hashlib.blake2b(content, digest_size=4).hexdigest()}"
