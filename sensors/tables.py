"""CSV files as people and their spreadsheets write them, gzipped or not."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from typing import TYPE_CHECKING, Final

from commons.errors import SensorError

if TYPE_CHECKING:
    from pathlib import Path

_INDONESIAN: Final = {
    "tanggal": "date",
    "komoditas": "commodity",
    "pedagang": "quote",
    "tempat": "quote",
    "harga": "price",
    "satuan": "unit",
}


def read_text(path: Path) -> str:
    """A text file's content, unpacked where its name ends in .gz; bytes that are no UTF-8 become U+FFFD.

    Raises:
        SensorError: The file cannot be read or unpacked.
    """
    try:
        packed = path.read_bytes()
        plain = gzip.decompress(packed) if path.suffix == ".gz" else packed
    except (OSError, EOFError, zlib.error) as error:
        raise SensorError(f"{path} cannot be read ({error}); check that the file is there and whole") from error
    return plain.decode("utf-8-sig", errors="replace")


def table_rows(text: str, *, columns: tuple[str, ...], name: str) -> list[dict[str, str]]:
    """A table's rows; every cell is there and without blanks around it.

    Column names may be in any case or in Indonesian (tanggal, komoditas, pedagang or tempat, harga, satuan), the
    separator a comma, a semicolon or a tab, as the header has it.

    Args:
        text: The file's content.
        columns: The columns that are asked for; others are left out.
        name: The file's name, for the error.

    Raises:
        SensorError: A column is not there.
    """
    header = text.partition("\n")[0]
    separator = max(",;\t", key=header.count)
    lines = csv.reader(io.StringIO(text), delimiter=separator)
    named = [_column(cell) for cell in next(lines, [])]
    missing = [column for column in columns if column not in named]
    if missing:
        raise SensorError(f"{name} has no column {missing[0]!r} but {', '.join(named) or 'nothing'}; add it")
    places = [(column, named.index(column)) for column in columns]
    return [{column: cells[place].strip() if place < len(cells) else "" for column, place in places} for cells in lines]


def _column(cell: str) -> str:
    name = cell.strip().casefold()
    return _INDONESIAN.get(name, name)
