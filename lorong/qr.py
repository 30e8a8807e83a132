"""A secret line as a QR code for the terminal."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from commons.settings import Secret


def drawn(line: Secret) -> str:
    """The line as a QR code of half blocks; where segno is not installed, what to do about it."""
    try:
        import segno  # noqa: PLC0415  # only who adds a node needs it
    except ModuleNotFoundError:
        return "(no QR code: segno is not installed; take the file)"
    picture = io.StringIO()
    segno.make_qr(line.reveal(), error="l").terminal(picture, compact=True)
    return picture.getvalue()
