"""Other people's messages, as they were seen on real devices, as readings in the catalogue's names and units.

Sources of the payloads stand beside them. Values that a source leaves open are invented, and said to be.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson
import pytest

from commons import catalogue
from commons.errors import WireError
from ingest.decoders import DECODERS, decoder_of, fitting
from ingest.decoders.decoder import Reading
from ingest.decoders.quantities import quantity


def _json(document: object) -> bytes:
    return orjson.dumps(document)


def _ttn(decoded: dict[str, Any], **more: Any) -> bytes:
    uplink = {"f_port": 2, "decoded_payload": decoded, **more}
    return _json(
        {
            "end_device_ids": {"device_id": "dev1", "application_ids": {"application_id": "app1"}},
            "received_at": "2026-01-01T06:00:00.123456789Z",
            "uplink_message": uplink,
        }
    )


_TTN_TOPIC = "v3/app1@ttn/devices/dev1/up"
_SIX = 1_767_247_200_123  # 2026-01-01 06:00:00.123 UTC
_LSE01 = {"health.voltage": 3.625, "soil.moisture": 19.57, "soil.temperature": 24.59, "soil.ec": 28200.0}

CASES: list[tuple[str, str, str, bytes, list[Reading]]] = [
    (
        "a thermometer, local time (tasmota/docs DS18x20.md)",
        "tasmota",
        "tele/pot-3/SENSOR",
        _json({"Time": "2019-01-01T00:00:00", "DS18B20": {"Temperature": 49.7}, "TempUnit": "C"}),
        [Reading("pot-3", {"soil.temperature": 49.7}, datetime(2019, 1, 1), "DS18B20")],  # noqa: DTZ001  # local
    ),
    (
        "three nested thermometers beside air (kotori, wemos-sensor-multi.json)",
        "tasmota",
        "tele/wemos/SENSOR",
        _json(
            {
                "Time": "2017-10-05T22:39:45",
                "DS18x20": {
                    "DS1": {"Type": "DS18B20", "Address": "28FF4CBFA41604C4", "Temperature": 25.37},
                    "DS2": {"Type": "DS18B20", "Address": "28FF1E7FA116035D", "Temperature": 30.44},
                },
                "DHT22": {"Temperature": 33.2, "Humidity": 30},
                "TempUnit": "C",
            }
        ),
        [
            Reading("wemos", {"soil.temperature": 25.37}, datetime(2017, 10, 5, 22, 39, 45), "DS1"),  # noqa: DTZ001
            Reading("wemos", {"soil.temperature": 30.44}, datetime(2017, 10, 5, 22, 39, 45), "DS2"),  # noqa: DTZ001
            Reading(
                "wemos",
                {"air.temperature": 33.2, "air.humidity": 30.0},
                datetime(2017, 10, 5, 22, 39, 45),  # noqa: DTZ001
                "DHT22",
            ),
        ],
    ),
    (
        "the bare converter, and Fahrenheit (value path from Tasmota issue 5485, numbers invented)",
        "tasmota",
        "tele/a0/SENSOR",
        _json({"Time": "2026-01-01T06:00:00", "ANALOG": {"A0": 612}, "AM2301": {"Temperature": 86}, "TempUnit": "F"}),
        [
            Reading("a0", {"soil.raw": 612.0}, datetime(2026, 1, 1, 6), "ANALOG"),  # noqa: DTZ001
            Reading("a0", {"air.temperature": 30.0}, datetime(2026, 1, 1, 6), "AM2301"),  # noqa: DTZ001
        ],
    ),
    (
        "a number as text (gist idserda/7b84d20)",
        "esphome",
        "plantsensor/sensor/soil_moisture/state",
        b"43.2",
        [Reading("plantsensor", {"soil.moisture": 43.2})],
    ),
    (
        "soil, battery, no time (zigbee2mqtt.io TS0601_soil.md, values invented)",
        "zigbee2mqtt",
        "zigbee2mqtt/soil-3",
        _json(
            {
                "temperature": 27.4,
                "soil_moisture": 46,
                "temperature_unit": "celsius",
                "battery": 88,
                "battery_state": "high",
                "linkquality": 112,
            }
        ),
        [Reading("soil-3", {"soil.temperature": 27.4, "soil.moisture": 46.0, "health.battery": 88.0})],
    ),
    (
        "Fahrenheit, the air's thermometer beside humidity, a time in milliseconds (invented)",
        "zigbee2mqtt",
        "zigbee2mqtt/garden/soil 4",
        _json(
            {
                "temperature": 77,
                "humidity": 61,
                "soil_moisture": 12,
                "temperature_unit": "fahrenheit",
                "last_seen": _SIX,
            }
        ),
        [Reading("garden/soil 4", {"air.temperature": 25.0, "air.humidity": 61.0, "soil.moisture": 12.0}, _SIX)],
    ),
    (
        "a probe in dry soil (weewx-sdr, rtl_433 issue 1060)",
        "rtl_433",
        "rtl_433/pi/events",
        _json(
            {
                "time": "2021-04-15 15:07:05",
                "model": "Fineoffset-WH51",
                "id": "00df73",
                "battery_ok": 1.0,
                "battery_mV": 1600,
                "moisture": 0,
                "boost": 0,
                "ad_raw": 17,
                "rssi": -2.258,
            }
        ),
        [
            Reading(
                "Fineoffset-WH51/00df73",
                {
                    "soil.moisture": 0.0,
                    "soil.raw": 17.0,
                    "health.battery": 100.0,
                    "health.voltage": 1.6,
                    "health.signal": -2.258,
                },
                datetime(2021, 4, 15, 15, 7, 5),  # noqa: DTZ001  # local
            )
        ],
    ),
    (
        "the MQTT form of a GW3000 (fragment)",
        "ecowitt",
        "ecowitt/gw3000",
        b"soilmoisture1=33&soilbatt1=1.7",
        [Reading("gw3000", {"soil.moisture": 33.0, "health.voltage": 1.7}, None, "soil1")],
    ),
    (
        "numbers as texts, an outdoor thermometer (lorawan-devices lse01-codec.yaml)",
        "things_stack",
        _TTN_TOPIC,
        _ttn(
            {"Bat": 3.625, "TempC_DS18B20": "24.1", "conduct_SOIL": 28200, "temp_SOIL": "24.59", "water_SOIL": "19.57"}
        ),
        [Reading("dev1", _LSE01 | {"air.temperature": 24.1}, _SIX)],
    ),
    (
        "units in the texts (older codec)",
        "things_stack",
        _TTN_TOPIC,
        _ttn({"Bat": "3.304 V", "conduct_SOIL": "57 uS/cm", "temp_SOIL": "7.87 °C", "water_SOIL": "23.42 %"}),
        [
            Reading(
                "dev1",
                {"health.voltage": 3.304, "soil.ec": 57.0, "soil.temperature": 7.87, "soil.moisture": 23.42},
                _SIX,
            )
        ],
    ),
    (
        "nothing decoded, the probe's own bytes (the repository's test vector)",
        "things_stack",
        _TTN_TOPIC,
        _ttn({}, frm_payload="zikA8QelCZtuKJA="),
        [Reading("dev1", _LSE01 | {"air.temperature": 24.1}, _SIX)],
    ),
    (
        "a deployment in a city forest; the outdoor probe is not there (SensiNact, README)",
        "chirpstack",
        "application/5bb9/device/a8404187d187106e/event/up",
        _json(
            {
                "time": "2024-06-20T08:48:38.863512+00:00",
                "deviceInfo": {"deviceName": "LST25628782", "devEui": "a8404187d187106e"},
                "object": {
                    "BatV": 3.301,
                    "temp_DS18B20": "0.00",
                    "temp_SOIL": "13.25",
                    "water_SOIL_f": 13.74,
                    "conduct_SOIL": 35.0,
                },
                "rxInfo": [{"gatewayId": "a84041ffff1f4b70", "rssi": -97}, {"gatewayId": "b8", "rssi": -88}],
            }
        ),
        [
            Reading(
                "a8404187d187106e",
                {
                    "health.voltage": 3.301,
                    "soil.temperature": 13.25,
                    "soil.moisture": 13.74,
                    "soil.ec": 35.0,
                    "health.signal": -88.0,
                },
                1_718_873_318_864,
            )
        ],
    ),
    (
        "a Milesight probe (SensorDecoders EM500-SMTC README)",
        "chirpstack",
        "application/1/device/24e124/event/up",
        _json(
            {
                "time": "2026-01-01T06:00:00.123Z",
                "deviceInfo": {"devEui": "24E124"},
                "object": {"battery": 100, "temperature": 28.1, "moisture": 57.5, "ec": 240},
            }
        ),
        [
            Reading(
                "24e124",
                {"health.battery": 100.0, "soil.temperature": 28.1, "soil.moisture": 57.5, "soil.ec": 240.0},
                _SIX,
            )
        ],
    ),
    (
        "a topic a measurement (topic from the wiki, payload unverified)",
        "sensecap",
        "/device_sensor_data/org/2CF7F1C0/1/vs/4103",
        _json({"value": 27.9, "timestamp": "1767225600000"}),
        [Reading("2CF7F1C0", {"soil.moisture": 27.9}, 1_767_225_600_000)],
    ),
    (
        "everything at once (miflora-mqtt-daemon README)",
        "miflora",
        "miflora/petunia",
        _json({"light": 5424, "moisture": 30, "temperature": 21.4, "conductivity": 1020, "battery": 100}),
        [
            Reading(
                "petunia",
                {
                    "air.light": 5424.0,
                    "soil.moisture": 30.0,
                    "soil.temperature": 21.4,
                    "soil.ec": 1020.0,
                    "health.battery": 100.0,
                },
            )
        ],
    ),
    (
        "one quantity an advertisement (theengs/decoder HHCCJCY01HHCC.md; keys unverified)",
        "theengs",
        "home/TheengsGateway/BTtoMQTT/C47C8D624029",
        _json({"id": "C4:7C:8D:62:40:29", "name": "Flower care", "rssi": -71, "model": "MiFlora", "moi": 30}),
        [Reading("C47C8D624029", {"soil.moisture": 30.0, "health.signal": -71.0})],
    ),
    (
        "texts, pascals (kotori airrohr.json, shortened)",
        "airrohr",
        "airrohr/12041741",
        _json(
            {
                "esp8266id": 12041741,
                "sensordatavalues": [
                    {"value_type": "SDS_P1", "value": "35.67"},
                    {"value_type": "BME280_temperature", "value": "-2.83"},
                    {"value_type": "BME280_humidity", "value": "66.73"},
                    {"value_type": "BME280_pressure", "value": "100535.97"},
                    {"value_type": "signal", "value": "-66"},
                ],
            }
        ),
        [
            Reading(
                "12041741",
                {
                    "air.temperature": -2.83,
                    "air.humidity": 66.73,
                    "air.pressure": 1005.3597,
                    "health.signal": -66.0,
                },
            )
        ],
    ),
    (
        "base name and time, a record a minute before (labels of RFC 8428, composed)",
        "senml",
        "senml/anything",
        _json(
            [
                {"bn": "urn:dev:ow:10e2073a01080063:", "bt": 1767225600, "n": "temp", "u": "Cel", "v": 27.1},
                {"n": "soil", "u": "%RH", "v": 41.2, "t": -60},
            ]
        ),
        [
            Reading("urn:dev:ow:10e2073a01080063", {"air.temperature": 27.1}, 1_767_225_600_000),
            Reading("urn:dev:ow:10e2073a01080063", {"soil.moisture": 41.2}, 1_767_225_540_000),
        ],
    ),
    (
        "a bare topic",
        "plain",
        "kebun/petak-1/kelembapan-tanah",
        b"31,5",
        [Reading("kebun/petak-1", {"soil.moisture": 31.5})],
    ),
]


@pytest.mark.parametrize(
    ("name", "topic", "payload", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_a_device_s_message_says_what_it_carries(
    name: str, topic: str, payload: bytes, expected: list[Reading]
) -> None:
    read = DECODERS[name].decode(topic, payload)

    assert [(one.device, one.time, one.probe) for one in read] == [
        (one.device, one.time, one.probe) for one in expected
    ]
    for one, wanted in zip(read, expected, strict=True):
        assert dict(one.values) == pytest.approx(dict(wanted.values))


@pytest.mark.parametrize(("name", "topic", "payload"), [case[1:4] for case in CASES], ids=[case[0] for case in CASES])
def test_a_message_of_a_family_is_told_by_its_topic_and_content(name: str, topic: str, payload: bytes) -> None:
    assert name in fitting(topic, payload)
    if name != "plain":
        assert decoder_of(topic) is DECODERS[name]


def test_a_pushed_form_keeps_air_sensors_apart_and_soil_probes_together() -> None:
    form = (
        b"PASSKEY=SECRET&stationtype=GW1100A_V2.4.1&dateutc=2025-05-30+19:24:57&tempinf=85.82&humidityin=41"
        b"&baromabsin=29.784&tempf=63.86&humidity=76&solarradiation=34.57&dailyrainin=0.000&yearlyrainin=8.280"
        b"&temp1f=74.84&humidity1=57&soilmoisture1=33&soilad1=210&soilmoisture2=41&tf_ch1=80.6&wh65batt=0"
    )

    read = {(one.device, one.probe): one for one in DECODERS["ecowitt"].decode("ecowitt/gw1100", form)}

    assert dict(read["gw1100", ""].values) == pytest.approx(
        {"air.temperature": 17.7, "air.humidity": 76.0, "air.pressure": 1008.6020, "rain.total": 210.312}
    )
    assert dict(read["gw1100/air1", ""].values) == pytest.approx({"air.temperature": 23.8, "air.humidity": 57.0})
    assert dict(read["gw1100", "soil1"].values) == {"soil.moisture": 33.0, "soil.raw": 210.0}
    assert dict(read["gw1100", "soil2"].values) == {"soil.moisture": 41.0}
    assert dict(read["gw1100", "probe1"].values) == pytest.approx({"soil.temperature": 27.0})
    assert {one.time for one in read.values()} == {1_748_633_097_000}


def test_what_a_probe_does_not_have_is_missing_and_never_zero() -> None:
    assert DECODERS["esphome"].decode("p/sensor/soil_moisture/state", b"nan") == []
    broken = _json({"Time": "2026-01-01T06:00:00", "DS18B20": {"Temperature": 85.0}, "TempUnit": "C"})
    assert DECODERS["tasmota"].decode("tele/p/SENSOR", broken) == []
    partly = _ttn({"Bat": 3.6, "temp_SOIL": "24.59"}, frm_payload="")
    assert "soil.moisture" not in DECODERS["things_stack"].decode(_TTN_TOPIC, partly)[0].values


def test_a_zero_that_the_stack_left_out_is_read_from_the_probe_s_bytes() -> None:
    dry = "zikA8QAACZtuKJA="  # the test vector with its moisture set to zero
    read = DECODERS["things_stack"].decode(_TTN_TOPIC, _ttn({"Bat": 3.625, "temp_SOIL": "24.59"}, frm_payload=dry))
    assert read[0].values["soil.moisture"] == 0.0


def test_degrees_below_zero_are_read_from_bytes_without_an_error_of_a_hundredth() -> None:
    frost = "zin/8QelCZtuKJA="  # outdoor thermometer 0xFFF1, which the maker's manual takes for -1.4
    assert DECODERS["things_stack"].decode(_TTN_TOPIC, _ttn({}, frm_payload=frost))[0].values["air.temperature"] == -1.5


def test_a_clock_that_was_never_set_gives_no_time() -> None:
    early = _json({"Time": "1970-01-01T00:00:12", "DHT11": {"Temperature": 30, "Humidity": 70}})
    assert DECODERS["tasmota"].decode("tele/p/SENSOR", early)[0].time is None


@pytest.mark.parametrize("name", DECODERS)
@pytest.mark.parametrize("payload", [b"", b"\xff\xfe", b"[]", b"{}", b'"x"', b"[" * 10_000, b"1e400", b"NaN"])
def test_nonsense_is_refused_in_a_sentence_or_says_nothing(name: str, payload: bytes) -> None:
    for topic in ("x", "a/b/c/d/e/f", "v3/a/devices/b/up", "zigbee2mqtt/x", "tele/x/SENSOR"):
        try:
            read = DECODERS[name].decode(topic, payload)
        except WireError as error:
            assert len(str(error)) < 300  # noqa: PT017  # either is right
        else:
            assert list(read) == []


@pytest.mark.parametrize(
    "unit", [("soil.moisture", "V"), ("air.temperature", "hPa"), ("air.pressure", "bananas")], ids=str
)
def test_a_unit_of_something_else_is_refused(unit: tuple[str, str]) -> None:
    with pytest.raises(WireError, match="send it in"):
        quantity(unit[0], f"3 {unit[1]}")


def test_every_field_a_decoder_can_give_is_in_the_catalogue() -> None:
    given = {field for case in CASES for one in case[4] for field in one.values}
    for field in given:
        measurement, name = field.split(".")
        assert catalogue.measurement(measurement).field(name).unit


def test_a_broken_form_does_not_tell_its_secret() -> None:
    with pytest.raises(WireError) as refused:
        DECODERS["ecowitt"].decode("ecowitt/x", b"PASSKEY 0F1E2D")
    assert "0F1E2D" not in str(refused.value)
