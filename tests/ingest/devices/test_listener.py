"""Other people's devices, from a real broker to a real store."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import orjson
import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from commons.broker import BrokerSettings
from commons.clock import SystemClock
from commons.errors import UnknownNameError
from ingest.decoders import DECODERS
from ingest.devices.listener import Listener
from ingest.devices.settings import DevicesSettings
from ingest.rejects import Rejects
from lorong.listening import listening
from store.contract import Query
from tests.flow.ports import free_port
from tests.flow.small_site import small_site
from tests.flow.waiting import wait_until
from web.settings import WebSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from commons.sites import Site
    from store.contract import Store

ROWS = (
    "soil-3,sydney,zigbee2mqtt,measured,device=soil-3;bed=b1",
    "pot-1,sydney,tasmota,measured,device=pot-1;bed=b2",
    "gw-1,saga,ecowitt,measured,device=gw3000;soil1=b1",
)
SAID = (
    ("miflora", "miflora/petunia", b'{"moisture": 30}'),
    ("senml", "senml/x", b'[{"bn": "x:", "n": "soil", "v": 3}]'),
    ("airrohr", "airrohr/1", b'{"sensordatavalues": [{"value_type": "BME280_humidity", "value": "66"}]}'),
    ("esphome", "plant/sensor/soil_moisture/state", b"43.2"),
)
SOIL = {"soil_moisture": 46, "temperature": 27.4, "last_seen": 1_767_240_000_000}


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return small_site(tmp_path / "site", recorded=0, more_nodes=ROWS)


@pytest.fixture
def settings(tmp_path: Path) -> DevicesSettings:
    return DevicesSettings(data=tmp_path / "devices", report_seconds=0.2)


@pytest.fixture(params=["nats", "mosquitto"])
def server(request: pytest.FixtureRequest) -> Any:
    """Either broker, fresh for each test: what one test's devices left there would be another's."""
    return request.getfixturevalue(f"new_{request.param}")()


@contextmanager
def _publishing(server: Any) -> Iterator[Callable[..., None]]:
    client = mqtt.Client(CallbackAPIVersion.VERSION2)
    client.connect("127.0.0.1", server.port)
    client.loop_start()

    def publish(topic: str, payload: bytes, *, retain: bool = False) -> None:
        client.publish(topic, payload, qos=1, retain=retain).wait_for_publish(30)

    try:
        yield publish
    finally:
        client.disconnect()
        client.loop_stop()


@contextmanager
def _at_work(site: Site, server: Any, settings: DevicesSettings) -> Iterator[None]:
    with listening(site, BrokerSettings(port=server.port), settings, WebSettings(), clock=SystemClock()) as listener:
        wait_until(lambda: listener.is_listening, "the broker lets us listen")
        yield


def _until(store: Store, query: Query, rows: int) -> list[dict[str, Any]]:
    for _ in range(600):
        found: list[dict[str, Any]] = store.read(query).to_pylist()
        if len(found) >= rows:
            return found
        time.sleep(0.05)
    raise AssertionError(f"{rows} rows of {query.measurement} never came")


def test_what_a_device_says_reaches_the_store_as_its_node_s_reading(
    site: Site, server: Any, settings: DevicesSettings, store: Store, collecting: Any
) -> None:
    with collecting(server), _at_work(site, server, settings), _publishing(server) as publish:
        publish("zigbee2mqtt/soil-3", orjson.dumps(SOIL))
        publish("ecowitt/gw3000", b"soilmoisture1=33&soilbatt1=1.7&PASSKEY=0F1E2D")
        rows = {row["node"]: row for row in _until(store, Query("soil"), 2)}

    assert (rows["soil-3"]["lane"], rows["soil-3"]["bed"], rows["soil-3"]["moisture"]) == ("sydney", "b1", 46.0)
    assert (rows["gw-1"]["lane"], rows["gw-1"]["bed"], rows["gw-1"]["moisture"]) == ("saga", "b1", 33.0)


def test_what_came_while_nobody_listened_comes_afterwards_and_says_that_its_time_is_doubtful(
    site: Site, server: Any, settings: DevicesSettings, store: Store, collecting: Any
) -> None:
    with _at_work(site, server, settings):
        pass
    with _publishing(server) as publish:
        publish("zigbee2mqtt/soil-3", orjson.dumps(SOIL))
        publish("tele/pot-1/SENSOR", orjson.dumps({"ANALOG": {"A0": 612}}))
    with collecting(server), _at_work(site, server, settings):
        rows = {row["node"]: row for row in _until(store, Query("soil", quality="all"), 2)}

    assert rows["soil-3"]["moisture_flag"] is None
    assert rows["pot-1"]["raw_flag"] == 3.0


def test_a_retained_message_without_a_time_is_dropped(
    site: Site, server: Any, settings: DevicesSettings, store: Store, collecting: Any
) -> None:
    with _publishing(server) as publish:
        publish("tele/pot-1/SENSOR", orjson.dumps({"ANALOG": {"A0": 1}}), retain=True)
        publish("zigbee2mqtt/soil-3", orjson.dumps(SOIL), retain=True)
    with collecting(server), _at_work(site, server, settings), _publishing(server) as publish:
        publish("tele/pot-1/SENSOR", orjson.dumps({"ANALOG": {"A0": 612}}))
        rows = _until(store, Query("soil"), 2)

    assert sorted((row["node"], row["raw"]) for row in rows) == [("pot-1", 612.0), ("soil-3", None)]


def test_an_unknown_device_is_told_of_with_a_row_to_paste(
    site: Site, server: Any, settings: DevicesSettings, store: Store, collecting: Any
) -> None:
    with collecting(server), _at_work(site, server, settings), _publishing(server) as publish:
        publish("zigbee2mqtt/Soil-9", orjson.dumps(SOIL))
        (row,) = _until(store, Query("stranger"), 1)

    assert row["family"] == "zigbee2mqtt"
    assert row["row"].startswith("soil-9,LANE,zigbee2mqtt,measured,device=Soil-9;bed=BED")


def test_a_message_that_cannot_be_read_is_kept_without_its_secret(
    site: Site, server: Any, settings: DevicesSettings
) -> None:
    with _at_work(site, server, settings), _publishing(server) as publish:
        publish("ecowitt/gw3000", b"PASSKEY=0F1E2D&soilmoisture1=wet")
        for _ in range(600):
            rejects = [reject for _, reject in Rejects(settings.data / "rejects").all()]
            if rejects:
                break
            time.sleep(0.05)

    assert rejects[0].reason.startswith("ecowitt: soil.moisture 'wet' is no number")
    assert b"0F1E2D" not in rejects[0].payload
    assert b"soilmoisture1=wet" in rejects[0].payload


@pytest.mark.parametrize(("device", "status"), [("gw3000", 204), ("GW%203000", 404)])
def test_a_pushed_form_goes_the_way_of_a_message(
    site: Site, new_nats: Any, settings: DevicesSettings, store: Store, collecting: Any, device: str, status: int
) -> None:
    server = new_nats()
    pushing = DevicesSettings(data=settings.data, host="127.0.0.1", port=free_port())
    body = b"PASSKEY=0F1E2D&stationtype=GW1100A&dateutc=2026-01-01+04:00:00&soilmoisture1=33"
    with collecting(server), _at_work(site, server, pushing):
        assert _post(f"http://127.0.0.1:{pushing.port}/data/report/{device}", body) == status
        rows = _until(store, Query("soil"), 1) if status == 204 else []

    assert [row["moisture"] for row in rows] == [33.0] * (status == 204)


def _post(url: str, body: bytes) -> int:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body)) as answer:  # noqa: S310  # http
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


def test_more_filters_than_a_broker_allows_a_session_are_heard_all_the_same(
    site: Site, server: Any, tmp_path: Path, store: Store, collecting: Any
) -> None:
    """NATS allows 65,535 messages under way in a session, and our configuration 20,000 a filter."""
    every = DevicesSettings(data=tmp_path / "devices", report_seconds=0.2, discover=tuple(DECODERS))
    with collecting(server), _at_work(site, server, every), _publishing(server) as publish:
        for name, topic, payload in SAID:
            publish(topic, payload)
            assert name in {row["family"] for row in _until(store, Query("stranger", where={"family": name}), 1)}


def test_a_decoder_that_does_not_exist_is_named(site: Site, tmp_path: Path) -> None:
    settings = DevicesSettings(data=tmp_path / "devices", discover=("tasmoto",))
    with pytest.raises(UnknownNameError, match="did you mean tasmota"):
        Listener(site, BrokerSettings(), settings, clock=SystemClock())
