"""How one stored value came about, in lines and small tables that any page or terminal can show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from commons.catalogue import Label

if TYPE_CHECKING:
    from collections.abc import Mapping

Cell = float | str | Label | None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under named columns.

    Args:
        columns: The columns' names.
        rows: Their cells; None = nothing is there.
        left_out: How many further rows there are.
    """

    columns: tuple[Label, ...]
    rows: tuple[tuple[Cell, ...], ...]
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """One step of an explanation.

    Args:
        title: What it is about.
        lines: What it says.
        table: What it shows, or None.
    """

    title: Label
    lines: tuple[Label, ...] = ()
    table: Table | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """One value: the inputs, the decision whether they are enough, the formula with its numbers, result and revisions.

    Args:
        indicator: Its measurement.
        title: What people call it.
        sentence: What it says.
        identity: The value's tags.
        period: The first day of its period, in ISO 8601, with the kind of period where there are several.
        parts: The steps, in the order to be read in.
    """

    indicator: str
    title: Label
    sentence: Label
    identity: Mapping[str, str]
    period: str
    parts: tuple[Part, ...]


class Explain(Protocol):
    """Explains a value; whoever shows explanations is handed one."""

    def __call__(self, indicator: str, *, period: str, where: Mapping[str, str]) -> Explanation:
        """How one stored value came about.

        Args:
            indicator: The name of an indicator.
            period: A month (2026-11), a week (2026-W48) or a day (2026-11-24), or a moment in it as dashboards know it:
                milliseconds since 1970, and of which kind where the indicator has several (1795449600000/week).
            where: Tags of the value; `place` stands for the tag that names its place. Tags on which the stored values
                do not differ may be left out.

        Raises:
            UnknownNameError: There is no such indicator, tag or value; the near ones are offered.
            ParameterError: The period is none of these, or several values fit.
            StoreUnavailableError: The store is away.
        """
