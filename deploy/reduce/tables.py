"""Reading and writing tables so that the same input always gives the same bytes."""

from __future__ import annotations

import csv
import gzip
import io
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

Row = dict[str, str]


def read(path: Path) -> list[Row]:
    """The rows of a CSV file, gzipped or not."""
    packed = path.read_bytes()
    text = (gzip.decompress(packed) if path.suffix == ".gz" else packed).decode("utf-8")
    return list(csv.DictReader(io.StringIO(text)))


def write(path: Path, rows: Iterable[Row], columns: Sequence[str]) -> None:
    """Write a CSV file, gzipped where the name ends so, and never with the time of writing in it.

    Raises:
        ValueError: A row has a column that is not among `columns`.
    """
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    plain = buffer.getvalue().encode("utf-8")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(plain, mtime=0) if path.suffix == ".gz" else plain)


def slug(name: str) -> str:
    """A name as it stands in topics and tags: `Pa'Batang` becomes `pabatang`, `cabai_rawit` becomes `cabai-rawit`.

    Raises:
        ValueError: Nothing of the name is left.
    """
    found = re.sub(r"[^a-z0-9]+", "-", name.lower().replace("'", "")).strip("-")
    if not found:
        raise ValueError(f"the name {name!r} has no letter or digit to make a slug of; give it one")
    return found


def plain(number: float) -> str:
    """A number with at most six decimals and no idle zeros: 12.0 becomes `12`."""
    return f"{number:.6f}".rstrip("0").rstrip(".")


def written_out(sources: Iterable[str]) -> list[str]:
    """Sources with each "same" replaced by the source above it; what else stands beside "same" is dropped."""
    found: list[str] = []
    for source in sources:
        found.append(found[-1] if found and source.startswith("same") else source)
    return found
