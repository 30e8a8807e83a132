"""The diary's page in a node's process, for the phones on the lane's Wi-Fi."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from commons.clock import Clock
    from commons.outbox import Outbox
    from commons.sites import Site
    from commons.topics import Address
    from diary.settings import DiarySettings

_CONNECTIONS: Final = 50


@contextmanager
def serving(address: Address, site: Site, outbox: Outbox, settings: DiarySettings, *, clock: Clock) -> Iterator[str]:
    """Serves while the block lasts; where, or an empty text where the settings leave it off.

    Args:
        address: The node.
        site: Its city.
        outbox: Its outbox.
        settings: The diary's.
        clock: Its time.

    Raises:
        UsageError: Somebody else listens on the port.
        UnknownNameError: The node stands in no lane.
        SettingsError: The file of codes cannot be used.
    """
    if not settings.port:
        yield ""
        return
    # a node without the page has no room for a web server
    from diary.node import node_diary  # noqa: PLC0415
    from lorong.server import WebServer  # noqa: PLC0415
    from web.settings import WebSettings  # noqa: PLC0415

    app = node_diary(address, site, outbox, settings, clock=clock)
    server = WebServer(app, WebSettings(host=settings.host, port=settings.port, connections=_CONNECTIONS))
    server.start()
    try:
        yield server.address
    finally:
        server.stop()
