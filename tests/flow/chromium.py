"""A real Chromium without a screen, as wide as a phone where a test says so."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from selenium.webdriver import Chrome, ChromeOptions, ChromeService

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAMES = "--host-resolver-rules=MAP *.test 127.0.0.1"
"""A name that is not this machine's to the browser: what it trusts localhost with it does not do there."""


@contextmanager
def chromium(*, width: int = 0) -> Iterator[Chrome]:
    """A browser with a profile of its own; without one on this machine: skip on a desk, fail in CI.

    Args:
        width: Of its screen [px]; 0 = a desk's.
    """
    found = {name: shutil.which(name) for name in ("chromium", "chromedriver")}
    if None in found.values():
        text = "no chromium; install it with `apt-get install chromium chromium-driver`"
        if os.environ.get("CI") == "true":
            pytest.fail(text)
        pytest.skip(text)
    options = ChromeOptions()
    options.binary_location = str(found["chromium"])
    for word in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", _NAMES):
        options.add_argument(word)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = Chrome(options, ChromeService(str(found["chromedriver"])))
    if width:
        screen = {"width": width, "height": 640, "deviceScaleFactor": 2, "mobile": True}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
    yield driver
    driver.quit()


def console(browser: Chrome) -> list[dict[str, Any]]:
    """What the console said since it was last asked."""
    return list(browser.get_log("browser"))  # type: ignore[no-untyped-call]  # selenium types it not
