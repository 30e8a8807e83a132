"""A payload as a JSON object, as a web form, or as a plain text."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

import orjson

from commons.envelope import MAX_PAYLOAD_BYTES
from commons.errors import WireError

_FIELDS: Final = 500  # a station with every sensor there is has 200
_BLOT: Final = "---"


def json_object(payload: bytes) -> dict[str, Any]:
    """The JSON object of a payload.

    Raises:
        WireError: It is too large, no JSON, or something else than an object.
    """
    document = json_value(payload)
    if not isinstance(document, dict):
        raise WireError(f"payload is a JSON {type(document).__name__}; an object is expected")
    return document


def json_value(payload: bytes) -> Any:  # noqa: ANN401  # JSON is of any type
    """Whatever JSON a payload is.

    Raises:
        WireError: It is too large, or no JSON.
    """
    if len(payload) > MAX_PAYLOAD_BYTES:
        raise WireError(f"payload of {len(payload)} bytes is over {MAX_PAYLOAD_BYTES}; send less at once")
    try:
        return orjson.loads(payload)
    except (orjson.JSONDecodeError, RecursionError) as error:
        raise WireError(f"payload is not JSON: {error}") from error


def inner(document: dict[str, Any], *path: str) -> dict[str, Any]:
    """The object at a path, empty where the document has none there."""
    for key in path:
        found = document.get(key)
        if not isinstance(found, dict):
            return {}
        document = found
    return document


def form(payload: bytes) -> dict[str, str]:
    """The fields of a web form (application/x-www-form-urlencoded).

    Raises:
        WireError: It is none.
    """
    try:
        fields = parse_qsl(text(payload), keep_blank_values=True, strict_parsing=True, max_num_fields=_FIELDS)
    except ValueError:  # its words would show a secret
        raise WireError("payload is no web form; send key=value&key=value") from None
    return dict(fields)


def text(payload: bytes) -> str:
    """A payload as text.

    Raises:
        WireError: It is too large, or not UTF-8.
    """
    if len(payload) > MAX_PAYLOAD_BYTES:
        raise WireError(f"payload of {len(payload)} bytes is over {MAX_PAYLOAD_BYTES}; send less at once")
    try:
        return payload.decode("utf-8").strip()
    except UnicodeDecodeError as error:
        raise WireError(f"payload is not UTF-8: {error.reason}") from error


def blotted(payload: bytes, secret: tuple[str, ...]) -> bytes:
    """A web form without its secrets; anything else as it is.

    Examples:
        >>> blotted(b"PASSKEY=0F1E&humidity=76", ("PASSKEY",))
        b'PASSKEY=---&humidity=76'
    """
    if not any(name.encode().lower() in payload.lower() for name in secret):
        return payload
    hidden = {name.lower() for name in secret}
    fields = parse_qsl(payload.decode("utf-8", "replace"), keep_blank_values=True)
    return urlencode([(key, _BLOT if key.lower() in hidden else value) for key, value in fields]).encode()
