"""Other people's devices at the brokers as they are shipped: on their own topics and on no other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
import pytest

from commons.clock import SystemClock
from deploy.broker.registry import Registry
from ingest.devices.settings import DevicesSettings
from lorong.listening import listening
from tests.deploy.peers import Peer
from tests.deploy.shipped import Shipped, shipped
from tests.flow.small_site import small_site
from tests.flow.waiting import wait_until
from web.settings import WebSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from commons.sites import Site

ROWS = (
    "soil-3,sydney,zigbee2mqtt,measured,device=soil-3;bed=b1",
    "field-1,saga,sensecap,measured,device=2cf7;bed=b1",
)
MESSAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "soil-3": ("zigbee2mqtt/soil-3", {"soil_moisture": 46, "last_seen": 1_767_240_000_000}),
    "field-1": ("/device_sensor_data/org/2CF7/1/vs/4103", {"value": 27.9, "timestamp": "1767225600000"}),
}


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return small_site(tmp_path / "site", recorded=0, more_nodes=ROWS)


@pytest.fixture(params=["nats", pytest.param("mosquitto", marks=pytest.mark.mosquitto)])
def lent(
    request: pytest.FixtureRequest, tmp_path: Path, site: Site, program: Callable[[str, str], str]
) -> Iterator[Shipped]:
    """A broker as it is shipped, that knows the site's devices."""
    binary = program("mosquitto", "mosquitto") if request.param == "mosquitto" else ""
    with shipped(request.param, tmp_path / "secrets", binary) as broker:
        Registry(broker.folder, [site]).write()
        broker.reload()
        yield broker


def test_devices_are_heard_through_logins_that_allow_nothing_else(lent: Shipped, site: Site, tmp_path: Path) -> None:
    settings = DevicesSettings(data=tmp_path / "devices")
    registry = Registry(lent.folder, [site])
    passwords = {node: registry.put(site.nodes[node].address) for node in MESSAGES}
    lent.reload()
    logins = {node: lent.settings(f"makassar.{node}", password.reveal()) for node, password in passwords.items()}
    with (
        Peer(lent.role("collector"), "collector-of-the-test") as collector,
        listening(site, lent.role("devices"), settings, WebSettings(), clock=SystemClock()) as listener,
    ):
        assert collector.subscribe("lorong/v1/up/#")
        wait_until(lambda: listener.is_listening, "the broker lets us listen")
        with Peer(logins["soil-3"], "intruder") as intruder:
            intruder.subscribe("zigbee2mqtt/#")  # refused by NATS, and never served by Mosquitto
            intruder.publish("lorong/v1/up/makassar/sydney/soil-3/soil", b'{"t": 1, "bed": "b1", "moisture": 1}')
        for node, (topic, said) in MESSAGES.items():
            with Peer(logins[node], node) as gadget:
                gadget.publish(topic, orjson.dumps(said))
        wait_until(lambda: len(collector.arrived) >= len(MESSAGES), "both devices are heard")

    heard = {topic: orjson.loads(payload)["moisture"] for topic, payload in collector.arrived}
    assert heard == {
        "lorong/v1/up/makassar/sydney/soil-3/soil": [46.0],
        "lorong/v1/up/makassar/saga/field-1/soil": [27.9],
    }
    assert intruder.arrived == []
