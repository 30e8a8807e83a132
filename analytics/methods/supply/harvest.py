"""What the gardens brought in: harvest totals, and how many reported."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence


class Coverage(NamedTuple):
    """So many of so many reported.

    Args:
        reported: How many of the expected ones reported.
        expected: How many should have.
        share: Their ratio, 0 to 1 [1]; NaN where none was expected.
    """

    reported: int
    expected: int
    share: float


def current_entries(entries: pd.DataFrame, *, within: Sequence[str] = ()) -> pd.DataFrame:
    """A log of events as it stands now: the highest version of each entry, without those undone.

    Args:
        entries: One row per version: `entry` (its id), `version`, `void` (1 = undone; 0 or missing = not) and anything
            else.
        within: Columns that keep entries apart: the same id in another lane is another entry.

    Returns:
        One row per entry that holds, in the order given. An entry that came twice is there once.

    Examples:
        >>> log = pd.DataFrame({"entry": ["a", "a", "b"], "version": [1, 2, 1], "void": [0, 0, 1], "kg": [3, 4, 9]})
        >>> current_entries(log)[["entry", "kg"]].to_dict("records")
        [{'entry': 'a', 'kg': 4}]
    """
    key = [*within, "entry"]
    holds = np.ones(len(entries), dtype=bool)
    several = np.flatnonzero(entries.duplicated(key, keep=False))
    versions = entries[[*key, "version"]].iloc[several].set_axis(several)
    ascending = versions.sort_values("version", kind="stable", na_position="first")
    holds[ascending.index[ascending.duplicated(key, keep="last")]] = False
    return entries[holds & (entries["void"].fillna(0) != 1)]


def harvest_totals(entries: pd.DataFrame, *, by: Sequence[str]) -> pd.DataFrame:
    """Add up a harvest log by lane, commodity, or whatever its columns are.

    A report of "nothing this week" makes a lane's total 0 kg; a lane without any report has no row. A harvest counted
    in pieces only has no weight: it is left out of `kg` and counted in `unweighed`, and where no harvest has a weight,
    `kg` is missing.

    Args:
        entries: As for `current_entries`, with the columns of `by`, `kg`, `pieces` and `nothing` (1 = a report that
            there was none); missing = not there.
        by: The columns to keep apart. Reports of nothing name no commodity, and so show where commodities are not
            kept apart.

    Returns:
        By group: `kg`, `pieces` (NaN = missing), `reports` (entries of either kind), `nothing` (those of no harvest)
        and `unweighed` (harvests without a weight).

    Examples:
        >>> log = pd.DataFrame(
        ...     {
        ...         "entry": ["a", "b", "c"],
        ...         "version": [1, 1, 1],
        ...         "void": [None, None, None],
        ...         "lane": ["sydney", "sydney", "saga"],
        ...         "kg": [2.5, 1.5, None],
        ...         "pieces": [None, None, None],
        ...         "nothing": [None, None, 1],
        ...     }
        ... )
        >>> harvest_totals(log, by=["lane"])[["kg", "reports", "nothing"]].to_dict("index")
        {'saga': {'kg': 0.0, 'reports': 1, 'nothing': 1}, 'sydney': {'kg': 4.0, 'reports': 2, 'nothing': 0}}
    """
    now = current_entries(entries)
    harvested = now["kg"].notna() | now["pieces"].notna()
    none = (now["nothing"].fillna(0) == 1) & ~harvested
    marked = now[list(by)].assign(
        kg=pd.to_numeric(now["kg"]),
        pieces=pd.to_numeric(now["pieces"]),
        reports=harvested | none,
        nothing=none,
        unweighed=harvested & now["kg"].isna(),
    )
    groups = marked[marked["reports"]].groupby(list(by))
    totals = groups[["reports", "nothing", "unweighed"]].sum().astype(int)
    amounts = groups[["kg", "pieces"]].sum(min_count=1)
    only_nothing = totals["reports"] == totals["nothing"]
    return amounts.mask(only_nothing, 0.0).join(totals)


def coverage(reported: Collection[str], expected: Collection[str]) -> Coverage:
    """How complete a set of reports is: x of the y that were expected.

    Args:
        reported: Names of those that reported, each counted once; names that nobody expected do not count.
        expected: Names of those that should have.

    Examples:
        >>> coverage({"sydney", "saga"}, {"sydney", "saga", "zurich", "agatis"})
        Coverage(reported=2, expected=4, share=0.5)
    """
    wanted = set(expected)
    got = len(wanted & set(reported))
    return Coverage(got, len(wanted), got / len(wanted) if wanted else np.nan)
