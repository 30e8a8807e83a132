"""Crops are planted, grow, are harvested, and only then planted again."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from commons.errors import UnknownNameError
from sensors.simulation.crops import Crop, Plan, crop, crops

if TYPE_CHECKING:
    from commons.sites import Site

DAYS = [date(2026, 1, 1) + timedelta(days=number) for number in range(365)]


def plan(name: str, bed: str = "b1") -> Plan:
    return Plan(crop(name), seed="1", lane="sydney", bed=bed)


@pytest.mark.parametrize("name", ["kangkung", "kemangi", "cabai-rawit-merah"])
def test_a_bed_is_bare_between_two_plantings(name: str) -> None:
    bed = plan(name)
    seasons = [season for season in map(bed.season, DAYS) if season]
    kinds = {season.number: season for season in seasons}

    for number, season in kinds.items():
        following = kinds.get(number + 1)
        assert season.planted < season.first_pick <= season.end
        if following:
            assert season.end < following.planted
            assert bed.growing(season.end + timedelta(days=1)) is None
            assert bed.kc(season.end + timedelta(days=1)) == 0.3


def test_a_leaf_crop_is_pulled_once_and_chilli_is_picked_for_months() -> None:
    leaf, chilli = plan("kangkung").season(DAYS[0]), plan("cabai-rawit-merah").season(DAYS[0])

    assert leaf is not None
    assert chilli is not None
    assert len(leaf.picks) == 1
    assert len(chilli.picks) > 30
    assert 175 <= (chilli.end - chilli.first_pick).days <= 180


def test_a_season_takes_the_days_and_gives_the_kilograms_of_the_table() -> None:
    for known in crops().values():
        bed = Plan(known, seed="1", lane="sydney", bed="b1")
        for day in DAYS[::30]:
            season = bed.season(day)
            assert season is not None
            assert known.days[0] <= (season.first_pick - season.planted).days <= known.days[1]
            low, _, high = known.yield_kg_m2
            assert low <= sum(season.picks.values()) <= high + 1e-9


def test_a_plan_is_the_same_whichever_day_is_asked_for_first() -> None:
    forwards, backwards = plan("bayam"), plan("bayam")

    assert [forwards.season(day) for day in DAYS] == [backwards.season(day) for day in reversed(DAYS)][::-1]
    assert [plan("bayam", bed="b2").season(day) for day in DAYS] != [forwards.season(day) for day in DAYS]


def test_the_crop_coefficient_goes_from_young_to_full_to_late() -> None:
    tomato = Crop("tomat", (0.6, 1.15, 0.8), 0.4, (60, 60), "multiple", 40, (1, 2, 3))
    bed = Plan(tomato, seed="1", lane="sydney", bed="b1")
    season = bed.season(DAYS[0])
    assert season is not None

    def at(days: int) -> float:
        return bed.kc(season.planted + timedelta(days=days))

    assert at(0) == at(12) == 0.6
    assert at(24) == pytest.approx((0.6 + 1.15) / 2)
    assert at(36) == at(60) == pytest.approx(1.15)
    assert bed.kc(season.end) == pytest.approx(0.8)


def test_beds_stand_at_all_stages_on_any_day(site: Site) -> None:
    for day in (date(2026, 1, 1), date(2026, 10, 10)):
        ages = []
        for bed in site.beds.values():
            if bed.crop == "cabai-rawit-merah":
                season = Plan(crop(bed.crop), seed="1", lane=bed.lane, bed=bed.slug).growing(day)
                ages.append((day - season.planted).days if season else None)
        known = [age for age in ages if age is not None]
        assert min(known) < 80
        assert max(known) > 150


def test_an_unknown_crop_is_named_with_the_near_ones() -> None:
    with pytest.raises(UnknownNameError, match=r"kangkong.*kangkung"):
        crop("kangkong")
