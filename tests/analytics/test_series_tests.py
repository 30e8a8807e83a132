"""All series of a frame tested at once have the flags that each would have alone, to the last one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.methods import quality
from analytics.series_tests import doubts, series_flags
from commons.catalogue import measurement

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from numpy.typing import NDArray

    from commons.catalogue import Field
    from tests.analytics.conftest import City

    Flags = dict[str, NDArray[np.uint8]]

FIELDS = [measurement("soil").field(name) for name in ("moisture", "temperature", "raw")]
CADENCES = (60.0, 600.0, 900.0, 3_600.0, 5_000.0)


def alone(values: NDArray[np.float64], times: NDArray[np.float64], each: Field, hung: NDArray[np.bool_]) -> Flags:
    """One series, stretch by stretch, with the methods themselves."""
    found = {name: np.full(values.shape, quality.GOOD, dtype=np.uint8) for name in ("spike", "rate", "stuck")}
    there = np.flatnonzero(~np.isnan(values))
    decimals = next((n for n in range(3) if np.allclose(values[there], values[there].round(n), rtol=0, atol=1e-9)), 3)
    step = 10.0**-decimals
    for part in np.split(there, np.flatnonzero(np.diff(times[there]) > 6 * 3600) + 1):
        if not part.size:
            continue
        x, t = values[part], times[part]
        if each.spike:
            flags = quality.spike(x, suspect=each.spike[0], fail=each.spike[1], method="differential")
            far = np.diff(t) > 3600
            flags[np.append(False, far) | np.append(far, False)] = quality.NOT_EVALUATED
            found["spike"][part] = flags
        if each.rate:
            apart = np.cumsum(np.maximum(np.diff(t, prepend=t[0]), 60.0))
            found["rate"][part] = quality.rate_of_change(x, apart, suspect=each.rate)
        if each.flat:
            slower = max(1.0, step / each.flat.step)
            flags = quality.flat_line(
                x, t, tolerance=step / 2, suspect_s=each.flat.suspect_s * slower, fail_s=each.flat.fail_s * slower
            )
            starts = np.flatnonzero(~(np.abs(np.diff(x, prepend=np.nan)) < step / 2))
            for run in np.split(np.arange(x.size), starts[1:]):
                if t[run[-1]] - t[run[0]] >= each.flat.suspect_s:
                    flags[run[hung[part][run]]] = quality.FAIL
                flags[run] = flags[run].max()
            found["stuck"][part] = flags
    return {"gross_range": quality.gross_range(values, fail=each.fail or (0, 1), suspect=each.suspect), **found}


def series(chance: np.random.Generator) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """A sensor of some cadence and fineness that hangs, leaps, is silent and says nothing now and then."""
    n, decimals = int(chance.integers(1, 400)), int(chance.integers(0, 5))
    values = 30 + np.cumsum(chance.normal(0, 0.3, n)).round(decimals)
    for first, length in zip(chance.integers(0, n, 3), chance.integers(1, 250, 3), strict=True):
        values[first : first + length] = values[first]
    values[chance.random(n) < 0.03] += chance.choice([-30.0, 12.0, 40.0])
    values[chance.random(n) < 0.1] = np.nan
    pauses = np.where(chance.random(n) < 0.01, 30_000.0, 0.0) + np.where(chance.random(n) < 0.03, 4_000.0, 0.0)
    times = 1.7e9 + np.cumsum(chance.choice(CADENCES) + chance.integers(0, 2, n) + pauses)
    return values, times, chance.random(n) < 0.05


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 12), st.sampled_from(FIELDS))
def test_many_series_at_once_have_the_flags_of_each_alone(seed: int, count: int, each: Field) -> None:
    chance = np.random.default_rng(seed)
    many = [series(chance) for _ in range(count)]
    number = np.repeat(np.arange(count), [values.size for values, _, _ in many])
    values, times, hung = (np.concatenate(column) for column in zip(*many, strict=True))

    found = series_flags(values, times, each, series=number, hung=hung)

    for n, (own, moments, before) in enumerate(many):
        expected = alone(own, moments, each, before)
        assert {test: flags[number == n].tolist() for test, flags in found.items()} == {
            test: flags.tolist() for test, flags in expected.items()
        }


@pytest.mark.parametrize("count", [1, 40])
def test_the_log_of_a_series_is_its_own_however_many_are_tested_with_it(city: City, count: int) -> None:
    rows = pd.concat([samples(f"lane-{n:02d}") for n in range(count)]).sort_values("time", kind="stable")

    found = doubts(rows.reset_index(drop=True), measurement("soil"), zone(city))

    own = [line for line in found.log if line["lane"] == "lane-00"]
    assert [(line["test"], str(line["day"]), line["n"], line["flag"], line["value"]) for line in own] == [
        ("gross_range", "2026-11-01", 1, 3, 70.0),
        ("spike", "2026-11-01", 1, 4, 70.0),
        ("stuck", "2026-11-02", 80, 3, 25.0),
    ]
    assert {line["usual"] for line in own} == {30.0}
    assert len(found.log) == 3 * count
    assert found.flagged == 81 * count
    assert len(found.days) == 2 * count


def samples(lane: str) -> pd.DataFrame:
    """Two days of a probe with one leap, and hanging for most of the second."""
    times = pd.date_range("2026-11-01", periods=192, freq="15min", tz="Asia/Makassar").tz_convert("UTC").as_unit("ns")
    moisture = 30 + np.resize([0.0, 0.1, -0.1], 192)
    moisture[40], moisture[100:180] = 70.0, 25.0
    tags = {"city": "makassar", "lane": lane, "node": f"{lane}-n1", "bed": "b1", "origin": "measured"}
    nothing = {f"{name}{part}": np.nan for name in measurement("soil").fields for part in ("", "_flag", "_failed")}
    return pd.DataFrame({"time": times, **tags, **nothing}).assign(moisture=moisture)


def zone(city: City) -> ZoneInfo:
    return city.site.zone
