"""Sensors as they are: a little off, a little noisy, sometimes silent, and now and then broken."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal

from sensors.simulation.draws import draws, noise
from sensors.simulation.scenario import SensorPlan
from sensors.simulation.sun import STEPS_PER_DAY

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

Fault = Literal["", "drifts", "sticks", "biased"]

_NOISE_C: Final = 0.15
_USUAL: Final = SensorPlan()
_ONE_OF_EACH: Final[dict[Fault, int]] = {"drifts": 1, "sticks": 1}


@dataclass(frozen=True, slots=True)
class ProbeDay:
    """What a soil probe adds to the truth through a day: a number for each moment, and whether it hangs all day."""

    moisture: list[float]
    temperature: list[float]
    ec: list[float]
    silent: list[bool]
    stuck: bool


@dataclass(frozen=True, slots=True)
class Probe:
    """A soil probe.

    Args:
        key: What its numbers are drawn from.
        fault: What is wrong with it.
        offset_pct: What it always adds to the moisture [%VWC].
        ec_at_capacity: What it shows at field capacity and 25 °C [uS/cm].
        plan: How wrong probes are.
    """

    key: tuple[str, ...]
    fault: Fault
    offset_pct: float
    ec_at_capacity: float
    plan: SensorPlan = _USUAL

    def day(self, day: date, moments: int = STEPS_PER_DAY) -> ProbeDay:
        """Its errors at the moments of a day."""
        number, plan = day.toordinal(), self.plan
        stream = draws(*self.key, "probe", number)
        offset = self.offset_pct + self._off(number)
        return ProbeDay(
            moisture=[offset + plan.noise_pct * off for off in noise(stream, moments)],
            temperature=[_NOISE_C * off for off in noise(stream, moments)],
            ec=[self.ec_at_capacity * (1 + 0.03 * off) for off in noise(stream, moments)],
            silent=[stream.random() < plan.silent for _ in range(moments)],
            stuck=self.fault == "sticks" and number % plan.stuck_every < plan.stuck_days,
        )

    def _off(self, number: int) -> float:
        """By how much its fault puts it wrong on a day [%VWC]."""
        if self.fault == "drifts":
            return number % self.plan.service_days * self.plan.drift_pct_per_day
        return self.plan.bias_pct if self.fault == "biased" else 0.0


def probe(*, seed: str, lane: str, bed: str, fault: Fault, plan: SensorPlan = _USUAL) -> Probe:
    """The probe in a bed."""
    stream = draws(seed, lane, bed, "probe")
    offset_pct = plan.offset_pct * noise(stream, 1)[0]
    return Probe((seed, lane, bed), fault, offset_pct, 600 + 900 * stream.random(), plan)


def faulty(
    beds: Iterable[tuple[str, str]], *, seed: str, counts: Mapping[Fault, int] = MappingProxyType(_ONE_OF_EACH)
) -> dict[tuple[str, str], Fault]:
    """The broken probes of a site, by default two: one drifts until it is serviced, one hangs for days.

    Args:
        beds: Lane and bed of every simulated probe.
        seed: What the choice is drawn from.
        counts: How many have each fault.
    """
    order = sorted(beds, key=lambda at: draws(seed, *at, "fault").random())
    kinds = [fault for fault, count in counts.items() for _ in range(count)]
    return dict(zip(order, kinds, strict=False))


def fault_counts(plan: SensorPlan, probes: int) -> dict[Fault, int]:
    """How many of so many probes have each fault."""
    return {
        "drifts": round(plan.drifting * probes),
        "sticks": round(plan.sticking * probes),
        "biased": round(plan.biased * probes),
    }
