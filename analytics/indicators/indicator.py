"""What an indicator declares: its inputs, periods, completeness, reach and pure function."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple, Protocol

from commons.marks import INCOMPLETE, RECORDED, SIMULATED, STAND_IN, UNKNOWN_NODE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import pandas as pd

    from analytics.coverage import Policy
    from analytics.frames import Row
    from analytics.periods import Period
    from commons.catalogue import Label
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
        narrow: For events and indicators: a value needs no rows of places from which nothing spreads to its own, nor,
            where the reach is its own period, of other periods; so no others are given for the values that are due.
        tidy: For events: makes of the whole log, all versions, what the indicator works on, before it is narrowed; once
            a run for all that name the same. Its rows keep `time` and the tag of their place.
        back_days: With `narrow`: how many days before a value's period rows still matter to it [d]; None = all of them,
            but where the reach is its own period.
    """

    measurement: str
    fields: tuple[str, ...] = ()
    window: Window | None = None
    by: tuple[str, ...] = ()
    narrow: bool = False
    back_days: int | None = None
    tidy: Callable[[pd.DataFrame, Site], pd.DataFrame] | None = None


class Frames(dict[str, "pd.DataFrame"]):
    """By measurement, rows in time order with columns as `Store.read` gives them.

    Args:
        frames: The rows.
        since: The first day of the periods that are due. Rows before it may be needed; values before it are not.
    """

    def __init__(self, frames: Mapping[str, pd.DataFrame], *, since: date = date.min) -> None:
        super().__init__(frames)
        self.since = since


class Compute(Protocol):
    """The pure function of an indicator."""

    def __call__(self, frames: Frames, site: Site, *, now_ms: int) -> pd.DataFrame:
        """Every value that the frames allow, from `frames.since` on at least; the runner keeps those that are due.

        Args:
            frames: What is read.
            site: The city.
            now_ms: The moment of the run [ms since 1970 UTC]; only for what a running period may be expected to hold.

        Returns:
            One row a value, no row where there is none: `start` (the period's first local day, datetime64 without a
            zone), the identity tags besides `city`, the fields, `n` (inputs there were), `expected` and `coverage` [1]
            (NaN where nothing can be expected), `marks` (see `provenance.text`), and `inputs`: a digest of what the
            row was made from, site facts included. Further columns where they say something: `imputed_share`, the share
            of the inputs that was imputed [1], and `refusal`, why a row has no value though it has inputs ("4 months of
            history, 36 needed"); its numbers are then NaN.
        """


class Worked(NamedTuple):
    """What one stored value was made from.

    Args:
        inputs: The rows used, in the order to be read in.
        lines: The formula with its numbers filled in, a line a step.
    """

    inputs: pd.DataFrame
    lines: tuple[str, ...]


class Workings(Protocol):
    """Shows how one stored value came about, from the frames that `Compute` gets."""

    def __call__(self, frames: Frames, site: Site, row: Row) -> Worked:
        """The inputs and the steps of one value.

        Args:
            frames: As `Compute` gets them, for the row's place and period at least.
            site: The city.
            row: The stored row: `start` (the period's first local day, a `date`), tags and fields, None where nothing
                is there.
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
        source: Where the method is written down: author, year, page or equation.
        sentence: What it says, in a plain sentence or two.
        formula: One line of plain text, with the names of its fields.
        compute: Its pure function.
        workings: Shows the inputs and steps of one value; None = the rows read for that place and period say enough.
        spread: The places whose values a touched place changes.
        facts: The site's tables that it uses; when they change, everything is computed again.
        ages: Whether the value of a running period changes as the hours go by, without new inputs.
        ahead_days: How many days beyond today the periods reach that are computed as time goes by; 0 = today's only.
        marks: Those that its values may carry.
        keeps_first: Fields of which the value as first published is kept beside the one now, in `first_<field>`; for
            methods that fit a whole series anew.
    """

    name: str
    reads: tuple[Source, ...]
    periods: tuple[Period, ...]
    place: str
    coverage: Policy
    reach: Reach
    method: str
    source: str
    sentence: Label
    formula: str
    compute: Compute
    workings: Workings | None = None
    spread: Callable[[Site, str], Iterable[str]] = same_place
    facts: Callable[[Site], object] = no_facts
    ages: bool = False
    marks: tuple[str, ...] = (RECORDED, SIMULATED, UNKNOWN_NODE, STAND_IN, INCOMPLETE)
    ahead_days: int = 0
    keeps_first: tuple[str, ...] = ()

    @property
    def builds_on(self) -> tuple[str, ...]:
        """The measurements that it reads."""
        return tuple(source.measurement for source in self.reads)
