"""Takes entries from phones: the lane's code opens, the outbox keeps, the uplink sends."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from starlette.concurrency import run_in_threadpool

from commons.clock import MILLISECONDS_PER_DAY
from commons.errors import LorongError, ParameterError
from commons.logs import Log
from commons.topics import Address
from diary.entry import OLDEST_DAYS, read_entry
from diary.outcome import Outcome
from diary.requests import FORM, is_from_elsewhere, kind_of, read_document
from diary.visitors import visitor
from diary.waits import Waits

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from starlette.requests import Request

    from commons.clock import Clock
    from commons.outbox import Outbox
    from commons.sites import Site
    from diary.codes import LaneCodes

_MOST_LETTERS: Final = 40
_CHECKED_AT_ONCE: Final = 2
_MOST_WAITING: Final = 20
_REMEMBERED: Final = "entry/"
_REMEMBERED_MS: Final = (OLDEST_DAYS + 4) * MILLISECONDS_PER_DAY  # an entry so old is refused by its time

log = Log("diary.entries")


class Entries:
    """What is done with an entry that a phone sends; nothing here writes to the store.

    Args:
        site: Whose lanes.
        codes: What opens them.
        outbox: Where entries wait until they are in the store.
        node: The sender's name in topics.
        clock: What time it is. While it cannot be believed, the phone's is.
        lanes: The lanes that are entered here; None = all of the site's.

    Raises:
        SettingsError: The file of codes cannot be used.
    """

    def __init__(
        self,
        site: Site,
        codes: LaneCodes,
        outbox: Outbox,
        *,
        node: str,
        clock: Clock,
        lanes: Collection[str] | None = None,
    ) -> None:
        codes.check()
        self._site, self._codes, self._outbox = site, codes, outbox
        self._node, self._clock = node, clock
        self.lanes = site.lanes if lanes is None else lanes
        self._waits = Waits(clock)
        self._keeping = threading.Lock()
        self._tidied_ms = 0
        self._checking = ThreadPoolExecutor(_CHECKED_AT_ONCE, "codes")  # guesses must keep no page waiting
        self._waiting = 0

    async def enter(self, request: Request) -> Outcome:
        """Take one entry.

        202: it is on this machine's disk and on its way. 200: it was before. 400: the sentence says what is wrong with
        it. 403: the code is wrong, or another site's page sent it. 409: that version says something else. 429: too many
        wrong codes; `Retry-After` says how long. 503: it cannot be kept now; send it again.
        """
        is_form = kind_of(request.headers) == FORM
        document: dict[str, Any] = {}
        if is_from_elsewhere(request.headers):
            return Outcome(403, "this entry comes from another site's page; open the lane's own page")
        try:
            document = await read_document(request)
            lane, code = request.path_params["lane"], document.pop("code", None)
            outcome = await self._open(request, lane, code)
            if outcome is None:
                outcome = await run_in_threadpool(self._keep, lane, document)
        except ParameterError as error:
            outcome = Outcome(400, str(error))
        except LorongError as error:
            log.error("entry not taken", reason=error)  # noqa: TRY400  # one line; the sentence says all
            outcome = Outcome(503, "the entry cannot be kept now; nothing was taken, send it again in a minute")
        return replace(outcome, document=document, is_form=is_form)

    async def _open(self, request: Request, lane: str, code: object) -> Outcome | None:
        """Nothing where the code opens the lane, else the refusal."""
        if not isinstance(code, str) or not code or len(code) > _MOST_LETTERS:
            return Outcome(403, "the lane's code is missing; type it beside the entry")
        guesser = visitor(request.client.host if request.client else "")
        known = lane if lane in self.lanes else ""
        if self._waiting >= _MOST_WAITING:
            return Outcome(503, "too many codes are being checked; send it again in a minute", {"Retry-After": "60"})
        wait = self._waits.guess((guesser, known))
        if wait:
            after = {"Retry-After": str(int(wait) + 1)}
            return Outcome(429, f"too many wrong codes for this lane; try again in {int(wait) + 1} s", after)
        self._waiting += 1
        try:
            is_right = await asyncio.get_running_loop().run_in_executor(
                self._checking, self._codes.is_right, known, code
            )
        finally:
            self._waiting -= 1
        if not is_right:
            log.warning("wrong code", visitor=guesser, lane=known)
            return Outcome(403, "the code does not open this lane; ask who keeps the lane's garden")
        self._waits.forgive((guesser, known))
        return None

    def _keep(self, lane: str, document: dict[str, Any]) -> Outcome:
        """Into the outbox, once."""
        self._site.lane(lane)
        address = Address(self._site.slug, lane, self._node)
        now_ms = self._now_ms(document)
        entry = read_entry(document, address, self._site, now_ms=now_ms)
        name = f"{_REMEMBERED}{lane}/{entry.kind}/{entry.name}/{entry.version}"
        with self._keeping:
            self._tidy(address, now_ms)
            before = _digest_in(self._outbox.bookmark(name))
            if before is None and self._outbox.is_crowded:
                return Outcome(503, "too much waits to be sent; try again when the network is back")
            if before is None:
                self._outbox.put(address, [entry.block], bookmarks={name: f"{entry.digest} {now_ms}"})
        if before not in (None, entry.digest):
            return Outcome(409, f"version {entry.version} of this entry says something else; send the next version")
        return Outcome(202 if before is None else 200, entry=entry)

    def _now_ms(self, document: Mapping[str, Any]) -> int:
        """Now; the phone's moment where this machine's clock was not set since it woke up."""
        now_ms = self._clock.wall_ms()
        if self._clock.is_synchronised():
            return now_ms
        try:
            return max(now_ms, int(str(document.get("at"))))
        except ValueError:
            raise ParameterError("at is missing, and this machine's clock is not set yet; send the moment") from None

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
