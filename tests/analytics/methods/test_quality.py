"""QARTOD's tests and the ISMN's checks against what their reference implementations give."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.methods import quality

DATA = Path(__file__).parent / "data"


@pytest.fixture(scope="module")
def station() -> pd.DataFrame:
    return pd.read_csv(DATA / "ismn_hourly.csv", comment="#", keep_default_na=True)


def test_every_hour_of_a_station_has_the_flags_that_flagit_gives_it(station: pd.DataFrame) -> None:
    found = quality.ismn_flags(station, saturation_pct=42.7, depth_m=0.09)

    read = station["soil_moisture"].notna()
    codes = [" ".join(code for code in found.columns if row[code]) or "G" for row in found.to_dict("records")]
    pairs = zip(codes, station["flags"], read, strict=True)
    assert [
        (hour, ours, theirs) for hour, (ours, theirs, is_read) in enumerate(pairs) if is_read and ours != theirs
    ] == []
    assert read.sum() == 695
    assert found.sum().ge(1).all()


def test_without_rain_or_temperatures_their_checks_flag_nothing(station: pd.DataFrame) -> None:
    found = quality.ismn_flags(station[["soil_moisture"]])

    assert not found[["C03", "D01", "D02", "D03", "D04", "D05"]].any().any()
    assert found["D06"].any()


def test_a_deep_probe_may_rise_long_after_rain(station: pd.DataFrame) -> None:
    assert not quality.ismn_flags(station, depth_m=0.3)[["D04", "D05"]].any().any()


def test_a_stretch_shorter_than_a_step_is_no_flat_line() -> None:
    flags = quality.flat_line([5, 5, 5, 5], [0, 900, 1800, 2700], tolerance=0.1, suspect_s=600, fail_s=800)

    assert flags.tolist() == [1, 1, 1, 1]


def test_values_that_are_all_missing_are_all_missing() -> None:
    nothing, times = np.full(4, np.nan), [0, 1, 2, 3]

    found = [
        quality.gross_range(nothing, fail=(0, 1)),
        quality.spike(nothing, suspect=1),
        quality.rate_of_change(nothing, times, suspect=1),
        quality.flat_line(nothing, times, tolerance=1, suspect_s=2, fail_s=3),
    ]

    assert np.array(found).tolist() == [[9] * 4] * 4


def test_one_or_two_values_have_no_neighbours_to_be_a_spike_of() -> None:
    assert quality.spike([1.0], suspect=1).tolist() == [2]
    assert quality.spike([1.0, 9.0], suspect=1, method="differential").tolist() == [2, 2]


def test_a_suspect_span_beyond_the_sensors_is_refused() -> None:
    with pytest.raises(ValueError, match="keep it inside"):
        quality.gross_range([1], fail=(0, 5), suspect=(1, 6))


def test_an_unknown_way_to_measure_a_spike_is_refused() -> None:
    with pytest.raises(ValueError, match="average or differential"):
        quality.spike([1, 2, 3], suspect=1, method="median")  # type: ignore[arg-type]  # what a caller might try
