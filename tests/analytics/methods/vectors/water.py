"""Worked examples of evapotranspiration, soil water, warmth and comfort."""

from __future__ import annotations

from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from analytics.methods import comfort, crop, rain, soil_water
from analytics.methods import evapotranspiration as et
from tests.analytics.methods.vectors import fao56
from tests.analytics.methods.vectors.given import Given, answer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.analytics.methods.vectors.adapter import Adapter, Example


def _plain(compute: Callable[[Example], dict[str, Any]]) -> Adapter:
    """An adapter that needs the inputs only."""

    def adapter(inputs: Example, _expected: Example, _every: Mapping[str, Example]) -> dict[str, Any]:
        return {
            name: np.asarray(value, dtype=float).tolist() if not isinstance(value, (str, dict)) else value
            for name, value in compute(inputs).items()
        }

    return adapter


def _uccle(i: Example) -> dict[str, Any]:
    wind, pressure = et.wind_at_2m(i["u10_m_s"], 10), et.atmospheric_pressure(i["elev_m"])
    es = et.mean_saturation_vapour_pressure(i["tmin"], i["tmax"])
    ea = et.actual_vapour_pressure(i["tmin"], i["tmax"], rh_min_pct=i["rhmin"], rh_max_pct=i["rhmax"])
    ra, longest = et.extraterrestrial_radiation(i["lat_deg"], i["doy"]), et.daylight_hours(i["lat_deg"], i["doy"])
    rs, rso = et.solar_radiation_from_sunshine(i["n_hours"], longest, ra), et.clear_sky_radiation(i["elev_m"], ra)
    mean = (i["tmin"] + i["tmax"]) / 2

    def net(rs: Any) -> dict[str, Any]:
        rnl = et.net_longwave(i["tmin"], i["tmax"], ea_kpa=ea, rs=rs, rso=rso)
        rn = et.net_shortwave(rs) - rnl
        eto = et.penman_monteith(
            mean, net_radiation=rn, soil_heat_flux=0, wind_2m=wind, es_kpa=es, ea_kpa=ea, pressure_kpa=pressure
        )
        return {"Rnl": rnl, "Rn": rn, "ETo": eto}

    every = {
        "u2": wind,
        "P": pressure,
        "gamma": et.psychrometric_constant(pressure),
        "delta": et.vapour_pressure_slope(mean),
        "e_tmax": et.saturation_vapour_pressure(i["tmax"]),
        "e_tmin": et.saturation_vapour_pressure(i["tmin"]),
        "es": es,
        "ea": ea,
        "vpd": es - ea,
        "Ra": ra,
        "N": longest,
        "Rs": rs,
        "Rso": rso,
        "Rns": et.net_shortwave(rs),
    }
    return {"printed": every | net(rs), "precise_with_Rs_22.07": every | net(22.07)}


def _hour(i: Example) -> dict[str, Any]:
    es, elevation = et.saturation_vapour_pressure(i["T"]), i.get("elev_m", 8)
    ea = es * i["RH"] / 100
    found: dict[str, Any] = {"ea": ea}
    cloudiness = i.get("Rs_over_Rso_at_sunset")
    if cloudiness is None:
        place = i["lat_deg"], i["lon_deg_E"], i["doy"], i["mid_hour"]
        found["Ra"] = et.extraterrestrial_radiation_hourly(*place, utc_offset_h=i["utc_offset_h"])
        found["Rso"] = et.clear_sky_radiation(elevation, found["Ra"])
        found["Rs_over_Rso"] = cloudiness = i["Rs"] / found["Rso"]
    found["Rnl"] = et.net_longwave_hourly(i["T"], ea_kpa=ea, cloudiness=cloudiness)
    found["Rn"] = et.net_shortwave(i["Rs"]) - found["Rnl"]
    found["G"] = i.get("G_over_Rn", 0.1) * found["Rn"]
    found["ETo"] = et.penman_monteith(
        i["T"],
        net_radiation=found["Rn"],
        soil_heat_flux=found["G"],
        wind_2m=i["u2"],
        es_kpa=es,
        ea_kpa=ea,
        pressure_kpa=et.atmospheric_pressure(elevation),
        hourly=True,
    )
    return found | {"own_run": dict(found)}


