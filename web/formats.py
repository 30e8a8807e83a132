"""A table as an answer: JSON, CSV that spreadsheets open safely, or Arrow."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import orjson
import pyarrow as pa
from fastapi.responses import Response, StreamingResponse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from commons.catalogue import Measurement
    from web.paging import Page

MORE_ROWS: Final = "X-More-Rows"
NEXT: Final = "X-Next"
_CHUNK_ROWS: Final = 2_000
_NS: Final = 10**9
# Where a formula may begin: at the start of a cell, or after what some country's spreadsheet takes for a cell's end.
_FORMULA: Final = re.compile(r"(^|[;|\t\r\n])(?=[\t\r\n]|\s*[=+\-@＝＋－＠])")


def answer(page: Page, measurement: Measurement, *, form: str) -> Response:
    """A page of rows in the form asked for.

    Args:
        page: Its rows: column `time`, then tags and fields; and where the next begins.
        measurement: What they are.
        form: "json", "csv" or "arrow".
    """
    headers = {MORE_ROWS: "false" if page.next is None else "true", "Cache-Control": "no-cache"}
    if page.next is not None:
        headers[NEXT] = str(page.next)
    if form == "csv":
        headers["Content-Disposition"] = f'attachment; filename="{measurement.name}.csv"'
        return StreamingResponse(
            csv_parts(page.rows.column_names, _rows(page.rows)), media_type="text/csv; charset=utf-8", headers=headers
        )
    if form == "arrow":
        return Response(_arrow(page.rows), media_type="application/vnd.apache.arrow.stream", headers=headers)
    return StreamingResponse(_json(page, measurement), media_type="application/json", headers=headers)


def iso(time_ns: int) -> str:
    """A row's time in UTC, with as many digits below a second as it has."""
    seconds, below = divmod(time_ns, _NS)
    whole = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{whole}.{below:09d}".rstrip("0") + "Z" if below else f"{whole}Z"


def _units(table: pa.Table, measurement: Measurement) -> dict[str, str]:
    """The unit of each number, a sample's failed values included."""
    named = ((name, measurement.fields.get(name.removesuffix("_failed"))) for name in table.column_names)
    return {name: field.unit for name, field in named if field is not None and not field.text}


def _rows(table: pa.Table) -> Iterator[tuple[Any, ...]]:
    for batch in table.to_batches(max_chunksize=_CHUNK_ROWS):
        times = (iso(at) for at in batch.column("time").cast(pa.int64()).to_pylist())
        others = [batch.column(name).to_pylist() for name in batch.schema.names if name != "time"]
        yield from zip(times, *others, strict=True)


def _json(page: Page, measurement: Measurement) -> Iterator[bytes]:
    """A few thousand rows at a time, so that an answer is never whole in memory twice."""
    facts = {
        "measurement": measurement.name,
        "units": _units(page.rows, measurement),
        "more": page.next is not None,
        "next": None if page.next is None else str(page.next),
    }
    yield orjson.dumps(facts)[:-1] + b',"rows":['
    names, rows, comma = page.rows.column_names, _rows(page.rows), b""
    while few := list(islice(rows, _CHUNK_ROWS)):
        yield comma + orjson.dumps([dict(zip(names, row, strict=True)) for row in few])[1:-1]
        comma = b","
    yield b"]}"


def csv_parts(names: Iterable[str], rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """A CSV file, a few thousand rows at a time; what is not there is an empty cell.

    Args:
        names: The head.
        rows: Texts, numbers, days or None; a text in which a spreadsheet would see a formula gets an apostrophe.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(names)
    for number, row in enumerate(rows, start=1):
        writer.writerow(_safe(row))
        if number % _CHUNK_ROWS == 0:
            yield text.getvalue()
            text.seek(0)
            text.truncate()
    yield text.getvalue()


def _safe(row: Iterable[Any]) -> list[Any]:
    """A text that a spreadsheet would take for a formula gets an apostrophe in front."""
    return [_FORMULA.sub(r"\1'", cell) if isinstance(cell, str) else cell for cell in row]


def _arrow(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return bytes(sink.getvalue())
