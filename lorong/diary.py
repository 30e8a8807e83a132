"""The web's own sender: entries typed on its pages go into an outbox and through the broker, like all else."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from commons.outbox import Outbox
from commons.uplink import Uplink
from diary.codes import LaneCodes
from diary.entries import Entries

if TYPE_CHECKING:
    from collections.abc import Iterator

    from commons.broker import BrokerSettings
    from commons.clock import Clock
    from commons.sites import Site
    from web.settings import WebSettings

NODE: Final = "web"
_DRAIN_SECONDS: Final = 2.0


@contextmanager
def open_diary(settings: WebSettings, site: Site, broker: BrokerSettings, *, clock: Clock) -> Iterator[Entries | None]:
    """What takes entries while the block lasts; None where the settings leave it off.

    Args:
        settings: The web's.
        site: Its city.
        broker: Where entries are sent to.
        clock: Whose time.

    Raises:
        SettingsError: The file of lane codes cannot be used.
        OutboxError: The outbox cannot be opened.
    """
    if not settings.entries:
        yield None
        return
    codes = LaneCodes(settings.codes)
    outbox = Outbox(settings.data / "outbox.sqlite")
    try:
        entries = Entries(site, codes, outbox, node=NODE, clock=clock)
        uplink = Uplink(outbox, broker, city=site.slug, node=NODE, clock=clock)
        uplink.start()
        try:
            yield entries
        finally:
            uplink.stop(drain_seconds=_DRAIN_SECONDS)
    finally:
        outbox.close()
