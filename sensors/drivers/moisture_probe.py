"""Capacitive soil moisture probes on an analogue converter: millivolts, calibrated by points that have a date."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from commons.errors import SensorError
from commons.sites.calibrations import Curve, in_force

if TYPE_CHECKING:
    from collections.abc import Sequence

    from commons.sites.calibrations import Calibration

_PARTS: Final = 4


@dataclass(frozen=True, slots=True)
class MoistureProbe:
    """A probe and what its millivolts mean.

    Args:
        bed: The bed it is in.
        channel: Its channel on the converter, 0 to 3.
        curve: What its millivolts mean [%VWC] where no dated calibration holds; usually two points, dry and wet.
        saturation_pct: The moisture of that bed's soil when saturated [%VWC].
        dated: Its rows of the site's calibrations.csv.
    """

    bed: str
    channel: int
    curve: Curve
    saturation_pct: float
    dated: Sequence[Calibration] = ()

    def moisture(self, millivolts: float, at_ms: int) -> float:
        """The soil's moisture [%VWC], within 0 and saturation.

        Raises:
            SensorError: The reading is far outside the calibration.
        """
        calibration = in_force(self.dated, at_ms)
        curve = self.curve if calibration is None else calibration.curve
        if not curve.reaches(millivolts):
            raise SensorError(
                f"probe of bed {self.bed!r} says {millivolts:.0f} mV, far outside {curve}; check its plug and channel"
            )
        return min(self.saturation_pct, max(0.0, curve.value(millivolts)))


def parse_probe(text: str, *, saturation_pct: float, dated: Sequence[Calibration] = ()) -> MoistureProbe:
    """A probe as an option names it: `bed:channel:dry mV:wet mV`, such as `b1:0:2850:1460`.

    Raises:
        ValueError: It is written otherwise, or dry and wet are the same.
    """
    parts = text.split(":")
    if len(parts) != _PARTS or not parts[0]:
        raise ValueError(f"{text!r} is not bed:channel:dry:wet")
    dry, wet = float(parts[2]), float(parts[3])
    if dry == wet:
        raise ValueError(f"{text!r} has one voltage for dry and wet")
    points = sorted([(dry, 0.0), (wet, saturation_pct)])
    return MoistureProbe(parts[0], int(parts[1]), Curve(tuple(points)), saturation_pct, dated)
