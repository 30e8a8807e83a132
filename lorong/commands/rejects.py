"""`lorong rejects list|show|replay|password`: what could not be stored, and why."""

from __future__ import annotations

from datetime import UTC, datetime
from getpass import getpass
from pathlib import Path

from commons.broker import BrokerSettings
from commons.clock import SystemClock
from commons.errors import UnknownNameError, UsageError
from ingest.rejects import Reject, Rejects
from lorong.rejects import RejectsDesk
from lorong.settings import load
from web.operator import hashed

_DATA = Path("data/collector")
_SHORTEST = 12


def list_rejects(*, data: Path = _DATA) -> None:
    """List every reject: its name, when, how many rows, its topic and the reason.

    Parameters
    ----------
    data
        The collector's folder.
    """
    for name, reject in Rejects(data / "rejects").all():
        when = datetime.fromtimestamp(reject.at_ms / 1000, UTC).isoformat(timespec="seconds")
        print(f"{name}  {when}  {reject.rows:>5} rows  {reject.topic!r}  {reject.reason}")


def show(name: str, *, data: Path = _DATA) -> None:
    """Show one reject whole.

    Parameters
    ----------
    name
        Its name in the list, such as 2026-11-24:3.
    data
        The collector's folder.
    """
    print(_one(name, data).line())


def replay(*names: str, data: Path = _DATA, settings: Path | None = None) -> None:
    """Send rejects to the broker again, after what refused them is mended; they stay in the list.

    Parameters
    ----------
    names
        Their names in the list; none = all of them.
    data
        The collector's folder.
    settings
        A TOML file with the section broker.
    """
    broker: BrokerSettings = load(settings).broker
    kept = Rejects(data / "rejects")
    rejects = kept.named(names) or [reject for _, reject in kept.all()]
    sent = RejectsDesk(kept.folder, broker, clock=SystemClock()).send(rejects)
    print(f"{sent} rejects sent again")


def password() -> None:
    """Hash a password for the page /rejects; put the line into the settings as web.operator_hash or in a file."""
    typed = getpass("Password: ")
    if len(typed) < _SHORTEST or typed != getpass("Again: "):
        raise UsageError(f"the password is under {_SHORTEST} letters or was typed differently; try again")
    print(hashed(typed))


def _one(name: str, data: Path) -> Reject:
    known = dict(Rejects(data / "rejects").all())
    if name not in known:
        raise UnknownNameError("reject", name, known)
    return known[name]
