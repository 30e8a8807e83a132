"""A simulated node's connection: packs that are delayed, doubled, overtaken and lost, and times without any."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode

from commons.broker import BrokerSettings
from commons.errors import BrokerUnavailableError
from sensors.days import midnight_ms
from sensors.simulation.draws import draws
from sensors.simulation.scenario import find

if TYPE_CHECKING:
    from random import Random

    from commons.clock import Clock
    from commons.sites import NodeEntry, Site
    from sensors.simulation.scenario import NetworkPlan

_HOUR_MS: Final = 3_600_000
_OVERTAKEN_SECONDS: Final = 5.0  # in the scenario's time: what is sent meanwhile goes before it


@dataclass(frozen=True, slots=True)
class Link:
    """What a scenario's network does to one node.

    Args:
        plan: The network.
        chance: Where its chances are drawn from, pack by pack.
        clock: The scenario's time.
        down: Times without a connection, from and to [ms since 1970 UTC].
    """

    plan: NetworkPlan
    chance: Random
    clock: Clock
    down: tuple[tuple[int, int], ...]

    @property
    def is_down(self) -> bool:
        """Whether there is no connection now."""
        now_ms = self.clock.wall_ms()
        return any(begin <= now_ms < end for begin, end in self.down)


class LinkedClient(mqtt.Client):
    """An MQTT client whose packs go over a link.

    What the link holds back is gone when the connection ends, as on a real one; the uplink sends it again.

    Args:
        link: The link.
        client_id: Its name at the broker.
        clean_session: Whether the broker forgets it.
        manual_ack: Whether messages are acknowledged by hand.
    """

    def __init__(self, link: Link, client_id: str, *, clean_session: bool, manual_ack: bool) -> None:
        super().__init__(
            CallbackAPIVersion.VERSION2,
            client_id=client_id,
            clean_session=clean_session,
            manual_ack=manual_ack,
            reconnect_on_failure=False,
        )
        self._link = link
        self._held: list[tuple[float, int, _Pack]] = []
        self._number = 0
        self._extra: set[int] = set()

    def connect(self, *args: Any, **named: Any) -> MQTTErrorCode:  # noqa: ANN401  # paho's own arguments
        """Open the connection; whoever sends is told of each of its packs once, however often the link sends it."""
        tell: Any = self.on_publish

        def tell_once(client: mqtt.Client, data: Any, mid: int, *more: Any) -> None:  # noqa: ANN401  # as above
            if mid in self._extra:
                self._extra.discard(mid)
            elif tell is not None:
                tell(client, data, mid, *more)

        self._tell, self.on_publish = tell, tell_once
        return super().connect(*args, **named)

    def publish(self, *args: Any, **named: Any) -> mqtt.MQTTMessageInfo:  # noqa: ANN401  # as above
        """Hand a pack to the link; what becomes of it is seen at the broker."""
        plan, chance = self._link.plan, self._link.chance
        is_lost, is_double, is_overtaken, delay = (chance.random() for _ in range(4))
        due = self._link.clock.monotonic() + delay * plan.delay_seconds
        due += _OVERTAKEN_SECONDS if is_overtaken < plan.reordered else 0.0
        self._number += 1
        pack = _Pack(args, named, is_lost=is_lost < plan.lost, is_double=is_double < plan.duplicates)
        heapq.heappush(self._held, (due, self._number, pack))
        return mqtt.MQTTMessageInfo(0)

    def loop(self, timeout: float = 1.0) -> MQTTErrorCode:
        """Send what has come through, and listen; where the link is down the connection is gone."""
        if self._link.is_down:
            self._held.clear()
            self.disconnect()
            super().loop(0.0)
            return MQTTErrorCode.MQTT_ERR_CONN_LOST
        now = self._link.clock.monotonic()
        while self._held and self._held[0][0] <= now:
            self._let_through(heapq.heappop(self._held)[2])
        return super().loop(timeout)

    def _let_through(self, pack: _Pack) -> None:
        """One pack: once, twice, or only as if, as by a broker that confirms it and dies."""
        if pack.is_lost:
            self._tell(self, None, 0, None, None)
            return
        super().publish(*pack.args, **pack.named)
        if pack.is_double:
            self._extra.add(super().publish(*pack.args, **pack.named).mid)


@dataclass(frozen=True, slots=True)
class _Pack:
    """What is published, and what becomes of it."""

    args: tuple[Any, ...]
    named: dict[str, Any]
    is_lost: bool
    is_double: bool


@dataclass(frozen=True, slots=True)
class LinkedBroker(BrokerSettings):
    """A broker at the other end of a link.

    Args:
        link: The link; there is always one.
    """

    link: Link | None = field(default=None, kw_only=True)

    def client(self, client_id: str, *, clean_session: bool, manual_ack: bool = False) -> mqtt.Client:
        """A client whose packs go over the link."""
        if self.link is None:
            return BrokerSettings.client(self, client_id, clean_session=clean_session, manual_ack=manual_ack)
        client = LinkedClient(self.link, client_id, clean_session=clean_session, manual_ack=manual_ack)
        if self.username:
            client.username_pw_set(self.username, self.password.reveal())
        if (context := self.tls_context()) is not None:
            client.tls_set_context(context)
        return client

    def connect(self, client: mqtt.Client) -> None:
        """Open the connection.

        Raises:
            BrokerUnavailableError: The link is down, or the broker away.
        """
        if self.link is not None and self.link.is_down:
            raise BrokerUnavailableError(
                "the scenario has no connection now; the node keeps its readings and tries again"
            )
        BrokerSettings.connect(self, client)


def linked(entry: NodeEntry, site: Site, broker: BrokerSettings, *, clock: Clock) -> BrokerSettings:
    """A node's way to the broker: over a link where its scenario's network is not perfect.

    Args:
        entry: The node.
        site: Its site.
        broker: The broker.
        clock: The scenario's time.
    """
    scenario = find(entry.options["scenario"], beside=site.folder) if entry.options.get("scenario") else None
    if scenario is None or scenario.network.is_perfect:
        return broker
    plan, key = scenario.network, (scenario.seed, entry.address.node)
    down = []
    for number, outage in enumerate(plan.outage):
        if draws(*key, "outage", number).random() < outage.nodes:
            day = scenario.begin + timedelta(days=outage.day - 1)
            begin_ms = midnight_ms(day, site.zone) + round(outage.hour * _HOUR_MS)
            down.append((begin_ms, begin_ms + round(outage.hours * _HOUR_MS)))
    link = Link(plan, draws(*key, "link"), clock, tuple(down))
    given = {name: getattr(broker, name) for name in BrokerSettings.__dataclass_fields__}
    return LinkedBroker(**given, link=link)
