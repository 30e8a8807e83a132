"""A real Chromium that takes pictures of whole pages at a width."""

from __future__ import annotations

import base64
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from tests.flow.chromium import chromium

if TYPE_CHECKING:
    from collections.abc import Iterator

    from selenium.webdriver import Chrome

_STILL: Final = 3  # so many looks in a row that see the same
_LOOK_SECONDS: Final = 1.0
_LAST_SECONDS: Final = 120.0
_HIGHEST: Final = 15_000  # [px]
_SEEN: Final = """return [document.body.innerText.length, document.querySelectorAll('svg, canvas').length,
  document.querySelectorAll('.panel-loading, [aria-label="Panel loading bar"]').length]"""


class Browser:
    """Takes pictures.

    Args:
        driver: Chromium.
    """

    def __init__(self, driver: Chrome) -> None:
        self._driver = driver

    def picture(self, url: str, *, width: int, height: int = 900, wait: bool = False) -> bytes:
        """The whole page as a PNG.

        Args:
            url: Its address.
            width: Of the window [px].
            height: Of the window [px]; what is drawn only when it is looked at must fit in.
            wait: Whether it goes on changing by itself after it is loaded: then until it is still.
        """
        self._size(width, height)
        self._driver.get(url)
        if wait:
            self._until_still()
        whole = int(self._driver.execute_script("return document.documentElement.scrollHeight"))
        self._size(width, min(max(whole, 1), _HIGHEST))
        taken = self._driver.execute_cdp_cmd("Page.captureScreenshot", {"format": "png"})
        return base64.b64decode(taken["data"])

    def bear(self, token: str) -> None:
        """Show a token with every request from now on."""
        self._driver.execute_cdp_cmd("Network.enable", {})
        self._driver.execute_cdp_cmd("Network.setExtraHTTPHeaders", {"headers": {"Authorization": f"Bearer {token}"}})

    def _size(self, width: int, height: int) -> None:
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self._driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)

    def _until_still(self) -> None:
        seen: Any = None
        still, deadline = 0, time.monotonic() + _LAST_SECONDS
        while still < _STILL and time.monotonic() < deadline:
            time.sleep(_LOOK_SECONDS)
            now: Any = self._driver.execute_script(_SEEN)
            still = still + 1 if now == seen and now[0] and now[1] and not now[2] else 0
            seen = now


@contextmanager
def browser() -> Iterator[Browser]:
    """A Chromium without a screen, ended with the block."""
    with chromium() as driver:
        driver.execute_cdp_cmd("Emulation.setScrollbarsHidden", {"hidden": True})
        yield Browser(driver)
