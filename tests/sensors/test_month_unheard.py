"""A node with ten sensors that nobody hears for 30 days keeps all of it in its 100 MB; beyond, samples are thinned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import orjson
import pytest

from commons.clock import NANOSECONDS_PER_MILLISECOND
from commons.outbox import Outbox
from commons.rows import Block
from sensors.drivers import build_driver
from sensors.self_report import SelfReport

if TYPE_CHECKING:
    from pathlib import Path

    from commons.sites import NodeEntry, Site

DAYS: Final = 30
BUDGET: Final = 100_000_000
FILES: Final = {
    "sys/class/hwmon/hwmon0": {"name": "sht3x", "temp1_input": "29870", "humidity1_input": "71020"},
    "sys/bus/iio/devices/iio:device0": {"name": "bme280", "in_pressure_input": "100.9"},
    "sys/bus/iio/devices/iio:device1": {"name": "bh1750", "in_illuminance_input": "12000"},
    "sys/bus/iio/devices/iio:device2": {
        "name": "ads1115",
        "in_voltage_scale": "1",
        **{f"in_voltage{channel}_raw": "2100" for channel in range(3)},
    },
    **{f"sys/bus/w1/devices/28-00000000000{bed}": {"temperature": f"2{bed}500"} for bed in (1, 2, 3)},
}
"""Ten sensors as the kernel shows them."""


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("board")
    for folder, files in FILES.items():
        (root / folder).mkdir(parents=True)
        for name, text in files.items():
            (root / folder / name).write_text(f"{text}\n", "ascii")
    return root


@pytest.fixture
def entry(board: Path, node_entry: Any) -> NodeEntry:
    options = {
        "root": str(board),
        "thermometers": ",".join(f"b{bed}:28-00000000000{bed}" for bed in (1, 2, 3)),
        "probes": ",".join(f"b{bed}:{bed - 1}:2850:1460" for bed in (1, 2, 3)),
    }
    found: NodeEntry = node_entry("linux_sysfs", **options)
    return found


def unheard(entry: NodeEntry, site: Site, outbox: Outbox, now_ms: int, *, days: int) -> None:
    """Days of looks at the default rate, a pack each as the agent makes them, six hours of packs a commit.

    A harvest is typed every day, a report of the node is there every hour, and nobody answers.
    """
    looks = list(build_driver(entry, site).read(now_ms, None).blocks)
    report = list(SelfReport(outbox, origin="measured").read(now_ms, None).blocks)
    for day in range(days):
        for quarter in range(4):
            since_ms = now_ms + (4 * day + quarter) * 6 * 3_600_000
            times = [since_ms + number * 900_000 for number in range(24)]
            blocks = [
                at(block, time) for number, time in enumerate(times) for block in looks + report * (number % 4 == 0)
            ]
            outbox.put(entry.address, blocks)
        said: dict[str, Any] = {"kg": [1.5], "entry": [f"day-{day}"], "version": [1.0]}
        tags = {"bed": "b1", "commodity": "kangkung", "origin": "typed"}
        outbox.put(entry.address, [Block("harvest", [since_ms * NANOSECONDS_PER_MILLISECOND], tags, said)])


def at(block: Block, time_ms: int) -> Block:
    """The same rows at another time."""
    times = [time_ms * NANOSECONDS_PER_MILLISECOND] * len(block)
    return Block(block.measurement, times, block.tags, block.fields)


def on_disk(outbox: Outbox) -> int:
    """Everything that belongs to the outbox, its log too [By]."""
    return sum(path.stat().st_size for path in outbox.path.parent.glob(f"{outbox.path.name}*"))


def packs(outbox: Outbox) -> list[tuple[str, dict[str, Any]]]:
    """Measurement and content of every pack that is held."""
    return [(pack.topic.rpartition("/")[2], orjson.loads(pack.body)) for pack in outbox.packs(0, limit=100_000)]


def test_thirty_days_without_a_network_keep_every_reading(
    entry: NodeEntry, site: Site, tmp_path: Path, noon_ms: int
) -> None:
    outbox = Outbox(tmp_path / "outbox.sqlite")
    assert outbox.limit_bytes == BUDGET

    unheard(entry, site, outbox, noon_ms, days=DAYS)

    taken = {
        name: sum(len(body["t"]) for of, body in packs(outbox) if of == name) for name in ("air", "soil", "health")
    }
    assert taken == {"air": DAYS * 96, "soil": DAYS * 96 * 3, "health": DAYS * 24}
    assert (outbox.thinned, outbox.first(), outbox.depth_rows) == (0, 1, outbox.produced)
    assert on_disk(outbox) < BUDGET / 20
    assert on_disk(outbox) * 15 < BUDGET  # nor would a look a minute, fifteen times as many, fill it
    assert not outbox.is_crowded
    outbox.close()


def test_beyond_its_budget_the_oldest_samples_go_and_nothing_that_was_typed(
    entry: NodeEntry, site: Site, tmp_path: Path, noon_ms: int
) -> None:
    outbox = Outbox(tmp_path / "outbox.sqlite", limit_bytes=100_000)  # some two days of it

    unheard(entry, site, outbox, noon_ms, days=6)

    held = packs(outbox)
    lost = [body["thinned"] for _, body in held if "thinned" in body]
    kept = [number for number, (_, body) in enumerate(held) if "thinned" not in body]
    typed = [number for number, (of, _) in enumerate(held) if of == "harvest"]
    rows = sum(len(body["t"]) for _, body in held if "t" in body)
    assert sum(lost) == outbox.thinned > 0
    assert rows + outbox.thinned == outbox.produced
    assert len(typed) == 6
    assert set(typed) <= set(kept)
    samples = [number for number in kept if number not in typed]
    assert samples == [number for number in range(samples[0], len(held)) if number not in typed]  # the newest
    assert sum(len(orjson.dumps(body)) for _, body in held) < 2 * 100_000
    outbox.close()
