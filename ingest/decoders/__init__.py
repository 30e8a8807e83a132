"""The table of decoders by name; a new family of devices is one file and one line here."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from commons.errors import WireError
from ingest.decoders.airrohr import AIRROHR
from ingest.decoders.chirpstack import CHIRPSTACK
from ingest.decoders.ecowitt import ECOWITT
from ingest.decoders.esphome import ESPHOME
from ingest.decoders.miflora import MIFLORA, THEENGS
from ingest.decoders.plain_topics import PLAIN_TOPICS
from ingest.decoders.rtl_433 import RTL_433
from ingest.decoders.senml_devices import SENML
from ingest.decoders.sensecap import SENSECAP
from ingest.decoders.tasmota import TASMOTA
from ingest.decoders.things_stack import THINGS_STACK
from ingest.decoders.zigbee2mqtt import ZIGBEE2MQTT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ingest.decoders.decoder import Decoder

_ALL: Final = (
    TASMOTA,
    ESPHOME,
    ZIGBEE2MQTT,
    RTL_433,
    ECOWITT,
    CHIRPSTACK,
    THINGS_STACK,
    SENSECAP,
    MIFLORA,
    THEENGS,
    AIRROHR,
    SENML,
    PLAIN_TOPICS,
)
DECODERS: Final[Mapping[str, Decoder]] = MappingProxyType({decoder.name: decoder for decoder in _ALL})


def matches(filter_: str, topic: str) -> bool:
    """Whether an MQTT filter takes a topic.

    Examples:
        >>> matches("tele/+/SENSOR", "tele/soil-3/SENSOR"), matches("zigbee2mqtt/#", "tele/soil-3/SENSOR")
        (True, False)
    """
    wanted, parts = filter_.split("/"), topic.split("/")
    for position, want in enumerate(wanted):
        if want == "#":
            return True
        if position >= len(parts) or want not in ("+", parts[position]):
            return False
    return len(wanted) == len(parts)


def decoder_of(topic: str) -> Decoder | None:
    """The decoder on whose topics this one lies; the first of the table where several do."""
    return next((one for one in _ALL if any(matches(filter_, topic) for filter_ in one.filters)), None)


def fitting(topic: str, payload: bytes) -> list[str]:
    """The decoders that find something in a message, the likeliest first: those whose topic it is, then the others."""
    own = decoder_of(topic)
    return [one.name for one in sorted(_ALL, key=lambda one: one is not own) if _finds(one, topic, payload)]


def _finds(decoder: Decoder, topic: str, payload: bytes) -> bool:
    try:
        return bool(decoder.decode(topic, payload))
    except WireError:
        return False