def _humidity(i: Example) -> dict[str, Any]:
    low, high = i["tmin"], i["tmax"]
    return {
        "ea_maxmin": et.actual_vapour_pressure(low, high, rh_min_pct=i["rhmin"], rh_max_pct=i["rhmax"]),
        "ea_rhmax_only": et.vapour_pressure_from_rh_max(low, i["rhmax"]),
        "ea_rhmean": et.vapour_pressure_from_rh_mean(low, high, (i["rhmin"] + i["rhmax"]) / 2),
    }


def _taw(i: Example) -> dict[str, Any]:
    taw = soil_water.total_available_water(100 * i["theta_fc"], 100 * i["theta_wp"], i["zr_m"])
    dry = (100 * i["theta_for_dr"], 100 * i["theta_fc"], 100 * i["theta_wp"], i["zr_m"])
    return {
        "TAW": taw,
        "RAW": soil_water.readily_available_water(taw, i["p"]),
        "Ks": soil_water.stress_coefficient(i["dr"], taw_mm=taw, p=i["p"]),
        "Dr_from_theta": soil_water.depletion_from_moisture(*dry),
    }


def _degree_days(i: Example) -> dict[str, Any]:
    cases = np.array(i["cases_tmin_tmax_base_upper"], dtype=float)
    return {
        f"method{number}": [
            float(crop.growing_degree_days(low, high, base_c=base, upper_c=upper, method=method))
            for low, high, base, upper in cases
        ]
        for number, method in enumerate(get_args(crop.DegreeDays), start=1)
    }


def _heat_index(i: Example) -> dict[str, Any]:
    air, humidity = np.array(i["T_F_RH"], dtype=float).T
    return {"HI_F": comfort.heat_index((air - 32) * 5 / 9, humidity) * 9 / 5 + 32}


def _gamma(i: Example) -> dict[str, Any]:
    pressure = et.atmospheric_pressure(i["z"])
    return {"P": pressure, "gamma": et.psychrometric_constant(pressure)}


def _sun(i: Example) -> dict[str, Any]:
    latitude, day = i["lat_deg"], i["doy"]
    return {
        "dr": et.inverse_relative_distance(day),
        "delta": et.solar_declination(day),
        "ws": et.sunset_hour_angle(latitude, day),
        "Ra": et.extraterrestrial_radiation(latitude, day),
        "N": et.daylight_hours(latitude, day),
    }


def _sunshine(i: Example) -> dict[str, Any]:
    """From the place and day where they are given: the printed Ra and N are rounded."""
    longest, above = i["N"], i["Ra"]
    if "lat_deg" in i and "date" in i:
        day = date.fromisoformat(f"2001-{i['date']}").timetuple().tm_yday
        longest, above = et.daylight_hours(i["lat_deg"], day), et.extraterrestrial_radiation(i["lat_deg"], day)
    return {"Rs": et.solar_radiation_from_sunshine(i["n"], longest, above)}


def _month(i: Example) -> dict[str, Any]:
    flux = et.soil_heat_flux_monthly(i["t_prev"], i["t_next"])
    return {"G_MJ": flux, "G_mm": 0.408 * flux}


def _saturation(i: Example) -> dict[str, Any]:
    low, high = i["tmin"], i["tmax"]
    single = {f"e{t:g}": et.saturation_vapour_pressure(t) for t in (low, high)}
    return single | {"es": et.mean_saturation_vapour_pressure(low, high)}


def _asce(i: Example) -> dict[str, Any]:
    given = Given(i)
    fahrenheit = i.get("tmean_F")
    eto = et.asce_hourly(
        given.need("tmean", "T", "temperature") if fahrenheit is None else (fahrenheit - 32) * 5 / 9,
        vapour_pressure_kpa=_vapour(given),
        radiation_mj=given.need("rs", "Rs", "radiation"),
        wind_m_s=given.need("uz", "wind", "u2"),
        wind_height_m=given.get("zw", "wind_height", otherwise=2),
        elevation_m=given.need("elev", "z", "elevation"),
        latitude_deg=given.need("lat", "latitude"),
        longitude_deg=given.need("lon", "longitude", "lon_deg_E"),
        day_of_year=given.need("doy", "J"),
        begins_utc_h=given.need("time_utc_start", "time", "hour_utc"),
    )
    return dict.fromkeys(("eto_asce", "ETo", "eto", "eto_mm"), eto)


