"""Headers of the pages: what every answer carries, and the one policy under which a page's own scripts run."""

from __future__ import annotations

from typing import Final

_NOTHING_ELSE: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
EVERYWHERE: Final = {
    "Content-Security-Policy": _NOTHING_ELSE,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
"""Nothing from elsewhere is loaded, nothing runs, nothing may frame or guess."""
SCRIPTED: Final = f"{_NOTHING_ELSE}; script-src 'self'; connect-src 'self'; worker-src 'self'"
"""The diary's page and files: scripts of this site run, and may ask this site only; none that stands in the page."""
