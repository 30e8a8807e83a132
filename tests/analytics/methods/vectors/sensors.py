"""Worked examples of sensors' quality tests and calibrations, and of household surveys."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from analytics.methods import quality, survey
from sensors import calibration
from tests.analytics.methods.vectors.adapter import Unsuited
from tests.analytics.methods.vectors.given import Given, answer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.analytics.methods.vectors.adapter import Adapter, Example

_FLAGIT: Final = Path(__file__).parents[1] / "data/ismn_hourly.csv"
_VALUES: Final = ("inp", "values", "x", "data", "series", "arr")
_SUSPECT: Final = (
    "suspect",
    "suspect_threshold",
    "low",
    "threshold_low",
    "suspect_per_s",
    "threshold_per_s",
    "threshold",
)
_FAIL: Final = ("fail", "fail_threshold", "high", "threshold_high", "fail_per_s", "fail_threshold_per_s")


def _qartod(inputs: Example, _expected: Example, _every: Mapping[str, Example]) -> dict[str, Any]:
    """Which test it is shows in its thresholds: spans, a tolerance, a rate, or two sizes."""
    given = Given(inputs)
    values = [np.nan if value is None else value for value in given.need(*_VALUES)]
    suspect, fail = given.get(*_SUSPECT), given.get(*_FAIL)
    if given.has("fail_span", "sensor_span", "fail_range"):
        flags = quality.gross_range(
            values,
            fail=tuple(given.need("fail_span", "sensor_span", "fail_range")),
            suspect=_pair(given.get("suspect_span", "user_span", "suspect_range")),
        )
    elif given.has("tolerance", "eps"):
        durations = {
            "suspect_s": given.need("suspect_s", "suspect_threshold", "suspect_duration"),
            "fail_s": given.need("fail_s", "fail_threshold", "fail_duration"),
        }
        flags = quality.flat_line(
            values, _times(given, len(values)), tolerance=given.need("tolerance", "eps"), **durations
        )
    elif _is_rate(inputs):
        flags = quality.rate_of_change(values, _times(given, len(values)), suspect=suspect, fail=fail)
    elif suspect is not None or fail is not None:
        flags = quality.spike(values, suspect=suspect, fail=fail, method=given.get("method", otherwise="average"))
    else:
        raise Unsuited(f"inputs {sorted(inputs)} hold no thresholds of a QARTOD test")
    return dict.fromkeys(("flags", "flag", "expected", "qartod"), flags.tolist())


def _is_rate(inputs: Example) -> bool:
    """A threshold per second, or one of any name with times beside it."""
    named = any("per_s" in name or name in ("threshold", "rate") for name in inputs)
    return named or ("method" not in inputs and any("step" in name or "time" in name for name in inputs))


def _pair(span: Any) -> tuple[float, float] | None:
    return None if span is None else (span[0], span[1])


def _times(given: Given, n: int) -> Any:
    times = given.get("time_s", "times_s", "tinp", "times", "time", "seconds")
    if times is not None:
        is_text = bool(times) and isinstance(times[0], str)
        return pd.to_datetime(times).astype("int64") / 1e9 if is_text else times
    for name, seconds in (("step_s", 1), ("step_seconds", 1), ("step_minutes", 60), ("step_hours", 3600)):
        step = given.get(name)
        if step is not None:
            return np.arange(n) * step * seconds
    raise Unsuited("inputs hold neither times nor a step between them")


def _ismn(inputs: Example, expected: Example, _every: Mapping[str, Example]) -> dict[str, Any]:
    """TU Wien's own file, or columns given here; what is asked of a row names it: `row30`."""
    given = Given(inputs)
    saturation, depth = given.get("sat_point", "saturation_pct", otherwise=42.7), given.get("depth_from", "depth_m")
    if given.has("file"):  # the thresholds of its test's setUp
        hourly, saturation, depth = pd.read_csv(_FLAGIT, comment="#"), 42.7, 0.09
    else:
        names = {"inp": "soil_moisture", "values": "soil_moisture", "moisture": "soil_moisture"}
        columns = {names.get(name, name): values for name, values in inputs.items() if isinstance(values, list)}
        hourly = pd.DataFrame(columns, dtype=float)
    flags = quality.ismn_flags(hourly, saturation_pct=saturation, depth_m=depth)
    _, bend = quality.derivatives(hourly["soil_moisture"])
    slope, _ = quality.derivatives(hourly["soil_moisture"])
    codes = [[code for code in flags.columns if row[code]] or ["G"] for row in flags.to_dict("records")]
    found: dict[str, Any] = {"flags": codes, **{code: flags[code].tolist() for code in flags.columns}}
    for key in expected:
        name, _, row = key.removesuffix("_subset").partition("row")
        if row.isdigit() and name in ("", "deriv1_", "deriv2_"):
            of: Mapping[str, Any] = {"": codes, "deriv1_": slope, "deriv2_": bend}
            value = of[name][int(row)]
            found[key] = [c for c in expected[key] if c in value] if key.endswith("_subset") else value
    return found


