"""The kernel's files become rows, and its error values never do."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest

from commons.errors import SensorError, SiteError
from sensors.drivers import build_driver
from tests.flow.small_site import small_site

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from commons.sites import Site

IIO = "sys/bus/iio/devices/iio:device0"
HWMON = "sys/class/hwmon/hwmon2"
PROBE = "sys/bus/w1/devices/28-0316a2795bff"
BME280 = {
    "name": "bme280",
    "in_temp_input": "31250",
    "in_humidityrelative_input": "70125",
    "in_pressure_input": "100.9",
}
SHT3X = {"name": "sht3x", "temp1_input": "29870", "humidity1_input": "71020"}


@pytest.fixture
def board(tmp_path: Path) -> Callable[..., None]:
    """Writes a device's files."""

    def write(folder: str, files: dict[str, str]) -> None:
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (tmp_path / folder / name).write_text(f"{text}\n")

    return write


@pytest.fixture
def look(tmp_path: Path, site: Site, node_entry: Any, noon_ms: int) -> Callable[..., dict[str, dict[str, Any]]]:
    """Looks at the board; a row by measurement."""
    drivers: dict[str, Any] = {}

    def read(**options: str) -> dict[str, dict[str, Any]]:
        entry = node_entry("linux_sysfs", root=str(tmp_path), **options)
        driver = drivers.setdefault(str(options), build_driver(entry, site))
        return {block.measurement: next(block.rows()) for block in driver.read(noon_ms, None).blocks}

    return read


def test_a_bme280_gives_air_in_our_units(board: Any, look: Any, noon_ms: int) -> None:
    board(IIO, BME280)

    air = look()["air"]

    assert (air["temperature"], air["humidity"], air["pressure"]) == (31.25, 70.125, 1009.0)
    assert (air["time"], air["origin"]) == (noon_ms * 10**6, "measured")


def test_raw_channels_are_scaled(board: Any, look: Any) -> None:
    board(IIO, {"name": "bh1750", "in_illuminance_raw": "12000", "in_illuminance_scale": "0.833333"})
    board(
        "sys/bus/iio/devices/iio:device1",
        {"name": "bmp280", "in_temp_raw": "100", "in_temp_offset": "50", "in_temp_scale": "200"},
    )

    air = look()["air"]

    assert air["light"] == pytest.approx(9999.996)
    assert air["temperature"] == 30.0


def test_an_sht3x_goes_before_a_bme280_that_warms_itself(board: Any, look: Any) -> None:
    board(IIO, BME280)
    board(HWMON, SHT3X)

    air = look()["air"]

    assert (air["temperature"], air["humidity"], air["pressure"]) == (29.87, 71.02, 1009.0)


def test_devices_are_found_by_name_and_the_processor_is_none(board: Any, look: Any) -> None:
    board("sys/class/hwmon/hwmon0", {"name": "cpu_thermal", "temp1_input": "61000"})
    with pytest.raises(SensorError, match=r"no device called sht3x, .*check the wiring"):
        look()

    board(HWMON, SHT3X)
    assert look()["air"]["temperature"] == 29.87


def test_a_probe_gives_the_temperature_of_its_bed(board: Any, look: Any) -> None:
    board(PROBE, {"temperature": "27062"})

    soil = look(thermometers="b1:28-0316a2795bff")["soil"]

    assert (soil["bed"], soil["temperature"]) == ("b1", 27.062)


def test_the_older_two_line_file_is_read_too(board: Any, look: Any) -> None:
    lines = "b1 01 4b 46 7f ff 0c 10 d8 : crc=d8 YES\nb1 01 4b 46 7f ff 0c 10 d8 t=27062"
    board(PROBE, {"w1_slave": lines})

    assert look(thermometers="b1:28-0316a2795bff")["soil"]["temperature"] == 27.062

    board(PROBE, {"w1_slave": lines.replace("YES", "NO")})
    with pytest.raises(SensorError, match="checksum failed"):
        look(thermometers="b1:28-0316a2795bff")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("85000", r"28-0316a2795bff/temperature says 85\.000 °C.*power-on"),
        ("127937", r"28-0316a2795bff/temperature says 127\.94 °C.*too little power"),
        ("127940", r"says 127\.94 °C"),
        ("", r"28-0316a2795bff/temperature is empty"),
        ("garbage", r"says 'garbage', which is no number"),
        ("nan", r"says 'nan', which is no number"),
    ],
)
def test_what_means_an_error_is_never_a_temperature(board: Any, look: Any, text: str, reason: str) -> None:
    board(PROBE, {"temperature": text})

    with pytest.raises(SensorError, match=reason):
        look(thermometers="b1:28-0316a2795bff")


def test_real_heat_near_the_error_values_is_kept(board: Any, look: Any) -> None:
    board(PROBE, {"temperature": "84938"})

    assert look(thermometers="b1:28-0316a2795bff")["soil"]["temperature"] == 84.938


