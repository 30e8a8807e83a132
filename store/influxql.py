"""The questions put to InfluxDB, in InfluxQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from store.line_protocol import kept_tag
from store.plan import BAD

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from store.contract import Window
    from store.plan import Plan

_WINDOW: Final[Mapping[Window, str]] = {
    "1h": "1h",
    "1d": "1d",
    "1w": "1w, 4d",
}  # 4 d: InfluxDB's weeks begin on Thursday
_QUOTED: Final = str.maketrans({"\\": "\\\\", "'": "\\'"})


def rows_query(plan: Plan, source: str, flags: Sequence[str], *, limit: int | None) -> str:
    """Every row.

    Args:
        plan: What is wanted.
        source: The measurement, as `"database"."policy"."measurement"`.
        flags: Flag columns wanted besides.
        limit: At most so many rows.
    """
    columns = _names([*plan.fields, *flags, *plan.tags])
    return f"SELECT {columns} FROM {source} WHERE {_where(plan)}{_order(plan)}{_limit(limit)}"  # noqa: S608  # quoted here


def windows_query(plan: Plan, source: str, window: Window) -> str:
    """One row for each window and each combination of the plan's tags."""
    columns = ", ".join(f'{how}("{name}") AS "{name}"' for name, how in plan.aggregates.items())
    groups = ", ".join([f"time({_WINDOW[window]})", *(f'"{tag}"' for tag in plan.tags)])
    zone = f"tz('{plan.query.timezone}')"
    return f"SELECT {columns} FROM {source} WHERE {_where(plan)} GROUP BY {groups} fill(none) {zone}"  # noqa: S608


def latest_query(plan: Plan, source: str, flags: Sequence[str], *, depth: int) -> str:
    """The newest rows of each series.

    Args:
        plan: What is wanted.
        source: The measurement, as `"database"."policy"."measurement"`.
        flags: Flag columns wanted besides.
        depth: How many rows of each series.
    """
    columns = _names([*plan.fields, *flags])
    return f"SELECT {columns} FROM {source} WHERE {_where(plan)} GROUP BY * ORDER BY time DESC LIMIT {depth}"  # noqa: S608


def bad_query(plan: Plan, source: str) -> str:
    """How many values are to be left out; InfluxDB need only look at the flags."""
    flags = dict.fromkeys(plan.flags.values())
    counts = ", ".join(f'count("{flag}")' for flag in flags)
    bad = " OR ".join(f'"{flag}" = {BAD}' for flag in flags)
    return f"SELECT {counts} FROM {source} WHERE ({bad}) AND {_where(plan)}"  # noqa: S608


def _names(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in dict.fromkeys(names))


def _where(plan: Plan) -> str:
    """Both ends of time are always named: with windows InfluxDB would else end at its own now."""
    tags = [" OR ".join(f"\"{tag}\" = '{_text(value)}'" for value in values) for tag, values in plan.where.items()]
    bounds = [f"time >= {plan.start}", f"time <= {plan.last}"]
    valued = [] if plan.must_be_empty is None else [f"\"{plan.must_be_empty}\" = ''"]
    return " AND ".join([*bounds, *valued, *(f"({any_of})" for any_of in tags)])


def _text(value: str) -> str:
    return kept_tag(value).translate(_QUOTED)


def _order(plan: Plan) -> str:
    return " ORDER BY time DESC" if plan.query.newest_first else ""


def _limit(limit: int | None) -> str:
    return "" if limit is None else f" LIMIT {int(limit)}"
