"""What an indicator declares: its inputs, periods, completeness, reach and pure function."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import pandas as pd

    from analytics.coverage import Policy
    from analytics.periods import Period
    from commons.sites import Site
    from store.contract import Window


class Reach(Enum):
    """Which periods a late input changes, besides the one it lies in."""

    OWN_PERIOD = "own period"
    TWELVE_MONTHS_ON = "twelve months on"
    ALL_AFTER = "all after"
    WHOLE_SERIES = "whole series"


@dataclass(frozen=True, slots=True)
class Source:
    """One measurement that an indicator reads.

    Samples are read for the periods that are due and put into windows by the store. Events and other indicators are
    read from the beginning: they are few, an entry's latest version may stand anywhere, and chains begin at the start.

    Args:
        measurement: Its name in the catalogue.
        fields: The fields wanted; empty = all.
        window: For samples: put the rows of each local window into one.
        by: With a window: the tags to keep apart.
    """

    measurement: str
    fields: tuple[str, ...] = ()
    window: Window | None = None
    by: tuple[str, ...] = ()


class Compute(Protocol):
    """The pure function of an indicator."""

    def __call__(self, frames: Mapping[str, pd.DataFrame], site: Site, *, now_ms: int) -> pd.DataFrame:
        """Every value that the frames allow; the runner keeps those that are due.

        Args:
            frames: By measurement, rows in time order with columns as `Store.read` gives them.
            site: The city.
            now_ms: The moment of the run [ms since 1970 UTC]; only for what a running period may be expected to hold.

        Returns:
            One row a value, no row where there is none: `start` (the period's first local day, datetime64 without a
            zone), the identity tags besides `city`, the fields, `n` (inputs there were), `expected` and `coverage` [1]
            (NaN where nothing can be expected), `marks` (see `provenance.text`), and `inputs`: a digest of what the
            row was made from, site facts included.
        """


def same_place(_site: Site, place: str) -> tuple[str, ...]:
    """A touched place changes the values of that place."""
    return (place,)


def no_facts(_site: Site) -> object:
    """Nothing of the site's tables is used."""
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """One computed measurement of the catalogue.

    Args:
        name: Its measurement.
        reads: Its inputs; those that are indicators themselves are computed before it.
        periods: The spans of time that its values are for.
        place: The tag that names the place, which the marks of its inputs name too.
        coverage: When there is enough to give a value.
        reach: Which later periods a late input changes.
        method: The version of its method; another one computes everything again.
        source: Where the method is written down.
        compute: Its pure function.
        spread: The places whose values a touched place changes.
        facts: The site's tables that it uses; when they change, everything is computed again.
        ages: Whether the value of a running period changes as time goes by, without new inputs.
        withdrawn: What fields are set to when a value is withdrawn, where leaving the old number would mislead.
    """

    name: str
    reads: tuple[Source, ...]
    periods: tuple[Period, ...]
    place: str
    coverage: Policy
    reach: Reach
    method: str
    source: str
    compute: Compute
    spread: Callable[[Site, str], Iterable[str]] = same_place
    facts: Callable[[Site], object] = no_facts
    ages: bool = False
    withdrawn: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def builds_on(self) -> tuple[str, ...]:
        """The measurements that it reads."""
        return tuple(source.measurement for source in self.reads)
