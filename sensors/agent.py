"""The node's loop: look at each driver on time, put what it gave in the outbox."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from commons.logs import Log
from sensors import undated
from sensors.faults import Faults
from sensors.gathering import Gathering, Taken
from sensors.timekeeping import Timekeeper

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

    Rows and bookmarks are kept in one commit, so that a kill at any moment neither loses nor repeats a row of a driver
    that has a bookmark. Looks that follow each other closely share a commit, which spares an SD card; a kill costs the
    group that is being gathered, of drivers that only know the present. The last part of a history does not wait for a
    group: it is today's.

    Args:
        address: Who speaks.
        drivers: The node's drivers; a name is also the name of the driver's bookmark.
        outbox: Where rows are kept until they are stored.
        clock: What time it is. While it cannot be believed, drivers that keep a bookmark wait, and rows of the others
            are kept undated.
        cadence_seconds: The time between two beats [s].
        commit_seconds: The time in which rows are gathered for one commit [s]; what people typed does not wait.
        time: Whether the clock can be believed; its own when left out.
    """

    def __init__(
        self,
        address: Address,
        drivers: Mapping[str, Driver],
        outbox: Outbox,
        *,
        clock: Clock,
        cadence_seconds: float,
        commit_seconds: float = 0.0,
        time: Timekeeper | None = None,
    ) -> None:
        self.address = address
        self.drivers = drivers
        self._outbox, self._clock = outbox, clock
        self._cadence_ms = round(cadence_seconds * _MILLISECONDS)
        self._beat: int | None = None
        self.looped_at = clock.monotonic()
        """When the loop came by last [s]: a driver that never returns is seen by it."""
        self._behind: list[str] = []
        self._time = time or Timekeeper(clock)
        self._gathering = Gathering(address, outbox, boot=self._time.boot, seconds=commit_seconds)
        self._log = Log("sensors.agent")
        self._faults, self._outbox_faults = Faults(self._log, "driver"), Faults(self._log, "outbox")

    @property
    def is_at_present(self) -> bool:
        """Whether every driver has been looked at and none has more to give."""
        return self._beat is not None and not self._behind

    def run(self, stop: threading.Event) -> None:
        """Look and look again until `stop` is set."""
        self._log.info("node starts", node=self.address.node, lane=self.address.lane, drivers=",".join(self.drivers))
        while not stop.is_set():
            self.looped_at = self._clock.monotonic()
            now_ms = self._clock.wall_ms()
            if not self.step(now_ms):
                self._clock.sleep(self._pause(now_ms), until=stop)
        if not self._commit():
            self._log.error("rows are lost with this process", node=self.address.node, rows=self._gathering.rows)
        self._log.info("node stops", node=self.address.node)

    def step(self, now_ms: int) -> bool:
        """Look once at every driver if a beat has begun since the last look, else only at those that had more.

        Args:
            now_ms: The wall time [ms since 1970 UTC].

        Returns:
            Whether to call again at once: a driver has more, and the outbox has room.
        """
        beat = now_ms // self._cadence_ms
        again = [] if self._outbox.is_crowded else self._behind
        due = again if beat == self._beat else list(self.drivers)
        if due:
            self._date()
            were_behind, self._behind = self._behind, [name for name in due if self._look(name, now_ms)]
            next_look = self._clock.monotonic() + self._until_beat(now_ms)
            if (were_behind or self._behind or self._gathering.is_due(next_look)) and not self._commit():
                self._behind = []
        self._beat = beat
        return bool(self._behind) and not self._outbox.is_crowded

    def _look(self, name: str, now_ms: int) -> bool:
        """Look once at one driver; whether it has more."""
        monotonic = self._clock.monotonic()
        try:
            reading = self.drivers[name].read(now_ms, self._gathering.bookmark(name))
        except Exception as error:  # noqa: BLE001 - whatever a driver does wrong, the others are read
            self._faults.fails(name, error)
            return False
        self._faults.works(name)
        return self._take(name, reading, now_ms, monotonic) and reading.more

    def _take(self, name: str, reading: Reading, now_ms: int, monotonic: float) -> bool:
        """Gather a reading; False when it has to wait for the right time."""
        blocks = [block for block in reading.blocks if len(block)]
        is_right = self._time.holds()
        if not is_right and reading.bookmark is not None:
            return False
        bookmark = None if reading.bookmark is None else (name, reading.bookmark)
        if blocks or bookmark:
            self._gathering.add(Taken(blocks, bookmark, now_ms, monotonic, is_right))
        return is_right

    def _date(self) -> None:
        """Date rows that waited for the right time, as soon as it is known."""
        if not self._time.look():
            return
        try:
            rows = undated.settle(
                self._outbox,
                boot=self._time.boot,
                wall_ms=self._clock.wall_ms(),
                monotonic=self._clock.monotonic(),
            )
        except Exception as error:  # noqa: BLE001 - a full disk must not stop the loop; they are kept until it works
            self._outbox_faults.fails(f"{self.address.node}/waiting rows", error)
            return
        self._outbox_faults.works(f"{self.address.node}/waiting rows")
        if rows:
            self._log.info("waiting rows dated", node=self.address.node, rows=rows)

    def _commit(self) -> bool:
        """Put the group in the outbox; False when that cannot be done now."""
        try:
            self._gathering.commit()
        except Exception as error:  # noqa: BLE001 - a full disk must not stop the loop; rows stay in memory
            self._outbox_faults.fails(self.address.node, error)
            return False
        self._outbox_faults.works(self.address.node)
        return True

    def _until_beat(self, now_ms: int) -> float:
        return (self._cadence_ms - now_ms % self._cadence_ms) / _MILLISECONDS

    def _pause(self, now_ms: int) -> float:
        """How long to wait before looking at the clock again [s]."""
        return _CROWDED_NAP_SECONDS if self._behind else min(self._until_beat(now_ms), _NAP_SECONDS)
