"""The highest version of an entry holds, and an edit touches where the entry stood before."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

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


@pytest.mark.parametrize("void", [None, 1])
def test_another_lane_that_knows_an_entrys_id_can_neither_undo_nor_edit_it(void: float | None) -> None:
    found = current(log(("2026-11-01", "saga", "a", 1, None), ("2026-11-01", "agatis", "a", 2, void)))

    assert ("saga", 1) in set(zip(found["lane"], found["version"], strict=True))
    assert len(found) == (2 if void is None else 1)


def test_another_market_cannot_undo_a_price_by_its_id() -> None:
    rows = log(("2026-11-01", "terong", "a", 1, None), ("2026-11-01", "x", "a", 2, 1)).rename(
        columns={"lane": "market"}
    )

    assert current(rows)["market"].to_list() == ["terong"]


def test_an_edit_that_moves_an_entry_touches_the_day_it_left_and_no_other_lane() -> None:
    rows = log(
        ("2026-11-01", "saga", "a", 1, None),
        ("2026-11-05", "saga", "a", 2, None),
        ("2026-11-03", "agatis", "a", 3, None),
    )
    touches = [Touch("harvest", "saga", date(2026, 11, 5), 7), Touch("harvest", "agatis", date(2026, 11, 3), 8)]

    found = moved(rows, touches, of="harvest", place="lane", zone=UTC)

    assert found == [Touch("harvest", "saga", date(2026, 11, 1), 7), Touch("harvest", "saga", date(2026, 11, 5), 7)]


def test_entries_that_nobody_touched_stay_out_of_it() -> None:
    rows = log(("2026-11-01", "saga", "a", 1, None), ("2026-11-05", "saga", "a", 2, None))

    assert moved(rows, [Touch("harvest", "saga", date(2026, 11, 9), 7)], of="harvest", place="lane", zone=UTC) == []
    assert moved(rows, [Touch("compost", "saga", date(2026, 11, 5), 7)], of="harvest", place="lane", zone=UTC) == []


def test_an_empty_log_moves_nothing() -> None:
    assert moved(log(), [Touch("harvest", "saga", date(2026, 11, 5), 7)], of="harvest", place="lane", zone=UTC) == []
