"""Food that the gardens give: harvest, need, nutrition, and what food costs."""

from analytics.methods.supply.basket import (
    HEALTHY_DIET_BASKET,
    BasketCost,
    GardenOffset,
    HealthyDiet,
    Target,
    basket_cost,
    cost_of_healthy_diet,
    garden_offset,
)
from analytics.methods.supply.doubt import DOUBLE, IMPOSSIBLE, REPEATED, TENFOLD, doubtful_harvests
from analytics.methods.supply.harvest import Coverage, coverage, current_entries, harvest_totals
from analytics.methods.supply.need import Diversity, days_of_stock, diversity, fulfilment, yield_per_m2
from analytics.methods.supply.nutrition import (
    AKE_KCAL,
    AKP_G,
    PPH_GROUPS,
    DietaryPattern,
    Nutrients,
    desirable_dietary_pattern,
    nutrients,
)

__all__ = [
    "AKE_KCAL",
    "AKP_G",
    "DOUBLE",
    "HEALTHY_DIET_BASKET",
    "IMPOSSIBLE",
    "PPH_GROUPS",
    "REPEATED",
    "TENFOLD",
    "BasketCost",
    "Coverage",
    "DietaryPattern",
    "Diversity",
    "GardenOffset",
    "HealthyDiet",
    "Nutrients",
    "Target",
    "basket_cost",
    "cost_of_healthy_diet",
    "coverage",
    "current_entries",
    "days_of_stock",
    "desirable_dietary_pattern",
    "diversity",
    "doubtful_harvests",
    "fulfilment",
    "garden_offset",
    "harvest_totals",
    "nutrients",
    "yield_per_m2",
]
