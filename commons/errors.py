"""Every error Lorong raises, as one small tree.

LorongError
├── UsageError            the command line was used wrongly (exit code 2)
├── SettingsError         a settings file or variable cannot be used
├── UnknownNameError      a name is in no table; the near ones are offered
├── SiteError             a site folder contradicts itself or its schema
├── WireError             a message that will never decode
├── SensorError           a device was asked and gave no usable answer
├── OutboxError           the outbox file cannot keep a reading
├── BrokerUnavailableError  the broker is away: try again
├── LeaseHeldError        another collector works here
├── AccountError          a sender asks for more of the ledger than any needs
├── ParameterError        a web request asks for something that cannot be given
├── GrafanaError          Grafana is away, or answers something that cannot be used
└── StoreError
    ├── StoreUnavailableError  the store is away: try again
    │   └── StoreBusyError     it answers, but not in time: ask for less
    └── StoreRejectedError     these rows, never

A message names the thing, the value and the remedy in one sentence.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class LorongError(Exception):
    """The root: whatever Lorong raises on purpose."""


class UsageError(LorongError, ValueError):
    """The command line was used wrongly."""


class SettingsError(LorongError, ValueError):
    """A settings file or variable cannot be used."""


class UnknownNameError(LorongError, LookupError):
    """A name is in no table.

    Args:
        kind: What was looked for, such as "measurement".
        name: The name as it was given.
        known: Every name there is.
    """

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        self.kind, self.name = kind, name
        names = sorted(known)
        self.near = difflib.get_close_matches(name[:60], names, n=3, cutoff=0.5)
        hint = f"did you mean {' or '.join(self.near)}?" if self.near else f"known: {', '.join(names[:20]) or 'none'}"
        super().__init__(f"{kind} {name[:60]!r} is unknown; {hint}")


class SiteError(LorongError, ValueError):
    """A site folder contradicts itself or its schema."""


class WireError(LorongError, ValueError):
    """A message that will never decode."""


class SensorError(LorongError, OSError):
    """A device was asked and gave no usable answer."""


class OutboxError(LorongError, OSError):
    """The outbox file cannot keep a reading."""


class BrokerUnavailableError(LorongError, ConnectionError):
    """The broker is away: try again."""


class LeaseHeldError(LorongError, RuntimeError):
    """Another collector works on this data folder or store."""


class AccountError(LorongError, ValueError):
    """A sender asks for more of the ledger than any needs."""


class ParameterError(LorongError, ValueError):
    """A web request's parameter cannot be used; the message names it, its value and the remedy."""


class GrafanaError(LorongError, ConnectionError):
    """Grafana is away, or answers something that cannot be used."""


class StoreError(LorongError):
    """Something about the store."""


class StoreUnavailableError(StoreError, ConnectionError):
    """The store is away or will not answer now: try again."""


class StoreBusyError(StoreUnavailableError):
    """The store did not answer in the time a stranger's question may take: ask for less."""


class StoreRejectedError(StoreError, ValueError):
    """These rows will never be accepted; every other row of the batch was written.

    Args:
        reason: The store's own words, in one line, for the first of them.
        rows: The refused rows as (index of the block in the batch, index of the row in the block).
        reasons: The store's words for each row; where they are not given, those for the first hold for all.
    """

    def __init__(self, reason: str, rows: list[tuple[int, int]], reasons: list[str] | None = None) -> None:
        self.reason, self.rows = reason, rows
        self.reasons = [reason] * len(rows) if reasons is None else reasons
        super().__init__(f"the store refused {len(rows)} row(s): {reason}; they belong in the rejects")