def test_a_broken_probe_is_said_once_and_costs_no_other_reading(
    board: Any, look: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    board(IIO, BME280)
    board(PROBE, {"temperature": "85000"})

    for _ in range(3):
        assert set(look(thermometers="b1:28-0316a2795bff")) == {"air"}
    board(PROBE, {"temperature": "27000"})
    assert set(look(thermometers="b1:28-0316a2795bff")) == {"air", "soil"}

    said = [record.getMessage().split(" error=")[0] for record in caplog.records]
    assert said == ["device fails name=28-0316a2795bff", "device works again name=28-0316a2795bff"]


def test_a_second_device_answers_for_one_that_fails(board: Any, look: Any) -> None:
    board(IIO, BME280)
    board(HWMON, {**SHT3X, "temp1_input": ""})

    air = look()["air"]

    assert (air["temperature"], air["humidity"]) == (31.25, 71.02)


def test_a_probe_that_is_not_there_is_named(look: Any) -> None:
    with pytest.raises(SensorError, match="28-000000000000/w1_slave cannot be read"):
        look(thermometers="b1:28-000000000000")


def test_a_moisture_probe_is_calibrated_between_dry_and_saturated(board: Any, look: Any) -> None:
    for raw, moisture in ((2850, 0.0), (1460, 48.0), (2155, 24.0), (2900, 0.0), (1400, 48.0)):
        board(IIO, {"name": "ads1115", "in_voltage0_raw": str(raw), "in_voltage0_scale": "1"})
        soil = look(probes="b1:0:2850:1460")["soil"]  # the bed's soil is saturated at 48 %
        assert (soil["moisture"], soil["raw"], soil["temperature"]) == (moisture, raw, None)


def test_raw_counts_become_millivolts_by_the_scale_of_all_channels(board: Any, look: Any) -> None:
    board(IIO, {"name": "ads1015", "in_voltage3_raw": "718", "in_voltage_scale": "3"})

    assert look(probes="b1:3:2850:1460")["soil"]["raw"] == 2154


@pytest.mark.parametrize("raw", ["3", "4095"])
def test_a_moisture_probe_that_is_unplugged_shows_no_moisture(board: Any, look: Any, raw: str) -> None:
    board(IIO, {"name": "ads1115", "in_voltage0_raw": raw, "in_voltage0_scale": "1"})

    with pytest.raises(SensorError, match=rf"probe of bed 'b1' says {raw} mV, far outside 1460:48 2850:0"):
        look(probes="b1:0:2850:1460")


def test_moisture_and_temperature_of_a_bed_are_one_row(board: Any, look: Any) -> None:
    board(IIO, {"name": "ads1115", "in_voltage0_raw": "2155", "in_voltage0_scale": "1"})
    board(PROBE, {"temperature": "27062"})

    soil = look(probes="b1:0:2850:1460", thermometers="b1:28-0316a2795bff")["soil"]

    assert (soil["bed"], soil["moisture"], soil["temperature"]) == ("b1", 24.0, 27.062)


def test_a_probe_without_a_converter_is_said(look: Any) -> None:
    with pytest.raises(SensorError, match="no converter called ads1115 or ads1015"):
        look(probes="b1:0:2850:1460")


@pytest.mark.parametrize(
    ("probes", "reason"),
    [
        ("b9:0:2850:1460", "has no bed 'b9'"),
        ("b1:0:2850", "is not bed:channel:dry:wet"),
        ("b1:zero:2850:1460", "write b1:0:2850:1460"),
        ("b1:0:2850:2850", "one voltage for dry and wet"),
    ],
)
def test_a_probe_that_is_written_wrong_is_refused(site: Site, node_entry: Any, probes: str, reason: str) -> None:
    with pytest.raises(SiteError, match=reason):
        build_driver(node_entry("linux_sysfs", probes=probes), site)


def test_a_thermometer_without_a_bed_is_refused(site: Site, node_entry: Any) -> None:
    with pytest.raises(SiteError, match="'28-0316a2795bff' is not bed:id"):
        build_driver(node_entry("linux_sysfs", thermometers="28-0316a2795bff"), site)


def test_a_calibration_of_the_site_goes_before_the_options_from_its_day_on(
    board: Any, node_entry: Any, tmp_path: Path, noon_ms: int
) -> None:
    place = small_site(tmp_path / "site", recorded=0)
    table = "node,probe,from,points,note\nsydney-n1,b1,2026-11-24,2850:0 1460:40,oven\n"
    (place.folder / "calibrations.csv").write_text(table, "utf-8")
    board(IIO, {"name": "ads1115", "in_voltage0_raw": "2155", "in_voltage0_scale": "1"})
    driver = build_driver(node_entry("linux_sysfs", root=str(tmp_path), probes="b1:0:2850:1460"), place)

    days = [driver.read(noon_ms - ago * 86_400_000, None).blocks[0].fields["moisture"] for ago in (1, 0)]

    assert days == [[24.0], [20.0]]
