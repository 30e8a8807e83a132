"""The inputs of a worked example by any of the names that people give them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from tests.analytics.methods.vectors.adapter import Unsuited

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.analytics.methods.vectors.adapter import Example

_UNITS: Final = frozenset(
    re.findall(
        r"\w+",
        "c degc deg degrees m mm cm pct percent kpa h hour hours mj mjm2 s sec seconds ms per day d mps m2 m3 e "
        "mmd mmday mmh kmh km kg counts utc vwc",
    )
)


def plain(name: str) -> str:
    """A name without its units and marks: `u10_m_s` is `u10`, `Rs_MJ` is `rs`; a single letter keeps its case."""
    parts = name.replace("-", "_").replace(" ", "_").replace("°", "").split("_")
    while len(parts) > 1 and parts[-1].lower() in _UNITS:
        parts.pop()
    joined = "".join(parts)
    return joined if len(joined) == 1 else joined.lower()


class Given:
    """Inputs, found by one of several names.

    Args:
        inputs: As the file has them.
    """

    def __init__(self, inputs: Example) -> None:
        self._inputs = inputs
        self._named = {plain(name): value for name, value in reversed(list(inputs.items()))}

    def get(self, *names: str, otherwise: Any = None) -> Any:
        """The first that is there, by its own name or a plain one."""
        for name in names:
            if self._inputs.get(name) is not None:
                return self._inputs[name]
            if self._named.get(plain(name)) is not None:
                return self._named[plain(name)]
        return otherwise

    def need(self, *names: str) -> Any:
        """The same, and an error that says what is missing and what is there."""
        found = self.get(*names)
        if found is None:
            raise Unsuited(f"inputs {sorted(self._inputs)} hold none of {', '.join(names)}")
        return found

    def has(self, *names: str) -> bool:
        """Whether any of them is there."""
        return self.get(*names) is not None


def answer(expected: Any, found: Mapping[str, Any]) -> dict[str, Any]:
    """What was found, under the names and in the groups of what was printed."""
    named = {plain(name): value for name, value in found.items()}
    result: dict[str, Any] = {}
    for name, value in expected.items():
        if name in found or plain(name) in named:
            result[name] = found.get(name, named.get(plain(name)))
        elif isinstance(value, dict):
            result[name] = answer(value, found)
    return result
