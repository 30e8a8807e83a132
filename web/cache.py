"""Answers kept for a few seconds, so that many readers cost the store one question."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from commons.clock import Clock

T = TypeVar("T")


class BriefCache(Generic[T]):
    """Values by key, each made anew once it is older than `seconds`.

    A key is made by one thread at a time, and the others wait for its value; an error is passed on and nothing is kept.

    Args:
        seconds: How long a value is good [s].
        clock: Tells the age.
        most: How many values are held; the oldest go first.
    """

    def __init__(self, seconds: float, clock: Clock, *, most: int = 256) -> None:
        self._seconds, self._clock, self._most = seconds, clock, most
        self._lock = threading.Lock()
        self._slots: dict[Hashable, _Slot[T]] = {}

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The key's value, made now if there is none young enough."""
        slot = self._slot(key)
        try:
            with slot.lock:
                now = self._clock.monotonic()
                if slot.made is None or now - slot.made[0] > self._seconds:
                    slot.made = (now, make())
                return slot.made[1]
        finally:
            self._tidy(key, slot)

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

    __slots__ = ("lock", "made")

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.made: tuple[float, T] | None = None
