"""The table of indicators; a new one is one file and one line here."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from analytics.indicators.basket_cost import BASKET_COST
from analytics.indicators.ceiling_position import CEILING_POSITION
from analytics.indicators.comfort import COMFORT
from analytics.indicators.data_completeness import DATA_COMPLETENESS
from analytics.indicators.food_price import FOOD_PRICE
from analytics.indicators.food_supply import FOOD_SUPPLY
from analytics.indicators.garden_compost import GARDEN_COMPOST
from analytics.indicators.garden_harvest import GARDEN_HARVEST
from analytics.indicators.garden_sales import GARDEN_SALES
from analytics.indicators.garden_yield import GARDEN_YIELD
from analytics.indicators.harvest_doubt import HARVEST_DOUBT
from analytics.indicators.harvest_expected import HARVEST_EXPECTED
from analytics.indicators.harvest_outlook import HARVEST_OUTLOOK
from analytics.indicators.healthy_diet_cost import HEALTHY_DIET_COST
from analytics.indicators.lane_weather import LANE_WEATHER
from analytics.indicators.node_completeness import NODE_COMPLETENESS
from analytics.indicators.nutrition import NUTRITION
from analytics.indicators.price_alarm import PRICE_ALARM
from analytics.indicators.price_contribution import PRICE_CONTRIBUTION
from analytics.indicators.price_doubt import PRICE_DOUBT
from analytics.indicators.price_elementary import PRICE_ELEMENTARY
from analytics.indicators.price_index import PRICE_INDEX
from analytics.indicators.price_variation import PRICE_VARIATION
from analytics.indicators.price_weekly import PRICE_WEEKLY
from analytics.indicators.savings import SAVINGS
from analytics.indicators.sensor_doubt import SENSOR_DOUBT
from analytics.indicators.soil_state import SOIL_STATE
from analytics.indicators.water_use import WATER_USE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analytics.indicators.indicator import Indicator

INDICATORS: Final[Mapping[str, Indicator]] = MappingProxyType(
    {
        "sensor_doubt": SENSOR_DOUBT,
        "soil_state": SOIL_STATE,
        "harvest_doubt": HARVEST_DOUBT,
        "garden_harvest": GARDEN_HARVEST,
        "price_doubt": PRICE_DOUBT,
        "price_elementary": PRICE_ELEMENTARY,
        "price_index": PRICE_INDEX,
        "price_contribution": PRICE_CONTRIBUTION,
        "price_weekly": PRICE_WEEKLY,
        "price_alarm": PRICE_ALARM,
        "price_variation": PRICE_VARIATION,
        "ceiling_position": CEILING_POSITION,
        "comfort": COMFORT,
        "data_completeness": DATA_COMPLETENESS,
        "garden_compost": GARDEN_COMPOST,
        "garden_sales": GARDEN_SALES,
        "garden_yield": GARDEN_YIELD,
        "harvest_expected": HARVEST_EXPECTED,
        "harvest_outlook": HARVEST_OUTLOOK,
        "lane_weather": LANE_WEATHER,
        "node_completeness": NODE_COMPLETENESS,
        "water_use": WATER_USE,
        "food_price": FOOD_PRICE,
        "food_supply": FOOD_SUPPLY,
        "nutrition": NUTRITION,
        "savings": SAVINGS,
        "basket_cost": BASKET_COST,
        "healthy_diet_cost": HEALTHY_DIET_COST,
    }
)
