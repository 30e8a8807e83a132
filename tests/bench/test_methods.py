"""The benchmark's country and city are computed rightly at any size."""

from __future__ import annotations

from tests.bench import figures
from tests.bench.city import measure_city
from tests.bench.indices import COMMODITIES, measure_indices


def test_contributions_of_the_benchmarks_country_add_up_to_its_changes() -> None:
    found = measure_indices(2)

    assert found.indices == 2 * 12 * 10
    assert found.off < 1e-9
    assert 0.95 < found.quotes / (2 * COMMODITIES * 3_653) < 0.99


def test_a_late_reading_of_the_benchmarks_city_is_all_that_is_looked_at_again() -> None:
    found = measure_city(30, years=1)

    assert 0 < found.again["soil reading"] < found.lanes
    assert 0 < found.again["harvest"] < found.computed
    assert [figure.name[0] for figure in figures.of_city(found)] == ["8", "9", "9", "9"]
