"""Scales for harvest: a load cell on an HX711, read through the kernel's IIO.

Avia Semiconductor, HX711 datasheet: 24 bits, full scale 0.5 AVDD / gain. The kernel (drivers/iio/adc/hx711.c) turns the
sign bit, so that `in_voltage0_raw` runs from 0 to 16,777,215 with no voltage in the middle, and has no offset;
`in_voltage_scale` is mV a count.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Final

from commons.catalogue.commodities import commodity
from commons.clock import NANOSECONDS_PER_MILLISECOND
from commons.errors import SensorError, SiteError
from commons.rows import Block
from commons.sites.calibrations import Calibration, in_force, of_probe, read_calibrations, read_curve
from sensors.drivers.driver import Reading
from sensors.drivers.sysfs_files import find, parse_number, read_channel, read_text
from sensors.options import read_options

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from commons.sites import NodeEntry, Site
    from sensors.drivers.driver import Driver

PROBE: Final = "scales"
"""What calibrations.csv calls it."""
_DEVICES: Final = "sys/bus/iio/devices/iio:device*"
_CHANNEL: Final = "in_voltage0"
_ENDS: Final = (0.0, 16_777_215.0)
_LEAST_KG: Final = 0.05  # less is a leaf that was left, or the wind
_STILL_KG: Final = 0.02  # two looks that differ by no more are of something that lies still
_DRIFT_KG: Final = 0.2  # an empty pan may creep by as much before somebody must tare it anew
_PLACES: Final = 3


class Scales:
    """One pan: what lay still on it and was taken off is one harvest.

    Looks must follow each other in a few seconds (`cadence_seconds = 2`): scales are a node of their own. What lies on
    the pan, and where its empty weight has crept to, is the bookmark, so that a restart neither loses nor repeats.

    Args:
        node: Whose entries it makes.
        root: Where `sys` is, `/` on a board.
        dated: What millivolts mean [kg], by the day.
        commodity: What is weighed.
        bed: The bed it comes from; empty where it may be any.
        origin: The rows' origin.
    """

    def __init__(
        self, node: str, root: Path, dated: Sequence[Calibration], *, commodity: str, bed: str, origin: str
    ) -> None:
        self._node, self._root, self._dated = node, root, dated
        self._tags = {"commodity": commodity, "origin": origin} | ({"bed": bed} if bed else {})
        self._last_kg: float | None = None

    def read(self, now_ms: int, bookmark: str | None) -> Reading:
        """A harvest, if one was just taken off the pan."""
        millivolts = self._millivolts()
        weight = self._weight(millivolts, now_ms)
        empty, lying = json.loads(bookmark) if bookmark else (0.0, None)
        net, is_still = weight - empty, self._last_kg is not None and abs(weight - self._last_kg) <= _STILL_KG
        self._last_kg = weight
        if net >= _LEAST_KG:
            kg = round(net, _PLACES)
            told = lying is not None and abs(kg - lying[0]) <= _STILL_KG
            return Reading([], None) if told or not is_still else Reading([], json.dumps((empty, (kg, millivolts))))
        if lying is not None:
            return Reading([self._harvest(now_ms, *lying)], json.dumps((empty, None)))
        if is_still and abs(weight) <= _DRIFT_KG and abs(net) > _STILL_KG / 2:
            return Reading([], json.dumps((round(weight, _PLACES), None)))
        return Reading([], None)

    def _millivolts(self) -> float:
        devices = find(self._root, _DEVICES, ("hx711",))
        if not devices:
            raise SensorError("no device called hx711 is there; check the wiring and the overlay")
        raw = parse_number(read_text(devices[0] / f"{_CHANNEL}_raw"), devices[0])
        if raw in _ENDS:
            raise SensorError(f"hx711 says {raw:.0f}, the end of its range; check the load cell's four wires")
        return round(read_channel(devices[0], _CHANNEL), 6)

    def _weight(self, millivolts: float, now_ms: int) -> float:
        """What millivolts mean on that day [kg]."""
        calibration = in_force(self._dated, now_ms)
        if calibration is None:
            raise SensorError("the scales have no calibration yet; weigh nothing and a known weight: lorong calibrate")
        return calibration.curve.value(millivolts)

    def _harvest(self, now_ms: int, kg: float, millivolts: float) -> Block:
        entry = hashlib.blake2b(f"{self._node}/{now_ms}".encode(), digest_size=10).hexdigest()
        said = {"kg": [kg], "entry": [entry], "version": [1.0], "note": [f"{millivolts:.6f} mV"]}
        return Block("harvest", [now_ms * NANOSECONDS_PER_MILLISECOND], self._tags, said)  # type: ignore[arg-type]  # columns


def build(entry: NodeEntry, site: Site) -> Driver:
    """One pan.

    Options: `commodity` (what is weighed), `bed` (where it grows, when it is always one), `points` (mV and kg, such as
    `12.8823:0 12.9591:2`: empty, and with a known weight; the site's calibrations.csv goes before them, from its days
    on), `root` (where `sys` is, default `/`).

    Raises:
        SiteError: There are neither points nor a calibration, or the bed is none of the lane's.
        UnknownNameError: An option or the commodity is not known.
    """
    options = read_options(entry, required=("commodity",), optional={"bed": "", "points": "", "root": "/"})
    lane, node, bed = entry.address.lane, entry.address.node, options["bed"]
    if bed and (lane, bed) not in site.beds:
        raise SiteError(f"node {node!r}: lane {lane!r} has no bed {bed!r}; add it to beds.csv")
    dated = of_probe(read_calibrations(site), node, PROBE)
    if options["points"]:
        try:
            dated = [Calibration(node, PROBE, 0, read_curve(options["points"]), "its options"), *dated]
        except ValueError as error:
            raise SiteError(f"node {node!r}: {error}") from None
    if not dated:
        raise SiteError(f"node {node!r}: the scales have no calibration; write points=12.8823:0 12.9591:2")
    root, what = site.folder / options["root"], commodity(options["commodity"]).slug
    return Scales(node, root, dated, commodity=what, bed=bed, origin=entry.origin)
