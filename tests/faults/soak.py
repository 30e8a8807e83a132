"""Random faults for a while, from a seed that is printed: `python -m tests.faults.soak [--seconds 600] [--seed N]`."""

from __future__ import annotations

import argparse
import sys
import tempfile
from contextlib import ExitStack, closing
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Final

from commons.clock import SystemClock
from store.settings import StoreSettings
from tests.bench.servers import influx
from tests.faults.brokers import Broker
from tests.faults.line import TABLE, written
from tests.faults.proxy import Proxy
from tests.faults.rig import Rig

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.processes import Process
    from tests.faults.rig import Found

_CLOCK: Final = SystemClock()
_QUIET_SECONDS: Final = (0.2, 6.0)
_NODES: Final = (("saga-s1", "saga"), ("sydney-s1", "sydney"))


class Soak:
    """Two nodes, a broker, a collector and a store, with a proxy on each side of the broker.

    Args:
        rig: Where they are.
        seed: What chance is drawn from.
    """

    def __init__(self, rig: Rig, seed: int) -> None:
        self._rig, self._random = rig, Random(seed)
        self._up, self._down = Proxy(rig.broker.port), Proxy(rig.broker.port)
        self._down.weather.ways = ("down",)
        self._nodes = {node: self._node(node, lane) for node, lane in _NODES}
        self._collector = rig.collector(port=self._down.port)

    def run(self, seconds: float, seed: int) -> Found:
        """Let things go wrong for so long, then let all recover."""
        faults: list[Callable[[], None]] = [
            *(self.collector_killed, self.collector_stopped, self.node_killed, self.broker_killed, self.broker_wiped),
            *(
                self.links_cut,
                self.links_forgotten,
                self.everything_late,
                self.everything_repeated,
                self.everything_still,
            ),
        ]
        deadline = _CLOCK.monotonic() + seconds
        while _CLOCK.monotonic() < deadline:
            _CLOCK.sleep(self._random.uniform(*_QUIET_SECONDS))
            fault = self._random.choice(faults)
            sys.stdout.write(f"{fault.__name__.replace('_', ' ')}\n")
            sys.stdout.flush()
            fault()
        self._rig.mended()
        return self._rig.recover(f"soak of {seconds:.0f} s, seed {seed}")

    def close(self) -> None:
        """End what is left."""
        self._up.close()
        self._down.close()

    def collector_killed(self) -> None:
        """At once, and started again after a moment."""
        self._collector.kill()
        self._pause()
        self._collector = self._rig.collector(port=self._down.port)

    def collector_stopped(self) -> None:
        """In order, and started again after a moment."""
        self._collector.end()
        self._pause()
        self._collector = self._rig.collector(port=self._down.port)

    def node_killed(self) -> None:
        """At once, and started again after a moment."""
        node, lane = self._random.choice(_NODES)
        self._nodes[node].kill()
        self._pause()
        self._nodes[node] = self._node(node, lane)

    def broker_killed(self) -> None:
        """At once, and started again after a moment."""
        self._rig.broker.kill()
        self._pause()
        self._rig.broker.start()

    def broker_wiped(self) -> None:
        """Killed, and its disk is gone."""
        self._rig.broker.kill()
        self._rig.broker.wipe()
        self._pause()
        self._rig.broker.start()

    def links_cut(self) -> None:
        """What is under way is lost, and then the connection."""
        proxy = self._either()
        proxy.weather.swallowing = True
        self._pause()
        proxy.cut()
        proxy.weather.swallowing = False

    def links_forgotten(self) -> None:
        """Open at both ends, and carrying nothing."""
        self._either().freeze()

    def everything_late(self) -> None:
        """Two seconds, for a while."""
        proxy = self._either()
        proxy.weather.delay = 2.0
        _CLOCK.sleep(5)
        proxy.weather.delay = 0.0

    def everything_repeated(self) -> None:
        """Three times, and in another order, for a while."""
        proxy = self._either()
        proxy.weather.copies, proxy.weather.shuffled = 3, 8
        _CLOCK.sleep(3)
        proxy.weather.copies = proxy.weather.shuffled = 1

    def everything_still(self) -> None:
        """Nothing is carried and nothing is closed, for a while."""
        proxy = self._either()
        proxy.weather.stalled = True
        _CLOCK.sleep(self._random.uniform(1, 8))
        proxy.weather.stalled = False

    def _node(self, node: str, lane: str) -> Process:
        return self._rig.node(node, port=self._up.port, lane=lane, refused_every=11)

    def _either(self) -> Proxy:
        return self._random.choice((self._up, self._down))

    def _pause(self) -> None:
        _CLOCK.sleep(self._random.uniform(0, 3))


def main() -> int:
    """Soak, print the line, and say whether everything was kept."""
    options = argparse.ArgumentParser()
    options.add_argument("--seconds", type=float, default=600)
    options.add_argument("--seed", type=int, default=_CLOCK.wall_ms() % 1_000_000)
    options.add_argument("--store", choices=("duckdb", "influxdb"), default="duckdb")
    options.add_argument("--broker", choices=("nats", "mosquitto"), default="nats")
    wanted = options.parse_args()
    sys.stdout.write(f"seed {wanted.seed}\n")
    with ExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory()))
        settings = StoreSettings(url=f"duckdb:///{folder}/lorong.duckdb")
        if wanted.store == "influxdb":
            settings, _ = held.enter_context(influx(folder / "influx"))
        broker = Broker(wanted.broker, folder / "broker")
        held.callback(broker.stop)
        rig = held.enter_context(closing(Rig(folder, broker, settings)))
        found = held.enter_context(closing(Soak(rig, wanted.seed))).run(wanted.seconds, wanted.seed)
    sys.stdout.write("\n".join([*written(TABLE), *found.faults, ""]))
    return 1 if found.faults else 0


if __name__ == "__main__":
    sys.exit(main())
