"""Logs: one line an event, whatever the facts hold."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from commons.logs import Log

if TYPE_CHECKING:
    import pytest


def test_foreign_text_never_starts_a_line_of_its_own(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        Log("x").info("reject", topic="evil\nERROR all is lost", size=3)

    assert caplog.messages == ['reject topic="evil\\nERROR all is lost" size=3']
