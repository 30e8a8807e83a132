"""The command that writes docs/crises.md and its chart: `python -m deploy.crises`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from commons.catalogue.commodities import commodities
from deploy.crises.news import NEWS
from deploy.crises.page import page
from deploy.crises.series import FOODS, alarms, believed_quotes
from web.charts import Panel, TimeAxis, panels

if TYPE_CHECKING:
    import pandas as pd

DOCS: Final = Path(__file__).parents[2] / "docs"
_DRAWN: Final = (-3.0, 6.0)  # IFPA of a year with next to no spread would flatten all else
_STYLE: Final = (
    "text{font:11px sans-serif;fill:#5b655f}.name{font-weight:600;fill:#1c2b22}.word{font-size:10px;fill:#1c2b22}"
    "path{fill:none}.line{stroke:#2f7d4f;stroke-width:1.4;stroke-linejoin:round}.grid{stroke:#e3e5de}"
    ".axis{stroke:#8b958f}.bound{stroke:#b45309;stroke-dasharray:3 3}.zone{fill:#f7ead9}"
)


def files() -> dict[str, str]:
    """What the command writes, by name: the same from the same sheet."""
    prices, left_out = believed_quotes()
    series = {food: alarms(prices, food) for food in FOODS}
    return {"crises.md": page(series, left_out), "crises.svg": chart(series)}


def chart(series: dict[str, pd.DataFrame]) -> str:
    """Price, ALPS and IFPA of each food above one time axis, on which the crises of the news are marked."""
    shown = [panel for food, table in series.items() for panel in _panels(commodities()[food].label.en, table)]
    months = next(iter(series.values())).index
    marks = [
        (float(np.mean([months.get_loc(c.first), months.get_loc(c.last)])), f"{c.last[5:].lstrip('0')}/{c.last[2:4]}")
        for c in NEWS
        if c.asked
    ]
    axis = TimeAxis(0.0, float(len(months) - 1), marks, gap=1.5)
    title = "Chilli at producers in East Java, August 2016 to August 2026, with the crises in the news (month/year)"
    drawn = str(panels(shown, axis, key="crises", title=title, number=lambda value: f"{value:g}"))
    opened = drawn.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    head, mark, rest = opened.partition(">")
    return f"{head}{mark}<style>{_STYLE}</style>{rest}\n"


def _panels(name: str, table: pd.DataFrame) -> list[Panel]:
    return [
        Panel(f"{name} [thousand Rp/kg]", _points(table["idr"] / 1000), height=70.0),
        Panel(f"{name}: ALPS now [sd]", _points(table["alps"]), bounds=(1.0, 2.0), zones=("", "alert", "crisis")),
        Panel(
            f"{name}: IFPA [sd], cut off below {_DRAWN[0]:g} and above {_DRAWN[1]:g}",
            _points(table["ifpa"].clip(*_DRAWN)),
            bounds=(1.0,),
            zones=("", "high"),
        ),
    ]


def _points(values: pd.Series[float]) -> list[tuple[float, float | None]]:
    return [(float(at), None if np.isnan(value) else float(value)) for at, value in enumerate(values)]


if __name__ == "__main__":
    for name, text in files().items():
        (DOCS / name).write_text(text, "utf-8")
