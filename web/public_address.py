"""The address under which people reach this web, as QR codes and link previews carry it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from commons.errors import SettingsError
from commons.settings import refuse_credentials

if TYPE_CHECKING:
    from web.settings import WebSettings


def public_address(settings: WebSettings) -> str:
    """The address without a slash at its end; empty where the settings name none.

    It never comes from a request: whoever asks with a forged `Host` would have it kept for others.

    Raises:
        SettingsError: It is no address of a web, or holds a password.
    """
    given = settings.address.strip().rstrip("/")
    if not given:
        return ""
    refuse_credentials("web.address", given, remedy="it is printed on cards; write https:// and the name")
    parts = urlsplit(given)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.fragment:
        raise SettingsError(f"web.address is {settings.address!r}; write https:// and the name, without a path")
    return given
