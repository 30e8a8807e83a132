"""Harvest totals and coverage: a report of nothing is not silence."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics.methods.supply import coverage, current_entries, harvest_totals

COLUMNS = ["entry", "version", "void", "lane", "commodity", "kg", "pieces", "nothing"]
Row = tuple[str, float | None, float | None, str, str | None, float | None, float | None, float | None]


def log(*rows: Row) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=COLUMNS)


def harvest(
    entry: str, kg: float | None, *, lane: str = "sydney", version: float = 1, void: float | None = None
) -> Row:
    return (entry, version, void, lane, "kangkung", kg, None, None)


def eggs(entry: str, pieces: float, lane: str = "sydney") -> Row:
    return (entry, 1, None, lane, "telur", None, pieces, None)


def nothing(entry: str, lane: str = "sydney") -> Row:
    return (entry, 1, None, lane, None, None, None, 1)


def row(totals: pd.DataFrame, lane: str, *columns: str) -> list[float]:
    return [float(totals[column][lane]) for column in columns]


def test_the_highest_version_of_an_entry_counts_wherever_it_stands_in_the_log() -> None:
    entries = log(harvest("a", 9, version=10), harvest("a", 5, version=2), harvest("b", 1))

    assert harvest_totals(entries, by=["lane"]).loc["sydney", "kg"] == 10


def test_an_undone_entry_is_gone_and_comes_back_with_a_later_version() -> None:
    undone = [harvest("a", 5), harvest("a", 5, version=2, void=1)]

    assert harvest_totals(log(*undone), by=["lane"]).empty
    again = log(*undone, harvest("a", 6, version=3))
    assert harvest_totals(again, by=["lane"]).loc["sydney", "kg"] == 6


def test_an_entry_that_came_twice_counts_once() -> None:
    assert harvest_totals(log(harvest("a", 5), harvest("a", 5)), by=["lane"]).loc["sydney", "kg"] == 5


def test_an_entry_without_a_version_gives_way_to_one_that_has_it() -> None:
    entries = log(harvest("a", 5, version=1), harvest("a", 9, version=np.nan))

    assert current_entries(entries)["kg"].to_list() == [5]


def test_entries_keep_their_order_and_their_labels() -> None:
    entries = log(harvest("b", 1), harvest("a", 2), harvest("c", 3)).set_index(pd.Index(["x", "x", "y"]))

    found = current_entries(entries)

    assert found["entry"].to_list() == ["b", "a", "c"]
    assert found.index.to_list() == ["x", "x", "y"]


def test_a_report_of_nothing_is_a_report_of_zero_and_silence_is_no_row() -> None:
    totals = harvest_totals(log(harvest("a", 5), nothing("b", lane="saga")), by=["lane"])

    assert row(totals, "saga", "kg", "pieces", "reports", "nothing") == [0, 0, 1, 1]
    assert "zurich" not in totals.index


def test_a_harvest_counted_in_pieces_only_has_no_weight_and_not_zero() -> None:
    totals = harvest_totals(log(eggs("a", 30)), by=["lane"])

    assert np.isnan(row(totals, "sydney", "kg")[0])
    assert row(totals, "sydney", "pieces", "reports", "unweighed") == [30, 1, 1]


def test_a_report_of_nothing_does_not_weigh_an_unweighed_harvest() -> None:
    totals = harvest_totals(log(eggs("a", 30), nothing("b")), by=["lane"])

    assert np.isnan(row(totals, "sydney", "kg")[0])
    assert row(totals, "sydney", "reports", "nothing") == [2, 1]


def test_a_weighed_harvest_has_no_number_of_pieces() -> None:
    assert np.isnan(row(harvest_totals(log(harvest("a", 5)), by=["lane"]), "sydney", "pieces")[0])


def test_commodities_are_kept_apart_and_nothing_belongs_to_none_of_them() -> None:
    totals = harvest_totals(log(harvest("a", 5), eggs("b", 30), nothing("c")), by=["lane", "commodity"])

    assert totals.index.to_list() == [("sydney", "kangkung"), ("sydney", "telur")]
    assert totals["kg"].to_list() == pytest.approx([5, np.nan], nan_ok=True)
    assert totals["nothing"].to_list() == [0, 0]


def test_a_weight_beside_nothing_is_a_harvest() -> None:
    totals = harvest_totals(log(("a", 1, None, "sydney", "kangkung", 2, None, 1)), by=["lane"])

    assert row(totals, "sydney", "kg", "nothing") == [2, 0]


def test_an_entry_that_says_nothing_at_all_is_no_report() -> None:
    assert harvest_totals(log(harvest("a", None)), by=["lane"]).empty


def test_an_empty_log_has_no_totals() -> None:
    assert harvest_totals(log(), by=["lane"]).empty


def test_coverage_counts_each_expected_lane_once() -> None:
    found = coverage(["sydney", "sydney", "saga", "stranger"], ["sydney", "saga", "zurich", "agatis"])

    assert found == (2, 4, 0.5)


def test_coverage_of_nobody_is_missing_and_not_full() -> None:
    found = coverage(["sydney"], [])

    assert (found.reported, found.expected) == (0, 0)
    assert np.isnan(found.share)
