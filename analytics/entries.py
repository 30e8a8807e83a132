"""Events as a log: the form of each entry that holds, and where its other forms stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.methods.supply import current_entries
from analytics.periods import local_days
from analytics.touches import Touch

if TYPE_CHECKING:
    from collections.abc import Iterable
    from zoneinfo import ZoneInfo

    import pandas as pd


def current(log: pd.DataFrame) -> pd.DataFrame:
    """The highest version of every entry, without those that were undone; every row then has an entry id.

    An id is its place's own: whoever may write in one lane must not undo what another reported, even if he knows its
    id. Within a lane any node may: what was typed on one phone is mended on another.

    Args:
        log: Rows of an event, columns `entry`, `version` and `void` among them, and `lane`, or `market` where there is
            no lane. A row without an entry id, as devices with a format of their own send them, is an entry of its own.
    """
    entry, unnamed = log["entry"].copy(), log.index[~_named(log)]
    entry.loc[unnamed] = [f"row {row}" for row in unnamed]
    return current_entries(log.assign(entry=entry), within=[_place(log)])


def edited(log: pd.DataFrame) -> pd.DataFrame:
    """The rows of entries that are there in several versions.

    Args:
        log: As for `current`.
    """
    return log[log.duplicated([_place(log), "entry"], keep=False) & _named(log)]


def moved(log: pd.DataFrame, touches: Iterable[Touch], *, of: str, place: str, zone: ZoneInfo) -> list[Touch]:
    """The days on which touched entries stand in other versions: an edit empties one day and fills another.

    Args:
        log: Rows of an event, columns `time`, `entry` and the tag that names the place among them.
        touches: What was touched; marks of other measurements are left aside.
        of: The event's name.
        place: The tag that names the place, "lane" or "market".
        zone: The city's time zone.
    """
    several = edited(log)
    if several.empty:
        return []
    at = {(touch.place, touch.day): touch.at_ms for touch in touches if touch.of == of}
    stands = list(zip(several[place], local_days(several["time"], zone).dt.date, several["entry"], strict=True))
    touched = {(where, entry): at[where, day] for where, day, entry in stands if (where, day) in at}
    found = {(where, day): touched[where, entry] for where, day, entry in stands if (where, entry) in touched}
    return [Touch(of, where, day, at_ms) for (where, day), at_ms in sorted(found.items())]


def _place(log: pd.DataFrame) -> str:
    """The tag within which an entry's id is its own."""
    return "lane" if "lane" in log else "market"


def _named(log: pd.DataFrame) -> pd.Series[bool]:
    return log["entry"].notna() & (log["entry"] != "")
