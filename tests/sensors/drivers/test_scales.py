"""Scales: what the kernel shows of an HX711 becomes a harvest once it lay still and was taken off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from commons.errors import SensorError, SiteError, UnknownNameError
from commons.sites import Site
from sensors.drivers import build_driver
from tests.flow.small_site import small_site

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DEVICE = "sys/bus/iio/devices/iio:device3"
SCALE = "0.000001536"  # AVDD of 3.3 V and a gain of 128, as the kernel reckons it
EMPTY, KILO = 8_388_608 + 120_000, 50_000  # counts: a load cell at rest, and each kilogram
POINTS = "13.069222:0 13.222822:2"  # mV: EMPTY, and two kilograms more


@pytest.fixture
def pan(tmp_path: Path, node_entry: Any, noon_ms: int) -> Callable[..., list[dict[str, Any]]]:
    """Looks at a pan that carries so many kilograms, every two seconds; what harvests were told of."""
    folder = tmp_path / DEVICE
    folder.mkdir(parents=True)
    (folder / "name").write_text("hx711\n")
    (folder / "in_voltage_scale").write_text(f"{SCALE}\n")
    place = small_site(tmp_path / "site", recorded=0)
    state: dict[str, Any] = {"bookmark": None, "now": noon_ms}

    def look(*kilograms: float, again: bool = False, raw: int | None = None, **options: str) -> list[dict[str, Any]]:
        given = {"commodity": "kangkung", "points": POINTS, "root": str(tmp_path), **options}
        if again or "driver" not in state:
            state["driver"] = build_driver(node_entry("scales", **given), Site(place.folder))
        told: list[dict[str, Any]] = []
        for kg in kilograms:
            (folder / "in_voltage0_raw").write_text(f"{EMPTY + round(kg * KILO) if raw is None else raw}\n")
            reading = state["driver"].read(state["now"], state["bookmark"])
            state["bookmark"] = reading.bookmark or state["bookmark"]
            state["now"] += 2000
            told += [row for block in reading.blocks for row in block.rows()]
        return told

    return look


def test_what_lay_still_and_was_taken_off_is_one_harvest(pan: Any, noon_ms: int) -> None:
    (harvest,) = pan(0, 0, 0.7, 1.254, 1.25, 1.25, 0.4, 0, 0, 0)

    assert (harvest["kg"], harvest["commodity"], harvest["origin"]) == (1.25, "kangkung", "measured")
    assert harvest["note"] == "13.165222 mV"  # the raw value stays with the entry
    assert harvest["version"] == 1.0
    assert harvest["time"] == (noon_ms + 7 * 2000) * 10**6


def test_what_is_put_on_top_counts_as_one_weighing_and_the_next_as_another(pan: Any) -> None:
    told = pan(0, 1, 1, 1.5, 1.5, 0, 0, 2, 2, 0)

    assert [row["kg"] for row in told] == [1.5, 2.0]
    assert len({row["entry"] for row in told}) == 2


def test_a_hand_that_brushes_the_pan_is_no_harvest(pan: Any) -> None:
    assert pan(0, 0.8, 0, 0.03, 0.03, 0.03, 0, 3.1, 0) == []


def test_a_restart_with_something_on_the_pan_neither_loses_nor_repeats_it(pan: Any) -> None:
    assert pan(0, 1, 1) == []
    (harvest,) = pan(1, 1, 0, again=True)
    assert harvest["kg"] == 1.0
    assert pan(0, 0, again=True) == []


def test_an_empty_pan_that_creeps_is_tared_and_what_lies_on_it_is_not(pan: Any) -> None:
    told = pan(0, 0.03, 0.03, 0.03, 1.03, 1.03, 0.03)

    assert [row["kg"] for row in told] == [1.0]


def test_a_calibration_of_two_points_has_a_day_from_which_it_holds(pan: Any, tmp_path: Path) -> None:
    table = "node,probe,from,points,note\nsydney-n1,scales,2026-11-24T11:00,13.069222:0 13.222822:4,batu 4 kg\n"
    (tmp_path / "site" / "calibrations.csv").write_text(table, "utf-8")

    (now,) = pan(0, 1, 1, 0)

    assert now["kg"] == 2.0

    (tmp_path / "site" / "calibrations.csv").write_text(table.replace("T11:00", "T13:00"), "utf-8")
    (before,) = pan(0, 1, 1, 0, again=True)
    assert before["kg"] == 1.0


@pytest.mark.parametrize("raw", [0, 16_777_215])
def test_a_load_cell_that_is_unplugged_weighs_nothing(pan: Any, raw: int) -> None:
    with pytest.raises(SensorError, match=rf"hx711 says {raw}, the end of its range; check the load cell"):
        pan(0, raw=raw)


@pytest.mark.parametrize(
    ("options", "error", "complaint"),
    [
        ({"commodity": "kankung"}, UnknownNameError, "did you mean kangkung"),
        ({"bed": "b9"}, SiteError, "has no bed 'b9'"),
        ({"points": ""}, SiteError, "the scales have no calibration"),
        ({"points": "1:0"}, SiteError, "are not two or more raw:value"),
    ],
)
def test_scales_that_are_written_wrong_are_refused(
    pan: Any, options: dict[str, str], error: type[Exception], complaint: str
) -> None:
    with pytest.raises(error, match=complaint):
        pan(0, **options)
