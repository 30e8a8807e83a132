"""Answers kept for a few seconds, so that many readers cost the store one question."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from commons.clock import Clock

T = TypeVar("T")


class BriefCache(Generic[T]):
    """Values by key, each made anew once it is older than `seconds`.

    A key is made by one thread at a time, and the others wait for its value; an error is passed on and nothing is kept.
    A value that is not much too old is given once more at once, and made anew meanwhile: of a page that many read,
    nobody waits.

    Args:
        seconds: How long a value is good [s].
        clock: Tells the age.
        most: How many values are held; the oldest go first.
        late_seconds: How much older one may be that is given while the new one is made [s].
    """

    def __init__(self, seconds: float, clock: Clock, *, most: int = 256, late_seconds: float = 0.0) -> None:
        self._seconds, self._clock, self._most, self._late = seconds, clock, most, late_seconds
        self._lock = threading.Lock()
        self._slots: dict[Hashable, _Slot[T]] = {}
        self._renewing = ThreadPoolExecutor(1, "renew")  # one: readers who wait for a page of their own come first

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The key's value, made now if there is none young enough."""
        slot = self._slot(key)
        made = slot.made
        if made is not None and self._seconds < self._age(made) <= self._seconds + self._late:
            self._renew(slot, make)
            return made[1]
        try:
            return self._made(slot, make)
        finally:
            self._tidy(key, slot)

    def _made(self, slot: _Slot[T], make: Callable[[], T]) -> T:
        with slot.lock:
            if slot.made is None or self._age(slot.made) > self._seconds:
                now = self._clock.monotonic()
                slot.made = (now, make())
            return slot.made[1]

    def _renew(self, slot: _Slot[T], make: Callable[[], T]) -> None:
        """Make it anew in the background, once; an error leaves it to whoever asks when it is too old."""

        def work() -> None:
            try:
                self._made(slot, make)
            finally:
                slot.is_renewing = False

        with self._lock:
            if slot.is_renewing:
                return
            slot.is_renewing = True
        self._renewing.submit(work)

    def _age(self, made: tuple[float, T]) -> float:
        return self._clock.monotonic() - made[0]

    def _slot(self, key: Hashable) -> _Slot[T]:
        with self._lock:
            if key not in self._slots:
                self._slots[key] = _Slot()
            return self._slots[key]

    def _tidy(self, key: Hashable, slot: _Slot[T]) -> None:
        """What could not be made takes no place: asking for what there is not pushes out nothing that there is."""
        with self._lock:
            if slot.made is None and self._slots.get(key) is slot:
                self._slots.pop(key)
            while len(self._slots) > self._most:
                self._slots.pop(next(iter(self._slots)))


class _Slot(Generic[T]):
    """One key's value and when it was made."""

    __slots__ = ("is_renewing", "lock", "made")

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.made: tuple[float, T] | None = None
        self.is_renewing = False
