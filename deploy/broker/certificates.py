"""The authority that vouches for the broker, and the broker's certificate, made by openssl."""

from __future__ import annotations

import ipaddress
import re
import secrets
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from commons.errors import SettingsError
from deploy.broker.files import put

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

AUTHORITY_DAYS: Final = 3650
SERVER_DAYS: Final = 825
RENEW_DAYS: Final = 60  # `make secrets` renews a certificate that ends within these
_EXTENSIONS: Final = """[req]
distinguished_name = name
x509_extensions = authority
prompt = no
[name]
CN = {name}
[authority]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth, clientAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = {names}
"""
_PEM: Final = re.compile("-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
_PATIENCE_SECONDS: Final = 30.0
_KEY: Final = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


def make_authority(key: Path, certificate: Path) -> None:
    """Make the key that signs brokers' certificates, and the certificate that nodes trust.

    Args:
        key: Where the key goes, readable by its owner only.
        certificate: Where the certificate goes, for everybody.

    Raises:
        SettingsError: openssl is not there or fails.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _configure(folder, "Lorong broker authority", ["localhost"])
        new = ("req", "-x509", *_KEY, "-sha256", "-days", AUTHORITY_DAYS, "-config", "conf")
        _openssl(folder, *new, "-keyout", "key", "-out", "certificate")
        put(key, (folder / "key").read_text("ascii"), mode=0o600)
        put(certificate, (folder / "certificate").read_text("ascii"))


def make_server(
    key: Path, certificate: Path, names: Sequence[str], *, authority: tuple[Path, Path], days: int = SERVER_DAYS
) -> None:
    """Make a broker's key and certificate; the certificate's file ends with the authority's own.

    Args:
        key: Where the key goes.
        certificate: Where the certificate goes.
        names: What nodes call the broker: host names and addresses.
        authority: The authority's key and certificate.
        days: How long it holds [d].

    Raises:
        SettingsError: openssl is not there or fails.
    """
    signer, trusted = authority
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _configure(folder, "Lorong broker", names)
        _openssl(folder, "req", "-new", *_KEY, "-sha256", "-config", "conf", "-keyout", "key", "-out", "request")
        sign = ("x509", "-req", "-in", "request", "-sha256", "-days", days, "-extfile", "conf", "-extensions", "server")
        serial = ("-set_serial", f"0x{secrets.token_hex(16)}")
        _openssl(folder, *sign, *serial, "-CA", trusted.resolve(), "-CAkey", signer.resolve(), "-out", "certificate")
        put(key, (folder / "key").read_text("ascii"))
        put(certificate, (folder / "certificate").read_text("ascii") + trusted.read_text("ascii"))


def ends_within(certificate: Path, days: int) -> bool:
    """Whether a certificate ends within so many days, or has ended."""
    ran = _run(certificate.parent, "x509", "-checkend", days * 86_400, "-noout", "-in", certificate.name)
    return ran.returncode != 0


def shown_at(host: str, port: int) -> list[str]:
    """The certificates, PEM, that whoever answers there shows; none of them is trusted yet."""
    where = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    words = ("s_client", "-connect", where, "-showcerts")
    return _PEM.findall(_run(Path(), *words).stdout)


def own_names(more: Iterable[str]) -> list[str]:
    """What a broker on this machine, or in docker compose, is called, and what else nodes call it."""
    return list(dict.fromkeys([*more, socket.gethostname(), "localhost", "broker", "127.0.0.1", "::1"]))


def _configure(folder: Path, name: str, names: Iterable[str]) -> None:
    text = _EXTENSIONS.format(name=name, names=", ".join(map(_alternative, names)))
    (folder / "conf").write_text(text, "ascii")


def _alternative(name: str) -> str:
    try:
        return f"IP:{ipaddress.ip_address(name)}"
    except ValueError:
        if not name.replace("-", "").replace(".", "").isalnum() or not name.isascii():
            raise SettingsError(f"host {name!r} is no host name and no address; write it without port") from None
        return f"DNS:{name}"


def _openssl(folder: Path, *words: object) -> str:
    ran = _run(folder, *words)
    if ran.returncode:
        reason = ran.stderr.strip().splitlines()[-1:] or ["no reason given"]
        raise SettingsError(f"openssl {words[0]} failed ({reason[0]}); check the files in {str(folder)!r}")
    return ran.stdout


def _run(folder: Path, *words: object) -> subprocess.CompletedProcess[str]:
    program = shutil.which("openssl")
    if program is None:
        raise SettingsError("no openssl on the PATH; install it (apt-get install openssl)")
    command = [program, *map(str, words)]
    try:
        return subprocess.run(  # noqa: S603  # the program found above, with words of our own
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=_PATIENCE_SECONDS,
        )
    except subprocess.TimeoutExpired as error:
        raise SettingsError(f"openssl {words[0]} took over {_PATIENCE_SECONDS:.0f} s; check the network") from error
