"""Quality tests: QARTOD's for any sensor, and the soil-moisture checks of the ISMN."""

from analytics.methods.quality.ismn import derivatives, ismn_flags
from analytics.methods.quality.qartod import (
    FAIL,
    GOOD,
    MISSING,
    NOT_EVALUATED,
    SUSPECT,
    SpikeMethod,
    flat_line,
    gross_range,
    rate_of_change,
    spike,
)

__all__ = [
    "FAIL",
    "GOOD",
    "MISSING",
    "NOT_EVALUATED",
    "SUSPECT",
    "SpikeMethod",
    "derivatives",
    "flat_line",
    "gross_range",
    "ismn_flags",
    "rate_of_change",
    "spike",
]
