"""The table of indicators; a new one is one file and one line here."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from analytics.indicators.ceiling_position import CEILING_POSITION
from analytics.indicators.garden_harvest import GARDEN_HARVEST
from analytics.indicators.price_alarm import PRICE_ALARM
from analytics.indicators.price_contribution import PRICE_CONTRIBUTION
from analytics.indicators.price_doubt import PRICE_DOUBT
from analytics.indicators.price_elementary import PRICE_ELEMENTARY
from analytics.indicators.price_index import PRICE_INDEX
from analytics.indicators.price_variation import PRICE_VARIATION
from analytics.indicators.price_weekly import PRICE_WEEKLY
from analytics.indicators.soil_state import SOIL_STATE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analytics.indicators.indicator import Indicator

INDICATORS: Final[Mapping[str, Indicator]] = MappingProxyType(
    {
        "soil_state": SOIL_STATE,
        "garden_harvest": GARDEN_HARVEST,
        "price_doubt": PRICE_DOUBT,
        "price_elementary": PRICE_ELEMENTARY,
        "price_index": PRICE_INDEX,
        "price_contribution": PRICE_CONTRIBUTION,
        "price_weekly": PRICE_WEEKLY,
        "price_alarm": PRICE_ALARM,
        "price_variation": PRICE_VARIATION,
        "ceiling_position": CEILING_POSITION,
    }
)
