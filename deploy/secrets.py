"""Draw what the services share and certify the broker, once: `python -m deploy.secrets`."""

from __future__ import annotations

import argparse
import secrets
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from commons.sites import Site
from deploy.broker import certificates, users
from deploy.broker.files import put
from deploy.broker.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Sequence

FOLDER: Final = Path("secrets")
_SITES: Final = Path(__file__).parent / "sites"
_DRAWN: Final = (
    "influxdb-admin-password",
    "influxdb-token",
    "influxdb-grafana-password",
    "grafana-admin-password",
    *(f"broker-{role}-password" for role in users.ROLES),
)
_BYTES: Final = 32
_FOLDER_MODE: Final = 0o700
_SHOWN_MODE: Final = 0o755


def make(folder: Path, hosts: Sequence[str] = (), *, renew: bool = False) -> list[Path]:
    """Draw what is missing; what is there stays as it is, but for a broker's certificate that soon ends.

    Nobody else on the host may enter the folder. Most files in it may be read by any user, because docker mounts each
    as it is into the containers that name it, and those run as users of their own.

    Args:
        folder: Where the files are; it is made.
        hosts: What nodes call the broker, the first being the one that `lorong node add` tells them; new ones make a
            new certificate.
        renew: Make a new certificate for the broker in any case; nodes need nothing new.

    Returns:
        The files made.
    """
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(_FOLDER_MODE)
    (folder / "broker").mkdir(exist_ok=True)
    (folder / "broker").chmod(_SHOWN_MODE)
    made = [path for name in _DRAWN if (path := folder / name) and _drawn(path)]
    made += _certified(folder, hosts, renew=renew)
    fresh = not (folder / "broker" / "nats-users.conf").exists()
    Registry(folder, [Site(path.parent) for path in _SITES.glob("*/site.toml")]).write()
    return made + [path for path in sorted((folder / "broker").iterdir()) if fresh and path not in made]


def _drawn(path: Path) -> bool:
    """Draw a secret that is not there; whether it was drawn."""
    if path.exists():
        return False
    put(path, secrets.token_urlsafe(_BYTES) + "\n")
    return True


def _certified(folder: Path, hosts: Sequence[str], *, renew: bool) -> list[Path]:
    """Make the authority that is not there, and the broker's certificate where there is none that will do."""
    key, authority = folder / "ca.key", folder / "broker-ca.crt"
    server = folder / "broker" / "server.key", folder / "broker" / "server.crt"
    known = folder / "broker-hosts"
    names = list(hosts) or (known.read_text("utf-8").split() if known.exists() else [])
    made: list[Path] = []
    if not key.exists():
        certificates.make_authority(key, authority)
        made += [key, authority]
    stale = renew or bool(hosts) or not all(path.exists() for path in server)
    if made or stale or certificates.ends_within(server[1], certificates.RENEW_DAYS):
        every = certificates.own_names(names)
        certificates.make_server(*server, every, authority=(key, authority))
        put(known, "\n".join([*names, ""]) if names else every[0] + "\n")
        made += [*server, known]
    return made


def _main() -> None:
    parser = argparse.ArgumentParser(prog="deploy.secrets", description="Draw secrets and certify the broker, once.")
    parser.add_argument("hosts", nargs="*", metavar="HOST", help="what nodes call the broker: a name or an address")
    parser.add_argument("--renew", action="store_true", help="make a new certificate for the broker now")
    given = parser.parse_args()
    made = make(FOLDER, given.hosts, renew=given.renew)
    names = ", ".join(path.name for path in made) or "nothing, all were there"
    sys.stdout.write(f"secrets: made {names} in {FOLDER}/\n")


if __name__ == "__main__":
    _main()
