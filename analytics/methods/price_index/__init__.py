"""Consumer price indices, from single quotes to rates of change and contributions."""

from analytics.methods.price_index.aggregate import Aggregate, Missing, aggregate, value_index
from analytics.methods.price_index.bilateral import bilateral
from analytics.methods.price_index.chains import chained, fixed_base
from analytics.methods.price_index.contributions import bilateral_contributions, contributions, linked_contributions
from analytics.methods.price_index.elementary import Imputation, elementary
from analytics.methods.price_index.formulas import FORMULAS, Formula
from analytics.methods.price_index.multilateral import Method, Splice, multilateral
from analytics.methods.price_index.rates import COMPARISONS, Comparison, rates, splice

__all__ = [
    "COMPARISONS",
    "FORMULAS",
    "Aggregate",
    "Comparison",
    "Formula",
    "Imputation",
    "Method",
    "Missing",
    "Splice",
    "aggregate",
    "bilateral",
    "bilateral_contributions",
    "chained",
    "contributions",
    "elementary",
    "fixed_base",
    "linked_contributions",
    "multilateral",
    "rates",
    "splice",
    "value_index",
]
