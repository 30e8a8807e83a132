"""Worked examples of price indices and price alarms."""

from __future__ import annotations

import math
import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, cast, get_args

import numpy as np
import pandas as pd

from analytics.methods import price_alarm as alarm
from analytics.methods import price_index as index
from tests.analytics.methods.vectors.adapter import Unsuited

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.analytics.methods.vectors.adapter import Adapter, Example

_NAMES = {"walsh1": "walsh"}


def _bilateral(inputs: Example, expected: Example, _every: Mapping[str, Example]) -> dict[str, Any]:
    """Formulas by their names; `chained_` before, or around, a name chains it."""
    prices, quantities = _tables(inputs, expected)
    return _by_formula(prices, quantities, expected, chain=False)


def _by_formula(prices: Any, quantities: Any, expected: Example, *, chain: bool) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, printed in expected.items():
        chained = chain or "chain" in name
        if isinstance(printed, dict):
            found[name] = _by_formula(prices, quantities, printed, chain=chained)
            continue
        formula = re.sub(r"_?(chained|chain|fixed_base|fixed|direct)_?", "", name)
        formula = _NAMES.get(formula, formula)
        if formula in index.FORMULAS:
            compute = index.chained if chained else index.fixed_base
            series = list(compute(prices, quantities, formula=cast("index.Formula", formula)) / 100)
            found[name] = series if isinstance(printed, list) else series[-1]
        else:
            found |= _multilateral(prices, quantities, name)
    return found


def _multilateral(prices: Any, quantities: Any, name: str) -> dict[str, Any]:
    """GEKS and time-product-dummy over all periods, by the names they go by."""
    names = {
        "geks": "geks_tornqvist",
        "ccdi": "geks_tornqvist",
        "tpd": "time_product_dummy",
        "wtpd": "time_product_dummy",
    }
    method = names.get(name, name)
    if method not in get_args(index.Method):
        return {}
    return {name: list(index.multilateral(prices, quantities, method=cast("index.Method", method)) / 100)}


def _tables(inputs: Example, expected: Example) -> tuple[Any, Any]:
    """Prices and quantities, periods by products; a table that does not say has a row a period if that fits."""
    if "p0" in inputs:
        quantities = [inputs["q0"], inputs["q1"]] if "q1" in inputs else None
        return np.array([inputs["p0"], inputs["p1"]], dtype=float), None if quantities is None else np.array(quantities)
    found: dict[str, Any] = {}
    for name, table in inputs.items():
        kind = next((kind for kind in ("price", "quantit", "expend") if name.lower().startswith(kind)), None)
        if kind is not None and isinstance(table, list):
            array = np.array(table, dtype=float)
            found[kind] = array.T if _lies_down(name, array, expected) else array
    if "price" not in found:
        raise Unsuited(f"inputs {sorted(inputs)} hold no prices")
    if "expend" in found and "quantit" not in found:
        found["quantit"] = found["expend"] / found["price"]
    return found["price"], found.get("quantit")


def _lies_down(name: str, table: Any, expected: Example) -> bool:
    """Whether the products are the rows."""
    if "_by_" in name:
        return "product_by" in name or "item_by" in name
    return table.shape[0] not in set(_lengths(expected)) and table.shape[1] in set(_lengths(expected))


def _lengths(expected: Any) -> Iterator[int]:
    for value in expected.values():
        if isinstance(value, dict):
            yield from _lengths(value)
        elif isinstance(value, list):
            yield len(value)


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


