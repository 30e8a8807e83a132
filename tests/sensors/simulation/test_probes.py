"""Probes err as probes do, and no day as another."""

from __future__ import annotations

import statistics
from datetime import date, timedelta
from itertools import pairwise

from sensors.simulation.probes import Fault, ProbeDay, faulty, probe

DAYS = [date(2026, 1, 1) + timedelta(days=number) for number in range(180)]


def course(fault: Fault) -> list[ProbeDay]:
    return [probe(seed="1", lane="sydney", bed="b1", fault=fault).day(day) for day in DAYS]


def test_no_day_errs_like_another() -> None:
    assert len({tuple(day.moisture) for day in course("")}) == len(DAYS)


def test_a_good_probe_is_a_little_off_and_noisy() -> None:
    errors = [error for day in course("") for error in day.moisture]

    assert abs(statistics.mean(errors)) < 1.0
    assert 0.1 < statistics.stdev(errors) < 0.2
    assert not any(day.stuck for day in course(""))


def test_a_drifting_probe_goes_off_until_it_is_serviced() -> None:
    drift = [statistics.mean(off.moisture) - statistics.mean(good.moisture)
             for off, good in zip(course("drifts"), course(""), strict=True)]  # fmt: skip

    steps = [after - before for before, after in pairwise(drift)]
    assert max(drift) > 10
    assert sum(step < -5 for step in steps) == 2  # serviced twice in 180 days
    assert sum(step > 0 for step in steps) == len(steps) - 2


def test_a_sticking_probe_hangs_for_days_and_then_works_again() -> None:
    stuck = [day.stuck for day in course("sticks")]

    assert 0.2 < statistics.mean(stuck) < 0.4
    assert [True] * 4 in [stuck[at : at + 4] for at in range(len(stuck))]


def test_two_of_a_citys_probes_are_broken_whatever_their_order() -> None:
    beds = [(lane, bed) for lane in ("a", "b", "c") for bed in ("b1", "b2")]

    assert faulty(beds, seed="1") == faulty(beds[::-1], seed="1")
    assert sorted(faulty(beds, seed="1").values()) == ["drifts", "sticks"]
    assert len({tuple(faulty(beds, seed=str(seed))) for seed in range(9)}) > 1
