"""`lorong rejects list|show|replay`: what could not be stored, and why."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from commons.broker import BrokerSettings
from commons.clock import SystemClock
from commons.errors import BrokerUnavailableError, UnknownNameError
from ingest.rejects import Reject, Rejects
from lorong.sending import publish_all
from lorong.settings import load

_DATA = Path("data/collector")


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
    rejects = [_one(name, data) for name in names] or [reject for _, reject in Rejects(data / "rejects").all()]
    broker: BrokerSettings = load(settings).broker
    sent = publish_all(broker, [(r.topic, r.unboxed) for r in rejects], clock=SystemClock())
    if sent < len(rejects):
        raise BrokerUnavailableError(f"the broker took {sent} of {len(rejects)} rejects; start it and replay again")
    print(f"{sent} rejects sent again")


def _one(name: str, data: Path) -> Reject:
    known = dict(Rejects(data / "rejects").all())
    if name not in known:
        raise UnknownNameError("reject", name, known)
    return known[name]
