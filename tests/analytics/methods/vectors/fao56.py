"""Worked examples of FAO-56: every step that the inputs allow, whatever was given and whatever was printed."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from analytics.methods import evapotranspiration as et
from tests.analytics.methods.vectors.adapter import Unsuited
from tests.analytics.methods.vectors.given import Given, answer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.analytics.methods.vectors.adapter import Example

_KNOWN: Final = Path(__file__).parents[1] / "data/agronomy.json"
_INLAND: Final = 0.16
_WIND: Final = 2.0  # m/s: where nothing measures it

Step = tuple[str, tuple[str, ...], "Callable[..., Any]"]

NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "tmin": ("tmin", "t_min"),
    "tmax": ("tmax", "t_max"),
    "T": ("tmean", "t_mean", "T", "temperature"),
    "tdew": ("tdew", "t_dew", "dew_point"),
    "tdry": ("tdry", "t_dry"),
    "twet": ("twet", "t_wet"),
    "a_psy": ("a_psy", "apsy", "coefficient"),
    "rhmax": ("rhmax", "rh_max"),
    "rhmin": ("rhmin", "rh_min"),
    "rhmean": ("rhmean", "rh_mean", "rh", "RH"),
    "ea": ("ea", "e_a", "vapour_pressure_kpa", "vapour_pressure"),
    "es": ("es", "e_s"),
    "u2": ("u2",),
    "u10": ("u10",),
    "uz": ("uz", "wind_m_s", "wind", "u"),
    "zw": ("zw", "z_wind", "wind_height_m", "wind_height"),
    "n": ("n", "n_hours", "sunshine_h", "sunshine"),
    "N": ("N", "daylight_h"),
    "Ra": ("Ra", "ra"),
    "Rs": ("Rs", "rs", "radiation_mj", "radiation"),
    "Rso": ("Rso", "rso"),
    "Rn": ("Rn", "rn"),
    "G": ("G",),
    "P": ("P", "pressure_kpa", "pressure"),
    "lat": ("lat", "latitude", "phi"),
    "elev": ("elev", "z", "elevation", "altitude", "elev_m", "z_m"),
    "J": ("doy", "J", "day_of_year", "jday"),
    "krs": ("krs", "k_rs", "kRs"),
    "t_prev": ("t_prev", "tprev", "tmean_prev", "t_month_prev", "t_previous", "tmean_previous_month"),
    "t_next": ("t_next", "tnext", "tmean_next", "t_month_next"),
    "t_this": ("t_this", "tmonth", "tmean_month", "t_month"),
}

STEPS: Final[tuple[Step, ...]] = (
    ("T", ("tmin", "tmax"), lambda low, high: (low + high) / 2),
    ("P", ("elev",), et.atmospheric_pressure),
    ("gamma", ("P",), et.psychrometric_constant),
    ("slope", ("T",), et.vapour_pressure_slope),
    ("e_tmin", ("tmin",), et.saturation_vapour_pressure),
    ("e_tmax", ("tmax",), et.saturation_vapour_pressure),
    ("es", ("tmin", "tmax"), et.mean_saturation_vapour_pressure),
    ("es", ("T",), et.saturation_vapour_pressure),
    ("ea", ("tdew",), et.vapour_pressure_from_dew_point),
    (
        "ea",
        ("tdry", "twet", "P", "a_psy"),
        lambda dry, wet, p, a: et.vapour_pressure_from_wet_bulb(dry, wet, p, coefficient=a),
    ),
    ("ea", ("tdry", "twet", "P"), et.vapour_pressure_from_wet_bulb),
    (
        "ea",
        ("tmin", "tmax", "rhmin", "rhmax"),
        lambda low, high, dry, wet: et.actual_vapour_pressure(low, high, rh_min_pct=dry, rh_max_pct=wet),
    ),
    ("ea", ("tmin", "rhmax"), et.vapour_pressure_from_rh_max),
    ("ea", ("tmin", "tmax", "rhmean"), et.vapour_pressure_from_rh_mean),
    ("ea", ("es", "rhmean"), lambda es, rh: es * rh / 100),
    ("ea", ("tmin",), et.vapour_pressure_from_dew_point),
    ("vpd", ("es", "ea"), et.saturation_deficit),
    ("u2", ("u10",), lambda wind: et.wind_at_2m(wind, 10)),
    ("u2", ("uz", "zw"), et.wind_at_2m),
    ("u2", ("uz",), lambda wind: wind),
    ("dr", ("J",), et.inverse_relative_distance),
    ("declination", ("J",), et.solar_declination),
    ("ws", ("lat", "J"), et.sunset_hour_angle),
    ("Ra", ("lat", "J"), et.extraterrestrial_radiation),
    ("N", ("lat", "J"), et.daylight_hours),
    ("Rs", ("n", "N", "Ra"), et.solar_radiation_from_sunshine),
    (
        "Rs",
        ("tmin", "tmax", "Ra", "krs"),
        lambda low, high, ra, k: et.solar_radiation_from_temperatures(low, high, ra, k_rs=k),
    ),
    (
        "Rs",
        ("tmin", "tmax", "Ra"),
        lambda low, high, ra: et.solar_radiation_from_temperatures(low, high, ra, k_rs=_INLAND),
    ),
    ("Rso", ("elev", "Ra"), et.clear_sky_radiation),
    ("Rns", ("Rs",), et.net_shortwave),
    (
        "Rnl",
        ("tmin", "tmax", "ea", "Rs", "Rso"),
        lambda low, high, ea, rs, rso: et.net_longwave(low, high, ea_kpa=ea, rs=rs, rso=rso),
    ),
    ("Rn", ("Rns", "Rnl"), lambda short, long: short - long),
    ("G", ("t_prev", "t_next"), et.soil_heat_flux_monthly),
    ("G", ("t_prev", "t_this"), lambda before, this: et.soil_heat_flux_monthly(before, this_c=this)),
    ("G", ("t_prev", "T"), lambda before, this: et.soil_heat_flux_monthly(before, this_c=this)),
    ("G", ("Rn",), lambda _: 0.0),
    ("G_mm", ("G",), lambda flux: 0.408 * flux),
    (
        "ETo",
        ("T", "Rn", "G", "u2", "es", "ea", "P"),
        lambda t, rn, g, u2, es, ea, p: et.penman_monteith(
            t, net_radiation=rn, soil_heat_flux=g, wind_2m=u2, es_kpa=es, ea_kpa=ea, pressure_kpa=p
        ),
    ),
    ("hargreaves", ("tmin", "tmax", "Ra", "T"), lambda lo, hi, ra, t: et.hargreaves(lo, hi, ra, tmean_c=t)),
)

_PRINTED: Final[Mapping[str, tuple[str, ...]]] = {
    "ETo": ("ETo", "et0", "ETo_mm", "own_run", "eto_fao56", "PM"),
    "slope": ("delta_slope", "slope", "Delta"),
    "ws": ("ws", "omega_s", "sunset_angle"),
    "G": ("G", "G_MJ"),
    "e_tmax": ("e_tmax", "e0_tmax", "es_tmax"),
    "e_tmin": ("e_tmin", "e0_tmin", "es_tmin"),
    "vpd": ("vpd", "es_minus_ea"),
    "declination": ("declination", "delta_rad"),
    "gamma": ("gamma", "psy"),
    "hargreaves": ("hargreaves", "ETo_hargreaves", "Hargreaves"),
    "ea": ("ea", "vapour_pressure_kpa"),
}


def step_by_step(inputs: Example, expected: Example, every: Mapping[str, Example]) -> dict[str, Any]:
    """What was printed, of all that can be computed from what is given."""
    values = _values(inputs, every)
    printed = dict(values)
    for name, names in _PRINTED.items():
        if name in values:
            printed |= dict.fromkeys(names, values[name])
    printed["delta"] = values.get("slope", values.get("declination"))
    for name, temperature in ((name, name.removeprefix("e")) for name in expected):
        if name != temperature and temperature.replace(".", "").isdigit():
            printed[name] = et.saturation_vapour_pressure(float(temperature))
    return answer(expected, {name: np.asarray(v, dtype=float).tolist() for name, v in printed.items() if v is not None})


def _values(inputs: Example, every: Mapping[str, Example]) -> dict[str, Any]:
    inputs = _resolved(inputs, every)
    given = Given({name: value for name, value in inputs.items() if "km" not in name.lower()})
    values = {name: given.get(*names) for name, names in NAMES.items() if given.has(*names)}
    values |= {} if "J" in values else _day(given)
    values |= {"u10" if "10" in name else "uz": value / 3.6 for name, value in inputs.items() if "km" in name.lower()}
    found = _computed(values)
    return found if {"u2", "Rn"} & set(found) != {"Rn"} else _computed(found | {"u2": _WIND})


def _computed(values: dict[str, Any]) -> dict[str, Any]:
    """Every step whose inputs are there; what was given or found first stays."""
    found = dict(values)
    for _ in STEPS:
        for name, needed, compute in STEPS:
            if name not in found and all(each in found for each in needed):
                found[name] = compute(*(_array(found[each]) for each in needed))
    return found


def _array(value: Any) -> Any:
    return np.asarray(value, dtype=float) if isinstance(value, list) else value


def _resolved(inputs: Example, every: Mapping[str, Example]) -> Example:
    """Inputs that say "as the example ...": from the file, or as published elsewhere."""
    name = inputs.get("as")
    if not isinstance(name, str):
        return inputs
    known = {example["id"]: example for example in json.loads(_KNOWN.read_text("utf-8"))}
    if name not in {**known, **every}:
        raise Unsuited(f"inputs are those of {name!r}, which is in no file; give them here")
    published = {k: v for k, v in known.get(name, {"inputs": {}})["inputs"].items() if k != "radiation_mj"}
    return every[name]["inputs"] if name in every else published | {k: v for k, v in inputs.items() if k != "as"}


def _day(given: Given) -> dict[str, int]:
    """The day of the year of a date; of a month the middle one, as FAO-56 counts it (15 April is 105)."""
    day, month = given.get("date", "day"), given.get("month")
    if isinstance(day, str):
        return {"J": date.fromisoformat(day if len(day) > len("07-15") else f"2001-{day}").timetuple().tm_yday}
    names = "jan feb mar apr may jun jul aug sep oct nov dec".split()  # noqa: SIM905 - easier to read
    if isinstance(month, str):
        month = names.index(month[:3].lower()) + 1
    return {} if month is None else {"J": date(2001, month, 15).timetuple().tm_yday}