def _vapour(given: Given) -> Any:
    """As it is given, or from the dew point or the humidity of the hour."""
    if given.has("ea"):
        return given.get("ea")
    if given.has("tdew"):
        return et.vapour_pressure_from_dew_point(given.get("tdew"))
    return et.saturation_vapour_pressure(given.need("tmean", "T")) * given.need("rh", "RH") / 100


def _season(inputs: Example, expected: Example, _every: Mapping[str, Example]) -> dict[str, Any]:
    """Kc over a season, from the lengths of its four stages and its three coefficients."""
    given = Given(inputs)
    stages = given.get("stages", "stages_d", "lengths", "L", "stage_lengths", "stage_days")
    stages = stages or [given.need(f"L_{part}", f"l{part}") for part in ("ini", "dev", "mid", "late")]
    coefficients = given.get("kc", "Kc", "kc_ini_mid_end", "kc_table", "coefficients")
    coefficients = coefficients or [given.need(f"kc_{part}", f"kcb_{part}") for part in ("ini", "mid", "end")]
    lists = [list(each.values()) if isinstance(each, dict) else each for each in (stages, coefficients)]
    asked = given.get("day", "days", "t", "day_of_season")
    if asked is None:  # the days are the names of what was printed
        flat = expected.get("kc", expected.get("Kc", expected))
        days = {name: float("".join(c for c in name if c.isdigit())) for name in flat}
        found = {n: float(crop.crop_coefficient(d, stages_d=lists[0], kc=lists[1])) for n, d in days.items()}
        return answer(expected, {"kc": found, **found})
    values = np.asarray(crop.crop_coefficient(asked, stages_d=lists[0], kc=lists[1])).tolist()
    return answer(expected, {"kc": values, "kcb": values})


def _balance(inputs: Example, expected: Example, _every: Mapping[str, Example]) -> dict[str, Any]:
    """The root zone from day to day; need is ETc, or Kc · ET0; it begins at field capacity if nothing else is given."""
    given = Given(inputs)
    capacity, wilting = given.get("theta_fc", "fc"), given.get("theta_wp", "wp")
    taw = given.get("taw")
    if taw is None:
        taw = soil_water.total_available_water(100 * capacity, 100 * wilting, given.need("zr", "zr_m", "root_depth"))
    p = given.get("p", otherwise=0.5)
    start = given.get("dr0", "dr_init", "dr_start", "initial_depletion", "depletion", "dr_initial")
    theta = given.get("theta_init", "theta0", "theta", "theta_start")
    if start is None and theta is not None:
        zr = given.need("zr", "zr_m", "root_depth")
        start = soil_water.depletion_from_moisture(100 * theta, 100 * capacity, 100 * wilting, zr)
    etc = given.get("etc", "ETc", "crop_evapotranspiration")
    et0, kc = (
        (etc, 1.0) if etc is not None else (given.need("et0", "ET0", "eto", "ETo"), given.get("kc", otherwise=1.0))
    )
    days = _by_day(
        et0=et0,
        kc=kc,
        rain=given.get("rain", "P", "precipitation", "effective_precipitation", "peff", otherwise=0.0),
        given=given.get("irrigation", "I", "irrig", "actual_net_irrigation", otherwise=0.0),
        runoff=given.get("runoff", "RO", "ro", otherwise=0.0),
    )
    raw = soil_water.readily_available_water(taw, p)
    found: dict[str, Any] = {"TAW": float(taw), "RAW": float(raw), "dr": [], "ks": [], "dp": [], "etc_adj": []}
    depletion = float(start or 0.0)
    for day in days:
        found["stress_before"] = soil_water.stress_coefficient(depletion, taw_mm=taw, p=p)
        step = soil_water.daily_step(
            depletion,
            taw_mm=taw,
            p=p,
            kc=day["kc"],
            et0_mm=day["et0"],
            rain_mm=day["rain"],
            irrigation_mm=day["given"],
            runoff_mm=day["runoff"],
        )
        depletion = float(step.depletion)
        for name, value in (
            ("dr", depletion),
            ("ks", step.stress),
            ("dp", step.percolation),
            ("etc_adj", step.evapotranspiration),
        ):
            found[name].append(float(value))
    if theta is not None or capacity is not None:
        zr = given.get("zr", "zr_m", "root_depth", otherwise=np.nan)
        found["theta"] = [capacity - dr / (1000 * zr) for dr in found["dr"]]
    names = {"depletion": "dr", "Dr": "dr", "stress": "ks", "Ks": "ks", "DP": "dp", "deep_percolation": "dp"}
    names |= {"eta": "etc_adj", "ETa": "etc_adj", "ETc_adj": "etc_adj", "percolation": "dp"}
    return answer(expected, found | {name: found[own] for name, own in names.items()})


