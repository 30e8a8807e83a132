"""Where the MQTT broker is and how one logs in to it."""

from __future__ import annotations

import random
import socket
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode

from commons.errors import BrokerUnavailableError, SettingsError
from commons.settings import Secret, refuse_credentials

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

_DIAL_SECONDS: Final = 10.0
_PEM: Final = "-----BEGIN CERTIFICATE-----"


@dataclass(frozen=True, slots=True)
class BrokerSettings:
    """Section `[broker]`.

    Args:
        host: Where the broker listens; the servers of a cluster separated by commas.
        port: Its MQTT port.
        username: The name to log in with; empty = none is asked for.
        password: The password that goes with it.
        tls: Whether the connection is encrypted and the broker's certificate checked.
        ca: The authority that vouches for the broker: a PEM file's path, or the PEM text itself; empty = the system's.
        keepalive_seconds: How often an idle connection shows that it lives [s].

    Raises:
        SettingsError: `host` is a URL, or holds a name or password.
    """

    host: str = "127.0.0.1"
    port: int = 1883
    username: str = ""
    password: Secret = Secret("")
    tls: bool = False
    ca: str = ""
    keepalive_seconds: int = 30

    def __post_init__(self) -> None:
        """Nothing that will be shown may be secret."""
        refuse_credentials("broker.host", self.host, remedy="give them as broker.username and broker.password_file")
        if "/" in self.host:
            raise SettingsError(
                f"broker.host {self.host!r} is no host; write its name alone, and broker.port beside it"
            )

    def client(self, client_id: str, *, clean_session: bool, manual_ack: bool = False) -> mqtt.Client:
        """A client that is set up but not yet connected; MQTT 3.1.1."""
        client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=client_id,
            clean_session=clean_session,
            manual_ack=manual_ack,
            reconnect_on_failure=False,
        )
        client.connect_timeout = self._patience_seconds
        if self.username:
            client.username_pw_set(self.username, self.password.reveal())
        context = self.tls_context()
        if context is not None:
            client.tls_set_context(context)
        return client

    def tls_context(self) -> ssl.SSLContext | None:
        """What an encrypted connection is checked with; None = it is not encrypted.

        Raises:
            SettingsError: `ca` is no certificate.
        """
        if not self.tls:
            return None
        given = self.ca.strip()
        is_text = given.startswith(_PEM)
        try:
            context = ssl.create_default_context(
                cafile=None if is_text else given or None, cadata=given if is_text else None
            )
        except OSError as error:
            name = "the text given" if is_text else repr(given)
            raise SettingsError(f"broker.ca: {name} is no certificate ({error}); give the broker's ca.crt") from error
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context

    def dial(self) -> socket.socket:
        """A connection to the broker's port, encrypted where that is set, for whoever speaks MQTT without a client.

        Raises:
            BrokerUnavailableError: Nobody answers there, or somebody whom `ca` does not vouch for.
        """
        return self._at_any(self._dial)

    def connect(self, client: mqtt.Client) -> None:
        """Open the connection; the broker's welcome comes with the loop.

        Raises:
            BrokerUnavailableError: Nobody answers there, or somebody whom `ca` does not vouch for.
        """
        self._at_any(lambda host: client.connect(host, self.port, keepalive=self.keepalive_seconds))

    @property
    def _hosts(self) -> list[str]:
        return [host.strip() for host in self.host.split(",")]

    @property
    def _patience_seconds(self) -> float:
        """How long one server may take to answer, so that one that vanished does not keep us from the others."""
        return _DIAL_SECONDS / len(self._hosts)

    def _dial(self, host: str) -> socket.socket:
        context = self.tls_context()
        link = socket.create_connection((host, self.port), timeout=self._patience_seconds)
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return context.wrap_socket(link, server_hostname=host) if context else link

    def _at_any(self, connect: Callable[[str], T]) -> T:
        """Connect to the first server that answers.

        Their order is drawn each time: senders spread over a cluster, and a server that lets one in but cannot serve
        him is not met at every attempt.
        """
        reason: OSError | None = None
        hosts = self._hosts
        for host in random.sample(hosts, len(hosts)):
            try:
                return connect(host)
            except OSError as error:
                reason = error
        where = f"{self.host}:{self.port}"
        if isinstance(reason, ssl.SSLCertVerificationError):
            raise BrokerUnavailableError(
                f"who answers at {where} is not the broker that [broker] ca vouches for ({reason.verify_message}); "
                "check host, ca and the clock, and renew a certificate that has expired"
            ) from reason
        raise BrokerUnavailableError(f"no broker answers at {where} ({reason}); start it or mend [broker]") from reason


def failed(code: MQTTErrorCode) -> bool:
    """Whether a call of the client's loop says that the connection is gone."""
    return code != MQTTErrorCode.MQTT_ERR_SUCCESS
