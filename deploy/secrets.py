"""Draw the passwords and tokens that the services of docker compose share: `python -m deploy.secrets`."""

from __future__ import annotations

import base64
import hashlib
import secrets
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

FOLDER: Final = Path("secrets")
_DRAWN: Final = (
    "influxdb-admin-password",
    "influxdb-token",
    "influxdb-grafana-password",
    "grafana-admin-password",
    "broker-collector-password",
    "broker-nodes-password",
    "broker-web-password",
)
_UP, _DOWN, _OWN = "lorong.v1.up.>", "lorong.v1.down.>", "lorong.v1.heartbeat.>"
_UP_ITSELF = "lorong.v1.up"  # MQTT's lorong/v1/up/# means this one too
# Who may publish and subscribe what; deploy/broker/mosquitto.acl says the same to Mosquitto.
_PERMISSIONS: Final[Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "collector": ((_DOWN, _OWN), (_UP_ITSELF, _UP, _OWN)),
    "nodes": ((_UP,), (_DOWN,)),
    "web": ((_UP,), (_DOWN,)),
}
_BYTES: Final = 32
_FOLDER_MODE: Final = 0o700
_FILE_MODE: Final = 0o444
_ROUNDS: Final = 101  # what mosquitto_passwd takes; a drawn password needs no slow hash


def make(folder: Path) -> list[Path]:
    """Draw what is missing; what is there stays as it is.

    Nobody else on the host may enter the folder. The files in it may be read by any user, because docker mounts each
    as it is into the containers that name it, and those run as users of their own.

    Args:
        folder: Where the files are; it is made.

    Returns:
        The files made.
    """
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(_FOLDER_MODE)
    made = [_once(folder / name, lambda: secrets.token_urlsafe(_BYTES)) for name in _DRAWN]
    passwords = {user: (folder / f"broker-{user}-password").read_text("utf-8").strip() for user in _PERMISSIONS}
    made.append(_once(folder / "nats-users.conf", lambda: nats_users(passwords)))
    made.append(_once(folder / "mosquitto-passwords", lambda: mosquitto_passwords(passwords)))
    return [path for path in made if path is not None]


def nats_users(passwords: Mapping[str, str]) -> str:
    """The users of deploy/broker/nats.conf, each with what it may publish and subscribe.

    Args:
        passwords: Of each user.
    """
    lines = ["# Written once by deploy/secrets.py; a user added here needs a reload of the server.", "authorization {"]
    lines.append("  users: [")
    for user, password in passwords.items():
        publish, subscribe = (", ".join(f'"{subject}"' for subject in subjects) for subjects in _PERMISSIONS[user])
        permissions = f"{{ publish: [{publish}], subscribe: [{subscribe}] }}"
        lines.append(f'    {{ user: "{user}", password: "{password}", permissions: {permissions} }}')
    return "\n".join([*lines, "  ]", "}"])


def mosquitto_passwords(passwords: Mapping[str, str]) -> str:
    """The password file of deploy/broker/mosquitto.conf, hashed as mosquitto_passwd does (PBKDF2-SHA512).

    Args:
        passwords: Of each user.
    """
    return "\n".join(f"{user}:{_hashed(password, secrets.token_bytes(12))}" for user, password in passwords.items())


def _hashed(password: str, salt: bytes) -> str:
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, _ROUNDS)
    return f"$7${_ROUNDS}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"


def _once(path: Path, draw: Callable[[], str]) -> Path | None:
    """Write a file that is not there, whole or not at all."""
    if path.exists():
        return None
    unfinished = path.with_name(f".{path.name}")
    unfinished.unlink(missing_ok=True)
    unfinished.touch(mode=0o600)
    unfinished.write_text(draw() + "\n", "utf-8")
    unfinished.chmod(_FILE_MODE)
    unfinished.rename(path)
    return path


if __name__ == "__main__":
    fresh = make(FOLDER)
    names = ", ".join(path.name for path in fresh) or "nothing, all were there"
    sys.stdout.write(f"secrets: made {names} in {FOLDER}/\n")
