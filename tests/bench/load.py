"""What is sent and written: soil probes of a city catching up, as messages, blocks, line protocol and Arrow."""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING, Final

import pyarrow as pa

from commons.clock import NANOSECONDS_PER_MILLISECOND
from commons.rows import Block
from commons.topics import Address
from commons.wire import encode_pack, with_first

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from commons.rows import NumberColumn

PROBES: Final = 200
FIELDS: Final = ("moisture", "temperature", "ec")
_MEASUREMENT: Final = "soil"
_PROBES_PER_LANE: Final = 8
_BEGIN_MS: Final = 1_764_000_000_000
_CADENCE_MS: Final = 900_000


@dataclass(frozen=True, slots=True)
class Message:
    """A topic and its payload, ready to be published."""

    topic: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Load:
    """Rows of soil probes that were cut off: each probe's in time order, the probes taking turns.

    The last message comes from an outbox that sent nothing before, so that the collector answers it at once: whoever
    waits for that answer knows when everything is stored.

    Args:
        name: What the table calls it.
        blocks: The rows, a block a message, tags as the store keeps them.
        boxes: For each block its outbox.
    """

    name: str
    blocks: tuple[Block, ...]
    boxes: tuple[str, ...]

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return sum(len(block) for block in self.blocks)

    @property
    def last_answer(self) -> str:
        """The topic on which the collector says that the last message is stored."""
        return address(self.blocks[-1]).stored(self.boxes[-1])

    def messages(self) -> Iterator[Message]:
        """The rows as nodes send them."""
        sent: dict[str, int] = {}
        for block, box in zip(self.blocks, self.boxes, strict=True):
            sent[box] = sent.get(box, 0) + 1
            body = encode_pack(block, box, sent[box])
            yield Message(address(block).up(block.measurement), with_first(body, 1))


def catching_up(name: str, *, readings: int, packs: int) -> Load:
    """A load.

    Args:
        name: What the table calls it.
        readings: Rows a message.
        packs: Messages a probe.
    """
    probes = [_Probe(number) for number in range(PROBES + 1)]
    turns = [(probe, turn) for turn in range(packs) for probe in probes[:-1]]
    turns.append((probes[-1], 0))
    blocks = [probe.block(turn * readings, readings if probe is not probes[-1] else 1) for probe, turn in turns]
    return Load(name, tuple(blocks), tuple(probe.box for probe, _ in turns))


class _Probe:
    """One probe in its bed, with an outbox of its own."""

    def __init__(self, number: int) -> None:
        self._draw = random.Random(number)
        lane = f"lane-{number // _PROBES_PER_LANE}"
        tags = {"city": "makassar", "lane": lane, "node": f"{lane}-n{number}", "bed": f"b{number % _PROBES_PER_LANE}"}
        self._tags = {**tags, "origin": "simulated"}
        self.box = f"BENCH{number:021d}"

    def block(self, first: int, count: int) -> Block:
        """Some of its readings."""
        times = [(_BEGIN_MS + (first + i) * _CADENCE_MS) * NANOSECONDS_PER_MILLISECOND for i in range(count)]
        draw = self._draw.uniform
        fields: dict[str, NumberColumn] = {
            "moisture": [round(draw(15, 40), 2) for _ in times],
            "temperature": [round(draw(24, 33), 1) for _ in times],
            "ec": [round(draw(200, 900), 0) for _ in times],
        }
        return Block(_MEASUREMENT, times, self._tags, fields)


def batches(blocks: Iterable[Block], rows: int) -> Iterator[list[Block]]:
    """Blocks in groups of at least so many rows."""
    group: list[Block] = []
    held = 0
    for block in blocks:
        group.append(block)
        held += len(block)
        if held >= rows:
            yield group
            group, held = [], 0
    if group:
        yield group


def requests(load: Load, lines: int) -> list[bytes]:
    """The rows as bodies of InfluxDB's line protocol, so many lines each."""
    made = chain.from_iterable(_lines(block) for block in load.blocks)
    bodies: list[bytes] = []
    while part := list(islice(made, lines)):
        bodies.append("\n".join(part).encode())
    return bodies


def tables(load: Load, rows: int) -> list[pa.Table]:
    """The rows as Arrow tables of at least so many, the series as a number."""
    numbers: dict[str, int] = {}
    made: list[pa.Table] = []
    for group in batches(load.blocks, rows):
        series = [numbers.setdefault(str(block.tags["node"]), len(numbers)) for block in group for _ in block.times]
        times = list(chain.from_iterable(block.times for block in group))
        columns = {"series": pa.array(series, pa.int32()), "time": pa.array(times, pa.timestamp("ns"))}
        for name in FIELDS:
            columns[name] = pa.array(list(chain.from_iterable(block.fields[name] for block in group)), pa.float64())
        made.append(pa.table(columns))
    return made


def _lines(block: Block) -> Iterator[str]:
    head = ",".join([block.measurement, *(f"{name}={value}" for name, value in sorted(block.tags.items()))])
    for i, time in enumerate(block.times):
        yield f"{head} {','.join(f'{name}={block.fields[name][i]}' for name in FIELDS)} {time}"


def address(block: Block) -> Address:
    """Who sends a block."""
    return Address(*(str(block.tags[name]) for name in ("city", "lane", "node")))
