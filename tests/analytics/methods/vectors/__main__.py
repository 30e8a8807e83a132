"""`make vectors FILE=path.json`: run published worked examples through the methods, one line each."""

from __future__ import annotations

import json
import math
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.analytics.methods.vectors import food, prices, sensors, water
from tests.analytics.methods.vectors.adapter import Unsuited

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.analytics.methods.vectors.adapter import Adapter

ADAPTERS: Mapping[str, Adapter] = {**prices.ADAPTERS, **water.ADAPTERS, **food.ADAPTERS, **sensors.ADAPTERS}


def adapter_of(name: str) -> Adapter | None:
    """The adapter whose id is that of the example, or its longest beginning; None = no method here."""
    beginning = name
    while beginning not in ADAPTERS:
        shorter = re.sub(r"[._][^._]*$", "", beginning)
        if shorter == beginning:
            return None
        beginning = shorter
    return ADAPTERS[beginning]


def differences(found: Any, expected: Any, tolerance: float | None, at: str = "") -> Iterator[str]:
    """Where a result is not what was printed; None was not printed, and a key without a result is one too few."""
    if isinstance(expected, list):
        expected, found = (dict(enumerate(each)) if isinstance(each, list) else each for each in (expected, found))
    if isinstance(expected, dict):
        for key, value in expected.items():
            if isinstance(found, dict) and key in found:
                yield from differences(found[key], value, tolerance, f"{at}{key}.")
            else:
                yield f"{at}{key}: no result"
    elif expected is not None and not alike(found, expected, tolerance):
        yield f"{at[:-1]}: {found}, expected {expected}"


def alike(found: Any, expected: Any, tolerance: float | None) -> bool:
    """Whether two values are the same within the tolerance.

    Where the tolerance is told in words (`None`), a thousandth, or a unit of the last digit printed, is allowed.
    """
    if isinstance(expected, str) or not isinstance(found, (int, float)):
        return bool(found == expected)
    if tolerance is not None:
        return math.isclose(
            found, expected, rel_tol=1e-12, abs_tol=1.0001 * tolerance
        )  # a printed half rounds either way
    unit = float(10 ** -len(str(expected).partition(".")[2]))
    return math.isclose(found, expected, rel_tol=1e-3, abs_tol=unit)


def outcome(example: Mapping[str, Any], every: Mapping[str, Mapping[str, Any]]) -> str:
    """Passed, failed and why, or no method."""
    adapter = adapter_of(example["id"])
    if adapter is None:
        return f"no method for {example['id']!r}"
    try:
        result = adapter(example["inputs"], example["expected"], every)
        tolerance = example.get("tolerance")
        wrong = list(
            differences(result, example["expected"], tolerance if isinstance(tolerance, (int, float)) else None)
        )
    except Unsuited as reason:
        return f"failed: {reason}"
    except Exception as problem:  # noqa: BLE001 - a file's one bad example must not hide the others
        return f"failed: {type(problem).__name__}: {problem}"
    return f"failed: {'; '.join(wrong[:3])}" if wrong else "passed"


def main(path: str) -> int:
    """Print each id's result and the sum; 1 where one that its file calls verified did not pass."""
    examples = json.loads(Path(path).read_text("utf-8"))
    every = {example["id"]: example for example in examples}
    results = {name: outcome(example, every) for name, example in every.items()}
    for name, result in results.items():
        print(f"{name:45} {result}{'' if every[name].get('verified', True) else ' (not verified)'}")
    passed = sum(result == "passed" for result in results.values())
    without = sum(result.startswith("no method") for result in results.values())
    print(f"{passed} passed, {len(results) - passed - without} failed, {without} without a method")
    wrong = [name for name, result in results.items() if result.startswith("failed")]
    return int(any(every[name].get("verified", True) for name in wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
