"""Worked examples of price indices and price alarms."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd

from analytics.methods import price_alarm as alarm
from analytics.methods import price_index as index
from tests.analytics.methods.vectors.adapter import Unsuited

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.analytics.methods.vectors.adapter import Adapter, Example

_NAMES = {"walsh1": "walsh"}


def _bilateral(inputs: Example, expected: Example, _every: Mapping[str, Example]) -> dict[str, Any]:
    prices, quantities = _tables(inputs)
    found: dict[str, Any] = {}
    for name in expected:
        formula = _NAMES.get(name.removeprefix("chained_"), name.removeprefix("chained_"))
        compute = index.chained if name.startswith("chained_") else index.fixed_base
        if formula in index.FORMULAS:
            found[name] = list(compute(prices, quantities, formula=cast("index.Formula", formula)) / 100)
    return found


def _tables(inputs: Example) -> tuple[Any, Any]:
    """Prices and quantities, periods by products."""
    for suffix in ("_product_by_period", "_period_by_product", ""):
        if f"prices{suffix}" in inputs:
            tables = [inputs[f"prices{suffix}"], inputs.get(f"quantities{suffix}")]
            arrays = [None if table is None else np.array(table, dtype=float) for table in tables]
            turn = suffix == "_product_by_period"
            return tuple(array.T if turn and array is not None else array for array in arrays)  # type: ignore[return-value]
    if "p0" in inputs:
        quantities = [inputs["q0"], inputs["q1"]] if "q1" in inputs else None
        return np.array([inputs["p0"], inputs["p1"]], dtype=float), None if quantities is None else np.array(quantities)
    raise Unsuited(f"inputs {sorted(inputs)} hold no prices")


def _elementary(inputs: Example, expected: Example, _every: Mapping[str, Example]) -> dict[str, Any]:
    prices = np.array([values for values in inputs.values() if isinstance(values, list)], dtype=float)
    return {
        name: list(index.fixed_base(prices, formula=cast("index.Formula", name)) / 100)
        for name in expected
        if name in index.FORMULAS
    }


def _contributions(formula: index.Formula) -> Adapter:
    def adapter(inputs: Example, _expected: Example, _every: Mapping[str, Example]) -> dict[str, Any]:
        quantities = [inputs.get(name) for name in ("q0", "q1")]
        found = index.bilateral_contributions(inputs["p0"], inputs["p1"], *quantities, formula=formula)
        return {"contributions": list(found), f"{formula}_minus_1": float(np.sum(found))}

    return adapter


def _hicp(inputs: Example, expected: Example, _every: Mapping[str, Example]) -> dict[str, Any]:
    months = pd.period_range(inputs["months"][:7], periods=len(inputs["all_items_index"]), freq="M")
    part = pd.DataFrame({"part": inputs["component_index"]}, index=months)
    total: pd.Series[float] = pd.Series([float(x) for x in inputs["all_items_index"]], index=months)
    weights = pd.DataFrame({"part": inputs["component_weight_by_year"]}).rename(index=int)
    shares = weights / inputs["all_items_weight"]
    found = {}
    for key in expected:
        comparison: index.Comparison = "year_on_year" if key.startswith("ribe") else "month_on_month"
        series = index.linked_contributions(part, total, shares, comparison=comparison)["part"]
        first, last = key.rpartition("_")[2].split("..")
        found[key] = series[first:last].to_list()
    return found


def _matched_sample(inputs: Example, expected: Example, every: Mapping[str, Example]) -> dict[str, Any]:
    given = inputs if isinstance(inputs["prices"], list) else every["cpi.chain.matched_sample_overall_mean"]["inputs"]
    rows = pd.DataFrame(given["prices"])
    prices = rows.pivot_table(index="period", columns="product", values="price", dropna=False)
    prices = prices.reindex(sorted(rows["period"].unique()))
    business = rows.drop_duplicates("product").set_index("product")["business"]
    weights = pd.DataFrame(given["weights"]).set_index("business")
    carry = "pop_index" in expected
    if carry:  # a product without a row is gone; one without a price in its row is missing
        business = business[rows.groupby("product").size() > 1]
    found = index.elementary(
        prices[list(business.index)],
        by=business,
        imputation="carry_forward" if carry else "overall_mean",
        administered=carry,
    )["index"]
    levels = pd.DataFrame({name: found.get(name, np.nan) for name in weights.index})
    result = index.aggregate(levels, weights["weight"], weights[["classification"]])
    indices = {str(path[-1]): own / 100 for path, own in _groups(result)} | {"1": result.index / 100}
    if carry:
        return {"pop_index": {name: [1.0, *(own / own.shift()).iloc[1:]] for name, own in indices.items()}}
    indices |= {name: result.nk[name] / weights["weight"][name] for name in weights.index}
    return {"periods": list(prices.index), "chained_index": {name: list(own) for name, own in indices.items()}}


def _fixed_sample(inputs: Example, _expected: Example, _every: Mapping[str, Example]) -> dict[str, Any]:
    rows = pd.DataFrame(inputs["prices"])
    prices = rows.pivot_table(index="period", columns="business", values="price", dropna=False)
    of = rows.drop_duplicates("business").set_index("business")
    classes = of["classification"]
    amounts = classes.map(pd.DataFrame(inputs["class_weights"]).set_index("classification")["weight"])
    nk = amounts * of["weight"] / of["weight"].groupby(classes).transform("sum")
    levels = pd.DataFrame({depth: classes.str[:depth] for depth in (1, 2, 3)})
    names = sorted({name for depth in levels for name in levels[depth]})
    chained: dict[str, list[float]] = {name: [1.0] for name in names}
    # Relatives need the price of the period before itself, so each period is a link of its own.
    for period in range(1, len(prices)):
        relatives = prices.iloc[period] / prices.iloc[period - 1]
        result = index.aggregate(pd.DataFrame([relatives * 0 + 1, relatives], index=[0, 1]), nk, levels)
        nk = result.nk.iloc[1]
        for path, own in _groups(result):
            chained[path[-1]].append(chained[path[-1]][-1] * own.iloc[1] / 100)
    return {"periods": list(prices.index), "chained_index": chained}


def _groups(result: index.Aggregate) -> list[tuple[Any, pd.Series[float]]]:
    return [(path, result.groups.iloc[:, place]) for place, path in enumerate(result.groups.columns)]


def _weighted(inputs: Example, _expected: Example, _every: Mapping[str, Example]) -> dict[str, Any]:
    found = {}
    for month, given in inputs.items():
        n = len(given["indices"])
        levels = pd.DataFrame([[100.0] * n, given["indices"]], dtype=float)
        found[month] = index.aggregate(levels, pd.Series(given["weights"]), missing="drop").index.iloc[1]
    return found


def _december(inputs: Example, expected: Example, _every: Mapping[str, Example]) -> dict[str, Any]:
    """In December y-on-y is y-to-d; the levels compared with come from the rates, so only the identity is shown."""
    level = inputs["IHK_2023_12"]
    months = pd.PeriodIndex(["2022-12", "2023-11", "2023-12"], freq="M")
    before = [level / (1 + expected[rate] / 100) for rate in ("yoy_pct", "mtm_pct")]
    found = index.rates(pd.Series([*before, level], index=months)).iloc[-1]
    return {"yoy_pct": found["year_on_year"], "ytd_pct": found["year_to_date"], "mtm_pct": found["month_on_month"]}


def _monthly(inputs: Example) -> pd.Series[float]:
    prices = inputs["prices"]
    return pd.Series([float(p) for p in prices], index=pd.period_range("2001-01", periods=len(prices), freq="M"))


def _alps(inputs: Example, expected: Example, _every: Mapping[str, Example]) -> dict[str, Any]:
    if "alps" in inputs:
        return {"phase": alarm.alps_phase(inputs["alps"]).tolist()}
    table = alarm.alps(_monthly(inputs)).table
    spread = float((table["price"] - table["fitted"]).std(ddof=1))
    found: dict[str, Any] = {"sd_resid_ddof1": spread}
    for key in expected:
        column, _, count = key.partition("_last")
        if count:
            found[key] = table[column].iloc[-int(count) :].to_list()
    return found


def _ifpa(inputs: Example, expected: Example, _every: Mapping[str, Example]) -> dict[str, Any]:
    if "ifpa" in inputs:
        names = {"moderately_high": "moderately high (watch)", "abnormally_high": "abnormally high (alert)"}
        return {"class": [names.get(phase, phase) for phase in alarm.ifpa_phase(inputs["ifpa"])]}
    table = alarm.ifpa(_monthly(inputs)).table
    first = table["ifpa"].first_valid_index()
    found: dict[str, Any] = {"first_defined_index": list(table.index).index(first)}
    found["ifpa"] = {month: table["ifpa"].iloc[int(month)] for month in expected.get("ifpa", {})}
    growth = table.iloc[48]
    return found | {"t48_parts": {"cqgr": growth["quarterly_growth"], "cagr": growth["annual_growth"]}}


ADAPTERS: Mapping[str, Adapter] = MappingProxyType(
    {
        "cpi.bilateral": _bilateral,
        "cpi.elementary": _elementary,
        "cpi.contrib.jevons": _contributions("jevons"),
        "cpi.contrib.fisher": _contributions("fisher"),
        "cpi.contrib.hicp_manual": _hicp,
        "cpi.chain": _matched_sample,
        "cpi.chain.fixed_sample": _fixed_sample,
        "cpi.aggregate": _weighted,
        "cpi.makassar_dec2023": _december,
        "alps": _alps,
        "ifpa": _ifpa,
    }
)
