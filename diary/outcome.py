"""What became of an entry: how the request is answered, to a program and to a form."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response

    from diary.entry import Entry


@dataclass(frozen=True, slots=True)
class Outcome:
    """An answer that is not yet written.

    Args:
        status: The HTTP status.
        words: Why the entry was not taken and what to do, for programs; empty where it was.
        headers: More for the answer.
        entry: What was taken.
        document: What was sent, without the code.
        is_form: Whether a form sent it, and a person wants a page back.
    """

    status: int
    words: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    entry: Entry | None = None
    document: Mapping[str, Any] = field(default_factory=dict)
    is_form: bool = False

    def as_json(self) -> Response:
        """The answer to a program."""
        if self.entry is None:
            return JSONResponse({"error": self.words}, self.status, dict(self.headers))
        state = "on its way" if self.status == 202 else "known"  # noqa: PLR2004  # the status itself
        facts = {"entry": self.entry.name, "version": self.entry.version, "state": state}
        return JSONResponse(facts, self.status)