def _matched_sample(how: str) -> Adapter:
    """Quotes of businesses, two levels above them; `how` is what moves a quote that is missing.

    An aggregate without any quote moves with the level above in every one of them.
    """

    def adapter(inputs: Example, expected: Example, every: Mapping[str, Example]) -> dict[str, Any]:
        ours = isinstance(inputs.get("prices"), list)
        given = inputs if ours else every["cpi.chain.matched_sample_overall_mean"]["inputs"]
        rows = pd.DataFrame(given["prices"])
        prices = rows.pivot_table(index="period", columns="product", values="price", dropna=False)
        prices = prices.reindex(sorted(rows["period"].unique()))
        business = rows.drop_duplicates("product").set_index("product")["business"]
        weights = pd.DataFrame(given["weights"]).set_index("business")
        if how == "carry_forward":  # a product without a row is gone; one without a price in its row is missing
            business = business[rows.groupby("product").size() > 1]
        quotes = prices[list(business.index)]
        if how == "parental":
            logs: pd.DataFrame = pd.DataFrame(np.log(quotes.to_numpy()), quotes.index, quotes.columns).diff().T
            moves = logs.groupby(business).mean().reindex(weights.index).T.map(math.exp)
            linked = _linked(moves, weights["weight"], weights[["classification"]])
            indices = {name: pd.Series(own) for name, own in linked.items()}
        else:
            levels = _levels(quotes, business, how).reindex(columns=weights.index)
            result = index.aggregate(levels, weights["weight"], weights[["classification"]])
            indices = {str(path[-1]): own / 100 for path, own in _groups(result)} | {"1": result.index / 100}
            indices |= {name: result.nk[name] / weights["weight"][name] for name in weights.index}
        relatives = {name: [1.0, *(own / own.shift()).iloc[1:]] for name, own in indices.items()}
        found: dict[str, Any] = {"periods": list(prices.index)}
        for name in expected.keys() - {"periods"}:
            found[name] = {k: list(own) for k, own in indices.items()} if "chain" in name else relatives
        return found

    return adapter


def _levels(prices: pd.DataFrame, business: pd.Series[str], how: str) -> pd.DataFrame:
    """The index of each business."""
    found = index.elementary(
        prices,
        by=business,
        imputation="carry_forward" if how == "carry_forward" else "overall_mean",
        administered=how == "carry_forward",
    )
    return cast("pd.DataFrame", found["index"])


def _linked(relatives: pd.DataFrame, nk: pd.Series[float], levels: pd.DataFrame) -> dict[str, list[float]]:
    """Each period a link of its own: what has no relative in it moves with the level above, and is not put right."""
    chained: dict[str, list[float]] = {}
    for _, moved in relatives.iloc[1:].iterrows():
        result = index.aggregate(pd.DataFrame([moved * 0 + 1, moved], index=[0, 1]), nk, levels)
        links = {str(path[-1]): own.iloc[1] / 100 for path, own in _groups(result)} | {"1": result.index.iloc[1] / 100}
        links |= {str(name): result.nk[name].iloc[1] / nk[name] for name in nk.index}
        nk = result.nk.iloc[1]
        for name, link in links.items():
            chained.setdefault(name, [1.0]).append(chained[name][-1] * link)
    return chained


def _fixed_sample(inputs: Example, _expected: Example, _every: Mapping[str, Example]) -> dict[str, Any]:
    rows = pd.DataFrame(inputs["prices"])
    prices = rows.pivot_table(index="period", columns="business", values="price", dropna=False)
    of = rows.drop_duplicates("business").set_index("business")
    classes = of["classification"]
    amounts = classes.map(pd.DataFrame(inputs["class_weights"]).set_index("classification")["weight"])
    nk = amounts * of["weight"] / of["weight"].groupby(classes).transform("sum")
    levels = pd.DataFrame({depth: classes.str[:depth] for depth in (1, 2, 3)})
    chained = _linked(prices / prices.shift(), nk, levels)
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


