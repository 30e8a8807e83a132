"""Where the MQTT broker is and how one logs in to it."""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass
from typing import Final

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode

from commons.errors import BrokerUnavailableError, SettingsError
from commons.settings import Secret

_DIAL_SECONDS: Final = 10.0
_PEM: Final = "-----BEGIN CERTIFICATE-----"


@dataclass(frozen=True, slots=True)
class BrokerSettings:
    """Section `[broker]`.

    Args:
        host: Where the broker listens.
        port: Its MQTT port.
        username: The name to log in with; empty = none is asked for.
        password: The password that goes with it.
        tls: Whether the connection is encrypted and the broker's certificate checked.
        ca: The authority that vouches for the broker: a PEM file's path, or the PEM text itself; empty = the system's.
        keepalive_seconds: How often an idle connection shows that it lives [s].
    """

    host: str = "127.0.0.1"
    port: int = 1883
    username: str = ""
    password: Secret = Secret("")
    tls: bool = False
    ca: str = ""
    keepalive_seconds: int = 30

    def client(self, client_id: str, *, clean_session: bool, manual_ack: bool = False) -> mqtt.Client:
        """A client that is set up but not yet connected; MQTT 3.1.1."""
        client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=client_id,
            clean_session=clean_session,
            manual_ack=manual_ack,
            reconnect_on_failure=False,
        )
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
        context = self.tls_context()
        try:
            link = socket.create_connection((self.host, self.port), timeout=_DIAL_SECONDS)
            link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return context.wrap_socket(link, server_hostname=self.host) if context else link
        except OSError as error:
            raise self._silence(error) from error

    def connect(self, client: mqtt.Client) -> None:
        """Open the connection; the broker's welcome comes with the loop.

        Raises:
            BrokerUnavailableError: Nobody answers there, or somebody whom `ca` does not vouch for.
        """
        try:
            client.connect(self.host, self.port, keepalive=self.keepalive_seconds)
        except OSError as error:
            raise self._silence(error) from error

    def _silence(self, error: OSError) -> BrokerUnavailableError:
        where = f"{self.host}:{self.port}"
        if isinstance(error, ssl.SSLCertVerificationError):
            return BrokerUnavailableError(
                f"who answers at {where} is not the broker that [broker] ca vouches for ({error.verify_message}); "
                "check host, ca and the clock, and renew a certificate that has expired"
            )
        return BrokerUnavailableError(f"no broker answers at {where} ({error}); start it or mend [broker]")


def failed(code: MQTTErrorCode) -> bool:
    """Whether a call of the client's loop says that the connection is gone."""
    return code != MQTTErrorCode.MQTT_ERR_SUCCESS
