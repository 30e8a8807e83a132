"""Consumer price indices, from single quotes to rates of change and contributions."""

from analytics.methods.price_index.aggregate import Aggregate, Missing, aggregate, value_index
from analytics.methods.price_index.bilateral import FORMULAS, Formula, bilateral
from analytics.methods.price_index.contributions import contributions
from analytics.methods.price_index.elementary import Imputation, elementary
from analytics.methods.price_index.rates import COMPARISONS, Comparison, rates, splice

__all__ = [
    "COMPARISONS",
    "FORMULAS",
    "Aggregate",
    "Comparison",
    "Formula",
    "Imputation",
    "Missing",
    "aggregate",
    "bilateral",
    "contributions",
    "elementary",
    "rates",
    "splice",
    "value_index",
]
