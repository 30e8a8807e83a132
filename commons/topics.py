"""Where messages go: one topic shape up from the nodes, one down to them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from commons.errors import WireError

ROOT: Final = "lorong/v1"
OFFICE_LANE: Final = "kota"
"""The lane, in topics, of nodes that stand in no lane."""
_NAME: Final = r"[a-z0-9-]{1,64}"  # longer ones are nobody's: what is remembered by topic stays small
_SLUG: Final = re.compile(_NAME)
_UP: Final = re.compile(rf"{ROOT}/up/({_NAME})/({_NAME})/({_NAME})/([a-z0-9_-]{{1,64}})")


def is_slug(text: str) -> bool:
    """Whether a text may stand in a topic: lower-case letters, digits and hyphens, at most 64."""
    return _SLUG.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Address:
    """Who speaks: a node in a lane of a city. Each a slug; `kota` is the lane of nodes that stand in no lane."""

    city: str
    lane: str
    node: str

    def __post_init__(self) -> None:
        for name in ("city", "lane", "node"):
            value: str = getattr(self, name)
            if not is_slug(value):
                raise WireError(
                    f"{name} {value[:80]!r} cannot stand in a topic; use 1 to 64 lower-case letters, digits and hyphens"
                )

    def up(self, measurement: str) -> str:
        """The topic of this node's readings of one measurement."""
        return f"{ROOT}/up/{self.city}/{self.lane}/{self.node}/{measurement}"

    def stored(self, box: str) -> str:
        """The topic on which the collector says what of an outbox is in the store."""
        return f"{ROOT}/down/{self.city}/{self.lane}/{self.node}/stored/{box}"


def parse_up(topic: str) -> tuple[Address, str]:
    """The sender and the measurement of a topic.

    Raises:
        WireError: It is not of the shape `lorong/v1/up/{city}/{lane}/{node}/{measurement}`.
    """
    found = _UP.fullmatch(topic)
    if found is None:
        raise WireError(f"topic {topic[:120]!r} is not {ROOT}/up/{{city}}/{{lane}}/{{node}}/{{measurement}}")
    city, lane, node, measurement = found.groups()
    return Address(city, lane, node), measurement
