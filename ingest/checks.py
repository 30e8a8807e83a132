"""The gross range test (QARTOD): a flag beside a doubtful value, an impossible one moved aside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from commons import catalogue
from commons.rows import Block

if TYPE_CHECKING:
    from commons.catalogue import Field
    from commons.rows import Column, NumberColumn

SUSPECT: Final = 3.0


def gross_range(block: Block) -> Block:
    """Check every number against the catalogue's spans; bounds are inside.

    A suspect value keeps its place and gets `<field>_flag` = 3. A failed value moves to `<field>_failed` and leaves a
    null, so that no mean ever contains it.

    Args:
        block: Rows of a sample or event.

    Returns:
        The same block where all is good, else one with the quality columns added.

    Source: IOOS QARTOD, Manual for Real-Time Quality Control, Test 4 (gross range).
    """
    of = catalogue.measurement(block.measurement)
    changed: dict[str, Column] = {}
    for name, column in block.fields.items():
        field = of.fields.get(name)
        if field is None or field.fail is None or f"{name}_failed" not in of.columns:
            continue
        low, high = field.suspect or field.fail
        try:
            if low <= min(column) and max(column) <= high:  # type: ignore[type-var,operator]  # a null raises TypeError
                continue
        except TypeError:
            pass
        changed.update(_examined(field, column, block.fields.get(f"{name}_flag")))  # type: ignore[arg-type]  # numbers
    return Block(block.measurement, block.times, block.tags, {**block.fields, **changed}) if changed else block


def _examined(field: Field, column: NumberColumn, flags: NumberColumn | None) -> dict[str, Column]:
    """The columns that change: value, flag, failed; none where every value is good or absent."""
    low, high = field.fail or (float("-inf"), float("inf"))
    suspect_low, suspect_high = field.suspect or (low, high)
    failed = [x if x is not None and not low <= x <= high else None for x in column]
    kept = [None if bad is not None else x for x, bad in zip(column, failed, strict=True)]
    doubtful = [SUSPECT if x is not None and not suspect_low <= x <= suspect_high else None for x in kept]
    columns: dict[str, Column] = {}
    if any(x is not None for x in failed):
        columns |= {field.name: kept, f"{field.name}_failed": failed}
    if any(x is not None for x in doubtful):
        before = flags or [None] * len(column)
        columns[f"{field.name}_flag"] = [new or old for new, old in zip(doubtful, before, strict=True)]
    return columns
