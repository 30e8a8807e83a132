"""The tests on recordings of real sensors: the sound ones are left alone, and plain failures are found."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.series_tests import series_flags
from commons.catalogue import measurement

ROOT = Path(__file__).parents[2]
KOLKATA = ROOT / "deploy/sites/makassar/recordings/kolkata.csv.gz"


def doubted(values: pd.Series[float], seconds: pd.Series[float], name: str, field: str) -> dict[str, list[int]]:
    """Which readings each test doubts."""
    found = series_flags(
        np.array(values, dtype=np.float64), np.array(seconds, dtype=np.float64), measurement(name).field(field)
    )
    return {test: np.flatnonzero(np.isin(flags, (3, 4))).tolist() for test, flags in found.items()}


@pytest.fixture(scope="module")
def kolkata() -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(gzip.decompress(KOLKATA.read_bytes())), parse_dates=["time"])


@pytest.fixture(scope="module")
def soillog() -> pd.DataFrame:
    return pd.read_csv(Path(__file__).parent / "data/soillog.csv", comment="#")


@pytest.mark.parametrize("plot", [1, 2])
@pytest.mark.parametrize("field", ["moisture", "temperature", "raw"])
def test_110_days_of_two_plots_with_irrigation_have_no_flag(kolkata: pd.DataFrame, plot: int, field: str) -> None:
    rows = kolkata[kolkata["series"] == plot].reset_index(drop=True)
    seconds = rows["time"].dt.as_unit("ns").astype("int64") / 1e9

    assert len(rows) == 10_656
    assert doubted(rows[field], seconds, "soil", field) == {"gross_range": [], "spike": [], "rate": [], "stuck": []}


@pytest.mark.parametrize(
    ("column", "field"),
    [
        ("acclima_moisture", "moisture"),
        ("acclima_temperature", "temperature"),
        ("trhtse_moisture", "moisture"),
        ("dfrobot_moisture", "moisture"),
    ],
)
def test_four_sound_probes_in_a_desert_have_no_flag(soillog: pd.DataFrame, column: str, field: str) -> None:
    assert not any(doubted(soillog[column], soillog["seconds"], "soil", field).values())


def test_an_air_sensor_that_drops_out_is_found_and_dew_is_not(soillog: pd.DataFrame) -> None:
    found = doubted(soillog["air_temperature"], soillog["seconds"], "air", "temperature")
    wet = doubted(soillog["air_humidity"], soillog["seconds"], "air", "humidity")

    assert soillog["air_temperature"][found["spike"]].to_list() == [0.0, 0.0, 38.55, 0.0]
    assert soillog["air_humidity"][wet["spike"]].to_list() == [0.0, 0.0, 0.0]
    assert found["stuck"] == wet["stuck"] == []


def test_a_sensor_that_reads_at_random_is_found(soillog: pd.DataFrame) -> None:
    found = doubted(soillog["trhtse_temperature"], soillog["seconds"], "soil", "temperature")

    assert len(found["spike"]) == 40
