"""Contacts that close once for so much water, on the pins that gpiozero ships for machines without any."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from gpiozero import Device
from gpiozero.pins.mock import MockFactory

from commons.errors import SiteError
from sensors.drivers import build_driver, build_drivers
from sensors.node import build_node

if TYPE_CHECKING:
    from collections.abc import Iterator

    from commons.outbox import Outbox
    from commons.sites import Site


@pytest.fixture
def pins() -> Iterator[MockFactory]:
    """A board's pins."""
    Device.pin_factory = MockFactory()
    yield Device.pin_factory
    Device.pin_factory.close()
    Device.pin_factory = None


def _pulse(pins: MockFactory, pin: int, times: int) -> None:
    for _ in range(times):
        pins.pin(pin).drive_low()
        pins.pin(pin).drive_high()


def _rows(reading: Any) -> list[dict[str, Any]]:
    return [{"of": block.measurement, **row} for block in reading.blocks for row in block.rows()]


def test_rain_is_what_fell_since_the_look_before_and_no_rain_is_a_zero(
    pins: MockFactory, site: Site, node_entry: Any, noon_ms: int
) -> None:
    driver = build_driver(node_entry("pulse_counters", rain="17:0.25"), site)
    _pulse(pins, 17, 3)

    assert [_rows(driver.read(noon_ms, None))[0]["depth"] for _ in range(2)] == [0.75, 0.0]


def test_water_is_told_only_when_some_has_flowed_and_to_the_bed_it_went(
    pins: MockFactory, site: Site, node_entry: Any, noon_ms: int
) -> None:
    driver = build_driver(node_entry("pulse_counters", flows="b1:27:450,b2:22:450"), site)
    assert _rows(driver.read(noon_ms, None)) == []

    _pulse(pins, 22, 900)
    (row,) = _rows(driver.read(noon_ms, None))

    assert (row["of"], row["bed"], row["litres"]) == ("water", "b2", 2.0)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "no counter is named"),
        ({"rain": "17"}, "'17' is not like 17:0.2794"),
        ({"rain": "17:0"}, "not like"),
        ({"flows": "b77:27:450"}, "no bed 'b77'"),
        ({"flows": "b1:x:450"}, "'x:450' is not like 27:450"),
    ],
)
def test_a_wrong_option_is_named(
    pins: MockFactory,
    site: Site,
    node_entry: Any,
    options: dict[str, str],
    words: str,
) -> None:
    with pytest.raises(SiteError, match=words):
        build_driver(node_entry("pulse_counters", **options), site)


def test_a_board_may_have_several_drivers(
    pins: MockFactory,
    site: Site,
    node_entry: Any,
    outbox: Outbox,
    clock: Any,
) -> None:
    options = {"linux_sysfs.root": "/", "pulse_counters.rain": "17:0.25"}
    entry = node_entry("linux_sysfs+pulse_counters", **options)

    agent = build_node(entry, site, outbox, clock=clock)
    assert {"sydney-n1/linux_sysfs", "sydney-n1/pulse_counters"} <= set(agent.drivers)


def test_an_option_of_no_driver_of_the_board_is_named(site: Site, node_entry: Any) -> None:
    entry = node_entry("linux_sysfs+pulse_counters", rain="17:0.25")
    with pytest.raises(LookupError, match="'rain' is unknown"):
        build_drivers(entry, site)
