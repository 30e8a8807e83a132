"""Takes entries from phones: the lane's code opens, the outbox keeps, the uplink sends."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlsplit

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from commons.clock import MILLISECONDS_PER_DAY
from commons.errors import LorongError, ParameterError
from commons.logs import Log
from commons.topics import Address
from diary.entry import OLDEST_DAYS, read_entry
from diary.visitors import visitor
from diary.waits import Waits

if TYPE_CHECKING:
    from starlette.datastructures import Headers
    from starlette.requests import Request

    from commons.clock import Clock
    from commons.outbox import Outbox
    from commons.sites import Site
    from diary.codes import LaneCodes
    from diary.entry import Entry

_MOST_BYTES: Final = 8192
_MOST_FIELDS: Final = 40
_BODY_SECONDS: Final = 10.0
_JSON: Final = "application/json"
_FORM: Final = "application/x-www-form-urlencoded"
_CHECKED_AT_ONCE: Final = 2
_MOST_WAITING: Final = 20
_OURS: Final = ("same-origin", "none")
_REMEMBERED: Final = "entry/"
_REMEMBERED_MS: Final = (OLDEST_DAYS + 4) * MILLISECONDS_PER_DAY  # an entry so old is refused by its time

log = Log("diary.entries")


class Entries:
    """What `POST /entries/{lane}` does; nothing here writes to the store.

    Args:
        site: Whose lanes.
        codes: What opens them.
        outbox: Where entries wait until they are in the store.
        node: The sender's name in topics.
        clock: What time it is.

    Raises:
        SettingsError: The file of codes cannot be used.
    """

    def __init__(self, site: Site, codes: LaneCodes, outbox: Outbox, *, node: str, clock: Clock) -> None:
        codes.check()
        self._site, self._codes, self._outbox = site, codes, outbox
        self._node, self._clock = node, clock
        self._waits = Waits(clock)
        self._keeping = threading.Lock()
        self._tidied_ms = 0
        self._checking = ThreadPoolExecutor(_CHECKED_AT_ONCE, "codes")  # guesses must keep no page waiting
        self._waiting = 0

    def routes(self) -> list[Route]:
        """The one address."""
        return [Route("/entries/{lane}", self.take, methods=["POST"])]

    async def take(self, request: Request) -> Response:
        """Take one entry.

        202: it is on this machine's disk and on its way. 200: it was before. 400: the sentence says what is wrong with
        it. 403: the code is wrong, or another site's page sent it. 409: that version says something else. 429: too many
        wrong codes; `Retry-After` says how long. 503: it cannot be kept now; send it again.
        """
        if _is_from_elsewhere(request.headers):
            return _said(403, "this entry comes from another site's page; open the lane's own page")
        try:
            document = await _document(request)
            lane, code = request.path_params["lane"], document.pop("code", None)
            if not isinstance(code, str) or not code or len(code) > _MOST_FIELDS:
                return _said(403, "the lane's code is missing; type it beside the entry")
            guesser = visitor(request.client.host if request.client else "")
            refused = await self._open(guesser, lane if lane in self._site.lanes else "", code)
            if refused is not None:
                return refused
            return await run_in_threadpool(self._keep, lane, document, is_form=_kind_of(request.headers) == _FORM)
        except ParameterError as error:
            return _said(400, str(error))
        except LorongError as error:
            log.error("entry not taken", reason=error)  # noqa: TRY400  # one line; the sentence says all
            return _said(503, "the entry cannot be kept now; nothing was taken, send it again in a minute")

    async def _open(self, guesser: str, lane: str, code: str) -> Response | None:
        """Nothing where the code opens the lane, else the refusal."""
        if self._waiting >= _MOST_WAITING:
            return _said(503, "too many codes are being checked; send it again in a minute", {"Retry-After": "60"})
        wait = self._waits.guess((guesser, lane))
        if wait:
            after = {"Retry-After": str(int(wait) + 1)}
            return _said(429, f"too many wrong codes for this lane; try again in {int(wait) + 1} s", after)
        self._waiting += 1
        try:
            is_right = await asyncio.get_running_loop().run_in_executor(
                self._checking, self._codes.is_right, lane, code
            )
        finally:
            self._waiting -= 1
        if not is_right:
            log.warning("wrong code", visitor=guesser, lane=lane)
            return _said(403, "the code does not open this lane; ask who keeps the lane's garden")
        self._waits.forgive((guesser, lane))
        return None

    def _keep(self, lane: str, document: dict[str, Any], *, is_form: bool) -> Response:
        """Into the outbox, once."""
        self._site.lane(lane)
        address = Address(self._site.slug, lane, self._node)
        now_ms = self._clock.wall_ms()
        entry = read_entry(document, address, self._site, now_ms=now_ms)
        name = f"{_REMEMBERED}{lane}/{entry.kind}/{entry.name}/{entry.version}"
        with self._keeping:
            self._tidy(address, now_ms)
            before = _digest_in(self._outbox.bookmark(name))
            if before is None and self._outbox.is_crowded:
                return _said(503, "too much waits to be sent; try again when the network is back")
            if before is None:
                self._outbox.put(address, [entry.block], bookmarks={name: f"{entry.digest} {now_ms}"})
        if before not in (None, entry.digest):
            return _said(409, f"version {entry.version} of this entry says something else; send the next version")
        if is_form:
            return RedirectResponse(f"/lanes/{lane}", 303)
        return _kept(entry, is_new=before is None)

    def _tidy(self, address: Address, now_ms: int) -> None:
        """Forget once a day which entries came long ago, if nothing waits: all that came is in the store.

        An entry that comes again so late is refused by its time. One that was sent without a time would be taken once
        more, as the same entry and version, of the day it comes: phones send the time.
        """
        if self._outbox.depth or abs(now_ms - self._tidied_ms) < MILLISECONDS_PER_DAY:
            return
        known = self._outbox.bookmarks(_REMEMBERED)
        undated = {name: f"{value} {now_ms}" for name, value in known.items() if " " not in value}
        old = [n for n, v in known.items() if n not in undated and int(v.split(" ")[1]) < now_ms - _REMEMBERED_MS]
        if undated:  # of a version that noted no time
            self._outbox.put(address, [], bookmarks=undated)
        self._outbox.forget(old)
        self._tidied_ms = now_ms


def _digest_in(bookmark: str | None) -> str | None:
    return None if bookmark is None else bookmark.partition(" ")[0]


def _kept(entry: Entry, *, is_new: bool) -> Response:
    facts = {"entry": entry.name, "version": entry.version, "state": "on its way" if is_new else "known"}
    return JSONResponse(facts, 202 if is_new else 200)


def _is_from_elsewhere(headers: Headers) -> bool:
    """Whether a browser says that the page of another site sends this; a program says nothing and needs the code."""
    if headers.get("sec-fetch-site", "none") not in _OURS:
        return True
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != headers.get("host")


def _kind_of(headers: Headers) -> str:
    return headers.get("content-type", "").partition(";")[0].strip().lower()


async def _document(request: Request) -> dict[str, Any]:
    """The body as names and values."""
    kind, body = _kind_of(request.headers), await _body(request)
    if kind == _FORM:
        return _form(body)
    if kind != _JSON:
        raise ParameterError(f"content type {kind[:80]!r} is not known; send {_JSON} or {_FORM}")
    try:
        document = orjson.loads(body)
    except (orjson.JSONDecodeError, RecursionError) as error:
        raise ParameterError("the body is not JSON; send one object") from error
    if not isinstance(document, dict) or len(document) > _MOST_FIELDS:
        raise ParameterError(f"the body is no JSON object of at most {_MOST_FIELDS} parts; send one entry")
    return document


async def _body(request: Request) -> bytes:
    """The body, but no more of it than an entry needs, and not for longer than a slow phone needs."""
    body = b""
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            async for part in request.stream():
                body += part
                if len(body) > _MOST_BYTES:
                    raise ParameterError(f"the body is over {_MOST_BYTES} bytes; send one entry at a time")
    except TimeoutError as error:
        raise ParameterError(f"the body took over {_BODY_SECONDS:.0f} s; send it again on a better network") from error
    return body


def _form(body: bytes) -> dict[str, Any]:
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError as error:
        raise ParameterError("the form cannot be read; send fewer parts, in UTF-8") from error
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ParameterError("the form names a part twice; send each once")
    return found


def _said(status: int, words: str, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse({"error": words}, status, headers)
