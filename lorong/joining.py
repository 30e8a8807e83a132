"""What a node needs to reach its broker: as a settings file, and as one line that a QR code can carry."""

from __future__ import annotations

import hashlib
import json
import shlex
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from commons.errors import UsageError
from commons.settings import Secret
from commons.sites import NodeEntry
from commons.topics import Address
from deploy.broker.users import name_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_MARK: Final = "lorong:1"


@dataclass(frozen=True, slots=True)
class Joining:
    """How one node joins.

    Args:
        host: What it calls the broker.
        port: The broker's port for TLS.
        entry: The node, as its site's table has it.
        password: What it logs in with.
        ca: The certificate of the authority that vouches for the broker, PEM.
    """

    host: str
    port: int
    entry: NodeEntry
    password: Secret
    ca: str

    def settings(self) -> str:
        """The node's settings file; it holds the password."""
        node, entry = self.entry.address, self.entry
        broker = {"host": self.host, "port": self.port, "tls": True, "username": name_of(node)}
        reads = {"driver": entry.driver, "origin": entry.origin, "options": _joined(entry.options)}
        return "\n".join(
            [
                f"# {node.node} of {node.city}, and nobody else: keep this file secret (mode 0600).",
                "[broker]",
                *_lines({**broker, "password": self.password.reveal()}),
                f'ca = """\n{self.ca.strip()}\n"""',
                "",
                "[node]",
                *_lines({"city": node.city, "lane": node.lane, "node": node.node, **reads}),
                "",
            ]
        )

    def line(self) -> Secret:
        """All of it in one line, but for the certificate: its fingerprint, by which it is known when it is shown."""
        node, entry = self.entry.address, self.entry
        reads = (entry.driver, entry.origin, _joined(entry.options))
        words = (self.host, str(self.port), node.city, node.lane, node.node, self.password.reveal())
        return Secret(shlex.join([_MARK, *words, fingerprint(self.ca), *reads]))


def read_line(line: Secret, shown: Callable[[str, int], list[str]]) -> Joining:
    """What a line says, with the certificate that it means.

    Args:
        line: As `Joining.line` made it.
        shown: Gives the certificates, PEM, that whoever answers at a host and port shows.

    Raises:
        UsageError: It is no such line, or the broker there shows no certificate with that fingerprint.
    """
    try:
        mark, host, port, city, lane, node, password, known, driver, origin, options = shlex.split(line.reveal())
        pairs = dict(pair.split("=", 1) for pair in options.split(";") if pair)
        entry, number = NodeEntry(Address(city, lane, node), driver, origin, pairs), int(port)
    except ValueError:
        mark = ""
    if mark != _MARK:
        raise UsageError("that is no line of `lorong node add`; copy the whole of what the QR code says")
    for certificate in shown(host, number):
        if fingerprint(certificate) == known:
            return Joining(host, number, entry, Secret(password), certificate)
    raise UsageError(f"who answers at {host}:{port} is not the broker of this line; check the network, or rotate")


def fingerprint(certificate: str) -> str:
    """The SHA-256 of a PEM certificate, as 64 hex digits."""
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(certificate.strip())).hexdigest()


def _joined(options: Mapping[str, str]) -> str:
    return ";".join(f"{key}={value}" for key, value in options.items())


def _lines(table: dict[str, object]) -> list[str]:
    """Keys and values as TOML, whose texts and numbers are JSON's."""
    return [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in table.items()]
