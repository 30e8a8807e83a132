"""Capacitive soil moisture probes on an analogue converter: millivolts, calibrated dry and wet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from commons.errors import SensorError

_BEYOND: Final = 0.15  # of the calibrated span: more is no soil but a loose plug or a wrong channel
_PARTS: Final = 4


@dataclass(frozen=True, slots=True)
class MoistureProbe:
    """A probe and its two-point calibration, linear in between.

    Args:
        bed: The bed it is in.
        channel: Its channel on the converter, 0 to 3.
        dry_mv: What it shows in air-dry soil [mV].
        wet_mv: What it shows in saturated soil [mV]; lower than dry for these probes.
        saturation_pct: The moisture of that bed's soil when saturated [%VWC].
    """

    bed: str
    channel: int
    dry_mv: float
    wet_mv: float
    saturation_pct: float

    def moisture(self, millivolts: float) -> float:
        """The soil's moisture [%VWC], within 0 and saturation.

        Raises:
            SensorError: The reading is far outside the calibration.
        """
        share = (self.dry_mv - millivolts) / (self.dry_mv - self.wet_mv)
        if not -_BEYOND <= share <= 1 + _BEYOND:
            span = f"{self.dry_mv:g} (dry) to {self.wet_mv:g} (wet)"
            raise SensorError(
                f"probe of bed {self.bed!r} says {millivolts:.0f} mV, far outside {span}; check its plug and channel"
            )
        return self.saturation_pct * min(1.0, max(0.0, share))


def parse_probe(text: str, *, saturation_pct: float) -> MoistureProbe:
    """A probe as an option names it: `bed:channel:dry mV:wet mV`, such as `b1:0:2850:1460`.

    Raises:
        ValueError: It is written otherwise, or dry and wet are the same.
    """
    parts = text.split(":")
    if len(parts) != _PARTS or not parts[0]:
        raise ValueError(f"{text!r} is not bed:channel:dry:wet")
    probe = MoistureProbe(parts[0], int(parts[1]), float(parts[2]), float(parts[3]), saturation_pct)
    if probe.dry_mv == probe.wet_mv:
        raise ValueError(f"{text!r} has one voltage for dry and wet")
    return probe
