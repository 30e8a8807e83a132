"""On which stores and brokers a scenario runs, and which of them are in `make test`."""

from __future__ import annotations

import pytest

ALL = (("duckdb", "nats"), ("influxdb", "nats"), ("duckdb", "mosquitto"), ("influxdb", "mosquitto"))
STORES = ALL[:2]
BROKERS = (ALL[0], ALL[2])
_NEEDS = {"influxdb": pytest.mark.influx, "mosquitto": pytest.mark.mosquitto}


def on(*places: tuple[str, str], quick: int = 1) -> pytest.MarkDecorator:
    """Run a test that uses `rig` in these places: (store, broker).

    Args:
        places: Where; the first ones are the quick ones.
        quick: How many of them `make test` runs; `make faults` runs all.
    """
    return pytest.mark.parametrize(
        "rig",
        [
            pytest.param(
                place,
                marks=[_NEEDS[name] for name in place if name in _NEEDS]
                + ([pytest.mark.faults_all] if number >= quick else []),
                id="-".join(place),
            )
            for number, place in enumerate(places)
        ],
        indirect=True,
    )
