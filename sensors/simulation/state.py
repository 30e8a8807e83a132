"""Where a simulated lane stands, as a text: its driver's bookmark."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import orjson

from commons.errors import SensorError
from sensors.simulation.events import Event


@dataclass(slots=True)
class Tally:
    """A bed's day so far, in millimetres of water.

    Args:
        before_mm: Water in the soil when the day began.
        rain_mm: Rain that reached the bed.
        given_mm: What people gave.
        demand_mm: What the crop would have drunk, never thirsty.
        uptake_mm: What it drank.
        drained_mm: What ran through below.
        runoff_mm: What ran off above.
        evening_pct: Moisture at each quarter of the last three hours, added up [%VWC].
        harvest_kg: What was harvested, typed or not [kg].
    """

    before_mm: float = 0.0
    rain_mm: float = 0.0
    given_mm: float = 0.0
    demand_mm: float = 0.0
    uptake_mm: float = 0.0
    drained_mm: float = 0.0
    runoff_mm: float = 0.0
    evening_pct: float = 0.0
    harvest_kg: float = 0.0


@dataclass(slots=True)
class BedState:
    """What a bed remembers.

    Args:
        water_mm: Water in the soil [mm].
        soil_c: Temperature of the soil [°C].
        demand_mm: What the standing crop would have drunk since planting, had it never been thirsty [mm].
        uptake_mm: What it drank [mm].
        shown_pct: The moisture the probe showed last [%VWC]; None before the first.
        today: Its day so far.
    """

    water_mm: float
    soil_c: float
    demand_mm: float = 0.0
    uptake_mm: float = 0.0
    shown_pct: float | None = None
    today: Tally = field(default_factory=Tally)


@dataclass(slots=True)
class LaneState:
    """What a lane remembers.

    Args:
        day: The local day it stands in.
        step: The first quarter of an hour of that day that is still to come.
        last_harvest: The day of the last harvest that somebody typed.
        beds: Each bed's state.
        held: Entries that are typed later, each with the moment of that [ms since 1970 UTC].
    """

    day: date
    step: int
    last_harvest: date
    beds: dict[str, BedState]
    held: list[tuple[int, Event]] = field(default_factory=list)


def to_text(state: LaneState) -> str:
    """A state as a bookmark; its numbers come back exactly."""
    return orjson.dumps(state).decode()


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
            beds={slug: _bed(bed) for slug, bed in told["beds"].items()},
            held=[(int(at), Event(**event)) for at, event in told.get("held", [])],
        )
    except (KeyError, TypeError, ValueError) as error:
        raise SensorError(
            f"bookmark {text[:60]!r} is none of a simulated lane ({error!r}); let the outbox drain, then delete it"
        ) from error


def _bed(told: dict[str, Any]) -> BedState:
    return BedState(**{**told, "today": Tally(**told.get("today", {}))})
