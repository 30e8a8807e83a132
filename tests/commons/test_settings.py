"""Settings: defaults, file, environment, in that order; a misspelt key is named; secrets show themselves to nobody."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from commons.errors import SettingsError, UnknownNameError
from commons.settings import Secret, read_file, refuse_credentials, section, without_credentials


@dataclass(frozen=True)
class Settings:
    """A section with a field of every type."""

    port: int = 1883
    seconds: float = 1.5
    topics: tuple[str, ...] = ("a",)
    tls: bool = False
    data: Path = Path("data")
    token: Secret = Secret("")


def test_the_environment_goes_before_the_file_and_the_file_before_the_default() -> None:
    found = section(Settings, "broker", {"broker": {"port": 1, "seconds": 2}}, {"LORONG_BROKER__PORT": "7"})

    assert (found.port, found.seconds, found.tls) == (7, 2.0, False)


def test_every_type_is_read_from_the_environments_text() -> None:
    environ = {
        "LORONG_X__TOPICS": "a/#,b/#",
        "LORONG_X__TLS": "true",
        "LORONG_X__DATA": "/srv",
        "LORONG_X__TOKEN": "s3cret",
    }

    found = section(Settings, "x", {}, environ)

    assert (found.topics, found.tls, found.data, found.token.reveal()) == (("a/#", "b/#"), True, Path("/srv"), "s3cret")


def test_an_unknown_key_is_named_with_the_nearest_right_one() -> None:
    with pytest.raises(UnknownNameError, match=r"setting in \[x\] 'prot' is unknown; did you mean port"):
        section(Settings, "x", {"x": {"prot": 1}}, {})


def test_a_value_of_the_wrong_type_names_key_and_value() -> None:
    with pytest.raises(SettingsError, match=r"setting x\.port = 'many' is no int"):
        section(Settings, "x", {}, {"LORONG_X__PORT": "many"})


def test_a_secret_comes_from_a_file_and_is_masked_in_every_repr(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("s3cret\n")

    found = section(Settings, "x", {"x": {"token_file": str(tmp_path / "token")}}, {})

    assert found.token.reveal() == "s3cret"
    assert "s3cret" not in f"{found!r} {found.token} {found.token!r} {[found.token]}"


def test_a_file_that_is_not_toml_is_named(tmp_path: Path) -> None:
    (tmp_path / "lorong.toml").write_text("[broker\n")

    with pytest.raises(SettingsError, match=r"lorong.toml' is not TOML"):
        read_file(tmp_path / "lorong.toml")


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("influxdb://host:8086", "influxdb://host:8086"),
        ("postgres://me:heron-X8@host/db", "postgres://***@host/db"),
        ("postgres://me:he/ron-X8@host", "postgres://***@host"),
        ("postgres://me:he@ron#-X8@host", "postgres://***@host"),
        ("//heron-X8@host", "***@host"),
        ("me:heron-X8@host", "***@host"),
        ("mqtts://a,me:heron-X8@b", "mqtts://***@b"),
        ("https://host/?token=heron-X8", "https://host/?***"),
        ("http://[heron-X8@host", "http://***@host"),
    ],
)
def test_an_address_is_shown_without_what_is_secret_in_it(address: str, shown: str) -> None:
    assert without_credentials(address) == shown
    if address != shown:
        with pytest.raises(SettingsError, match="the place holds a name or password; elsewhere") as caught:
            refuse_credentials("the place", address, remedy="elsewhere")
        assert "X8" not in str(caught.value)
