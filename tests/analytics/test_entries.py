"""The highest version of an entry holds, and an edit touches where the entry stood before."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pandas as pd

from analytics.entries import current, moved
from analytics.touches import Touch

UTC = ZoneInfo("UTC")


def log(*rows: tuple[str, str, str, float | None, float | None]) -> pd.DataFrame:
    """Rows of (day, lane, entry, version, void)."""
    table = pd.DataFrame(rows, columns=["time", "lane", "entry", "version", "void"])
    return table.assign(time=pd.to_datetime(table["time"], utc=True))


def test_the_highest_version_holds_whatever_order_they_came_in() -> None:
    found = current(log(("2026-11-02", "saga", "a", 2, None), ("2026-11-01", "saga", "a", 1, None)))

    assert found["version"].to_list() == [2]


def test_an_undone_entry_is_gone() -> None:
    assert current(log(("2026-11-01", "saga", "a", 1, None), ("2026-11-01", "saga", "a", 2, 1))).empty


def test_rows_without_an_entry_id_stand_for_themselves() -> None:
    found = current(log(("2026-11-01", "saga", "", None, None), ("2026-11-02", "saga", "", None, None)))

    assert len(found) == 2
    assert found["entry"].is_unique


def test_an_edit_that_moves_an_entry_touches_the_day_and_lane_it_left() -> None:
    rows = log(("2026-11-01", "saga", "a", 1, None), ("2026-11-05", "agatis", "a", 2, None))
    touches = [Touch("harvest", "agatis", date(2026, 11, 5), 7)]

    found = moved(rows, touches, of="harvest", place="lane", zone=UTC)

    assert found == [
        Touch("harvest", "agatis", date(2026, 11, 5), 7),
        Touch("harvest", "saga", date(2026, 11, 1), 7),
    ]


def test_entries_that_nobody_touched_stay_out_of_it() -> None:
    rows = log(("2026-11-01", "saga", "a", 1, None), ("2026-11-05", "saga", "a", 2, None))

    assert moved(rows, [Touch("harvest", "saga", date(2026, 11, 9), 7)], of="harvest", place="lane", zone=UTC) == []
    assert moved(rows, [Touch("compost", "saga", date(2026, 11, 5), 7)], of="harvest", place="lane", zone=UTC) == []


def test_an_empty_log_moves_nothing() -> None:
    assert moved(log(), [Touch("harvest", "saga", date(2026, 11, 5), 7)], of="harvest", place="lane", zone=UTC) == []
