"""A garden's weather and what its people type, for the tests of the garden's indicators."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from commons.rows import Block, event_time

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tests.analytics.conftest import City

HOURS = range(24)


class Garden:
    """Writes into a city what the nodes of a lane measure and its people type."""

    def __init__(self, city: City) -> None:
        self.city = city

    def air(
        self,
        lane: str,
        day: str,
        *,
        low: float = 24.0,
        high: float = 33.0,
        humid: bool = True,
        hours: Iterable[int] = HOURS,
    ) -> None:
        """An hourly course of temperature, lowest at 3 and highest at 15 h, and of humidity from 60 to 90 %."""
        at = [*hours]
        warm = [(1 - math.cos((hour - 3) * math.pi / 12)) / 2 for hour in at]
        fields: dict[str, list[float | None]] = {
            "temperature": [low + (high - low) * share for share in warm],
            "humidity": [90.0 - 30.0 * share if humid else None for share in warm],
        }
        self._sample("air", lane, day, at, fields)

    def rain(self, lane: str, day: str, depth: float, *, node: str = "", hours: Iterable[int] = HOURS) -> None:
        """The same rain in every hour, which add up to this depth [mm]."""
        at = [*hours]
        self._sample("rain", lane, day, at, {"depth": [depth / len(at)] * len(at)}, node=node)

    def type(
        self,
        event: str,
        lane: str,
        day: str,
        *,
        bed: str = "",
        commodity: str = "",
        entry: str = "",
        version: int = 1,
        hour: float = 8,
        **fields: float,
    ) -> None:
        """One version of an entry, at eight in the morning."""
        entry = entry or f"{event}/{lane}/{bed}/{commodity}/{day}"
        at_ms = self.city.midnight_ms(day) + round(hour * 3_600_000)
        tags: dict[str, str | list[str]] = {"city": self.city.site.slug, "lane": lane, "origin": "typed"}
        tags |= {} if event == "compost" else {"commodity": commodity} if event == "sale" else {"bed": bed}
        tags |= {"commodity": commodity} if event in {"planting", "harvest"} else {}
        said = {name: [value] for name, value in fields.items()}
        block = Block(
            event,
            [event_time(at_ms, entry=entry, version=version)],
            tags,
            {**said, "entry": [entry], "version": [float(version)]},
        )
        self.city.put(block, lane)

    def settle(self, *names: str) -> None:
        """Run now and an hour later, so that every mark so far has been seen and only later ones count."""
        self.city.run(*names)
        self.city.clock.sleep(3600)
        self.city.run(*names)
        self.city.clock.sleep(3600)

    def _sample(
        self,
        name: str,
        lane: str,
        day: str,
        hours: Sequence[int],
        fields: dict[str, list[float | None]],
        *,
        node: str = "",
    ) -> None:
        midnight = self.city.midnight_ms(day)
        times = [(midnight + hour * 3_600_000 + 1_800_000) * 1_000_000 for hour in hours]
        tags: dict[str, str | list[str]] = {
            "city": self.city.site.slug,
            "lane": lane,
            "node": node or f"{lane}-n1",
            "origin": "measured",
        }
        self.city.put(Block(name, times, tags, {**fields}), lane)


@pytest.fixture
def garden(city: City) -> Garden:
    """A garden in a city with nothing stored."""
    return Garden(city)
