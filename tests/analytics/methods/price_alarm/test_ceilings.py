"""A price against the band or ceiling of its day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
import pytest

from analytics.methods.price_alarm import ceiling_position


@dataclass(frozen=True)
class Rule:
    """A row of the table of ceilings."""

    min_idr: float | None
    max_idr: float | None
    valid_from: date
    valid_to: date | None = None
    kind: str = "HET"
    level: str = "consumer"


MEDIUM_RICE = [
    Rule(None, 12500, date(2024, 6, 1), date(2025, 8, 21)),
    Rule(None, 13500, date(2025, 8, 22)),
]
BIRD_CHILLI = [Rule(40000, 57000, date(2022, 12, 1), kind="HAP")]


def table(rules: list[Rule]) -> pd.DataFrame:
    return pd.DataFrame(rules, columns=list(Rule.__dataclass_fields__))


@pytest.mark.parametrize(
    ("price", "state", "distance_pct"),
    [
        (39999, "below", -29.83),
        (40000, "within", -29.82),
        (57000, "within", 0),
        (57001, "above", 0.00175),
        (114000, "above", 100),
    ],
)
def test_bounds_belong_to_the_band_and_distance_is_from_the_maximum(
    price: float, state: str, distance_pct: float
) -> None:
    position = ceiling_position(price, table(BIRD_CHILLI), date(2025, 3, 20))

    assert position.state == state
    assert position.distance_pct == pytest.approx(distance_pct, abs=0.005)


@pytest.mark.parametrize(
    ("day", "maximum"), [(date(2024, 6, 1), 12500), (date(2025, 8, 21), 12500), (date(2025, 8, 22), 13500)]
)
def test_the_first_and_the_last_day_of_a_rule_count(day: date, maximum: float) -> None:
    position = ceiling_position(13000, table(MEDIUM_RICE), day)

    assert position.ceiling["max_idr"] == maximum
    assert position.state == ("above" if maximum < 13000 else "within")


def test_before_the_first_rule_there_is_no_ceiling() -> None:
    position = ceiling_position(13000, table(MEDIUM_RICE), date(2024, 5, 31))

    assert position.state == "none"
    assert np.isnan(position.distance_pct)
    assert position.ceiling == {}


def test_a_commodity_without_rules_has_no_ceiling() -> None:
    assert ceiling_position(72500, table([]), date(2025, 3, 20)).state == "none"


def test_without_a_minimum_no_price_is_too_low() -> None:
    assert ceiling_position(1, table(MEDIUM_RICE), date(2025, 9, 1)).state == "within"


def test_a_producer_floor_has_no_maximum_to_be_distant_from() -> None:
    floor = table([Rule(6500, None, date(2025, 1, 15), kind="HPP", level="producer")])

    low, high = (ceiling_position(price, floor, date(2025, 3, 20)) for price in (6000, 9000))

    assert (low.state, high.state) == ("below", "within")
    assert np.isnan(low.distance_pct)
    assert np.isnan(high.distance_pct)


def test_a_rule_without_any_bound_says_nothing() -> None:
    assert ceiling_position(72500, table([Rule(None, None, date(2025, 1, 1))]), date(2025, 3, 20)).state == "none"


@pytest.mark.parametrize("price", [np.nan, 0, -1])
def test_what_is_no_price_has_no_position(price: float) -> None:
    position = ceiling_position(price, table(BIRD_CHILLI), date(2025, 3, 20))

    assert position.state == "none"
    assert np.isnan(position.distance_pct)


def test_a_newer_rule_holds_before_an_older_one_that_was_left_open() -> None:
    rules = table([Rule(None, 13900, date(2023, 3, 15)), Rule(None, 14900, date(2024, 6, 1))])

    assert ceiling_position(14500, rules, date(2025, 1, 1)).ceiling["max_idr"] == 14900


def test_two_rules_of_one_day_are_refused() -> None:
    rules = table([Rule(None, 130000, date(2022, 12, 1)), Rule(None, 140000, date(2022, 12, 1))])

    with pytest.raises(ValueError, match="two ceilings begin on 2022-12-01"):
        ceiling_position(135000, rules, date(2025, 1, 1))


def test_rules_may_carry_any_row_labels() -> None:
    rules = table(MEDIUM_RICE).set_index(pd.Index(["a", "a"]))

    assert ceiling_position(13000, rules, date(2025, 8, 22)).ceiling["max_idr"] == 13500


def test_a_column_of_prices_is_placed_as_each_price_alone() -> None:
    days = pd.Series(pd.date_range("2024-05-30", "2025-08-25", freq="7D"))
    prices = pd.Series(np.linspace(11_000, 15_000, len(days)))
    prices = prices.mask(prices.index == 3, np.nan).mask(prices.index == 4, 0.0)
    rules = table(MEDIUM_RICE)

    found = ceiling_position(prices, rules, days)

    for row, day in enumerate(days):
        alone = ceiling_position(float(prices[row]), rules, day.date())
        assert found["state"][row] == alone.state
        assert found["distance_pct"][row] == pytest.approx(alone.distance_pct, nan_ok=True)
        rule = int(found["rule"][row])
        assert (rules.iloc[rule].to_dict() if rule >= 0 else {}) == alone.ceiling
    assert set(found["state"]) == {"none", "within", "above"}


def test_prices_and_days_of_other_labels_are_refused() -> None:
    prices, days = pd.Series([1.0], index=["a"]), pd.Series([date(2025, 1, 1)], index=["b"])

    with pytest.raises(ValueError, match="different labels"):
        ceiling_position(prices, table(MEDIUM_RICE), days)
