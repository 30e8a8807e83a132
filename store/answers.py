"""InfluxDB's answers as Arrow tables."""

from __future__ import annotations

from collections import Counter
from functools import reduce
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from store.line_protocol import meant_tag
from store.plan import BAD, TIME

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from store.plan import Plan

Key = tuple[str, ...]


def gathered(plan: Plan, pieces: Iterable[dict[str, Any]], flags: Sequence[str] = ()) -> pa.Table:
    """The rows of an answer.

    Args:
        plan: What was asked.
        pieces: InfluxDB's series, times in nanoseconds.
        flags: The flag columns that were asked for besides.

    Returns:
        The plan's columns, then the flags, in the answer's order.
    """
    extra = [pa.field(flag, pa.float64()) for flag in flags if flag not in plan.fields]
    schema = pa.schema([*plan.schema, *extra])
    return pa.Table.from_batches([_piece(piece, schema, plan.tags) for piece in pieces], schema)


def without_bad(plan: Plan, found: pa.Table) -> pa.Table:
    """The plan's columns with bad values null, and without the rows that then have no value."""
    for name, flag in plan.flags.items():
        if flag in found.column_names:
            bad = pc.fill_null(pc.equal(found[flag], BAD), fill_value=False)
            kept = pc.if_else(bad, pa.scalar(None, pa.float64()), found[name])
            found = found.set_column(found.schema.get_field_index(name), name, kept)
    found = found.select(plan.schema.names)
    return found.filter(reduce(pc.or_, (pc.is_valid(found[name]) for name in plan.fields)))


def in_order(plan: Plan, rows: pa.Table) -> pa.Table:
    """Rows by time, then by tags, cut to the plan's limit."""
    way = "descending" if plan.query.newest_first else "ascending"
    ordered = rows.sort_by([("time", way), *((tag, "ascending") for tag in plan.tags)])
    return ordered.slice(0, plan.query.limit)


def first_of_each(plan: Plan, rows: pa.Table) -> pa.Table:
    """The first row of each series."""
    places: dict[Key, int] = {}
    for place, key in enumerate(_keys(plan, rows)):
        places.setdefault(key, place)
    return rows.take(pa.array(places.values(), pa.int64()))


def is_settled(plan: Plan, found: pa.Table, rows: pa.Table, *, depth: int) -> bool:
    """Whether asking for more than the newest `depth` rows of each series would show no further series.

    Args:
        plan: What was asked.
        found: The rows as they came.
        rows: Those with a good value.
        depth: How many of each series were asked for.
    """
    shown = set(_keys(plan, rows))
    return all(key in shown for key, count in Counter(_keys(plan, found)).items() if count >= depth)


def _keys(plan: Plan, rows: pa.Table) -> list[Key]:
    columns = [rows[tag].to_pylist() for tag in plan.tags]
    return list(zip(*columns, strict=True)) if columns else [()] * rows.num_rows


def _piece(piece: dict[str, Any], schema: pa.Schema, tags: Sequence[str]) -> pa.RecordBatch:
    rows = piece["values"]
    columns = dict(zip(piece["columns"], zip(*rows, strict=True), strict=True))
    if "tags" in piece:  # those that some row has
        columns |= {tag: [piece["tags"].get(tag)] * len(rows) for tag in tags}
    return pa.record_batch([_column(columns[field.name], field, is_tag=field.name in tags) for field in schema], schema)


def _column(values: Sequence[Any], field: pa.Field, *, is_tag: bool) -> pa.Array:
    if is_tag:
        return pa.array(_tags(values), pa.string())
    if field.type == TIME:
        return pa.array(values, pa.int64()).cast(TIME)
    try:
        return pa.array(values, field.type)
    except (pa.ArrowInvalid, pa.ArrowTypeError):  # another kind, or a whole number too large to convert unasked
        return pa.array([_meant(value, field.type) for value in values], field.type)


def _meant(value: object, kind: pa.DataType) -> float | str | None:
    """A value of the catalogue's kind; what another program wrote as another kind is not there."""
    if kind == pa.string():
        return value if isinstance(value, str) else None
    return float(value) if isinstance(value, int | float) else None


def _tags(values: Sequence[str | None]) -> list[str]:
    """Each as it was written; a tag that is not there is an empty text."""
    meant = {value: meant_tag(value or "") for value in set(values)}
    return [meant[value] for value in values]
