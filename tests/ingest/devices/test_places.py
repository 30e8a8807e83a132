"""Which bed a device of other people stands at, and what a wrong row of the table is told."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from commons.errors import SiteError, UnknownNameError
from ingest.decoders import DECODERS
from ingest.decoders.decoder import Reading
from ingest.devices.places import Places
from tests.flow.small_site import small_site

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from commons.sites import Site

NOON_MS = 1_767_240_000_000


@pytest.fixture
def site_with(tmp_path: Path) -> Callable[..., Site]:
    """A small city with these rows more in its table of nodes."""

    def build(*rows: str) -> Site:
        return small_site(tmp_path / "site", recorded=0, more_nodes=rows)

    return build


def test_a_reading_becomes_rows_of_its_node_and_bed(site_with: Callable[..., Site]) -> None:
    places = Places(site_with("soil-3,sydney,zigbee2mqtt,measured,device=Soil-3;bed=b2"))
    reading = Reading("Soil-3", {"soil.moisture": 31.0, "health.battery": 88.0}, NOON_MS)

    soil, health = places.place(DECODERS["zigbee2mqtt"], reading, arrival_ms=0) or []

    assert (soil.address.lane, soil.address.node) == ("sydney", "soil-3")
    assert next(soil.block.rows()) == {
        "time": NOON_MS * 1_000_000,
        "origin": "measured",
        "bed": "b2",
        "moisture": 31.0,
    }
    assert next(health.block.rows())["battery"] == 88.0


def test_each_probe_has_its_bed_and_one_without_is_not_placed(site_with: Callable[..., Site]) -> None:
    places = Places(site_with("gw-1,sydney,ecowitt,measured,device=gw3000;soil1=b1;soil2=b3"))
    decoder = DECODERS["ecowitt"]
    moist = {"soil.moisture": 30.0}

    beds = [
        places.place(decoder, Reading("gw3000", moist, NOON_MS, probe), arrival_ms=0) for probe in ("soil1", "soil2")
    ]

    assert [next(rows[0].block.rows())["bed"] for rows in beds if rows] == ["b1", "b3"]
    assert places.place(decoder, Reading("gw3000", moist, NOON_MS, "soil3"), arrival_ms=0) is None


def test_a_local_time_is_the_site_s_unless_the_row_says_otherwise(site_with: Callable[..., Site]) -> None:
    here = datetime(2026, 1, 1, 12)  # noqa: DTZ001  # a device's local time
    rows = "a,sydney,tasmota,measured,device=a;bed=b1", "b,sydney,tasmota,measured,device=b;bed=b1;zone=UTC"
    places = Places(site_with(*rows))

    times = [
        placed[0].block.times[0] // 1_000_000
        for device in "ab"
        if (placed := places.place(DECODERS["tasmota"], Reading(device, {"soil.raw": 1.0}, here), arrival_ms=0))
    ]

    assert times == [1_767_240_000_000, 1_767_268_800_000]  # eight hours apart


def test_a_thermometer_made_for_soil_may_hang_in_the_air(site_with: Callable[..., Site]) -> None:
    places = Places(site_with("a,sydney,tasmota,measured,device=a;soil.temperature=air.temperature"))

    (placed,) = places.place(DECODERS["tasmota"], Reading("a", {"soil.temperature": 31.0}), arrival_ms=NOON_MS) or []

    assert placed.block.measurement == "air"
    assert not placed.is_dated


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (["a,sydney,tasmota,measured,bed=b1"], "names no device"),
        (["a,sydney,tasmota,measured,device=x;bed=b77"], "names bed 'b77'"),
        (["a,sydney,plain,measured,device=x;bed=b1"], "has no topic"),
        (["a,sydney,tasmota,measured,device=x;zone=Mars/Base"], "has the zone 'Mars/Base'"),
        ([f"{name},sydney,tasmota,measured,device=X;bed=b1" for name in "ab"], "is the second"),
    ],
)
def test_a_wrong_row_is_named_with_its_remedy(site_with: Callable[..., Site], rows: list[str], words: str) -> None:
    with pytest.raises(SiteError, match=words):
        Places(site_with(*rows))


def test_a_field_that_the_catalogue_does_not_have_is_named(site_with: Callable[..., Site]) -> None:
    with pytest.raises(UnknownNameError, match="'warmth'"):
        Places(site_with("a,sydney,tasmota,measured,device=x;soil.temperature=air.warmth"))
