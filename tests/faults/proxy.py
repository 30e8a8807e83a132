"""A TCP proxy that misbehaves as networks and servers do: it delays, loses, repeats, shuffles, stalls and cuts."""

from __future__ import annotations

import asyncio
import socket
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Final, Literal, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator

T = TypeVar("T")
Way = Literal["up", "down"]
"""Up = from whoever connects to the server; down = back."""

_CHUNK: Final = 65_536
_PUBLISH: Final = 3
_SHUFFLE_SECONDS: Final = 0.2
_HEARING_SECONDS: Final = 1.0
_PATIENCE_SECONDS: Final = 30.0


@dataclass
class Weather:
    """What the proxy does now; each may be changed at any moment.

    Args:
        delay: How late everything comes, in both directions [s].
        stalled: Nothing is forwarded and nothing is closed: half-open connections.
        swallowing: What comes is read and thrown away, as a network does just before a connection breaks.
        refusing: New connections are closed at once.
        copies: How often each MQTT PUBLISH comes.
        shuffled: How many MQTT PUBLISH packets are gathered and put in another order; 1 = none.
        ways: In which directions PUBLISH packets are repeated and shuffled.
        status: The HTTP status answered in the server's place; 0 = the server answers.
        cut_after: After how many bytes of the server's next answer the connection is closed, once; 0 = never [By].
    """

    delay: float = 0.0
    stalled: bool = False
    swallowing: bool = False
    refusing: bool = False
    copies: int = 1
    shuffled: int = 1
    ways: tuple[Way, ...] = ("up",)
    status: int = 0
    cut_after: int = 0


@dataclass
class Counted:
    """What the proxy has done.

    Args:
        connections: Opened through it.
        swallowed: Bytes thrown away [By].
        copied: PUBLISH packets sent besides the first.
        shuffled: PUBLISH packets that left in another order than they came.
        refused: HTTP requests answered in the server's place.
        cut: Answers cut.
    """

    connections: int = 0
    swallowed: int = 0
    copied: int = 0
    shuffled: int = 0
    refused: int = 0
    cut: int = 0


