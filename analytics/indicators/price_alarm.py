"""Price alarms: ALPS and IFPA of each food in each market, by month, or why there are none."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from analytics import provenance
from analytics.coverage import AtLeast
from analytics.frames import groups
from analytics.indicators.indicator import Indicator, Reach, Source, Worked
from analytics.methods.price_alarm import ALPS_PHASES, IFPA_PHASES, alps, ifpa
from analytics.periods import local_days
from analytics.revision import digest
from commons.catalogue import Label

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from analytics.frames import Row
    from commons.sites import Site

_COLUMNS: Final = ("start", "market", "commodity", "alarm", "value", "phase", "phase_code")
_ABOUT: Final = ("n", "expected", "coverage", "marks", "inputs")
_METHODS: Final = {"alps": (alps, ALPS_PHASES), "ifpa": (ifpa, IFPA_PHASES)}
_NO_VALUE: Final = {
    "alps": "its calendar month has a price in one year only; two are needed",
    "ifpa": "not three full years of prices before it, or one of those compared with is missing",
}


def compute(frames: Mapping[str, pd.DataFrame], site: Site, *, now_ms: int) -> pd.DataFrame:
    """ALPS and IFPA of every month that is over, from the chained index of each food, in nominal prices.

    The index and not the mean price is judged, so that a seller who joins or leaves sets off no alarm. A series is
    judged as of its last month with a price. ALPS fits the whole series anew with every month, so that earlier values
    move: the value as first published stays beside the one now. FAO deflates domestic prices by the general price
    index; none of the city's own is open, so these are nominal, and in years of high inflation too alarming.
    """
    now = pd.Timestamp(datetime.fromtimestamp(now_ms / 1000, UTC)).tz_convert(site.timezone).tz_localize(None)
    indices = frames["price_elementary"]
    dated = indices.assign(month=local_days(indices["time"], site.zone).dt.to_period("M"))
    over = dated[dated["month"] < now.to_period("M")]
    rows = [
        {"market": market, "commodity": commodity} | row
        for (market, commodity), own in groups(over, ["market", "commodity"])
        for name in _METHODS
        for row in _rows(name, own.set_index("month"))
    ]
    return pd.DataFrame(rows, columns=[*_COLUMNS, *_ABOUT, "refusal"])


def _rows(name: str, own: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """The months of one series that have a price."""
    method, phases = _METHODS[name]
    found = method(own["index"])
    values = found.table[name] if found.eligible else pd.Series(np.nan, index=found.table.index)
    codes = {phase: float(number) for number, phase in enumerate(phases)}
    series = digest(name, {str(month): revision for month, revision in own["revision"].items()})
    inherited = provenance.marks_in(",".join(own["marks"])) & provenance.INHERITED
    lacking = "; ".join(found.insufficient)
    judged = found.table.assign(value=values)[["value", "phase"]].loc[own.index]
    for month, said, value, named in zip(own.index, own["marks"], judged["value"], judged["phase"], strict=True):
        phase = "" if np.isnan(value) else str(named)
        yield {
            "start": month.start_time,
            "alarm": name,
            "value": value,
            "phase": phase or None,
            "phase_code": codes.get(phase, np.nan),
            "n": len(own),
            "expected": len(found.table),
            "coverage": len(own) / len(found.table),
            "marks": provenance.text(inherited | (provenance.marks_in(said) & {provenance.IMPUTED})),
            "inputs": digest(series, str(month)),
            "refusal": None if phase else lacking or _NO_VALUE[name],
        }


def workings(frames: Mapping[str, pd.DataFrame], site: Site, row: Row) -> Worked:
    """The index up to the newest month that was over, and the month's value by its parts."""
    indices = frames["price_elementary"]
    dated = indices.assign(month=local_days(indices["time"], site.zone).dt.to_period("M"))
    computed = pd.Timestamp(row["computed_at"], unit="ms", tz=site.timezone).tz_localize(None).to_period("M")
    own = dated[(dated["market"] == row["market"]) & (dated["commodity"] == row["commodity"])]
    series = own[own["month"] < computed].set_index("month")["index"]
    table = _METHODS[row["alarm"]][0](series).table
    used = table.drop(columns="phase").rename_axis("month").reset_index()
    shown = used.assign(month=used["month"].astype(str))
    at = table[table.index == pd.Period(row["start"], "M")].iloc[0]
    if row["alarm"] == "alps":
        spread = (table["price"] - table["fitted"]).std(ddof=1)
        line = f"ALPS = ({at['price']:.6g} - {at['fitted']:.6g}) / {spread:.6g} = {row['value']:.6g}"
    else:
        growth = f"growth per month over a quarter {at['quarterly_growth']:.6g}, over a year {at['annual_growth']:.6g}"
        line = f"IFPA = 0.4 and 0.6 of both in standard deviations of earlier years = {row['value']:.6g}; {growth}"
    return Worked(shown, (line, f"first published as {row['first_value']:.6g}; phase: {row['phase']}"))


PRICE_ALARM: Final = Indicator(
    name="price_alarm",
    reads=(Source("price_elementary", ("index", "marks", "revision")),),
    periods=("month",),
    place="market",
    coverage=AtLeast(count=1),
    reach=Reach.WHOLE_SERIES,
    method="1",
    source="WFP and CERDI, Calculation and Use of the ALPS Indicator, 2014; UN Statistics Division, SDG 2.c.1 (IFPA)",
    sentence=Label(
        id="Apakah harga luar biasa tinggi: ALPS terhadap tren dan musim, IFPA terhadap kenaikan biasanya.",
        en="Whether a price is unusually high: ALPS against its trend and season, IFPA against its usual growth.",
    ),
    formula="ALPS = (index - trend and season) / sd; IFPA = 0.4 · quarterly growth + 0.6 · annual growth, both in sd",
    compute=compute,
    marks=(*sorted(provenance.INHERITED), provenance.IMPUTED, provenance.INCOMPLETE),
    workings=workings,
    keeps_first=("value",),
)
