"""The benchmark's simulated city is whole in the store at any size."""

from __future__ import annotations

from tests.bench import simulator


def test_every_value_of_the_simulated_city_is_counted_in_the_store() -> None:
    found = simulator.measure_simulator(64)

    assert found.values == found.wanted == 64 * 144 * 10
    assert found.stored == found.produced > 64 * 144 * 3
    assert set(found.cpu) == {"make", "keep", "publish", "broker", "collect and store"}
    assert [figure.name.split()[0] for figure in simulator.figures_of(found)] == ["11"]
