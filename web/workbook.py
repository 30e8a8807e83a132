"""A table as a spreadsheet (XLSX): cells are texts and numbers and never formulas, and a sheet says what they are."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

from xlsxwriter import Workbook  # type: ignore[import-untyped]  # it publishes no types

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from web.tables.sheet import Cell

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ABOUT: Final = "about"
_PLAIN: Final = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_WIDEST: Final = 60
_WIDTH: Final = 14


def workbook(
    name: str, head: Sequence[str], rows: Sequence[Sequence[Cell]], about: Iterable[Sequence[str]], *, made: datetime
) -> bytes:
    """The file.

    Args:
        name: The sheet of the table.
        head: Its columns.
        rows: Its cells; days become ISO texts, and what is not there stays empty.
        about: The rows of the sheet `about`: subject, Indonesian, English.
        made: When; the same rows made at the same time are the same bytes.
    """
    file = io.BytesIO()
    book = Workbook(file, _PLAIN)
    book.set_properties({"created": made.replace(tzinfo=None)})
    bold = book.add_format({"bold": True, "text_wrap": True})
    for title, first, cells in ((name, head, rows), (ABOUT, ("", "id", "en"), list(about))):
        sheet = book.add_worksheet(title)
        sheet.freeze_panes(1, 0)
        for place, words in enumerate(first):
            sheet.write_string(0, place, words, bold)
        for line, row in enumerate(cells, start=1):
            for place, cell in enumerate(row):
                _write(sheet, line, place, cell)
        sheet.set_column(0, len(first) - 1, _WIDTH if title == name else _WIDEST)
    book.close()
    return file.getvalue()


def _write(sheet: Workbook, line: int, place: int, cell: Cell) -> None:
    if isinstance(cell, (int, float)):
        sheet.write_number(line, place, cell)
    elif cell is not None:
        sheet.write_string(line, place, str(cell))
