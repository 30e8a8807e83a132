"""Who may publish and subscribe what, as NATS and as Mosquitto write it down."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from commons.topics import OFFICE_LANE, ROOT, Address
from ingest.decoders import DECODERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from commons.settings import Secret
    from commons.sites import NodeEntry

COLLECTOR: Final = "collector"
WEB: Final = "web"
OFFICE: Final = "office"
LANES: Final = "lanes"
DEVICES: Final = "devices"  # who listens to other people's devices
ROLES: Final = (COLLECTOR, WEB, OFFICE, LANES, DEVICES)
_ROUNDS: Final = 101  # what mosquitto_passwd takes; a drawn password needs no slow hash


@dataclass(frozen=True, slots=True)
class User:
    """One login.

    Args:
        name: What it logs in as.
        password: With what.
        writes: MQTT filters of what it may publish.
        reads: MQTT filters of what it may receive.
    """

    name: str
    password: Secret
    writes: tuple[str, ...]
    reads: tuple[str, ...]


def name_of(node: Address) -> str:
    """What a node logs in as; no slug has a dot, so no two nodes share one, and none has a role's."""
    return f"{node.city}.{node.node}"


def node_user(node: Address, password: Secret) -> User:
    """A node publishes under its own topic and reads its own answers."""
    return User(name_of(node), password, (_own("up", node),), (_own("down", node),))


def device_user(device: NodeEntry, password: Secret) -> User:
    """Another maker's device, or the gateway of several, publishes on the topics of its family and reads nothing."""
    return User(name_of(device.address), password, _heard(device), ())


def role_users(
    passwords: Mapping[str, Secret], simulated: Iterable[Address], devices: Iterable[NodeEntry] = ()
) -> list[User]:
    """The parts of Lorong itself, each with what it needs.

    Args:
        passwords: Of each role.
        simulated: The nodes that `lorong simulate` plays; without any there is no user for it.
        devices: The nodes that are other people's devices; without any there is no user that listens to them.
    """
    played, foreign = list(dict.fromkeys(simulated)), list(devices)
    may: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
        COLLECTOR: ((f"{ROOT}/down/#", f"{ROOT}/heartbeat/#"), (f"{ROOT}/up/#", f"{ROOT}/heartbeat/#")),
        WEB: ((f"{ROOT}/up/+/+/web/#",), (f"{ROOT}/down/+/+/web/#",)),
        OFFICE: ((f"{ROOT}/up/#",), (f"{ROOT}/down/+/+/import/#",)),  # replays rejects under any node's topic
    }
    if played:
        may[LANES] = tuple(_own("up", node) for node in played), tuple(_own("down", node) for node in played)
    if foreign:
        heard = tuple(dict.fromkeys(topic for entry in foreign for topic in _heard(entry)))
        cities = dict.fromkeys(entry.address.city for entry in foreign)
        itself = tuple(f"{ROOT}/up/{city}/{OFFICE_LANE}/devices/#" for city in cities)
        may[DEVICES] = (*(_own("up", entry.address) for entry in foreign), *itself), heard
    return [User(role, passwords[role], *topics) for role, topics in may.items()]


def _heard(entry: NodeEntry) -> tuple[str, ...]:
    """The topics of a device's family, and its own where its row names one."""
    own = entry.options.get("topic")
    return (*DECODERS[entry.driver].filters, *([own] if own else []))


def nats(users: Iterable[User]) -> str:
    """The users as deploy/broker/nats.conf includes them."""
    return "\n".join(["authorization {", "  users: [", *(_nats_user(user) for user in users), "  ]", "}", ""])


def mosquitto_acl(users: Iterable[User]) -> str:
    """The access list of deploy/broker/mosquitto.conf."""
    return "\n".join(
        line
        for user in users
        for line in (
            f"user {user.name}",
            *(f"topic write {topic}" for topic in user.writes),
            *(f"topic read {topic}" for topic in user.reads),
            "",
        )
    )


def mosquitto_passwords(users: Iterable[User]) -> str:
    """The password file of deploy/broker/mosquitto.conf, hashed as mosquitto_passwd does (PBKDF2-SHA512)."""
    return "".join(f"{user.name}:{_hashed(user)}\n" for user in users)


def _own(direction: str, node: Address) -> str:
    return f"{ROOT}/{direction}/{node.city}/{node.lane}/{node.node}/#"


def _nats_user(user: User) -> str:
    publish = ", ".join(f'"{_subject(topic)}"' for topic in user.writes)
    subscribe = ", ".join(f'"{subject}"' for topic in user.reads for subject in _with_parent(_subject(topic)))
    subscribe = f"[{subscribe}]" if subscribe else '{ deny: ">" }'  # an empty list would allow everything
    return (
        f'    {{ user: "{user.name}", password: "{user.password.reveal()}", allowed_connection_types: ["MQTT"], '
        f"permissions: {{ publish: [{publish}], subscribe: {subscribe} }} }}"
    )


def _subject(topic: str) -> str:
    """An MQTT filter as a NATS subject."""
    first, rest = ("/.", topic[1:]) if topic.startswith("/") else ("", topic)  # NATS keeps the sign of an empty level
    return first + rest.replace("/", ".").replace("+", "*").replace("#", ">")


def _with_parent(subject: str) -> list[str]:
    """MQTT's a/# means a itself too, and a server that is asked for both must allow both."""
    return [subject.removesuffix(".>"), subject]


def _hashed(user: User) -> str:
    salt = hashlib.sha256(user.name.encode()).digest()[:12]  # a salt need not be secret, only no other user's
    digest = hashlib.pbkdf2_hmac("sha512", user.password.reveal().encode(), salt, _ROUNDS)
    return f"$7${_ROUNDS}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"