def _by_day(**columns: Any) -> list[dict[str, float]]:
    """One dictionary a day; what is one number holds for all."""
    n = max((len(column) for column in columns.values() if isinstance(column, list)), default=1)
    lists = {name: column if isinstance(column, list) else [column] * n for name, column in columns.items()}
    return [dict(zip(lists, values, strict=True)) for values in zip(*lists.values(), strict=True)]


ADAPTERS: Mapping[str, Adapter] = MappingProxyType(
    {
        "fao56": fao56.step_by_step,
        "asce": _plain(_asce),
        "kc": _season,
        "swb": _balance,
        "fao56.ex18": _plain(_uccle),
        "fao56.ex19": _plain(_hour),
        "hargreaves.lyon": _plain(
            lambda i: {
                "ETo": et.hargreaves(i["tmin"], i["tmax"], et.extraterrestrial_radiation(i["lat_deg"], 196)),
                "own_run": et.hargreaves(i["tmin"], i["tmax"], et.extraterrestrial_radiation(i["lat_deg"], 196)),
            }
        ),
        "hargreaves.arghyam": _plain(
            lambda i: dict.fromkeys(
                ("ETo", "own_run"), et.hargreaves(i["tmin"], i["tmax"], i["Ra"], tmean_c=i["tmean"])
            )
        ),
        "fao56.ex02_pressure_1800m": _plain(_gamma),
        "fao56.ex04_pressure_1200m": _plain(_gamma),
        "fao56.ex03_es": _plain(_saturation),
        "fao56.ex04_psychrometer": _plain(
            lambda i: {
                "ea": et.vapour_pressure_from_wet_bulb(i["tdry"], i["twet"], i["P"], coefficient=i["a_psy"]),
            }
        ),
        "fao56.ex05_ea_rh": _plain(_humidity),
        "fao56.ex08_Ra": _plain(_sun),
        "fao56.ex09_N": _plain(_sun),
        "fao56.ex10_Rs": _plain(_sunshine),
        "fao56.ex11_Rnl": _plain(
            lambda i: {"Rnl": et.net_longwave(i["tmin"], i["tmax"], ea_kpa=i["ea"], rs=i["Rs"], rso=i["Rso"])}
        ),
        "fao56.ex12_Rns": _plain(lambda i: {"Rns": et.net_shortwave(i["Rs"])}),
        "fao56.ex13_G_month": _plain(_month),
        "fao56.ex14_wind": _plain(lambda i: {"u2": et.wind_at_2m(i["u10"], i["z"])}),
        "fao56.ex15_Rs_krs": _plain(
            lambda i: {"Rs": et.solar_radiation_from_temperatures(i["tmin"], i["tmax"], i["Ra"], k_rs=i["krs"])}
        ),
        "swb.taw_raw_ks": _plain(_taw),
        "peff.swb": _plain(lambda i: {"peff": rain.effective_rain_daily(i["p"], i["et0"], share=0.8)}),
        "peff.usda": _plain(lambda i: {"Peff": rain.effective_rain_monthly(i["P"])}),
        "vpd.nonnegative": _plain(
            lambda i: {
                "vpd": et.saturation_deficit(i["es"], i["ea"]),
                "vpd_if_ea_exceeds_es": et.saturation_deficit(i["ea"], i["es"]),
            }
        ),
        "gdd": _plain(_degree_days),
        "heat_index.nws": _plain(_heat_index),
        "dewpoint.magnus": _plain(lambda i: {"Td_C": comfort.dew_point(i["T_C"], i["RH"])}),
    }
)
