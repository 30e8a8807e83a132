"""Times as devices write them: with a zone, without one, in seconds, in milliseconds, or from a clock never set."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from commons.errors import WireError

_MILLISECONDS: Final = 100_000_000_000  # more than so many are milliseconds: in seconds it would be the year 5138
_LATEST_MS: Final = 4_102_444_800_000  # the year 2100
_NEVER_SET: Final = 2010  # a clock that shows an earlier year was never set
_NEVER_SET_MS: Final = 1_262_304_000_000  # the beginning of that year


def moment(value: object) -> int | datetime | None:
    """A device's time.

    Args:
        value: Seconds or milliseconds since 1970 UTC as a number or as text, or an ISO 8601 time.

    Returns:
        Milliseconds since 1970 UTC; a local time where no zone is said; None where there is none, or where the clock
        that gave it was never set.

    Raises:
        WireError: It is no time.

    Examples:
        >>> moment("2026-01-01T06:00:00.123456789Z")
        1767247200123
        >>> moment("2021-04-15 15:07:05")
        datetime.datetime(2021, 4, 15, 15, 7, 5)
        >>> moment("1970-01-01T00:00:12") is None
        True
    """
    if value is None or value == "":
        return None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _counted(float(value))
    if not isinstance(value, str):
        raise WireError(f"time {str(value)[:40]!r} is a {type(value).__name__}; send seconds, or ISO 8601")
    text = value.strip().removeprefix("@")  # rtl_433 marks the seconds since its start so
    try:
        return _counted(float(text))
    except ValueError:
        return _written(text)


def _counted(number: float) -> int | None:
    milliseconds = number if abs(number) >= _MILLISECONDS else number * 1000
    if not 0 <= milliseconds < _LATEST_MS:
        raise WireError(f"time {number!r} is not between 1970 and 2100; set the device's clock")
    return round(milliseconds) if milliseconds >= _NEVER_SET_MS else None


def _written(text: str) -> int | datetime | None:
    try:
        said = datetime.fromisoformat(text.replace("/", "-"))
    except ValueError as error:
        raise WireError(f"time {text[:40]!r} is none; send seconds since 1970, or ISO 8601") from error
    if said.year < _NEVER_SET:
        return None
    return said if said.tzinfo is None else round(said.timestamp() * 1000)
