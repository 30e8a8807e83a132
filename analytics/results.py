"""What a run has to write: new values, and the earlier ones that they replace."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from analytics import provenance
from analytics.frames import Row, block, records
from analytics.periods import midnight_ms, next_start
from analytics.revision import digest
from commons.catalogue import measurement
from commons.clock import NANOSECONDS_PER_MILLISECOND

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    import pandas as pd

    from analytics.backlog import Due
    from analytics.indicators.indicator import Indicator
    from analytics.periods import Period
    from commons.rows import Block
    from commons.sites import Site

Key = tuple[Any, ...]


@dataclass(slots=True)
class Changes:
    """The difference between what was computed and what is stored.

    Args:
        rows: Rows to write.
        earlier: The rows they replace, as the history keeps them.
        touched: The place and first day of each period that changes.
        unchanged: How many values were computed again and came out the same.
        withdrawn: How many values no longer have enough to stand on.
    """

    rows: list[Row] = field(default_factory=list)
    earlier: list[Row] = field(default_factory=list)
    touched: dict[tuple[str, date], None] = field(default_factory=dict)
    unchanged: int = 0
    withdrawn: int = 0

    def blocks(self, name: str) -> list[Block]:
        """What is to be written: the earlier values first."""
        return [block(f"{name}_history", self.earlier), block(name, self.rows)]


def changes(
    indicator: Indicator,
    computed: pd.DataFrame,
    stored: Iterable[Row],
    due: Due,
    *,
    site: Site,
    now_ms: int,
    inputs_from: date,
) -> Changes:
    """Compare computed values with stored ones, as far as they are due.

    A value is written when its revision differs from the stored one. The stored one goes to the history if its period
    was over when it was computed: what is shown of a running period grows with every reading, and is no correction.
    A stored value that is no longer there is withdrawn: it keeps its place with `n` = 0 and the mark `withdrawn`, for
    no store can take a row away, nor one of its numbers.

    Args:
        indicator: What is declared of it.
        computed: What its function returned.
        stored: The rows in the store with their `start`, in at least the spans that are due.
        due: What to compare, and why.
        site: The city.
        now_ms: The moment of the run [ms since 1970 UTC].
        inputs_from: The first local day whose inputs the store still holds: older values stay as they are.
    """
    earlier = {_key(indicator, row): row for row in stored}
    enough = computed[indicator.coverage.admits(computed["n"], computed["coverage"])]
    found = Changes()
    for row in _dated(indicator, enough, site=site, now_ms=now_ms):
        old = earlier.get(_key(indicator, row))
        if old is not None and _loses_a_number(indicator, old, row):
            continue
        earlier.pop(_key(indicator, row), None)
        why = due.why(row[indicator.place], row["start"])
        if why is not None and old is not None and old["revision"] == row["revision"]:
            found.unchanged += 1
        elif why is not None:
            _replace(found, indicator, old, row, why=why, site=site)
    for old in earlier.values():
        if old["start"] >= inputs_from:
            _withdraw(found, indicator, old, due, site=site, now_ms=now_ms)
    return found


def _dated(indicator: Indicator, computed: pd.DataFrame, *, site: Site, now_ms: int) -> Iterable[Row]:
    """Computed rows with their time, marks and revision."""
    midnights: dict[date, int] = {}
    for row in records(computed):
        start: date = row["start"]
        midnight = midnights.setdefault(start, midnight_ms(start, site.zone))
        is_running = _end_ms(indicator, row, start, site) > now_ms
        marks = provenance.marks_in(row["marks"]) | ({provenance.INCOMPLETE} if is_running else set())
        text = provenance.text(marks)
        yield {
            **row,
            "city": site.slug,
            "time": midnight * NANOSECONDS_PER_MILLISECOND,
            "marks": text,
            "method": indicator.method,
            "revision": digest(indicator.name, indicator.method, row["inputs"], text),
            "computed_at": now_ms,
        }


def _loses_a_number(indicator: Indicator, old: Row, row: Row) -> bool:
    """Whether a number that would mislead is no longer known: written over, the old one would stay."""
    return any(old[name] is not None and row[name] is None for name in indicator.withdrawn)


def _replace(found: Changes, indicator: Indicator, old: Row | None, row: Row, *, why: str, site: Site) -> None:
    start: date = row["start"]
    found.rows.append(row)
    found.touched[row[indicator.place], start] = None
    if old is not None and old["computed_at"] >= _end_ms(indicator, row, start, site):
        changed = old["method"] != indicator.method
        reason = f"method {indicator.method}" if changed else why
        found.earlier.append({**old, "reason": reason, "replaced_at": row["computed_at"]})


def _withdraw(found: Changes, indicator: Indicator, old: Row, due: Due, *, site: Site, now_ms: int) -> None:
    start: date = old["start"]
    why = due.why(old[indicator.place], start)
    if why is None or provenance.WITHDRAWN in provenance.marks_in(old["marks"]):
        return
    gone = {
        **old,
        **indicator.withdrawn,
        "n": 0.0,
        "coverage": 0.0,
        "marks": provenance.WITHDRAWN,
        "method": indicator.method,
        "revision": digest(indicator.name, indicator.method, provenance.WITHDRAWN),
        "computed_at": now_ms,
    }
    _replace(found, indicator, old, gone, why=why, site=site)
    found.withdrawn += 1


def _key(indicator: Indicator, row: Mapping[str, Any]) -> Key:
    return (row["time"], *(row[tag] for tag in measurement(indicator.name).tags))


def _end_ms(indicator: Indicator, row: Mapping[str, Any], start: date, site: Site) -> int:
    period: Period = row.get("period", indicator.periods[0])
    return midnight_ms(next_start(start, period), site.zone)