_FCS: Final = {
    "fcsstap": "staples",
    "fcspulse": "pulses",
    "fcsdairy": "dairy",
    "fcspr": "meat_fish_eggs",
    "fcsveg": "vegetables",
    "fcsfruit": "fruit",
    "fcsfat": "oil",
    "fcssugar": "sugar",
}
_RCSI: Final = {
    "lessqlty": "less_preferred",
    "borrow": "borrow",
    "mealnb": "fewer_meals",
    "mealsize": "smaller_portions",
    "mealadult": "adults_eat_less",
}


def _rows(inputs: Example, names: Mapping[str, str]) -> pd.DataFrame:
    """Households, their answers by the survey's or our names, or in the order that the weights are in."""
    rows = inputs.get("rows", inputs.get("row", [inputs]))
    rows = rows if isinstance(rows, list) else [rows]
    order = list(inputs.get("weights", names))
    dictionaries = [row if isinstance(row, dict) else dict(zip(order, row, strict=True)) for row in rows]
    return pd.DataFrame(dictionaries).rename(columns=lambda name: names.get(name.lower().removeprefix("rcsi"), name))


def _fcs(inputs: Example, expected: Example, _every: Mapping[str, Example]) -> dict[str, Any]:
    thresholds = {"high": survey.INDONESIA, "low": survey.STANDARD}
    named = {name: category for name, category in thresholds.items() if f"{name}_threshold" in inputs}
    if named:
        return {name: _categories(inputs[f"{name}_threshold"], each) for name, each in named.items()}
    if "fcs" in inputs or "score" in inputs:
        return {name: _categories(inputs.get("fcs", inputs.get("score")), _cut(name)) for name in expected}
    scores = survey.food_consumption_score(_rows(inputs, _FCS))
    found: dict[str, Any] = {name: _known(scores) for name in ("fcs", "score")}
    return found | {name: _categories(scores, _cut(name)) for name in expected if name.startswith("cat")}


def _cut(name: str) -> survey.FcsThresholds:
    return survey.STANDARD if "21" in name or "low" in name else survey.INDONESIA


def _categories(scores: Any, thresholds: survey.FcsThresholds) -> list[str | None]:
    one = [scores] if isinstance(scores, (int, float)) else scores
    return [name.capitalize() or None for name in survey.food_consumption_category(one, thresholds=thresholds)]


def _known(scores: pd.Series[float]) -> list[float | None]:
    return [None if np.isnan(score) else score for score in scores]


def _rcsi(inputs: Example, _expected: Example, _every: Mapping[str, Example]) -> dict[str, Any]:
    scores = inputs["rcsi"] if "rcsi" in inputs else survey.reduced_coping_index(_rows(inputs, _RCSI))
    phases = _known(survey.coping_phase(scores))
    return {"rcsi": _known(pd.Series(scores, dtype=float)), **dict.fromkeys(("ipc", "phase", "ipc_phase"), phases)}


def _hdds(inputs: Example, _expected: Example, _every: Mapping[str, Example]) -> dict[str, Any]:
    rows = inputs.get("rows", [inputs])
    answers = [
        dict(zip(survey.DIET_GROUPS, row.values() if isinstance(row, dict) else row, strict=True)) for row in rows
    ]
    scores = survey.dietary_diversity(pd.DataFrame(answers, dtype=float))
    return {"hdds": _known(scores), "score": _known(scores), "ipc": _known(survey.diversity_phase(scores))}


def _each(function: Callable[[float], float], values: Any) -> Any:
    """Of one value, or of each in a list."""
    return [function(value) for value in values] if isinstance(values, list) else function(values)


def _topp(inputs: Example, expected: Example, _every: Mapping[str, Example]) -> dict[str, Any]:
    given = Given(inputs)
    eps = given.need("eps", "epsilon", "permittivity", "ka", "dielectric")
    theta = _each(lambda e: calibration.topp(e) / 100, eps)
    percent = _each(calibration.topp, eps)
    return answer(
        expected, {"theta": theta, "vwc": theta, "moisture": percent, "vwc_pct": percent, "theta_pct": percent}
    )


def _teros(inputs: Example, expected: Example, _every: Mapping[str, Example]) -> dict[str, Any]:
    raw = Given(inputs).need("raw", "counts", "rawcounts")
    found = {
        "mineral": _each(lambda r: calibration.teros12_mineral(r) / 100, raw),
        "soilless": _each(lambda r: calibration.teros12_soilless(r) / 100, raw),
        "permittivity": _each(calibration.teros12_permittivity, raw),
    }
    return answer(expected, found | {"eps": found["permittivity"], "theta": found["mineral"]})


ADAPTERS: Mapping[str, Adapter] = MappingProxyType(
    {
        "qc": _qartod,
        "qc.ismn": _ismn,
        "fcs": _fcs,
        "rcsi": _rcsi,
        "hdds": _hdds,
        "topp": _topp,
        "teros12": _teros,
        "teros11": _teros,
    }
)
