"""What runs remember in the store: how far each indicator has come, and the marks of what was written since."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow.compute as pc

from analytics import frames
from analytics.backlog import Memory
from analytics.touches import Touch
from commons.touched import mark_time, marked_day, marks_since
from store.contract import Query

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from commons.rows import Block
    from commons.sites import Site
    from store.contract import Store

Job = dict[str, float | str]


class Memories:
    """The job rows and marks of one city.

    Args:
        store: Where they are.
        site: The city.
    """

    def __init__(self, store: Store, site: Site) -> None:
        self._store, self._site = store, site

    def all(self) -> dict[str, Memory]:
        """Of each indicator that ever ran to its end, how far it has come."""
        rows = frames.rows(self._store.read(Query("job", where={"city": self._site.slug})))
        return {
            row["indicator"]: Memory(round(row["watermark"]), row["method"])
            for row in rows
            if row["watermark"] is not None and row["method"] is not None
        }

    def keep(self, jobs: Mapping[str, Job]) -> None:
        """Write what is now to be remembered of these indicators; fields that are not named stay as they are."""
        rows = [{"city": self._site.slug, "indicator": name, "time": 0, **job} for name, job in jobs.items()]
        if rows:
            self._store.write([frames.block("job", rows)])

    def touches(self, since_ms: int) -> list[Touch]:
        """What was touched after a moment; of what is older, only the rest of its day is read."""
        marks = self._store.read(Query("touched", start=marks_since(since_ms), where={"city": self._site.slug}))
        made_since = marks.filter(pc.greater(marks["at"], float(since_ms)))
        return [
            Touch(row["of"], row["place"], marked_day(row["time"]), round(row["at"])) for row in frames.rows(made_since)
        ]

    def marks(self, touches: Iterable[Touch]) -> Block:
        """The rows that tell of touches."""
        return frames.block(
            "touched",
            [
                {
                    "city": self._site.slug,
                    "of": touch.of,
                    "place": touch.place,
                    "time": mark_time(touch.at_ms, touch.day),
                    "at": touch.at_ms,
                }
                for touch in touches
            ],
        )


def of_values(name: str, changed: Iterable[tuple[str, date]], at_ms: int) -> list[Touch]:
    """An indicator's values that changed, as touches for those that build on it."""
    return [Touch(name, place, start, at_ms) for place, start in changed]
