"""Settings of the broker become an encrypted connection, or an error that says what to mend."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

import pytest

from commons.broker import BrokerSettings
from commons.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path


def test_without_tls_there_is_no_context() -> None:
    assert BrokerSettings().tls_context() is None


def test_with_tls_the_certificate_and_the_name_in_it_are_checked() -> None:
    context = BrokerSettings(tls=True).tls_context()

    assert context is not None
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2


@pytest.mark.parametrize("ca", ["none.crt", __file__, "-----BEGIN CERTIFICATE-----\nAAAA"])
def test_an_authority_that_is_no_certificate_is_a_setting_to_mend(ca: str) -> None:
    with pytest.raises(SettingsError, match=r"broker\.ca: .* is no certificate"):
        BrokerSettings(tls=True, ca=ca).tls_context()


def test_an_authority_of_ones_own_is_the_only_one_trusted(tmp_path: Path) -> None:
    system = ssl.create_default_context().get_ca_certs()
    given = ssl.DER_cert_to_PEM_cert(ssl.create_default_context().get_ca_certs(binary_form=True)[0])
    (tmp_path / "ca.crt").write_text(given, "ascii")

    for ca in (given, str(tmp_path / "ca.crt")):
        context = BrokerSettings(tls=True, ca=ca).tls_context()
        assert context is not None
        assert context.get_ca_certs() == system[:1]


@pytest.mark.parametrize("host", ["mqtts://lorong:hunter2@broker", "lorong:hunter2@a,b", "a,b?password=hunter2"])
def test_a_secret_in_the_hosts_name_is_refused_and_not_repeated(host: str) -> None:
    with pytest.raises(SettingsError, match=r"broker\.password_file") as caught:
        BrokerSettings(host=host)

    assert "hunter2" not in str(caught.value)


def test_a_url_is_no_host() -> None:
    with pytest.raises(SettingsError, match=r"broker\.host 'mqtt://broker' is no host; write its name alone"):
        BrokerSettings(host="mqtt://broker")
