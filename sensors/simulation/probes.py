"""Sensors as they are: a little off, a little noisy, sometimes silent, and now and then broken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from sensors.simulation.draws import draws, noise
from sensors.simulation.sun import STEPS_PER_DAY

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

Fault = Literal["", "drifts", "sticks"]

_NOISE_PCT: Final = 0.35
_NOISE_C: Final = 0.15
_SILENT: Final = 0.003  # the share of readings that a loose plug costs
_DRIFT_PCT_PER_DAY: Final = 0.12
_SERVICE_DAYS: Final = 90
_STUCK_DAYS, _STUCK_EVERY = 4, 13


@dataclass(frozen=True, slots=True)
class ProbeDay:
    """What a soil probe adds to the truth through a day: 96 numbers each, and whether it hangs all day."""

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
    """

    key: tuple[str, ...]
    fault: Fault
    offset_pct: float
    ec_at_capacity: float

    def day(self, day: date) -> ProbeDay:
        """Its errors through a day."""
        number = day.toordinal()
        stream = draws(*self.key, "probe", number)
        drift = number % _SERVICE_DAYS * _DRIFT_PCT_PER_DAY if self.fault == "drifts" else 0.0
        offset = self.offset_pct + drift
        return ProbeDay(
            moisture=[offset + _NOISE_PCT * off for off in noise(stream, STEPS_PER_DAY)],
            temperature=[_NOISE_C * off for off in noise(stream, STEPS_PER_DAY)],
            ec=[self.ec_at_capacity * (1 + 0.03 * off) for off in noise(stream, STEPS_PER_DAY)],
            silent=[stream.random() < _SILENT for _ in range(STEPS_PER_DAY)],
            stuck=self.fault == "sticks" and number % _STUCK_EVERY < _STUCK_DAYS,
        )


def probe(*, seed: str, lane: str, bed: str, fault: Fault) -> Probe:
    """The probe in a bed."""
    stream = draws(seed, lane, bed, "probe")
    return Probe((seed, lane, bed), fault, noise(stream, 1)[0], 600 + 900 * stream.random())


def faulty(beds: Iterable[tuple[str, str]], *, seed: str) -> dict[tuple[str, str], Fault]:
    """The two broken probes of a site: one drifts until it is serviced, one hangs for days.

    Args:
        beds: Lane and bed of every simulated probe.
        seed: What the choice is drawn from.
    """
    order = sorted(beds, key=lambda at: draws(seed, *at, "fault").random())
    kinds: tuple[Fault, ...] = ("drifts", "sticks")
    return dict(zip(order, kinds, strict=False))