def _release(inputs: Example, expected: Example, _every: Mapping[str, Example]) -> dict[str, Any]:
    """A published level with its rates; the levels compared with come from the rates, so only their identity is shown.

    In December y-on-y is y-to-d: there the two are one.
    """
    name, level = next((n, v) for n, v in inputs.items() if re.search(r"\d{4}.\d{2}", n) and not isinstance(v, str))
    month = pd.Period(re.sub(r".*(\d{4}).(\d{2}).*", r"\1-\2", name), freq="M")
    before = {"yoy": month - 12, "ytd": pd.Period(f"{month.year - 1}-12", freq="M"), "mtm": month - 1}
    rate = {n: v for n in before for k, v in expected.items() if k.startswith(n) and v is not None}
    known = {before[n]: level / (1 + v / 100) for n, v in rate.items()} | {month: level}
    found = index.rates(pd.Series(known).sort_index()).iloc[-1]
    return _rate_names(expected, {n: found[own] for n, own in _RATES.items()})


_RATES: Final = {"mtm": "month_on_month", "ytd": "year_to_date", "yoy": "year_on_year"}
_RATE_WORDS: Final = {
    "mtm": ("mtm", "month", "mom", "m_o_m", "m_to_m"),
    "ytd": ("ytd", "to_date", "y_to_d"),
    "yoy": ("yoy", "annual", "year_on", "y_o_y", "y_on_y"),
}


def _rate_names(expected: Example, found: Mapping[str, Any]) -> dict[str, Any]:
    """Each printed rate by the word in its name."""
    words = [(word, n) for n, each in _RATE_WORDS.items() for word in each]
    named = {name: next((n for word, n in words if word in name.lower()), None) for name in expected}
    return {name: found[n] for name, n in named.items() if n is not None}


def _rates(inputs: Example, expected: Example, _every: Mapping[str, Example]) -> dict[str, Any]:
    """A series of levels, with its months or from its first one, to rates [%] in the shape that was printed."""
    levels = next((v for v in inputs.values() if isinstance(v, (list, dict)) and _are_numbers(v)), None)
    if levels is None:
        raise Unsuited(f"inputs {sorted(inputs)} hold no levels of an index")
    if isinstance(levels, dict):
        months, levels = pd.PeriodIndex(list(levels), freq="M"), list(levels.values())
    else:
        months = _months(inputs, len(levels))
    series: pd.Series[float] = pd.Series(np.array(levels, dtype=float), index=months)
    table = index.rates(series)
    found = {}
    for n, own in _RATES.items():
        dated = {str(month): _or_none(value) for month, value in table[own].items()}
        found[n] = dated
    shaped = _rate_names(expected, found)
    return {name: _shaped(dated, expected[name]) for name, dated in shaped.items()}


def _months(inputs: Example, n: int) -> pd.PeriodIndex:
    months = inputs.get("months", inputs.get("time", inputs.get("dates")))
    if isinstance(months, list):
        return pd.PeriodIndex([str(month)[:7] for month in months], freq="M")
    first = months or inputs.get("start", inputs.get("first_month", "2001-01"))
    return pd.period_range(str(first)[:7] if str(first)[:4].isdigit() else "2001-01", periods=n, freq="M")


def _are_numbers(values: Any) -> bool:
    each = list(values.values()) if isinstance(values, dict) else values
    return all(value is None or isinstance(value, (int, float)) for value in each)


def _or_none(value: float) -> float | None:
    return None if pd.isna(value) else float(value)


def _shaped(dated: dict[str, float | None], printed: Any) -> Any:
    """By month, all in a row, the last ones in a row, or the last one."""
    if isinstance(printed, dict):
        return {month: dated.get(month) for month in printed}
    values = list(dated.values())
    return values[-len(printed) :] if isinstance(printed, list) else values[-1]


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
        "cpi.chain": _matched_sample("overall_mean"),
        "cpi.chain.carry_forward": _matched_sample("carry_forward"),
        "cpi.chain.matched_sample_parental": _matched_sample("parental"),
        "cpi.chain.fixed_sample": _fixed_sample,
        "cpi.aggregate": _weighted,
        "cpi.makassar": _release,
        "cpi.sulsel": _release,
        "cpi.release": _release,
        "cpi.rates": _rates,
        "cpi.multilateral": _bilateral,
        "alps": _alps,
        "ifpa": _ifpa,
    }
)
