"""Refusing a request before any page sees it: one sentence, as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import JSONResponse

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send


def sentence(status: int, words: str, headers: dict[str, str] | None = None) -> JSONResponse:
    """The answer in which an error is one sentence."""
    return JSONResponse({"error": words}, status, headers)


async def refuse(scope: Scope, receive: Receive, send: Send, status: int, words: str, *, after: float = 0.0) -> None:
    """Answer a request with a sentence.

    Args:
        scope: The request's.
        receive: The request's.
        send: The request's.
        status: The status.
        words: The sentence.
        after: When to try again [s]; 0 = nothing is said of that.
    """
    headers = {"Retry-After": str(int(after) + 1)} if after else None
    await sentence(status, words, headers)(scope, receive, send)
