"""When a price is out of the ordinary: ALPS, IFPA, variation, weekly change, ceilings and outliers."""

from analytics.methods.price_alarm.alps import ALPS_PHASES, alps, alps_phase
from analytics.methods.price_alarm.ceilings import CeilingPosition, ceiling_position
from analytics.methods.price_alarm.history import Alarm
from analytics.methods.price_alarm.ifpa import IFPA_PHASES, ifpa, ifpa_phase
from analytics.methods.price_alarm.outliers import CUTOFF, robust_outliers, robust_spread
from analytics.methods.price_alarm.variation import coefficient_of_variation, detrended_variation
from analytics.methods.price_alarm.weekly import weekly_change

__all__ = [
    "ALPS_PHASES",
    "CUTOFF",
    "IFPA_PHASES",
    "Alarm",
    "CeilingPosition",
    "alps",
    "alps_phase",
    "ceiling_position",
    "coefficient_of_variation",
    "detrended_variation",
    "ifpa",
    "ifpa_phase",
    "robust_outliers",
    "robust_spread",
    "weekly_change",
]
