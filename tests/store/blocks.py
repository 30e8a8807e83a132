"""What the store's tests write, and what they look at of what they read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from commons.rows import Block
from store.contract import Query

if TYPE_CHECKING:
    from store.contract import Store


def soil_block(times: list[int], *, bed: str | list[str] = "b1", **fields: list[Any]) -> Block:
    """Readings of one node's beds."""
    tags: dict[str, str | list[str]] = {"city": "makassar", "lane": "saga", "node": "n1", "origin": "measured"}
    return Block("soil", times, {**tags, "bed": bed}, dict(fields))


def humidity_block(times: list[int], values: list[float | None], **tags: str | list[str]) -> Block:
    """Readings of a node that says little about itself."""
    return Block("air", times, {"node": "n1", **tags}, {"humidity": values})


def rows_of(table: pa.Table) -> list[dict[str, Any]]:
    """Rows without their nulls, times as whole nanoseconds."""
    place = table.schema.get_field_index("time")
    whole = table.set_column(place, "time", table["time"].cast(pa.int64()))
    return [{k: v for k, v in row.items() if v is not None} for row in whole.to_pylist()]


def values_of(store: Store, field: str, **query: Any) -> list[Any]:
    """One field of soil."""
    found: list[Any] = store.read(Query("soil", fields=(field,), **query))[field].to_pylist()
    return found


def humidities(store: Store) -> list[float]:
    """Every humidity there is."""
    found: list[float] = store.read(Query("air"))["humidity"].to_pylist()
    return found
