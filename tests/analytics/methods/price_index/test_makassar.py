"""Makassar's published consumer prices against each other: only where two releases meet without a circle.

A rate that is checked by a level derived from that rate proves nothing. Here every level and rate was read in a release
of its own: months that name a level, and rates that name other months' levels.
"""

from __future__ import annotations

import pandas as pd
import pytest

from analytics.methods.price_index import rates, splice

PUBLISHED = {"2023-06": 116.05, "2023-10": 116.40, "2023-11": 116.59, "2023-12": 117.49}
"""IHK of Kota Makassar, 2018=100: siatorok.makassarkota.go.id ?p=5929 and ?p=6707; makassar.tribunnews.com 2023-11-01;
makassar.antaranews.com 516222."""

DECEMBER_MTM, DECEMBER_YOY, JUNE_YTD = 0.77, 2.89, 1.63
FEBRUARY_2024, FEBRUARY_YTD = 106.08, 0.68
"""IHK of February 2024, 2022=100, and its rate since December: makassarkota.bps.go.id, release 2024/03/01/61."""

ROUNDED_LEVEL, ROUNDED_RATE = 0.005, 0.005


def months(levels: dict[str, float]) -> pd.Series[float]:
    return pd.Series([*levels.values()], index=pd.PeriodIndex([*levels], freq="M"), dtype=float)


def test_decembers_monthly_rate_follows_from_two_releases_of_levels() -> None:
    found = rates(months(PUBLISHED))["month_on_month"]

    assert found["2023-12"] == pytest.approx(DECEMBER_MTM, abs=ROUNDED_RATE)
    assert found["2023-11"] == pytest.approx(100 * (116.59 / 116.40 - 1))


def test_junes_year_to_date_rate_follows_from_decembers_level_and_its_yearly_rate() -> None:
    """December 2022 from the release of December 2023, June from that of June 2023."""
    december_2022 = PUBLISHED["2023-12"] / (1 + DECEMBER_YOY / 100)

    found = rates(months({"2022-12": december_2022, "2023-06": PUBLISHED["2023-06"]}))["year_to_date"]

    bound = 100 * (2 * ROUNDED_LEVEL + PUBLISHED["2023-12"] * ROUNDED_RATE / 100) / december_2022 + ROUNDED_RATE
    assert found["2023-06"] == pytest.approx(JUNE_YTD, abs=bound)
    assert bound < 0.025


def test_no_rate_of_february_2024_crosses_the_change_of_base_unlinked() -> None:
    levels = months({**PUBLISHED, "2024-02": FEBRUARY_2024})
    base = pd.Series(["2018=100"] * 4 + ["2022=100"], index=levels.index)

    assert rates(levels, base=base).loc["2024-02"].isna().all()
    assert rates(levels)["year_to_date"]["2024-02"] == pytest.approx(-9.7, abs=0.1)


def test_the_link_that_the_year_to_date_rate_implies_is_no_check_of_that_rate() -> None:
    """December 2023 on the new base was not found: a link derived from a rate gives that rate back, whatever it is."""
    for rate in (FEBRUARY_YTD, 5.0):
        new = months({"2023-12": FEBRUARY_2024 / (1 + rate / 100), "2024-02": FEBRUARY_2024})
        linked = splice(months(PUBLISHED), new, pd.Period("2023-12", freq="M"))
        assert rates(linked)["year_to_date"]["2024-02"] == pytest.approx(rate)
