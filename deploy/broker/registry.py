"""The nodes that have a credential, and the files that the broker reads its users from."""

from __future__ import annotations

import csv
import fcntl
import io
import secrets
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from commons.errors import SettingsError
from commons.settings import Secret
from commons.topics import Address
from deploy.broker import users
from deploy.broker.files import put
from ingest.decoders import DECODERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from commons.sites import NodeEntry, Site

_COLUMNS: Final = ("city", "lane", "node", "password")
_BYTES: Final = 24
_PLAYED: Final = ("simulated", "recorded")


class Registry:
    """Who may log in to the broker.

    The table of nodes is for its owner only. The files in `broker/` may be read by whoever may enter: the folder above
    keeps the host's other users out, and docker or systemd shows `broker/` alone to a broker that runs as another user.

    Args:
        folder: The secrets' folder, made by `make secrets`.
        sites: The cities whose simulated nodes `lorong simulate` may play.

    Raises:
        SettingsError: The folder has not been made.
    """

    def __init__(self, folder: Path, sites: Iterable[Site]) -> None:
        self._folder, self._sites = folder, list(sites)
        if not self.is_in(folder):
            raise SettingsError(f"folder {str(folder)!r} holds no broker's secrets; run `make secrets` first")

    @staticmethod
    def is_in(folder: Path) -> bool:
        """Whether a folder is one that `make secrets` made."""
        return (folder / f"broker-{users.COLLECTOR}-password").exists()

    def put(self, node: Address) -> Secret:
        """Give a node a new password; the one that it had ends.

        Returns:
            The password.
        """
        password = Secret(secrets.token_urlsafe(_BYTES))
        with self._locked():
            self._save({**self._nodes(), users.name_of(node): (node, password)})
        return password

    def remove(self, node: Address) -> bool:
        """Let a node in no longer; whether it was let in."""
        with self._locked():
            nodes = self._nodes()
            known = nodes.pop(users.name_of(node), None)
            self._save(nodes)
        return known is not None

    def write(self) -> None:
        """Write the broker's files anew."""
        with self._locked():
            self._save(self._nodes())

    def _save(self, nodes: dict[str, tuple[Address, Secret]]) -> None:
        lines = io.StringIO()
        table = csv.writer(lines, lineterminator="\n")
        table.writerow(_COLUMNS)
        table.writerows((of.city, of.lane, of.node, password.reveal()) for of, password in nodes.values())
        put(self._folder / "broker-nodes.csv", lines.getvalue(), mode=0o600)
        devices = {users.name_of(entry.address): entry for entry in self._devices}
        every = self._roles()
        for name, (node, password) in nodes.items():
            every.append(
                users.device_user(devices[name], password) if name in devices else users.node_user(node, password)
            )
        put(self._folder / "broker" / "nats-users.conf", users.nats(every))
        put(self._folder / "broker" / "mosquitto-passwords", users.mosquitto_passwords(every))
        put(self._folder / "broker" / "mosquitto-acl", users.mosquitto_acl(every))

    def _roles(self) -> list[users.User]:
        passwords = {
            role: Secret((self._folder / f"broker-{role}-password").read_text("utf-8").strip()) for role in users.ROLES
        }
        played = [n.address for site in self._sites for n in site.nodes.values() if n.origin in _PLAYED]
        return users.role_users(passwords, played, self._devices)

    @property
    def _devices(self) -> list[NodeEntry]:
        """The nodes that are other people's devices."""
        return [n for site in self._sites for n in site.nodes.values() if n.driver in DECODERS]

    def _nodes(self) -> dict[str, tuple[Address, Secret]]:
        path = self._folder / "broker-nodes.csv"
        if not path.exists():
            return {}
        with path.open(encoding="utf-8", newline="") as lines:
            rows = [(Address(r["city"], r["lane"], r["node"]), Secret(r["password"])) for r in csv.DictReader(lines)]
        return {users.name_of(node): (node, password) for node, password in rows}

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """One change after the other, whoever makes them."""
        with (self._folder / ".lock").open("w", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
