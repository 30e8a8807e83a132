"""The page's own files, under an address that changes with any of them, so that they may be kept for ever."""

from __future__ import annotations

import hashlib
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from diary.headers import SCRIPTED

if TYPE_CHECKING:
    from starlette.responses import Response

SCOPE: Final = "/diary/"
"""The part of the site that the service worker sees."""
_FOLDER: Final = resources.files("diary").joinpath("static")
NAMES: Final = ("style.css", "page.js", "form.js", "queue.js", "sending.js", "worker.js")


def _version() -> str:
    content = b"".join(_FOLDER.joinpath(name).read_bytes() for name in NAMES)
    return hashlib.blake2b(content, digest_size=6).hexdigest()


ADDRESS: Final = f"{SCOPE}static/{_version()}"
"""Where this version's files are."""


class _Kept(StaticFiles):
    """Files that never change under their address; the worker among them may serve the pages above it."""

    def file_response(self, *args: Any, **named: Any) -> Response:  # noqa: ANN401  # as its parent
        """A file, with what a browser may do with it."""
        answer = super().file_response(*args, **named)
        answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        answer.headers["Service-Worker-Allowed"] = SCOPE
        answer.headers["Content-Security-Policy"] = SCRIPTED
        return answer


def mounted() -> Mount:
    """The files at their address; an address of another version leads nowhere."""
    return Mount(ADDRESS, _Kept(directory=str(_FOLDER)))
