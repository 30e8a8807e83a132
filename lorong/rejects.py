"""The operator's desk: the collector's rejects on this machine, and the broker they are sent to again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from commons.errors import BrokerUnavailableError
from ingest.rejects import Rejects
from lorong.sending import publish_all

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from commons.broker import BrokerSettings
    from commons.clock import Clock
    from ingest.rejects import Reject


class RejectsDesk:
    """Reads and sends again what the collector refused; for `web.rejects_page` and the command line.

    Args:
        folder: The collector's rejects.
        broker: Where they are sent again.
        clock: For how long the broker may take.
    """

    def __init__(self, folder: Path, broker: BrokerSettings, *, clock: Clock) -> None:
        self._rejects, self._broker, self._clock = Rejects(folder), broker, clock

    def newest(self, count: int) -> list[tuple[str, Reject]]:
        """The newest with their names, the newest first."""
        return self._rejects.newest(count)

    def replay(self, names: Sequence[str]) -> int:
        """Send these to the broker again; how many it took. They stay in the list.

        Raises:
            UnknownNameError: One of them is not there.
            BrokerUnavailableError: The broker did not take all of them.
        """
        return self.send(self._rejects.named(names))

    def send(self, rejects: Sequence[Reject]) -> int:
        """Send rejects to the broker again, as if they came from no outbox.

        Raises:
            BrokerUnavailableError: The broker did not take all of them.
        """
        sent = publish_all(self._broker, [(one.topic, one.unboxed) for one in rejects], clock=self._clock)
        if sent < len(rejects):
            raise BrokerUnavailableError(f"the broker took {sent} of {len(rejects)} rejects; start it and replay again")
        return sent


def desk_on(data: Path, broker: BrokerSettings, *, clock: Clock) -> RejectsDesk | None:
    """The desk where a collector works in this folder, else None: its rejects lie on another machine."""
    return RejectsDesk(data / "rejects", broker, clock=clock) if data.is_dir() else None
