"""From what a soil probe measures to moisture: Topp's equation, and the curves of METER's TEROS 11 and 12.

All give volumetric water content [%VWC], kept within 0 and saturation. A curve is right for its soil: potting mix needs
`teros12_soilless`, and a cheap capacitive probe its own dry and wet point (`drivers/moisture_probe.py`).
"""

from __future__ import annotations

import math


def topp(permittivity: float, *, saturation_pct: float = 100.0) -> float:
    """Moisture [%VWC] of mineral soil from its apparent permittivity ε [1], which is right for 3 to 40.

    θ = -5.3·10⁻² + 2.92·10⁻² ε - 5.5·10⁻⁴ ε² + 4.3·10⁻⁶ ε³ [m³/m³]

    Source:
        Topp, Davis and Annan 1980, Electromagnetic determination of soil water content, Water Resources Research 16.

    Examples:
        >>> round(topp(20), 2)
        34.54
    """
    e = permittivity
    return _kept(-5.3e-2 + 2.92e-2 * e - 5.5e-4 * e**2 + 4.3e-6 * e**3, saturation_pct)


def teros12_mineral(raw: float, *, saturation_pct: float = 100.0) -> float:
    """Moisture [%VWC] of mineral soil from a TEROS 11 or 12's counts [1]: θ = 3.879·10⁻⁴ · RAW - 0.6956 [m³/m³].

    Source:
        METER Group, TEROS 11/12 manual, equation 6.

    Examples:
        >>> round(teros12_mineral(2500), 3)
        27.415
    """
    return _kept(3.879e-4 * raw - 0.6956, saturation_pct)


def teros12_soilless(raw: float, *, saturation_pct: float = 100.0) -> float:
    """Moisture [%VWC] of potting mix, peat or coir from a TEROS 11 or 12's counts [1].

    θ = 6.771·10⁻¹⁰ RAW³ - 5.105·10⁻⁶ RAW² + 1.302·10⁻² RAW - 10.848 [m³/m³]

    Source:
        METER Group, TEROS 11/12 manual, equation 7.

    Examples:
        >>> round(teros12_soilless(2500), 3)
        37.544
    """
    return _kept(6.771e-10 * raw**3 - 5.105e-6 * raw**2 + 1.302e-2 * raw - 10.848, saturation_pct)


def teros12_permittivity(raw: float) -> float:
    """Apparent permittivity ε [1] from a TEROS 11 or 12's counts [1], to put into `topp`.

    ε = (2.887·10⁻⁹ RAW³ - 2.080·10⁻⁵ RAW² + 5.276·10⁻² RAW - 43.39)²

    Source:
        METER Group, TEROS 11/12 manual, equation 8.

    Examples:
        >>> round(teros12_permittivity(2500), 3)
        13.1
    """
    return float((2.887e-9 * raw**3 - 2.08e-5 * raw**2 + 5.276e-2 * raw - 43.39) ** 2)


def _kept(fraction: float, saturation_pct: float) -> float:
    """A fraction [m³/m³] as per cent, within 0 and saturation; not a number stays that."""
    return fraction if math.isnan(fraction) else min(max(100 * fraction, 0.0), saturation_pct)
