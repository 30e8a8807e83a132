"""When a period is complete enough to be given a value; otherwise it stays missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from commons.catalogue import Label
from commons.reasons import at_least
from commons.wording import filled

if TYPE_CHECKING:
    import pandas as pd


class Policy(Protocol):
    """A named rule for "enough"."""

    @property
    def words(self) -> Label:
        """The rule as people read it."""

    def admits(self, n: pd.Series[float], coverage: pd.Series[float]) -> pd.Series[bool]:
        """Whether each row has enough to stand on.

        Args:
            n: The inputs there were.
            coverage: Their share of those there should have been [1]; NaN where nothing can be expected.
        """


@dataclass(frozen=True, slots=True)
class AtLeast:
    """So many inputs, and such a share of the expected ones, both bounds included.

    Args:
        count: The fewest inputs.
        share: The smallest share of the expected inputs [1]; 0 = no share is asked for.
    """

    count: int = 1
    share: float = 0.0

    @property
    def words(self) -> Label:
        """The rule as people read it."""
        return at_least(self.count, self.share)

    def admits(self, n: pd.Series[float], coverage: pd.Series[float]) -> pd.Series[bool]:
        """Whether each row has enough; an unknown coverage is enough only where no share is asked for."""
        enough = n >= self.count
        return enough if self.share == 0 else enough & (coverage >= self.share)


@dataclass(frozen=True, slots=True)
class Either:
    """Enough by one rule or by the other."""

    one: Policy
    other: Policy

    @property
    def words(self) -> Label:
        """The rule as people read it."""
        return filled(Label("{one}, atau {other}", "{one}, or {other}"), one=self.one.words, other=self.other.words)

    def admits(self, n: pd.Series[float], coverage: pd.Series[float]) -> pd.Series[bool]:
        """Whether each row has enough by at least one of the two."""
        return self.one.admits(n, coverage) | self.other.admits(n, coverage)
