"""A serial line with real Modbus devices on it: pymodbus' own server behind a pseudo-terminal."""

from __future__ import annotations

import asyncio
import os
import select
import threading
import tty
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pymodbus.server import ModbusSerialServer
from pymodbus.simulator import DataType, SimData, SimDevice

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@contextmanager
def modbus_line(probes: Mapping[int, Mapping[int, list[int]]]) -> Iterator[str]:
    """A serial port with devices behind it, while the block lasts.

    Args:
        probes: By address, the device's registers by the number of the first.
    """
    devices = [
        SimDevice(
            address, [SimData(first, values=values, datatype=DataType.REGISTERS) for first, values in registers.items()]
        )
        for address, registers in probes.items()
    ]
    with wires() as (ours, theirs):
        served = Served(devices, theirs)
        served.begin()
        try:
            yield ours
        finally:
            served.end()


@contextmanager
def wires() -> Iterator[tuple[str, str]]:
    """Two pseudo-terminals, joined: what is written at one end is read at the other."""
    ends = [os.openpty() for _ in range(2)]
    masters = [master for master, _ in ends]
    for _, slave in ends:
        tty.setraw(slave)
    done, told = os.pipe()
    carrier = threading.Thread(target=_carry, args=(masters, done))
    carrier.start()
    try:
        yield os.ttyname(ends[0][1]), os.ttyname(ends[1][1])
    finally:
        os.write(told, b".")
        carrier.join()
        for fd in (done, told, *(fd for end in ends for fd in end)):
            os.close(fd)


def _carry(masters: list[int], done: int) -> None:
    across = dict(zip(masters, reversed(masters), strict=True))
    while done not in (readable := select.select([*masters, done], [], [])[0]):
        for master in readable:
            os.write(across[master], os.read(master, 1024))


class Served:
    """pymodbus' own server, in a thread."""

    def __init__(self, devices: list[SimDevice], port: str) -> None:
        self._devices, self._port = devices, port
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))

    def begin(self) -> None:
        """Come back when it listens."""
        self._thread.start()
        assert self._ready.wait(30)

    def end(self) -> None:
        """Stop it."""
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(30)

    async def _serve(self) -> None:
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        server = ModbusSerialServer(self._devices, port=self._port, baudrate=9600)
        await server.serve_forever(background=True)
        self._ready.set()
        await self._over.wait()
        await server.shutdown()  # type: ignore[no-untyped-call]  # pymodbus leaves it without types
