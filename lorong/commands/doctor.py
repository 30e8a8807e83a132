"""`lorong doctor`: what this machine has, what is missing, and what to do about it."""

from __future__ import annotations

import shutil
import ssl
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final

from commons.clock import SystemClock
from commons.errors import LorongError, SettingsError
from deploy.broker.certificates import RENEW_DAYS
from lorong.broker import nats_server
from lorong.settings import load, site
from store import open_store

_DAY_SECONDS: Final = 86_400
_FREE_BYTES: Final = 1_000_000_000


def doctor(*, city: str = "makassar", settings: Path | None = None, data: Path = Path("data")) -> int:
    """Check this machine: clock, disk, broker program, settings, site, broker and store.

    Parameters
    ----------
    city
        A site that comes with Lorong, or the path of a site folder.
    settings
        A TOML file.
    data
        The folder that things are kept in.
    """
    checks: dict[str, Callable[[], str]] = {
        "clock": _clock,
        "disk": lambda: _disk(data),
        "broker program": lambda: str(nats_server().name),
        "settings": lambda: f"{len(load(settings).__dataclass_fields__)} sections",
        "site": lambda: f"{len(site(city).lanes)} lanes, {len(site(city).nodes)} nodes",
        "broker": lambda: _broker(settings),
        "store": lambda: _store(settings),
    }
    failed = 0
    for name, check in checks.items():
        try:
            print(f"  good   {name}: {check()}")
        except LorongError as error:
            failed += 1
            print(f"  wrong  {name}: {error}")
    return 1 if failed else 0


def _clock() -> str:
    if not SystemClock().is_synchronised():
        raise SettingsError("the clock shows a time before this release; start an NTP client")
    return "plausible"


def _disk(data: Path) -> str:
    existing = next(path for path in (data.resolve(), *data.resolve().parents) if path.exists())
    free = shutil.disk_usage(existing).free
    if free < _FREE_BYTES:
        raise SettingsError(f"only {free // 1_000_000} MB are free under {data.name!r}; make room for at least 1 GB")
    return f"{free // 1_000_000_000} GB free"


def _broker(settings: Path | None) -> str:
    broker = load(settings).broker
    answers = f"answers at {broker.host}:{broker.port}"
    with broker.dial() as link:  # without logging in: on some brokers that would end the login that is
        certificate = link.getpeercert() if isinstance(link, ssl.SSLSocket) else None
    if not certificate:
        return answers
    ends = ssl.cert_time_to_seconds(str(certificate["notAfter"]))
    days = (ends - SystemClock().wall_ms() // 1000) // _DAY_SECONDS
    if days < RENEW_DAYS:
        raise SettingsError(f"it {answers}, but its certificate ends in {days} days; run `make secrets` and reload it")
    return f"{answers}, its certificate is good for {days} days"


def _store(settings: Path | None) -> str:
    with closing(open_store(load(settings).store, clock=SystemClock())) as store:
        return f"{store.id} answers"
