"""How much one address may ask: a bucket of tokens each, which fills again as time passes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from diary.visitors import visitor
from web.refusals import refuse

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from commons.clock import Clock

_COSTLY: Final = (
    "/api/v1/read",
    "/api/v1/latest",
    "/api/v1/indicators",
    "/api/v1/tables/",
    "/api/v1/map",
    "/metrics",
    "/entries/",
    "/rejects/",
)
_MUCH: Final = 10.0


class TokenBuckets:
    """A bucket for each visitor. Not for several threads: the web's middleware runs in one.

    Args:
        per_second: Tokens that come back in a second.
        burst: What a bucket holds.
        clock: Tells how much time passed.
        most: How many buckets there are; those used least lately go first, and begin full again.
    """

    def __init__(self, per_second: float, burst: float, clock: Clock, *, most: int = 20_000) -> None:
        self._per_second, self._burst, self._clock, self._most = per_second, burst, clock, most
        self._buckets: dict[str, tuple[float, float]] = {}

    def __len__(self) -> int:
        return len(self._buckets)

    def take(self, who: str, tokens: float) -> float:
        """Take tokens; 0 where there were enough, else how long until there are [s], and nothing is taken."""
        now = self._clock.monotonic()
        left, since = self._buckets.pop(who, (self._burst, now))
        left = min(self._burst, left + (now - since) * self._per_second)
        missing = tokens - left
        self._buckets[who] = (left if missing > 0 else left - tokens, now)
        while len(self._buckets) > self._most:
            self._buckets.pop(next(iter(self._buckets)))
        return max(0.0, missing / self._per_second)


class LimitRates:
    """ASGI middleware that refuses with 429 whoever asks too much; what the store must be asked for costs more.

    Args:
        app: What answers.
        buckets: Of all visitors.
    """

    def __init__(self, app: ASGIApp, *, buckets: TokenBuckets) -> None:
        self._app, self._buckets = app, buckets

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http":
            who = visitor(scope["client"][0]) if scope.get("client") else ""
            wait = self._buckets.take(who, _MUCH if _is_costly(scope["path"]) else 1.0)
            if wait:
                words = f"too many requests from your address; try again in {int(wait) + 1} s"
                await refuse(scope, receive, send, 429, words, after=wait)
                return
        await self._app(scope, receive, send)


def _is_costly(path: str) -> bool:
    """Whether the store is asked much, a code is checked, or a picture drawn."""
    return path.startswith(_COSTLY) or path.endswith(".png")
