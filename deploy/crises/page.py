"""The page itself: tables of crises and alarms, and what agrees and what does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from commons.catalogue.commodities import commodities
from deploy.crises.news import NEWS, Crisis

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_ALARMS: Final = {"alps": ("alert", "crisis"), "alps_first": ("alert", "crisis"), "ifpa": ("abnormally_high",)}
_CALLED: Final = {"alps": "ALPS now", "alps_first": "ALPS as first published", "ifpa": "IFPA"}

_HEAD: Final = """# Price alarms and the chilli crises in the news

Made by `make crises` from the shipped sheet of East Java (`deploy/sites/makassar/sheets/jatim.csv.gz`, SISKAPERBAPO,
August 2016 to August 2026); do not edit. **These are producer prices of two places each in East Java**, not what people
pay, and not Makassar: no open daily series of Makassar is known. The news tells of consumer prices, mostly Jakarta's.
So this page asks one thing only: do the alarms go off when everybody complained of chilli?

A month's price is the geometric mean of its days (ten at least) without what `price_doubt` leaves out ({left_out}
prices of the two chillies), and the series is the chained Jevons index of the two places. Prices are nominal. *As first
published* is ALPS fitted on the months up to then, as an office would have seen it; *now* is fitted on all ten years.
An alarm is "alert" or "crisis" for ALPS, "abnormally high" for IFPA; "stress" and "moderately high" are none.

![Price, ALPS and IFPA of both chillies; the five crises are marked on the time axis](crises.svg)
"""

_READING: Final = """
## What agrees and what does not

* ALPS over the whole series calls four of the five crises a crisis in bird's-eye chilli. **Early 2025 it calls an
  alert, and only in March**: the farm price had been higher before, and ten years of swings have widened the spread.
  January and February 2025, when the news already told of Rp100,000, are stress and normal.
* Early 2017 is seen **in hindsight only**: three years of prices are needed, and the sheet begins in August 2016.
  Nobody could have published it. Of the other four, ALPS as first published raised the alarm in each for bird's-eye
  chilli, and in three for large chilli: early 2025 was bird's-eye chilli's.
* IFPA needs three full years as well, begins in August 2019, and saw the four that came after. **In its first year it
  rests on two earlier years, and where these grew alike its spread is next to nothing**: {largest:.0f} in
  {largest_month} is no price crisis, the price was falling. Its alarms of February to May 2020 and of April to June
  2021 came while bird's-eye chilli got cheaper month by month: they are false.
* Large chilli has crises of its own at the end of 2016 and early in 2024 that the five do not name, and was calm early
  in 2017: a shortage of one chilli is not one of the other.
* Many alarms outside the five adjoin one of them (April 2017, October 2019, October 2023, April 2025). Where news of a
  month was found, it stands beside the alarm; nobody went through a newspaper's archive, so "none found" is not "none
  written", and no share of false alarms can be given.
* Every threshold here is WFP's or FAO's. None was fitted to these crises; the five were named before anybody looked.
"""


def page(series: Mapping[str, pd.DataFrame], left_out: int) -> str:
    """The whole page in Markdown.

    Args:
        series: By food, what `alarms` gives.
        left_out: Prices of these foods that were left out as doubtful.
    """
    rawit = series["cabai-rawit-merah"]
    largest = rawit["ifpa"].idxmax()
    reading = _READING.format(largest=rawit["ifpa"].max(), largest_month=largest)
    parts = [_HEAD.format(left_out=left_out), _news(), *(_food(food, table) for food, table in series.items())]
    return "\n".join(parts) + "\n" + reading


def _news() -> str:
    rows = [[c.name, _span(c), c.told, c.source] for c in NEWS if c.asked]
    return "## The five crises\n\n" + _table(["crisis", "months", "what was told", "where"], rows)


def _food(food: str, table: pd.DataFrame) -> str:
    label = commodities()[food].label.en
    crises = [[c.name, *_crisis(table.loc[c.first : c.last])] for c in NEWS if c.asked]
    others = [
        [_CALLED[alarm], _months(run), _largest(run, alarm), _told(run)]
        for alarm in _ALARMS
        for run in _alarms_elsewhere(table, alarm)
    ]
    head = ["crisis", "dearest month [Rp/kg]", *(f"{name}: largest" for name in _CALLED.values())]
    return (
        f"\n## {label}\n\n{_table(head, crises)}\n\n{_counts(table)}\n\nAlarms outside the five crises:\n\n"
        + _table(["alarm", "months", "largest", "news found"], others)
    )


def _crisis(months: pd.DataFrame) -> list[str]:
    dearest = months["idr"].idxmax()
    return [f"{months['idr'].max():,.0f} ({dearest})", *(_largest(months, alarm) for alarm in _ALARMS)]


def _largest(months: pd.DataFrame, alarm: str) -> str:
    """The largest value with its phase and month."""
    if months[alarm].isna().all():
        return "no value yet"
    at = months[alarm].idxmax()
    phase = str(months[f"{alarm}_phase"].to_dict()[at]).replace("_", " ")
    return f"{months[alarm].max():.2f}, {phase} ({at})"


def _counts(table: pd.DataFrame) -> str:
    """How many months each alarm sounded, in and out of the five crises."""
    inside = _told_of(table, [c for c in NEWS if c.asked])
    told = _told_of(table, NEWS)
    lines = []
    for alarm, name in _CALLED.items():
        judged = table[alarm].notna()
        sounded = _sounds(table, alarm)
        found = [c.name for c in NEWS if c.asked and sounded.loc[c.first : c.last].any()]
        missed = [c.name for c in NEWS if c.asked and c.name not in found]
        lines.append(
            f"* {name}: {sounded.sum()} alarms in {judged.sum()} months: {(sounded & inside).sum()} in the five, "
            f"{(sounded & told & ~inside).sum()} in other months told of, {(sounded & ~told).sum()} in months without "
            f"news found. Sounded in: {', '.join(found) or 'none'}; silent in: {', '.join(missed) or 'none'}."
        )
    return "\n".join(lines)


def _sounds(table: pd.DataFrame, alarm: str) -> pd.Series[bool]:
    return table[f"{alarm}_phase"].isin(_ALARMS[alarm])


def _told_of(table: pd.DataFrame, crises: list[Crisis] | tuple[Crisis, ...]) -> pd.Series[bool]:
    months = table.index.astype(str)
    told = [any(crisis.first <= month <= crisis.last for crisis in crises) for month in months]
    return pd.Series(told, index=table.index, dtype=bool)


def _alarms_elsewhere(table: pd.DataFrame, alarm: str) -> Iterator[pd.DataFrame]:
    """Stretches of months with an alarm that lie outside the five crises."""
    alone = _sounds(table, alarm) & ~_told_of(table, [c for c in NEWS if c.asked])
    stretch = (alone != alone.shift()).cumsum()
    for _, run in table[alone].groupby(stretch[alone]):
        yield run


def _told(run: pd.DataFrame) -> str:
    found = [f"{c.name}: {c.told} ({c.source})" for c in NEWS if not c.asked and _told_of(run, [c]).any()]
    return "; ".join(found) or "none found"


def _months(run: pd.DataFrame) -> str:
    first, last = run.index[0], run.index[-1]
    return f"{first}" if first == last else f"{first} to {last}"


def _span(crisis: Crisis) -> str:
    return crisis.first if crisis.first == crisis.last else f"{crisis.first} to {crisis.last}"


def _table(head: list[str], rows: list[list[str]]) -> str:
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows))
