"""A node is put together from one row of the site, or from its own settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from commons import catalogue
from commons.errors import SettingsError, UnknownNameError
from commons.settings import section
from commons.topics import Address
from sensors.drivers import DRIVERS, build_driver
from sensors.node import build_node
from sensors.self_report import SelfReport, parse_wireless
from sensors.settings import NodeSettings

if TYPE_CHECKING:
    from pathlib import Path

    from commons.outbox import Outbox
    from commons.sites import Site

WIRELESS = """Inter-| sta-|   Quality        |   Discarded packets               | Missed | WE
 face | tus | link level noise |  nwid  crypt   frag  retry   misc | beacon | 22
 wlan0: 0000   60.  -50.  -256        0      0      0      0      0        0
"""


def test_every_node_of_the_site_can_be_built_and_read(site: Site, noon_ms: int) -> None:
    for entry in site.nodes.values():
        reading = build_driver(entry, site).read(noon_ms, None)

        assert sum(map(len, reading.blocks)) > 0
        assert reading.bookmark is not None
        for block in reading.blocks:
            known = catalogue.measurement(block.measurement)
            assert set(block.tags) <= set(known.tags)
            assert set(block.fields) <= set(known.fields)
            assert not set(block.tags) & {"city", "lane", "node"}
            assert block.tags["origin"] == entry.origin
            assert all(time % 1_000_000 == 0 for time in block.times)


def test_every_driver_of_the_table_can_be_built_for_the_site(
    site: Site, node_entry: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GPIOZERO_PIN_FACTORY", "mock")
    options = {entry.driver: entry for entry in site.nodes.values()}
    options["linux_sysfs"] = node_entry("linux_sysfs")
    options["modbus_soil"] = node_entry("modbus_soil", port="/dev/ttyUSB0", family="7in1", probes="b1:1")
    options["pulse_counters"] = node_entry("pulse_counters", rain="17:0.2794")
    options["scales"] = node_entry("scales", commodity="kangkung", points="12.8823:0 12.9591:2")

    assert set(options) == set(DRIVERS)
    for entry in options.values():
        assert callable(build_driver(entry, site).read)


def test_an_unknown_driver_is_named_with_the_near_ones(site: Site, node_entry: Any) -> None:
    with pytest.raises(UnknownNameError, match=r"driver 'simulator' is unknown; did you mean simulated"):
        build_driver(node_entry("simulator"), site)


def test_nodes_may_share_an_outbox(site: Site, outbox: Outbox, clock: Any, noon_ms: int) -> None:
    for name in ("sydney-n1", "saga-n1"):
        build_node(site.nodes[name], site, outbox, clock=clock).step(noon_ms)

    assert outbox.bookmark("sydney-n1/simulated") != outbox.bookmark("saga-n1/simulated") is not None
    topics = {pack.topic.rpartition("/")[0] for pack in outbox.packs(0, limit=1000)}
    assert topics == {"lorong/v1/up/makassar/sydney/sydney-n1", "lorong/v1/up/makassar/saga/saga-n1"}


def test_only_real_nodes_report_themselves(site: Site, outbox: Outbox, clock: Any, node_entry: Any) -> None:
    real = build_node(node_entry("linux_sysfs"), site, outbox, clock=clock)
    typed = build_node(node_entry("linux_sysfs", origin="typed"), site, outbox, clock=clock)
    others = [build_node(site.nodes[name], site, outbox, clock=clock) for name in ("sydney-n1", "saga-r1")]

    assert "sydney-n1/self_report" in real.drivers
    assert "sydney-n1/self_report" in typed.drivers
    assert [list(node.drivers) for node in others] == [["sydney-n1/simulated"], ["saga-r1/recording"]]


def test_a_node_reports_itself_once_an_hour(outbox: Outbox, noon_ms: int, tmp_path: Path) -> None:
    report = SelfReport(outbox, origin="measured", root=tmp_path)

    rows = [len(report.read(noon_ms + quarter * 900_000, None).blocks) for quarter in range(9)]

    assert rows == [1, 0, 0, 0, 1, 0, 0, 0, 1]


def test_a_report_counts_what_waits_and_leaves_out_what_is_not_there(
    site: Site, outbox: Outbox, clock: Any, noon_ms: int, tmp_path: Path
) -> None:
    build_node(site.nodes["sydney-n1"], site, outbox, clock=clock).step(noon_ms)

    (block,) = SelfReport(outbox, origin="measured", root=tmp_path).read(noon_ms, None).blocks

    (row,) = block.rows()
    assert (row["battery"], row["signal"]) == (None, None)
    assert row["outbox"] == outbox.depth_rows > 500
    assert row["disk_written"] == outbox.bytes_written > 10_000


def test_a_board_with_battery_and_radio_reports_both(outbox: Outbox, noon_ms: int, tmp_path: Path) -> None:
    (tmp_path / "proc/net").mkdir(parents=True)
    (tmp_path / "proc/net/wireless").write_text(WIRELESS)
    (tmp_path / "sys/class/power_supply/bat0").mkdir(parents=True)
    (tmp_path / "sys/class/power_supply/bat0/capacity").write_text("87\n")

    (block,) = SelfReport(outbox, origin="measured", root=tmp_path).read(noon_ms, None).blocks

    assert (block.fields["battery"], block.fields["signal"]) == ([87.0], [-50.0])


def test_a_board_without_radio_has_no_signal() -> None:
    assert parse_wireless(WIRELESS) == -50.0
    assert parse_wireless("\n".join(WIRELESS.splitlines()[:2])) is None
    assert parse_wireless("") is None


def test_settings_are_a_row_of_the_sites_table() -> None:
    table = {"lane": "sydney", "node": "sydney-pi", "options": "thermometers=b1:28-0316a2795bff; names = sht3x"}

    entry = section(NodeSettings, "node", {"node": table}, {"LORONG_NODE__CADENCE_SECONDS": "300"}).entry()

    assert entry.address == Address("makassar", "sydney", "sydney-pi")
    assert (entry.driver, entry.origin) == ("linux_sysfs", "measured")
    assert entry.options == {"thermometers": "b1:28-0316a2795bff", "names": "sht3x"}


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ({"node": "a"}, "node.lane is empty"),
        ({"lane": "sydney"}, "node.node is empty"),
        ({"lane": "sydney", "node": "a", "options": "probes"}, "'probes', which is no key=value"),
    ],
)
def test_settings_that_cannot_be_used_are_named(table: dict[str, str], reason: str) -> None:
    with pytest.raises(SettingsError, match=reason):
        section(NodeSettings, "node", {"node": table}, {}).entry()
