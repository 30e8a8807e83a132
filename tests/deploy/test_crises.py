"""The page on price crises is what its script makes, and says what the alarms say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deploy.crises.__main__ import DOCS, files
from deploy.crises.news import NEWS
from deploy.crises.series import FOODS, alarms, believed_quotes

if TYPE_CHECKING:
    import pandas as pd

ALARM = ("alert", "crisis")


@pytest.fixture(scope="module")
def series() -> dict[str, pd.DataFrame]:
    """What the alarms say of both chillies."""
    prices, _ = believed_quotes()
    return {food: alarms(prices, food) for food in FOODS}


@pytest.mark.parametrize("name", ["crises.md", "crises.svg"])
def test_the_committed_page_is_what_the_script_makes(name: str) -> None:
    assert (DOCS / name).read_text("utf-8") == files()[name]


def test_what_the_page_says_of_the_five_crises_holds(series: dict[str, pd.DataFrame]) -> None:
    rawit = series["cabai-rawit-merah"]
    months = {crisis.name: rawit.loc[crisis.first : crisis.last] for crisis in NEWS if crisis.asked}

    seen = {name: own["alps_phase"].eq("crisis").any() for name, own in months.items()}
    assert seen == {"early 2017": True, "mid 2019": True, "mid 2022": True, "late 2023": True, "early 2025": False}
    assert months["early 2025"]["alps_phase"].to_list() == ["stress", "normal", "alert"]
    published = {name: own["alps_first_phase"].isin(ALARM).any() for name, own in months.items()}
    assert published == {name: name != "early 2017" for name in months}
    assert months["early 2017"]["alps_first"].isna().all()


def test_what_the_page_calls_false_alarms_are_falling_prices(series: dict[str, pd.DataFrame]) -> None:
    rawit = series["cabai-rawit-merah"]

    assert str(rawit["ifpa"].idxmax()) == "2020-02"
    cheaper = rawit["idr"].diff() < 0
    for first, last in (("2020-02", "2020-05"), ("2021-04", "2021-06")):
        assert rawit.loc[first:last, "ifpa_phase"].eq("abnormally_high").all()
        assert cheaper.loc[first:last].all()
