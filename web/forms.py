"""A form that a page of ours posts: read whole, bounded, and only from our own pages."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlsplit

from commons.errors import ParameterError

if TYPE_CHECKING:
    from fastapi import Request

_MOST_BYTES: Final = 8192
_MOST_FIELDS: Final = 200
_SECONDS: Final = 10.0
_OURS: Final = ("same-origin", "none")


def is_from_elsewhere(request: Request) -> bool:
    """Whether a browser says that another site's page sends this, or does not say that ours does."""
    origin = request.headers.get("origin")
    is_foreign = request.headers.get("sec-fetch-site", "none") not in _OURS
    return is_foreign or origin is None or urlsplit(origin).netloc != request.headers.get("host")


async def read_form(request: Request) -> dict[str, list[str]]:
    """The form's values by name.

    Raises:
        ParameterError: It is too large, too slow, or no form.
    """
    body = b""
    try:
        async with asyncio.timeout(_SECONDS):
            async for part in request.stream():
                body += part
                if len(body) > _MOST_BYTES:
                    raise ParameterError(f"the form is over {_MOST_BYTES} bytes; send less at once")
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except TimeoutError as error:
        raise ParameterError(f"the form took over {_SECONDS:.0f} s; send it again on a better network") from error
    except ValueError as error:
        raise ParameterError("the form cannot be read; send fewer parts, in UTF-8") from error
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found
