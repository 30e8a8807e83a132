"""Soil probes on a serial line: captured frames, and a real Modbus server behind a pseudo-terminal."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from commons.errors import SensorError, SiteError, UnknownNameError
from sensors.drivers import build_driver
from sensors.drivers.modbus_probes import FAMILIES, parse
from tests.sensors.modbus_line import modbus_line, wires

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from commons.sites import Site

REQUEST = bytes.fromhex("010300000004 4409")
ANSWER = bytes.fromhex("010308 0262 0167 0006 0037 C206")  # 61.0 %, 35.9 degrees, 6 uS/cm, pH 5.5


@pytest.fixture
def bus(request: pytest.FixtureRequest) -> Iterator[str]:
    """A serial port with Modbus devices behind it: {address: registers}."""
    with modbus_line({address: {0: registers} for address, registers in request.param.items()}) as port:
        yield port


@pytest.fixture
def look(site: Site, node_entry: Any, noon_ms: int) -> Callable[..., list[dict[str, Any]]]:
    """The rows that one look gives."""

    def read(port: str, **options: str) -> list[dict[str, Any]]:
        driver = build_driver(node_entry("modbus_soil", port=port, **options), site)
        return [row for block in driver.read(noon_ms, None).blocks for row in block.rows()]

    return read


@pytest.mark.parametrize("bus", [{1: [495, 324, 4, 55], 2: [610, 0xFFFB, 6, 60]}], indirect=True)
def test_each_probe_of_the_line_is_a_row_of_its_bed(bus: str, look: Any) -> None:
    first, second = look(bus, family="7in1", probes="b1:1,b2:2", baud="9600")

    assert (first["bed"], first["moisture"], first["temperature"], first["ec"], first["ph"]) == (
        "b1",
        49.5,
        32.4,
        4,
        5.5,
    )
    assert (second["bed"], second["temperature"]) == ("b2", -0.5)


@pytest.mark.parametrize("bus", [{1: [495, 324, 4, 55]}], indirect=True)
def test_a_probe_that_is_not_there_does_not_silence_the_others(bus: str, look: Any) -> None:
    rows = look(bus, family="7in1", probes="b2:9,b1:1", baud="9600")

    assert [row["bed"] for row in rows] == ["b1"]


@pytest.mark.parametrize("bus", [{1: [495, 324]}], indirect=True)
def test_a_probe_of_another_family_refuses_and_is_named(bus: str, look: Any) -> None:
    with pytest.raises(SensorError, match=r"bed 'b1' \(address 1\)"):
        look(bus, family="7in1", probes="b1:1", baud="9600")


def test_a_port_that_is_not_there_is_named(look: Any) -> None:
    with pytest.raises(SensorError, match="/dev/nowhere cannot be opened"):
        look("/dev/nowhere", family="7in1", probes="b1:1")


def test_a_captured_answer_is_read_to_the_last_bit(look: Any) -> None:
    """The probe's own bytes, checksum included, on the wire."""
    with wires() as (ours, theirs):
        heard: list[bytes] = []
        probe = threading.Thread(target=_answer, args=(theirs, heard), daemon=True)
        probe.start()
        (row,) = look(ours, family="7in1", probes="b1:1")
        probe.join(10)

    assert heard == [REQUEST]
    assert (row["moisture"], row["temperature"], row["ec"], row["ph"]) == (61.0, 35.9, 6.0, 5.5)


def _answer(port: str, heard: list[bytes]) -> None:
    with open(port, "r+b", buffering=0) as line:  # noqa: PTH123  # a terminal
        heard.append(b"".join(line.read(1) or b"" for _ in REQUEST))
        line.write(ANSWER)


def test_the_families_differ_where_their_datasheets_do() -> None:
    assert parse(FAMILIES["s101990667"], [3245, 2357, 120]) == {"temperature": 32.45, "moisture": 23.57, "ec": 120.0}
    assert parse(FAMILIES["es107"], [495, 324, 1234, 55])["ec"] == 123.4
    assert parse(FAMILIES["sen0600"], [495, 324]) == {"moisture": 49.5, "temperature": 32.4}
    with pytest.raises(SensorError, match="2 of 4 registers"):
        parse(FAMILIES["7in1"], [495, 324])


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"family": "8in1", "probes": "b1:1"}, UnknownNameError, "family of soil probes '8in1'"),
        ({"family": "7in1", "probes": "b1:0"}, SiteError, "'b1:0' is not bed:address"),
        ({"family": "7in1", "probes": "b77:1"}, SiteError, "no bed 'b77'"),
        ({"family": "7in1"}, SiteError, "needs the option 'probes'"),
    ],
)
def test_a_wrong_option_is_named(look: Any, options: dict[str, str], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        look("/dev/nowhere", **options)
