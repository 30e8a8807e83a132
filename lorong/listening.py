"""The listener of other people's devices put together: by MQTT always, by HTTP where a port is named."""

from __future__ import annotations

import threading
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from ingest.devices.listener import Listener
from ingest.devices.push import push_app
from lorong.server import WebServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from commons.broker import BrokerSettings
    from commons.clock import Clock
    from commons.sites import Site
    from ingest.devices.settings import DevicesSettings
    from web.settings import WebSettings


@contextmanager
def listening(
    site: Site, broker: BrokerSettings, settings: DevicesSettings, web: WebSettings, *, clock: Clock
) -> Iterator[Listener]:
    """A listener at work while the block lasts.

    Args:
        site: The city.
        broker: Where devices publish, and where rows go.
        settings: What to hear.
        web: How much a server bears.
        clock: The moment of arrival.

    Raises:
        SiteError: A row of the site's table cannot be used.
        UsageError: Somebody else listens on the port.
    """
    listener = Listener(site, broker, settings, clock=clock)
    with ExitStack() as opened:
        if settings.port:
            server = WebServer(push_app(listener), replace(web, host=settings.host, port=settings.port))
            opened.callback(server.stop)
            server.start()
        stop = threading.Event()
        hearing = threading.Thread(target=listener.run, args=(stop,), name="devices")
        opened.callback(hearing.join)
        opened.callback(stop.set)
        hearing.start()
        yield listener
