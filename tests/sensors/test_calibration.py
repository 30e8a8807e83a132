"""From what a probe measures to moisture: the published curves, kept within the soil's pores."""

from __future__ import annotations

import doctest
import math

import pytest

from sensors import calibration


def test_the_examples_in_the_docstrings_hold() -> None:
    result = doctest.testmod(calibration)

    assert (result.attempted, result.failed) == (4, 0)


@pytest.mark.parametrize(("permittivity", "moisture"), [(5, 7.97875), (20, 34.54), (40, 51.02)])
def test_topp_gives_the_moisture_of_a_permittivity(permittivity: float, moisture: float) -> None:
    assert calibration.topp(permittivity) == pytest.approx(moisture)


def test_a_probe_in_air_reads_zero_and_one_in_water_saturation() -> None:
    assert calibration.topp(1) == 0
    assert calibration.teros12_mineral(1500) == 0
    assert calibration.topp(80, saturation_pct=45) == 45


def test_what_is_no_number_stays_none() -> None:
    assert math.isnan(calibration.topp(math.nan))


def test_the_permittivity_of_the_counts_goes_into_topp() -> None:
    assert calibration.topp(calibration.teros12_permittivity(2500)) == pytest.approx(24.48, abs=0.05)
