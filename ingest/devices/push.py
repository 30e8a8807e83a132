"""Where devices that only speak HTTP push to: the body goes the way that a message of theirs would."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from commons.envelope import MAX_PAYLOAD_BYTES
from commons.errors import BrokerUnavailableError
from commons.topics import is_slug
from ingest.decoders import DECODERS
from ingest.packets import Arrival

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from ingest.devices.listener import Listener

_PATHS: Final = {"/data/report/{device}": "ecowitt", "/airrohr/{device}": "airrohr"}


def push_app(listener: Listener) -> Starlette:
    """`POST /data/report/{device}` for Ecowitt gateways and `POST /airrohr/{device}` for airRohr.

    The answer is 204 once the broker has what was said, 503 when it cannot be sent on: the device may try again.

    Args:
        listener: Where bodies go.
    """

    def route(path: str, decoder: str) -> Route:
        async def receive(request: Request) -> Response:
            device = request.path_params["device"]
            if not is_slug(device):
                raise HTTPException(
                    404, f"device {device[:64]!r} is no name; use lower-case letters, digits and hyphens"
                )
            arrival = Arrival(f"{decoder}/{device}", await _body(request))
            try:
                await run_in_threadpool(listener.hear, DECODERS[decoder], arrival)
            except BrokerUnavailableError:
                return PlainTextResponse("cannot be sent on now; try again\n", 503)
            return PlainTextResponse("", 204)

        return Route(path, receive, methods=["POST"])

    return Starlette(routes=[route(path, decoder) for path, decoder in _PATHS.items()])


async def _body(request: Request) -> bytes:
    found = b""
    async for part in request.stream():
        found += part
        if len(found) > MAX_PAYLOAD_BYTES:
            raise HTTPException(413, f"more than {MAX_PAYLOAD_BYTES} bytes; send less at once")
    return found
