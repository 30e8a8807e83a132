"""Which indicators are computed, in which order, and by which version of method and facts."""

from __future__ import annotations

from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, Final

from analytics.revision import digest
from commons.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from analytics.indicators.indicator import Indicator
    from commons.sites import Site

_FACTS_DIGITS: Final = 8


def version(indicator: Indicator, site: Site) -> str:
    """An indicator's method and a digest of the site facts that it uses, as its job row remembers them."""
    return f"{indicator.method}+{digest(indicator.facts(site))[:_FACTS_DIGITS]}"


def in_order(indicators: Mapping[str, Indicator], names: Iterable[str] = ()) -> list[Indicator]:
    """Indicators so that each comes after those it builds on.

    Args:
        indicators: Every indicator by name.
        names: The ones wanted; empty = all.

    Raises:
        UnknownNameError: A name is not among the indicators.
    """
    wanted = set(names) or set(indicators)
    for name in sorted(wanted - set(indicators)):
        raise UnknownNameError("indicator", name, indicators)
    graph = {name: [other for other in indicators[name].builds_on if other in wanted] for name in sorted(wanted)}
    return [indicators[name] for name in TopologicalSorter(graph).static_order()]


def with_builders(indicators: Iterable[Indicator], names: Iterable[str]) -> list[Indicator]:
    """The named indicators, and all that build on them, each after those it builds on.

    Args:
        indicators: Every indicator, in that order.
        names: The ones named.

    Raises:
        UnknownNameError: A name is not among the indicators.
    """
    wanted, known = set(names), list(indicators)
    for name in sorted(wanted - {indicator.name for indicator in known}):
        raise UnknownNameError("indicator", name, [indicator.name for indicator in known])
    for indicator in known:
        if wanted.intersection(indicator.builds_on):
            wanted.add(indicator.name)
    return [indicator for indicator in known if indicator.name in wanted]
