"""What a page costs a phone on a slow network: bytes and requests, counted by a real Chromium and printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.web.test_axe import CHECKED, address
from tests.web.test_browser import chromium

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

__all__ = ["address", "chromium"]

pytestmark = pytest.mark.chromium

MOST_PAGE_BYTES: Final = 60_000
MOST_SENT_BYTES: Final = 30_000
"""Of a first visit, packed as it travels, style and all."""
MOST_REQUESTS: Final = 4
OF_DIARY: Final = 8
"""The diary brings its scripts, the app's manifest and what its worker keeps for when there is no network."""
_TIMINGS: Final = """
const page = performance.getEntriesByType('navigation')[0], parts = performance.getEntriesByType('resource');
return {page: page.decodedBodySize, requests: 1 + parts.length,
        sent: [page, ...parts].reduce((sum, part) => sum + part.encodedBodySize, 0)};
"""


def test_every_page_is_light(address: str, chromium: Chrome, capsys: pytest.CaptureFixture[str]) -> None:
    found: dict[str, dict[str, Any]] = {}
    for path in CHECKED:
        chromium.get(f"{address}{path}")
        found[path] = chromium.execute_script(_TIMINGS)

    with capsys.disabled():
        print("\npage: bytes, bytes sent on a first visit, requests")  # noqa: T201  # figures asked for
        for path, cost in found.items():
            print(f"{path:<60} {cost['page']:>6} {cost['sent']:>6} {cost['requests']}")  # noqa: T201  # the same
    assert {path for path, cost in found.items() if cost["page"] > MOST_PAGE_BYTES} == set()
    assert {path for path, cost in found.items() if cost["sent"] > MOST_SENT_BYTES} == set()
    assert {path for path, cost in found.items() if not 2 <= cost["requests"] <= _allowed(path)} == set()


def _allowed(path: str) -> int:
    return OF_DIARY if path.startswith("/diary/") else MOST_REQUESTS
