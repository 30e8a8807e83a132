"""Where a simulated lane stands, as a text: its driver's bookmark."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date

import orjson

from commons.errors import SensorError


@dataclass(slots=True)
class BedState:
    """What a bed remembers.

    Args:
        water_mm: Water in the soil [mm].
        soil_c: Temperature of the soil [°C].
        demand_mm: What the standing crop would have drunk since planting, had it never been thirsty [mm].
        uptake_mm: What it drank [mm].
        shown_pct: The moisture the probe showed last [%VWC]; None before the first.
    """

    water_mm: float
    soil_c: float
    demand_mm: float = 0.0
    uptake_mm: float = 0.0
    shown_pct: float | None = None


@dataclass(slots=True)
class LaneState:
    """What a lane remembers.

    Args:
        day: The local day it stands in.
        step: The first quarter of an hour of that day that is still to come.
        last_harvest: The day of the last harvest that somebody typed.
        beds: Each bed's state.
    """

    day: date
    step: int
    last_harvest: date
    beds: dict[str, BedState]


def to_text(state: LaneState) -> str:
    """A state as a bookmark; its numbers come back exactly."""
    return orjson.dumps(asdict(state)).decode()


def from_text(text: str) -> LaneState:
    """The state that a bookmark tells.

    Raises:
        SensorError: It is no bookmark of a simulated lane.
    """
    try:
        told = orjson.loads(text)
        return LaneState(
            day=date.fromisoformat(told["day"]),
            step=int(told["step"]),
            last_harvest=date.fromisoformat(told["last_harvest"]),
            beds={slug: BedState(**bed) for slug, bed in told["beds"].items()},
        )
    except (KeyError, TypeError, ValueError) as error:
        raise SensorError(
            f"bookmark {text[:60]!r} is none of a simulated lane ({error!r}); let the outbox drain, then delete it"
        ) from error
