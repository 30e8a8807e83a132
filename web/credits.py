"""Where a site's data come from: the table in its SOURCES.md, and what each recording must be credited to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from commons.sites import Site

SOURCES_FILE: Final = "SOURCES.md"
_COLUMNS: Final = 3


@dataclass(frozen=True, slots=True)
class Credit:
    """Files of the site's folder, whose work they are, and under which licence."""

    files: str
    source: str
    licence: str

    @property
    def short(self) -> str:
        """The source's name without commit, paths and remarks."""
        return self.source.partition(" @")[0].partition(",")[0]


def credits_of(site: Site) -> list[Credit]:
    """The rows of the first table in the site's SOURCES.md; none where there is no such file."""
    path = site.folder / SOURCES_FILE
    if not path.is_file():
        return []
    rows = [line.strip().strip("|").split("|") for line in path.read_text("utf-8").splitlines() if line.startswith("|")]
    cells = [[cell.strip().replace("`", "") for cell in row] for row in rows[2:] if len(row) >= _COLUMNS]
    return [Credit(*row[:_COLUMNS]) for row in cells]


def recording_credit(site: Site, lane: str) -> Credit | None:
    """Whom a lane's replayed recording is from; None where the lane replays none, or nobody is named."""
    files = [
        node.options["file"]
        for node in site.nodes.values()
        if node.address.lane == lane and node.origin == "recorded" and "file" in node.options
    ]
    return next((credit for credit in credits_of(site) if any(file in credit.files for file in files)), None)
