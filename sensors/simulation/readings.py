"""What a lane's sensors show of the truth, as rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from commons.rows import Block
from sensors.simulation.draws import draws

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sensors.simulation.lane_day import LaneDay
    from sensors.simulation.probes import ProbeDay
    from sensors.simulation.scenario import SensorPlan
    from sensors.simulation.soil import Soil
    from sensors.simulation.state import BedState

Shown = tuple[float | None, float, float | None]
"""A soil probe's moisture [%VWC], temperature [°C] and conductivity [uS/cm]."""
Moment = tuple[int, int]
"""A moment of the day at which sensors are read, and the quarter of an hour that it lies in."""

_FIELDS: Final = ("moisture", "temperature", "ec")
_HOURS_PER_DAY: Final = 24
_CHARGE_DAYS, _CHARGE_PCT = 120, 80.0
_WRITTEN_A_DAY: Final = 2_400_000  # to the card [By]
_CARDS_FROM: Final = date(2025, 8, 3).toordinal()  # the programme's first day
_EC_WARMS: Final = 0.02  # by °C above 25
_EC_AT_C: Final = 25.0


def tenth(number: float) -> float:
    """A number of at least 0 in steps of a tenth, as sensors show it."""
    return int(number * 10 + 0.5) / 10 if number > 0 else 0.0


def show(soil: Soil, now: BedState, errors: ProbeDay, moment: int) -> Shown:
    """What a probe shows of a bed; a stuck one shows again what it showed before."""
    if not errors.stuck or now.shown_pct is None:
        now.shown_pct = tenth(100.0 * now.water_mm / soil.depth_mm + errors.moisture[moment])
    temperature = tenth(now.soil_c + errors.temperature[moment])
    if errors.silent[moment]:
        return None, temperature, None
    filled = now.water_mm / soil.field_capacity_mm * (1 + _EC_WARMS * (now.soil_c - _EC_AT_C))
    return now.shown_pct, temperature, float(int(errors.ec[moment] * filled))


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


def air_block(
    times: Sequence[int], moments: Sequence[Moment], air: LaneDay, errors: Sequence[float], *, origin: str
) -> Block:
    """The air.

    Args:
        times: The moments [ns].
        moments: The same as numbers of the day.
        air: The truth.
        errors: Numbers around 0, one for each moment of the day.
        origin: The rows' origin.
    """
    fields = {
        "temperature": [tenth(air.temperature[step] + 0.1 * errors[at]) for at, step in moments],
        "humidity": [min(100.0, tenth(air.humidity[step] + 0.8 * errors[-1 - at])) for at, step in moments],
        "pressure": [tenth(air.pressure[step] + 0.1 * errors[at]) for at, step in moments],
        "light": [float(int(air.light[step] / 10) * 10) for _, step in moments],
    }
    return Block("air", [*times], {"origin": origin}, fields)


def rain_block(times: Sequence[int], moments: Sequence[Moment], air: LaneDay, *, origin: str) -> Block:
    """The rain: what fell in a quarter of an hour is told at its first moment."""
    before = [-1, *(step for _, step in moments)]
    depths = [air.gauge[step] if step != last else 0.0 for (_, step), last in zip(moments, before, strict=False)]
    return Block("rain", [*times], {"origin": origin}, {"depth": depths})


@dataclass(frozen=True, slots=True)
class Box:
    """A node as a thing: its signal, and its battery, which somebody charges.

    Args:
        signal_db: How well it is heard, on average [dB[mW]].
        since_days: How long ago it was charged on day 0 [d].
        battery_days: How long its battery lasts until somebody charges it or it dies [d].
        empties_to: What is left of it by then [%].
        dead_days: How long it is dead then [d].
        ahead_ms: How far ahead its clock is [ms].
    """

    signal_db: float
    since_days: int
    battery_days: int = _CHARGE_DAYS
    empties_to: float = 100.0 - _CHARGE_PCT
    dead_days: int = 0
    ahead_ms: int = 0

    def age(self, day: date) -> int:
        """How many days ago it was charged."""
        return (day.toordinal() + self.since_days) % (self.battery_days + self.dead_days)

    def is_dead(self, day: date) -> bool:
        """Whether it is dead on a day."""
        return self.age(day) >= self.battery_days


def box(*key: str, dying: bool = False, plan: SensorPlan | None = None, ahead_ms: int = 0) -> Box:
    """A lane's node, drawn from a key."""
    stream = draws(*key, "node")
    since, signal = stream.random(), -60.0 - 30.0 * stream.random()
    if dying and plan is not None:
        cycle = plan.battery_days + plan.dead_days
        return Box(signal, int(since * cycle), plan.battery_days, 0.0, plan.dead_days, ahead_ms)
    return Box(signal, int(since * _CHARGE_DAYS), ahead_ms=ahead_ms)


def health_block(
    times: Sequence[int], moments: Sequence[Moment], errors: Sequence[float], *, day: date, node: Box, origin: str
) -> Block:
    """The node's report of itself at every full hour.

    Its battery, which somebody charges every four months, its signal and its clock; what waits to be sent, seldom more
    than nothing; and what its card was written, more each day since it was put in.

    Args:
        times: The moments [ns].
        moments: The same as numbers of the day.
        errors: Numbers around 0, one for each moment of the day.
        day: The local day.
        node: The node.
        origin: The rows' origin.
    """
    count = len(errors)
    hourly = [(time, at) for time, (at, _) in zip(times, moments, strict=True) if at * _HOURS_PER_DAY % count == 0]
    used = [(node.age(day) + at / count) / node.battery_days for _, at in hourly]
    ahead_s, age = node.ahead_ms / 1000, max(0, day.toordinal() - _CARDS_FROM) + node.since_days
    fields = {
        "battery": [tenth(100.0 - (100.0 - node.empties_to) * share) for share in used],
        "signal": [float(round(node.signal_db + 4.0 * errors[at])) for _, at in hourly],
        "clock_offset": [round(ahead_s + 0.2 * errors[-1 - at], 3) for _, at in hourly],
        "outbox": [float(max(0, round(8.0 * abs(errors[at]) - 12.0))) for _, at in hourly],
        "disk_written": [float(round(_WRITTEN_A_DAY * (age + at / count))) for _, at in hourly],
    }
    return Block("health", [time for time, _ in hourly], {"origin": origin}, fields)
