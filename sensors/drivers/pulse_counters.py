"""Tipping-bucket rain gauges and flow meters: devices that close a contact once for so much water.

Rain gauge: 0.2794 mm a tip (Misol, Fine Offset, Argent; datasheet of the SEN-08942 kit). Flow meter: YF-S201, sold as
450 pulses a litre (datasheet; each one differs by some per cent, so measure a bucket).
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

from gpiozero import DigitalInputDevice, GPIOZeroError

from commons.clock import NANOSECONDS_PER_MILLISECOND
from commons.errors import SensorError, SiteError
from commons.rows import Block
from sensors.drivers.driver import Reading
from sensors.options import read_options

if TYPE_CHECKING:
    from collections.abc import Sequence

    from commons.sites import NodeEntry, Site
    from sensors.drivers.driver import Driver

_RAIN_BOUNCE_SECONDS: Final = 0.05  # a reed contact rings for some milliseconds; a bucket tips at most every 0.2 s
_PLACES: Final = 3


class Counter:
    """One contact, counted from its opening on.

    Args:
        pin: The GPIO number.
        bounce_seconds: How long after a pulse no other is believed [s]; None = each counts.

    Raises:
        SensorError: The pin cannot be had.
    """

    def __init__(self, pin: int, *, bounce_seconds: float | None = None) -> None:
        self._lock, self._count = threading.Lock(), 0
        try:
            self._device = DigitalInputDevice(pin, pull_up=True, bounce_time=bounce_seconds)
        except GPIOZeroError as error:
            raise SensorError(f"GPIO {pin} cannot be read ({error}); check the number and the rights") from error
        self._device.when_activated = self._pulse

    def take(self) -> int:
        """The pulses since the last time."""
        with self._lock:
            count, self._count = self._count, 0
        return count

    def _pulse(self) -> None:
        with self._lock:
            self._count += 1


class PulseCounters:
    """The counters of a board: rain as a sample each look, zero included; water as an event when some has flowed.

    Args:
        rain: The rain gauge and its millimetres a tip; None = there is none.
        flows: Each flow meter with the bed it waters and its pulses a litre.
        origin: The rows' origin.
    """

    def __init__(
        self, rain: tuple[Counter, float] | None, flows: Sequence[tuple[Counter, str, float]], *, origin: str
    ) -> None:
        self._rain, self._flows, self._origin = rain, flows, origin

    def read(self, now_ms: int, bookmark: str | None) -> Reading:  # noqa: ARG002 - knows only the present
        """What fell and flowed since the look before."""
        time = now_ms * NANOSECONDS_PER_MILLISECOND
        blocks = []
        if self._rain is not None:
            counter, millimetres = self._rain
            depth = round(counter.take() * millimetres, _PLACES)
            blocks.append(Block("rain", [time], {"origin": self._origin}, {"depth": [depth]}))
        for counter, bed, per_litre in self._flows:
            if pulses := counter.take():
                litres = round(pulses / per_litre, _PLACES)
                blocks.append(Block("water", [time], {"bed": bed, "origin": self._origin}, {"litres": [litres]}))
        return Reading(blocks)


def build(entry: NodeEntry, site: Site) -> Driver:
    """The counters of a board.

    Options: `rain` (GPIO:mm a tip, such as `17:0.2794`), `flows` (bed:GPIO:pulses a litre, such as `b1:27:450`, several
    with commas).

    Raises:
        SiteError: A counter is not written so, its bed is none of the lane's, or there is none at all.
        SensorError: A pin cannot be had.
        UnknownNameError: An option is not known.
    """
    options = read_options(entry, optional={"rain": "", "flows": ""})
    if not any(options.values()):
        raise SiteError(f"node {entry.address.node!r}: no counter is named; write rain=17:0.2794 or flows=b1:27:450")
    rain = None
    if options["rain"]:
        pin, millimetres = _numbers(entry, options["rain"], "17:0.2794")
        rain = Counter(int(pin), bounce_seconds=_RAIN_BOUNCE_SECONDS), millimetres
    flows = []
    for text in filter(None, options["flows"].split(",")):
        bed, _, rest = text.partition(":")
        if (entry.address.lane, bed) not in site.beds:
            raise SiteError(
                f"node {entry.address.node!r}: lane {entry.address.lane!r} has no bed {bed!r}; add it to beds.csv"
            )
        pin, per_litre = _numbers(entry, rest, "27:450")
        flows.append((Counter(int(pin)), bed, per_litre))
    return PulseCounters(rain, flows, origin=entry.origin)


def _numbers(entry: NodeEntry, text: str, example: str) -> tuple[float, float]:
    """A pin, and what a pulse means."""
    pin, _, factor = text.partition(":")
    try:
        numbers = float(int(pin)), float(factor)
    except ValueError:
        numbers = -1.0, 0.0
    if numbers[0] < 0 or not 0 < numbers[1] < float("inf"):
        raise SiteError(f"node {entry.address.node!r}: counter {text!r} is not like {example}; mend it")
    return numbers
