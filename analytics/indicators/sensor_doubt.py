"""Sensor doubt: which sensor said what cannot be, or is hard to believe, on which day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from analytics import provenance
from analytics.coverage import AtLeast
from analytics.frames import groups
from analytics.indicators.indicator import Indicator, Reach, Source, Worked
from analytics.methods.quality import FAIL
from analytics.periods import local_days
from analytics.revision import digest
from commons.catalogue import Label

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analytics.frames import Row
    from commons.sites import Site

_KEY: Final = ["start", "lane", "bed", "field", "test"]
_COLUMNS: Final = (*_KEY, "value", "usual", "left_out", "detail", "n", "expected", "coverage", "marks", "inputs")


def compute(frames: Mapping[str, pd.DataFrame], site: Site, *, now_ms: int) -> pd.DataFrame:  # noqa: ARG001
    """One row a day for each lane, bed, field and test that doubts a reading; `n` says how many.

    `field` is measurement and field, such as `soil.moisture`. Where several probes in a bed are doubted, value and
    usual are of the one that is doubted most often; `detail` names them all.
    """
    found = _named(frames["flagged"], site)
    rows = [_row(dict(zip(_KEY, key, strict=True)), group) for key, group in groups(found, _KEY)]
    return pd.DataFrame(rows, columns=list(_COLUMNS)).astype({"start": "datetime64[ns]"})


def workings(frames: Mapping[str, pd.DataFrame], site: Site, row: Row) -> Worked:
    """The log of the flags job behind one doubt."""
    found = _named(frames["flagged"], site)
    same = np.logical_and.reduce([found[name] == row[name] for name in _KEY[1:]])
    used = found[same & (found["start"] == pd.Timestamp(row["start"]))]
    counted = " + ".join(f"{n:g}" for n in used["n"])
    lines = (
        f"n = {counted} = {used['n'].sum():g} readings doubted by the test {row['test']}",
        f"left_out = {row['left_out']:g} (worst flag {used['flag'].max():g}; {FAIL} does not count)",
    )
    return Worked(used[["time", "lane", "bed", "node", "field", "test", "n", "flag", "value", "usual"]], lines)


def _named(flagged: pd.DataFrame, site: Site) -> pd.DataFrame:
    """The log with the local day, and the measurement before the field's name."""
    return flagged.assign(
        start=local_days(flagged["time"], site.zone), field=flagged["of"].str.cat(flagged["field"], sep=".")
    )


def _row(key: dict[str, Any], group: pd.DataFrame) -> dict[str, Any]:
    most = group.sort_values(["n", "node"], ascending=[False, True]).iloc[0]
    left_out = float(group["flag"].max() >= FAIL)
    nodes = ",".join(sorted(set(group["node"])))
    marks = provenance.text(set(group["origin"]) & set(provenance.ORIGINS))
    n = float(group["n"].sum())
    return {
        **key,
        "value": most["value"],
        "usual": most["usual"],
        "left_out": left_out,
        "detail": nodes,
        "n": n,
        "expected": np.nan,
        "coverage": np.nan,
        "marks": marks,
        "inputs": digest(most["value"], most["usual"], left_out, nodes, n),
    }


SENSOR_DOUBT: Final = Indicator(
    name="sensor_doubt",
    reads=(Source("flagged"),),
    periods=("day",),
    place="lane",
    coverage=AtLeast(),
    reach=Reach.OWN_PERIOD,
    method="1",
    source="IOOS QARTOD, Manual for Real-Time Quality Control of In-situ Temperature and Salinity, tests 4 and 6 to 8",
    sentence=Label(
        id="Sensor mana yang bacaannya mustahil atau sulit dipercaya, dan apakah bacaan itu ikut dihitung.",
        en="Which sensor's readings are impossible or hard to believe, and whether they are counted.",
    ),
    formula="left_out = 1 where a test fails the readings (flag 4), 0 where it only doubts them (flag 3); n = how many",
    compute=compute,
    workings=workings,
)
