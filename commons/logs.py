"""The one log format: a line an event, with its facts as key=value."""

from __future__ import annotations

import json
import logging
import sys
import time
from typing import Final

from commons.errors import UnknownNameError

_LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR")


def setup(level: str = "INFO") -> None:
    """Send every log line to standard error; called once by each command.

    Args:
        level: The lowest level shown: DEBUG, INFO, WARNING or ERROR.

    Raises:
        UnknownNameError: There is no such level.
    """
    if level not in _LEVELS:
        raise UnknownNameError("log level", level, _LEVELS)
    handler = logging.StreamHandler(sys.stderr)
    formatter = logging.Formatter("%(asctime)s.%(msecs)03dZ %(levelname)s %(name)s %(message)s", "%Y-%m-%dT%H:%M:%S")
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    logging.basicConfig(level=level, handlers=[handler], force=True)


class Log:
    """A named logger that takes an event and its facts.

    Args:
        name: The part that speaks, such as "ingest.collector".
    """

    def __init__(self, name: str) -> None:
        self._logger = logging.getLogger(name)

    def debug(self, event: str, **facts: object) -> None:
        """Say what only a developer wants to know."""
        self._say(logging.DEBUG, event, facts)

    def info(self, event: str, **facts: object) -> None:
        """Say what happened."""
        self._say(logging.INFO, event, facts)

    def warning(self, event: str, **facts: object) -> None:
        """Say what somebody should look at; work goes on."""
        self._say(logging.WARNING, event, facts)

    def error(self, event: str, **facts: object) -> None:
        """Say what stopped working."""
        self._say(logging.ERROR, event, facts)

    def _say(self, level: int, event: str, facts: dict[str, object]) -> None:
        if self._logger.isEnabledFor(level):
            text = " ".join(f"{key}={_quoted(value)}" for key, value in facts.items())
            self._logger.log(level, "%s", f"{event} {text}".rstrip())


def _quoted(value: object) -> str:
    """Foreign text is quoted, so that it can never start a line of its own."""
    text = str(value)
    return text if text.isascii() and text.isprintable() and " " not in text and '"' not in text else json.dumps(text)
