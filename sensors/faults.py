"""What is failing now: said once when it begins, and once when it is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from commons.logs import Log


class Faults:
    """Remembers what fails, so that a device that stays broken does not fill the log.

    Args:
        log: Who says it.
        kind: What it is that fails, such as "driver".
    """

    def __init__(self, log: Log, kind: str) -> None:
        self._log, self._kind = log, kind
        self._failing: set[str] = set()

    def fails(self, name: str, error: Exception) -> None:
        """It failed now."""
        if name not in self._failing:
            self._failing.add(name)
            self._log.error(f"{self._kind} fails", name=name, error=type(error).__name__, reason=error)

    def works(self, name: str) -> None:
        """It works now."""
        if name in self._failing:
            self._failing.discard(name)
            self._log.info(f"{self._kind} works again", name=name)
