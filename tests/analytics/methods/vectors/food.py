"""Worked examples of food supply."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analytics.methods import supply

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.analytics.methods.vectors.adapter import Adapter, Example

_GROUPS = {
    "padi": "padi_padian",
    "umbi": "umbi_umbian",
    "hewani": "pangan_hewani",
    "kacang": "kacang_kacangan",
    "bumbu_minuman": "bumbu",
}


def _pph(inputs: Example, _expected: Example, _every: Mapping[str, Example]) -> dict[str, Any]:
    kcal: pd.Series[float] = pd.Series({_GROUPS.get(name, name): float(k) for name, k in inputs["kcal"].items()})
    return {"score": supply.desirable_dietary_pattern(kcal, ake_kcal=inputs["AKE_kcal"]).points}


def _healthy_diet(_inputs: Example, _expected: Example, _every: Mapping[str, Example]) -> dict[str, Any]:
    targets = supply.HEALTHY_DIET_BASKET
    return {
        "kcal": {name: target.kcal for name, target in targets.items()},
        "items": {name: target.foods for name, target in targets.items()},
        "total_kcal": sum(target.kcal for target in targets.values()),
        "total_items": sum(target.foods for target in targets.values()),
    }


def _diversity(inputs: Example, _expected: Example, _every: Mapping[str, Example]) -> dict[str, Any]:
    return {
        "shannon_base2": float(supply.diversity(inputs["shannon_counts"]).shannon / np.log(2)),
        "simpson": supply.diversity(inputs["simpson_counts"]).gini_simpson,
    }


ADAPTERS: Mapping[str, Adapter] = MappingProxyType(
    {"pph": _pph, "cohd.hdb": _healthy_diet, "diversity.shannon_simpson": _diversity}
)
