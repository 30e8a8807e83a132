"""What a decoder promises: other people's messages as readings in the catalogue's own names and units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Reading:
    """What one device said of one moment.

    Args:
        device: The device as it names itself.
        values: By `measurement.field` of the catalogue, in the catalogue's units; never empty.
        time: Its own time: milliseconds since 1970 UTC, a local time without a zone, or None where it has none.
        probe: Which of the device's probes it is; empty where it has one only.
    """

    device: str
    values: Mapping[str, float]
    time: int | datetime | None = None
    probe: str = ""


class Decode(Protocol):
    """The pure function of a decoder."""

    def __call__(self, topic: str, payload: bytes) -> Sequence[Reading]:
        """Read one message.

        Args:
            topic: Where it was published.
            payload: What was published.

        Returns:
            Its readings; none where the message is of the decoder's kind and says nothing that Lorong keeps.

        Raises:
            WireError: The message is not of this kind, or broken; the sentence says why.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoder:
    """One family of devices.

    Args:
        name: What `nodes.csv` calls it.
        title: What people call it.
        filters: The topics it publishes on unless it was set up otherwise, as MQTT filters.
        decode: How its messages are read.
        secret: The form fields of its messages that are secrets and are blotted out before a message is kept anywhere.
    """

    name: str
    title: str
    filters: tuple[str, ...]
    decode: Decode
    secret: tuple[str, ...] = ()
