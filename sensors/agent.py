"""The node's loop: look at each driver on time, put what it gave in the outbox."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from commons.logs import Log
from sensors.faults import Faults
from sensors.undated import Undated

if TYPE_CHECKING:
    import threading
    from collections.abc import Mapping

    from commons.clock import Clock
    from commons.outbox import Outbox
    from commons.topics import Address
    from sensors.drivers.driver import Driver, Reading

_NAP_SECONDS: Final = 30.0  # a wait is cut into naps, so that a clock set meanwhile is noticed
_CROWDED_NAP_SECONDS: Final = 1.0
_MILLISECONDS: Final = 1_000


class Agent:
    """One node.

    A beat is a moment of the wall clock that is a multiple of the cadence: with 900 s, :00, :15, :30 and :45. At every
    beat each driver is looked at once, in the table's order; one that has more is looked at again at once, unless the
    outbox is crowded. A driver that raises is said once, left alone until the next beat, and stops no other; drivers
    share the thread, so one that hangs must give up by itself.

    Rows and bookmark are kept in one commit, so that a kill at any moment neither loses nor repeats a row.

    Args:
        address: Who speaks.
        drivers: The node's drivers; a name is also the name of the driver's bookmark.
        outbox: Where rows are kept until they are stored.
        clock: What time it is. Until it can be believed, drivers that keep a bookmark wait, and rows of those that do
            not are held in memory and dated once it is.
        cadence_seconds: The time between two beats [s].
    """

    def __init__(
        self, address: Address, drivers: Mapping[str, Driver], outbox: Outbox, *, clock: Clock, cadence_seconds: float
    ) -> None:
        self.address = address
        self.drivers = drivers
        self._outbox, self._clock = outbox, clock
        self._cadence_ms = round(cadence_seconds * _MILLISECONDS)
        self._beat: int | None = None
        self._behind = list(drivers)
        self._undated = Undated()
        self._log = Log("sensors.agent")
        self._faults = Faults(self._log, "driver")

    @property
    def is_at_present(self) -> bool:
        """Whether every driver has been looked at and none has more to give."""
        return self._beat is not None and not self._behind

    def run(self, stop: threading.Event) -> None:
        """Look and look again until `stop` is set."""
        self._log.info("node starts", node=self.address.node, lane=self.address.lane, drivers=",".join(self.drivers))
        while not stop.is_set():
            now_ms = self._clock.wall_ms()
            if not self.step(now_ms):
                self._clock.sleep(self._pause(now_ms), until=stop)
        self._log.info("node stops", node=self.address.node)

    def step(self, now_ms: int) -> bool:
        """Look once at every driver if a beat has begun since the last look, else only at those that had more.

        Args:
            now_ms: The wall time [ms since 1970 UTC].

        Returns:
            Whether to call again at once: a driver has more, and the outbox has room.
        """
        beat = now_ms // self._cadence_ms
        if beat != self._beat:
            self._beat, due = beat, list(self.drivers)
        else:
            due = [] if self._outbox.is_crowded else self._behind
        if due:
            self._date()
            self._behind = [name for name in due if self._look(name, now_ms)]
        return bool(self._behind) and not self._outbox.is_crowded

    def _look(self, name: str, now_ms: int) -> bool:
        """Look once at one driver; whether it has more."""
        try:
            reading = self.drivers[name].read(now_ms, self._outbox.bookmark(name))
            kept = self._keep(name, reading, now_ms)
        except Exception as error:  # noqa: BLE001 - whatever a driver does wrong, the others are read
            self._faults.fails(name, error)
            return False
        self._faults.works(name)
        return kept and reading.more

    def _keep(self, name: str, reading: Reading, now_ms: int) -> bool:
        """Put a reading in the outbox; False when it has to wait for the right time."""
        blocks = [block for block in reading.blocks if len(block)]
        if not self._clock.is_synchronised():
            if reading.bookmark is None and blocks:
                self._undated.hold(blocks, wall_ms=now_ms, monotonic=self._clock.monotonic())
            return False
        bookmark = None if reading.bookmark is None else (name, reading.bookmark)
        if blocks or bookmark:
            self._outbox.put(self.address, blocks, bookmark=bookmark)
        return True

    def _date(self) -> None:
        """Put rows that waited for the right time in the outbox, as soon as it is known."""
        if not self._undated or not self._clock.is_synchronised():
            return
        blocks = self._undated.dated(wall_ms=self._clock.wall_ms(), monotonic=self._clock.monotonic())
        try:
            self._outbox.put(self.address, blocks)
        except Exception as error:  # noqa: BLE001 - a full disk must not stop the loop; they are held until it works
            self._faults.fails(f"{self.address.node}/waiting rows", error)
            return
        self._faults.works(f"{self.address.node}/waiting rows")
        self._log.info("waiting rows dated", node=self.address.node, readings=len(self._undated))
        self._undated.forget()

    def _pause(self, now_ms: int) -> float:
        """How long to wait before looking at the clock again [s]."""
        if self._behind:
            return _CROWDED_NAP_SECONDS
        return min((self._cadence_ms - now_ms % self._cadence_ms) / _MILLISECONDS, _NAP_SECONDS)
