"""Sensors that are sound: quarter-hourly soil and air that move as they do, to inject lies into."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from commons.rows import Block

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.analytics.conftest import City

STEPS = 96


def soil_values(days: int, *, level: float = 30.0) -> list[float]:
    """Moisture that falls by a little each day and sways with the warmth, in steps of a tenth."""
    steps = range(days * STEPS)
    return [round(level - 0.8 * i / STEPS + 0.6 * math.sin(i / 15.3) + 0.2 * math.sin(i * 2.1), 1) for i in steps]


def put_soil(
    city: City, day: str, values: Sequence[float | None], *, lane: str = "saga", node: str = "n1", bed: str = "b1"
) -> None:
    """A probe's readings from the midnight of a day on, one each quarter of an hour."""
    midnight = city.midnight_ms(day)
    times = [(midnight + step * 900_000) * 1_000_000 for step in range(len(values))]
    tags: dict[str, str | list[str]] = {"city": city.site.slug, "lane": lane, "node": f"{lane}-{node}"}
    city.put(Block("soil", times, {**tags, "bed": bed, "origin": "measured"}, {"moisture": list(values)}), lane)