class Proxy:
    """Listens on a port of its own, from the moment it is made until it is closed.

    Args:
        port: The server's port on this machine.
        seed: For shuffling.
    """

    def __init__(self, port: int, *, seed: int = 7) -> None:
        self.weather, self.counted = Weather(), Counted()
        self._server_port, self._random = port, Random(seed)
        self._links: set[_Link] = set()
        self._loop = asyncio.new_event_loop()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
        self.port = int(self._listener.getsockname()[1])
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)
        self._thread.start()
        self._server = self._do(asyncio.start_server(self._welcome, sock=self._listener))

    def cut(self) -> None:
        """Break every connection, with nothing more sent."""
        self._do(self._cut())

    def freeze(self) -> None:
        """Forget every connection without closing it, as a router does; new ones are carried."""
        for link in list(self._links):
            link.frozen = True

    def close(self) -> None:
        """Break every connection and stop listening."""
        self._do(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _do(self, coroutine: Coroutine[None, None, T]) -> T:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(_PATIENCE_SECONDS)

    async def _cut(self) -> None:
        links = list(self._links)
        for link in links:
            link.abort()
        await asyncio.gather(*(link.over.wait() for link in links))

    async def _end(self) -> None:
        self._server.close()
        await self._cut()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.counted.connections += 1
        if self.weather.refusing:
            writer.transport.abort()
            return
        link = _Link(self.weather, self.counted, self._random)
        self._links.add(link)
        try:
            await link.run(reader, writer, self._server_port)
        finally:
            self._links.discard(link)
            link.over.set()


@dataclass(eq=False)
class _Link:
    """One connection through the proxy."""

    weather: Weather
    counted: Counted
    random: Random
    writers: list[asyncio.StreamWriter] = field(default_factory=list)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    frozen: bool = False
    gone: bool = False

    async def run(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int) -> None:
        self.writers.append(writer)
        try:
            server_reader, server_writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            self.abort()
            return
        self.writers.append(server_writer)
        pumps = [self._pump(reader, server_writer, writer, "up"), self._pump(server_reader, writer, writer, "down")]
        done, others = await asyncio.wait(map(asyncio.ensure_future, pumps), return_when=asyncio.FIRST_COMPLETED)
        for task in others:
            task.cancel()
        await asyncio.gather(*done, *others, return_exceptions=True)
        self.abort()

    def abort(self) -> None:
        self.frozen, self.gone = False, True
        for writer in self.writers:
            writer.transport.abort()

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, client: asyncio.StreamWriter, way: Way
    ) -> None:
        """Carry one direction; its two ends are apart, so that a delay does not slow the stream."""
        waiting: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        carrying = asyncio.ensure_future(self._deliver(waiting, writer, way))
        now = asyncio.get_running_loop().time
        try:
            while not carrying.done() and (data := await reader.read(_CHUNK)):
                await self._clear()
                if self.weather.swallowing:
                    self.counted.swallowed += len(data)
                elif way == "up" and self.weather.status and _is_request(data):
                    await self._refuse(reader, client)
                    break
                else:
                    waiting.put_nowait((now() + self.weather.delay, data))
            waiting.put_nowait((now() + self.weather.delay, b""))
            await carrying
        except OSError:
            pass  # whoever was connected has gone
        finally:
            carrying.cancel()

    async def _refuse(self, reader: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        """Answer in the server's place, and hear the request out, so that the answer is read."""
        self.counted.refused += 1
        client.write(_refusal(self.weather.status))
        await client.drain()
        with suppress(TimeoutError):
            while await asyncio.wait_for(reader.read(_CHUNK), _HEARING_SECONDS):
                pass

    async def _deliver(
        self, waiting: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter, way: Way
    ) -> None:
        packets = _Packets(self.weather, self.counted, self.random, way)
        data = b"more"
        with suppress(OSError):
            while data:
                try:
                    due, data = await asyncio.wait_for(waiting.get(), _SHUFFLE_SECONDS if packets.held else None)
                except TimeoutError:
                    writer.write(packets.released())
                    continue
                await asyncio.sleep(max(0.0, due - asyncio.get_running_loop().time()))
                await self._clear()
                if way == "down" and self.weather.cut_after and data:
                    await self._cut_short(writer, data)
                    return
                writer.write(packets.changed(data))
                await writer.drain()

    async def _cut_short(self, writer: asyncio.StreamWriter, data: bytes) -> None:
        """Send the beginning of an answer, and break the connection once it has gone out."""
        size, self.weather.cut_after = self.weather.cut_after, 0
        self.counted.cut += 1
        writer.write(data[:size])
        writer.close()
        await writer.wait_closed()
        self.abort()

    async def _clear(self) -> None:
        """Wait until nothing is stalled."""
        while (self.weather.stalled or self.frozen) and not self.gone:  # noqa: ASYNC110  # the weather is changed from another thread
            await asyncio.sleep(0.01)


class _Packets:
    """MQTT packets of one direction of one connection, repeated and shuffled as the weather is."""

    def __init__(self, weather: Weather, counted: Counted, random: Random, way: Way) -> None:
        self._weather, self._counted, self._random, self._way = weather, counted, random, way
        self._rest = b""
        self.held: list[bytes] = []

    def changed(self, data: bytes) -> bytes:
        """What is to be sent now for what has come."""
        weather = self._weather
        busy = self._rest or self.held
        if not busy and (self._way not in weather.ways or (weather.copies, weather.shuffled) == (1, 1)):
            return data
        out = b""
        self._rest += data
        for packet in self._whole():
            if packet[0] >> 4 != _PUBLISH:
                out += self.released() + packet
                continue
            self._counted.copied += weather.copies - 1
            self.held += [packet] * weather.copies
            if len(self.held) >= weather.shuffled * weather.copies:
                out += self.released()
        return out

    def released(self) -> bytes:
        """What was held, in another order where the weather says so."""
        came = list(self.held)
        if self._weather.shuffled > 1:
            self._random.shuffle(self.held)
        self._counted.shuffled += sum(a is not b for a, b in zip(came, self.held, strict=True))
        out = b"".join(self.held)
        self.held.clear()
        return out

    def _whole(self) -> Iterator[bytes]:
        while (size := _packet_size(self._rest)) and len(self._rest) >= size:
            packet, self._rest = self._rest[:size], self._rest[size:]
            yield packet


def _packet_size(data: bytes) -> int:
    """How long the first MQTT packet is [By]; 0 while that is not known."""
    length = 0
    for i, byte in enumerate(data[1:5]):
        length |= (byte & 127) << 7 * i
        if byte < 128:  # the highest bit says that the length goes on
            return 2 + i + length
    return 0


def _is_request(data: bytes) -> bool:
    return data.split(b" ", 1)[0] in (b"GET", b"POST", b"PUT", b"DELETE", b"PATCH", b"HEAD")


def _refusal(status: int) -> bytes:
    body = b'{"code":"of the proxy","message":"answered by the proxy"}'
    head = f"HTTP/1.1 {status} Proxy\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"Connection: close\r\n\r\n" + body
