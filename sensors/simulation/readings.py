"""What a lane's sensors show of the truth, as rows."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from commons.rows import Block
from sensors.simulation.draws import draws
from sensors.simulation.sun import STEPS_PER_DAY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sensors.simulation.lane_day import LaneDay
    from sensors.simulation.probes import ProbeDay
    from sensors.simulation.soil import Soil
    from sensors.simulation.state import BedState

Shown = tuple[float | None, float, float | None]
"""A soil probe's moisture [%VWC], temperature [°C] and conductivity [uS/cm]."""

_FIELDS: Final = ("moisture", "temperature", "ec")
_STEPS_PER_HOUR: Final = 4
_CHARGE_DAYS, _CHARGE_PCT = 120, 80.0
_WRITTEN_A_DAY: Final = 2_400_000  # to the card [By]
_CARDS_FROM: Final = date(2025, 8, 3).toordinal()  # the programme's first day
_EC_WARMS: Final = 0.02  # by °C above 25
_EC_AT_C: Final = 25.0


def tenth(number: float) -> float:
    """A number of at least 0 in steps of a tenth, as sensors show it."""
    return int(number * 10 + 0.5) / 10 if number > 0 else 0.0


def show(soil: Soil, now: BedState, errors: ProbeDay, step: int) -> Shown:
    """What a probe shows of a bed; a stuck one shows again what it showed before."""
    if not errors.stuck or now.shown_pct is None:
        now.shown_pct = tenth(100.0 * now.water_mm / soil.depth_mm + errors.moisture[step])
    temperature = tenth(now.soil_c + errors.temperature[step])
    if errors.silent[step]:
        return None, temperature, None
    filled = now.water_mm / soil.field_capacity_mm * (1 + _EC_WARMS * (now.soil_c - _EC_AT_C))
    return now.shown_pct, temperature, float(int(errors.ec[step] * filled))


def soil_block(times: Sequence[int], beds: Sequence[str], shown: Sequence[Sequence[Shown]], *, origin: str) -> Block:
    """The soil of all beds in time order.

    Args:
        times: The moments [ns].
        beds: The beds.
        shown: What each bed's probe showed at each moment.
        origin: The rows' origin.
    """
    woven = [reading for at_once in zip(*shown, strict=True) for reading in at_once]
    return Block(
        "soil",
        [time for time in times for _ in beds],
        {"bed": [*beds] * len(times), "origin": origin},
        {name: [reading[index] for reading in woven] for index, name in enumerate(_FIELDS)},
    )


def air_blocks(
    times: Sequence[int], steps: Sequence[int], air: LaneDay, errors: Sequence[float], *, origin: str
) -> list[Block]:
    """Air and rain.

    Args:
        times: The moments [ns].
        steps: The same as quarters of an hour of the day.
        air: The truth.
        errors: Numbers around 0, one for each quarter of an hour of the day.
        origin: The rows' origin.
    """
    fields = {
        "temperature": [tenth(air.temperature[step] + 0.1 * errors[step]) for step in steps],
        "humidity": [min(100.0, tenth(air.humidity[step] + 0.8 * errors[-1 - step])) for step in steps],
        "pressure": [tenth(air.pressure[step] + 0.1 * errors[step]) for step in steps],
        "light": [float(int(air.light[step] / 10) * 10) for step in steps],
    }
    depths = [air.gauge[step] for step in steps]
    return [
        Block("air", [*times], {"origin": origin}, fields),
        Block("rain", [*times], {"origin": origin}, {"depth": depths}),
    ]


def health_block(
    times: Sequence[int],
    steps: Sequence[int],
    errors: Sequence[float],
    *,
    day: date,
    node: tuple[str, str],
    origin: str,
) -> Block:
    """The node's report of itself at every full hour.

    Its battery, which somebody charges every four months, its signal and its clock; what waits to be sent, seldom more
    than nothing; and what its card was written, more each day since it was put in.

    Args:
        times: The moments [ns].
        steps: The same as quarters of an hour of the day.
        errors: Numbers around 0, one for each quarter of an hour of the day.
        day: The local day.
        node: What the node is drawn from.
        origin: The rows' origin.
    """
    stream = draws(*node, "node")
    since, signal = int(stream.random() * _CHARGE_DAYS), -60.0 - 30.0 * stream.random()
    age = max(0, day.toordinal() - _CARDS_FROM) + since
    hours = [(time, step) for time, step in zip(times, steps, strict=True) if step % _STEPS_PER_HOUR == 0]
    used = [((day.toordinal() + since) % _CHARGE_DAYS + step / STEPS_PER_DAY) / _CHARGE_DAYS for _, step in hours]
    fields = {
        "battery": [tenth(100.0 - _CHARGE_PCT * share) for share in used],
        "signal": [float(round(signal + 4.0 * errors[step])) for _, step in hours],
        "clock_offset": [round(0.2 * errors[-1 - step], 3) for _, step in hours],
        "outbox": [float(max(0, round(8.0 * abs(errors[step]) - 12.0))) for _, step in hours],
        "disk_written": [float(round(_WRITTEN_A_DAY * (age + step / STEPS_PER_DAY))) for _, step in hours],
    }
    return Block("health", [time for time, _ in hours], {"origin": origin}, fields)
