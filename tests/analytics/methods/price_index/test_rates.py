"""Rates of change: by the calendar, and never across an unlinked base."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.methods.price_index import COMPARISONS, Comparison, contributions, rates, splice
from commons.errors import UnknownNameError


def monthly(first: str, levels: list[float | None]) -> pd.Series[float]:
    months = pd.period_range(first, periods=len(levels), freq="M")
    return pd.Series(levels, index=months, dtype=float)


def test_the_published_rates_of_makassar_are_reproduced(worked: dict[str, dict[str, Any]]) -> None:
    example = worked["cpi.makassar"]
    expected, tolerance = example["expected"], example["tolerance"]
    published = example["inputs"]["cpi"]
    # June's release gives the level of December 2022, against which December 2023's release can be checked.
    december_2022 = published["2023-06"] / (1 + expected["2023-06"]["year_to_date"] / 100)
    levels = {"2022-12": december_2022, **published}
    cpi = pd.Series(levels.values(), index=pd.PeriodIndex(levels, freq="M"), dtype=float)

    december = rates(cpi).loc["2023-12"]

    assert december.to_dict() == pytest.approx(expected["2023-12"], abs=tolerance)


@settings(deadline=None)
@given(st.lists(st.floats(50, 500), min_size=25, max_size=25))
def test_in_december_year_to_date_is_year_on_year(levels: list[float | None]) -> None:
    found = rates(monthly("2022-12", levels))

    december = found.loc[["2023-12", "2024-12"]]
    assert december["year_to_date"].notna().all()
    assert december["year_to_date"].to_list() == december["year_on_year"].to_list()


@settings(deadline=None)
@given(st.lists(st.floats(50, 500), min_size=13, max_size=13))
def test_monthly_rates_multiply_to_the_yearly_one(levels: list[float | None]) -> None:
    found = rates(monthly("2024-01", levels))

    compounded = np.prod(1 + found["month_on_month"].to_numpy()[1:] / 100) - 1
    assert 100 * compounded == pytest.approx(found["year_on_year"].iloc[-1], rel=1e-9, abs=1e-9)


def test_a_history_that_is_too_short_gives_no_rate() -> None:
    found = rates(monthly("2025-01", [100, 101]))

    assert found["month_on_month"].to_list() == pytest.approx([np.nan, 1], nan_ok=True)
    assert found[["year_to_date", "year_on_year"]].isna().all(axis=None)


def test_a_month_absent_from_the_series_is_no_month_to_compare_with() -> None:
    gappy = monthly("2025-01", [100, 101, 102, 103]).drop(pd.Period("2025-02"))

    found = rates(gappy)["month_on_month"]

    assert found.to_list() == pytest.approx([np.nan, np.nan, 100 * (103 / 102 - 1)], nan_ok=True)


def test_a_missing_month_makes_both_its_rates_missing() -> None:
    found = rates(monthly("2025-01", [100, None, 102]))["month_on_month"]

    assert found.isna().all()


def test_no_rate_crosses_an_unlinked_base() -> None:
    levels = monthly("2023-11", [116.59, 117.49, 105.7, 106.08])
    base = pd.Series(["2018=100", "2018=100", "2022=100", "2022=100"], index=levels.index)

    found = rates(levels, base=base)

    assert found["month_on_month"].notna().to_list() == [False, True, False, True]
    assert found["year_to_date"].isna().all()


def test_a_month_whose_base_is_unknown_is_compared_with_none() -> None:
    levels = monthly("2024-01", [100, 101, 102])
    base = pd.Series(["2022=100", None], index=levels.index[:2])

    assert rates(levels, base=base)["month_on_month"].isna().all()


def test_splicing_makes_the_published_rate_across_the_bases(worked: dict[str, dict[str, Any]]) -> None:
    example = worked["cpi.makassar"]
    published = example["expected"]["2024-02"]["year_to_date"]
    old = monthly("2023-11", [example["inputs"]["cpi"]["2023-11"], example["inputs"]["cpi"]["2023-12"]])
    february = example["inputs"]["february_2024"]
    new = monthly("2023-12", [february / (1 + published / 100), None, february])

    spliced = splice(old, new, link=pd.Period("2023-12"))

    found = rates(spliced)
    assert found.loc["2023-12", "month_on_month"] == pytest.approx(rates(old).loc["2023-12", "month_on_month"])
    assert found.loc["2024-02", "year_to_date"] == pytest.approx(published)
    assert old.iloc[1] / spliced["2023-12"] == pytest.approx(1.1151, abs=5e-5)


def test_splicing_takes_the_old_series_only_up_to_the_link() -> None:
    old, new = monthly("2023-11", [110, 120, 999]), monthly("2023-11", [90, 100, 101])

    spliced = splice(old, new, link=pd.Period("2023-12"))

    assert spliced.to_list() == pytest.approx([110 * 100 / 120, 100, 101])


@pytest.mark.parametrize("link", ["2023-10", "2023-11", "2024-02"])
def test_without_an_overlap_there_is_no_splice(link: str) -> None:
    old, new = monthly("2023-10", [109, None, 120]), monthly("2023-11", [100, 100, None, 103])

    with pytest.raises(ValueError, match=link):
        splice(old, new, link=pd.Period(link))


def test_what_is_not_monthly_is_refused() -> None:
    with pytest.raises(TypeError, match="frequency M"):
        rates(pd.Series([100.0, 101.0], index=pd.date_range("2025-01-01", periods=2, freq="MS")))
    with pytest.raises(TypeError, match="frequency M"):
        rates(pd.Series([100.0, 101.0], index=pd.period_range("2025", periods=2, freq="Q")))


def test_a_month_that_is_there_twice_is_named() -> None:
    months = pd.PeriodIndex(["2025-01", "2025-01"], freq="M")

    with pytest.raises(ValueError, match="2025-01 is there twice"):
        rates(pd.Series([100.0, 101.0], index=months))


def test_an_unknown_comparison_is_refused_by_name() -> None:
    with pytest.raises(UnknownNameError, match="year_on_year"):
        contributions(monthly("2025-01", [1, 2]).to_frame(), comparison=cast("Comparison", "year_on_yera"))


def test_a_frame_has_the_rates_of_every_series() -> None:
    levels = pd.DataFrame({"rice": monthly("2025-01", [100, 110]), "chilli": monthly("2025-01", [100, 50])})

    found = rates(levels)

    assert found["month_on_month"].iloc[1].to_dict() == pytest.approx({"rice": 10, "chilli": -50})
    for comparison in COMPARISONS:
        pd.testing.assert_series_equal(found[comparison]["rice"], rates(levels["rice"])[comparison], check_names=False)


@pytest.mark.parametrize("level", [0, -1, np.inf])
def test_what_is_no_index_level_is_refused_with_its_month(level: float) -> None:
    with pytest.raises(ValueError, match="index of 2025-01 is not positive or not finite"):
        rates(monthly("2025-01", [level, 100]))


def test_an_array_is_no_monthly_series() -> None:
    with pytest.raises(TypeError, match="no monthly figures"):
        rates(cast("pd.Series[float]", np.array([100.0, 101.0])))


def test_a_series_with_a_doubled_period_is_not_spliced() -> None:
    old = pd.Series([1.0, 2.0], index=[2023, 2023])

    with pytest.raises(ValueError, match="there twice"):
        splice(old, pd.Series({2023: 1.0}), 2023)


def test_every_comparison_is_a_column() -> None:
    assert tuple(rates(monthly("2025-01", [100])).columns) == COMPARISONS
