"""Ten years of East Java's producer prices: the known lie is caught, and the chilli crises of the news are found."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.methods.price_alarm import Alarm, alps, ifpa, robust_outliers

SHEET = Path(__file__).parents[4] / "deploy/sites/makassar/sheets/jatim.csv.gz"

CRISES = {
    "early 2017": ("2017-01", "2017-03"),
    "mid 2019": ("2019-07", "2019-09"),
    "mid 2022": ("2022-06", "2022-07"),
    "late 2023": ("2023-11", "2023-12"),
}
"""Months in which the news told of chilli prices out of hand."""


def sheet(commodity: str) -> pd.DataFrame:
    """Prices by day and quote."""
    rows = pd.read_csv(SHEET)
    own = rows[rows["commodity"] == commodity]
    days = pd.to_datetime(own["date"], format="%d/%m/%Y")
    return own.assign(date=days).pivot_table(index="date", columns="quote", values="price", aggfunc="last")


def changes(prices: pd.DataFrame) -> pd.DataFrame:
    """Logarithm of each price over the last one before."""
    logs = prices.map(math.log)
    return logs - logs.ffill().shift()


@pytest.fixture(scope="module")
def birds_eye_chilli() -> pd.Series[float]:
    """Its price by month: the geometric mean of the days without a flag, then of the places."""
    prices = sheet("Cabe Rawit")
    months = pd.DatetimeIndex(prices.index).to_period("M")
    believed = prices.map(math.log).where(~robust_outliers(changes(prices)))
    return believed.groupby(months).mean().mean(axis=1).map(math.exp)


def test_rice_at_920017_is_flagged_among_ten_years_of_prices() -> None:
    rice = sheet("Beras")
    flagged = robust_outliers(changes(rice))

    assert rice.max().max() == 920_017
    assert flagged.to_numpy()[rice.to_numpy() == 920_017].tolist() == [True]
    assert flagged.to_numpy().mean() < 0.02


def test_without_what_is_flagged_the_months_price_is_that_of_the_other_days() -> None:
    rice = sheet("Beras")["PS Bendul Mrisi Kota Surabaya"]["2018-09"]
    flagged = robust_outliers(changes(rice.to_frame())).iloc[:, 0]
    believed = np.exp(np.log(rice[~flagged]).mean())

    without_the_lie = np.exp(np.log(rice[rice != 920_017]).mean())
    assert believed == pytest.approx(without_the_lie, rel=0.001)
    assert np.exp(np.log(rice).mean()) > 1.1 * without_the_lie


@pytest.mark.parametrize("crisis", list(CRISES))
def test_alps_finds_the_crises_of_the_news(birds_eye_chilli: pd.Series[float], crisis: str) -> None:
    found = alps(birds_eye_chilli)

    assert found.eligible
    assert "crisis" in phases(found, *CRISES[crisis])


def test_alps_calls_early_2025_an_alert_only(birds_eye_chilli: pd.Series[float]) -> None:
    found = phases(alps(birds_eye_chilli), "2025-01", "2025-04")

    assert "alert" in found
    assert "crisis" not in found


@pytest.mark.parametrize("crisis", ["mid 2019", "mid 2022", "late 2023"])
def test_ifpa_finds_them_where_it_has_three_years_before(birds_eye_chilli: pd.Series[float], crisis: str) -> None:
    found = ifpa(birds_eye_chilli)

    assert "abnormally_high" in phases(found, *CRISES[crisis])
    assert set(phases(found, *CRISES["early 2017"])) == {"missing"}


def test_a_crisis_is_rare(birds_eye_chilli: pd.Series[float]) -> None:
    assert (alps(birds_eye_chilli).table["phase"] == "crisis").mean() < 0.08


def phases(found: Alarm, first: str, last: str) -> list[str]:
    return found.table["phase"][first:last].fillna("missing").to_list()
