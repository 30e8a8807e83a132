"""What a run has to write: new values, and the earlier ones that they replace."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from analytics import provenance
from analytics.frames import Row, block, records
from analytics.periods import midnight_ms, next_start
from analytics.revision import digest
from commons.catalogue import REFUSED, measurement
from commons.clock import NANOSECONDS_PER_MILLISECOND
from store.plan import BAD

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    import pandas as pd

    from analytics.backlog import Due
    from analytics.indicators.indicator import Indicator
    from analytics.periods import Period
    from commons.catalogue import Measurement
    from commons.rows import Block
    from commons.sites import Site

Key = tuple[Any, ...]
_GOOD: Final = 1.0
NOTHING_LEFT: Final = "withdrawn: nothing is left to compute it from"


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

    No store can take a row away, nor one of its numbers. So a row that has no value says why in `refused`, and stores
    leave it out: one that has too little to stand on, or that its method refuses. A stored value that is computed no
    more is withdrawn in the same way, with `n` = 0. A number that a row with a value had and has no more is flagged as
    bad. A period that still runs is refused only where a value stands already: it may yet get enough.

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
    found = Changes()
    is_due = np.array([due.why(place, start) is not None for place, start in _where(indicator, computed)], dtype=bool)
    for row in _dated(indicator, computed[is_due], site=site, now_ms=now_ms):
        old = earlier.pop(_key(indicator, row), None)
        if old is None and row[REFUSED] and _end_ms(indicator, row, site) > now_ms:
            continue
        why = due.why(row[indicator.place], row["start"]) or ""
        if old is not None and old["revision"] == row["revision"]:
            found.unchanged += 1
        else:
            _replace(found, indicator, old, row, why=why, site=site)
    for old in earlier.values():
        since = due.why(old[indicator.place], old["start"])
        if old["start"] >= inputs_from and since is not None and provenance.WITHDRAWN not in old["marks"]:
            _replace(found, indicator, old, _gone(indicator, old, now_ms), why=since, site=site)
    return found


def _where(indicator: Indicator, computed: pd.DataFrame) -> Iterable[tuple[str, date]]:
    """The place and the first day of each row."""
    return zip(computed[indicator.place], computed["start"].astype("datetime64[ns]").dt.date, strict=True)


def _dated(indicator: Indicator, computed: pd.DataFrame, *, site: Site, now_ms: int) -> Iterable[Row]:
    """Computed rows with their time and marks, and why they have no value where they have none."""
    midnights: dict[date, int] = {}
    admitted = indicator.coverage.admits(computed["n"], computed["coverage"])
    for row, is_enough in zip(records(computed), admitted, strict=True):
        start: date = row["start"]
        midnight = midnights.setdefault(start, midnight_ms(start, site.zone))
        is_running = _end_ms(indicator, row, site) > now_ms
        marks = provenance.marks_in(row["marks"]) | ({provenance.INCOMPLETE} if is_running else set())
        text = provenance.text(marks)
        refused = row.get("refusal") or ("" if is_enough else too_little(indicator, row))
        yield {
            **row,
            **(dict.fromkeys(measurement(indicator.name).own) if refused else {}),
            "city": site.slug,
            "time": midnight * NANOSECONDS_PER_MILLISECOND,
            "marks": text,
            "method": indicator.method,
            "revision": digest(indicator.name, indicator.method, row["inputs"], text, refused),
            REFUSED: refused,
            "computed_at": now_ms,
        }


def too_little(indicator: Indicator, row: Mapping[str, Any]) -> str:
    """Why the coverage policy gives a row no value."""
    of = "" if row["expected"] is None else f" of {row['expected']:g}"
    share = "" if row["coverage"] is None else f", coverage {row['coverage']:.3g}"
    return f"too little: {row['n']:g}{of} inputs{share}; {indicator.coverage!r} asks for more"


def _lost(of: Measurement, old: Row, row: Row) -> Row:
    """What makes a row's earlier numbers and texts hold no longer, where it has none now, or hold again."""
    found: Row = {}
    for name in of.own:
        flag = f"{name}_flag"
        if row.get(name) is None and old[name] is not None:
            found |= {name: ""} if of.fields[name].text else {flag: float(BAD)}
        elif old.get(flag) == BAD:
            found[flag] = _GOOD
    return found


def _gone(indicator: Indicator, old: Row, now_ms: int) -> Row:
    """A stored row as it is once nothing is left to compute it from."""
    identity = {name: old[name] for name in ("start", "time", *measurement(indicator.name).tags)}
    return identity | {
        "n": 0.0,
        "coverage": 0.0,
        "marks": provenance.WITHDRAWN,
        "method": indicator.method,
        "revision": digest(indicator.name, indicator.method, provenance.WITHDRAWN),
        REFUSED: NOTHING_LEFT,
        "computed_at": now_ms,
    }


def _replace(found: Changes, indicator: Indicator, old: Row | None, row: Row, *, why: str, site: Site) -> None:
    is_final = old is not None and old["computed_at"] >= _end_ms(indicator, row, site)
    number = 1.0 if old is None or old["revision_number"] is None else old["revision_number"]
    changed_method = old is not None and old["method"] != indicator.method
    reason = f"method {indicator.method}" if changed_method else why
    row |= {"revision_number": number + is_final, "reason": reason}
    for name in indicator.keeps_first:
        first = old[f"first_{name}"] if old is not None and is_final else None
        row[f"first_{name}"] = row.get(name) if first is None else first
    if old is not None and not row[REFUSED]:
        row |= _lost(measurement(indicator.name), old, row)
    found.rows.append(row)
    found.touched[row[indicator.place], row["start"]] = None
    if old is not None:
        found.withdrawn += bool(row[REFUSED] and not old[REFUSED])
    if old is not None and is_final:
        found.earlier.append({**old, "replaced_because": reason, "replaced_at": row["computed_at"]})


def _key(indicator: Indicator, row: Mapping[str, Any]) -> Key:
    return (row["time"], *(row[tag] for tag in measurement(indicator.name).tags))


def _end_ms(indicator: Indicator, row: Mapping[str, Any], site: Site) -> int:
    period: Period = row.get("period", indicator.periods[0])
    return midnight_ms(next_start(row["start"], period), site.zone)
