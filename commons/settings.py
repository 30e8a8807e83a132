"""Read one section of a TOML file into a frozen dataclass; unknown keys are refused by name."""

from __future__ import annotations

import dataclasses
import json
import os
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, get_args, get_origin, get_type_hints

from commons.errors import SettingsError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Mapping

T = TypeVar("T")


class Secret:
    """A text that shows itself to nobody who did not ask.

    Args:
        value: The secret text.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The text itself, for the one call that needs it."""
        return self._value

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __repr__(self) -> str:
        return "Secret('***')" if self._value else "Secret('')"

    __str__ = __repr__


def without_credentials(address: str) -> str:
    """An address as it may be shown: without what stands before its `@`, and without its query.

    Args:
        address: A URL, or a host with or without a scheme, well-formed or not.
    """
    place, has_query, _ = address.partition("?")
    scheme, has_scheme, rest = place.rpartition("://")
    hidden, at, host = rest.rpartition("@")
    return f"{scheme}{has_scheme}{'***' if hidden else ''}{at}{host}{'?***' if has_query else ''}"


def refuse_credentials(name: str, address: str, *, remedy: str) -> None:
    """An address is shown in logs and errors, so nothing secret may stand in it.

    Args:
        name: The setting.
        address: Its value.
        remedy: Where the secret belongs.

    Raises:
        SettingsError: It holds a name or password, or a query; the message does not repeat it.
    """
    if without_credentials(address) != address:
        raise SettingsError(f"{name} holds a name or password; {remedy}")


def read_file(path: Path | None) -> dict[str, Any]:
    """A settings file as nested tables; no file is an empty one.

    Raises:
        SettingsError: The file is missing or not TOML.
    """
    if path is None:
        return {}
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise SettingsError(f"settings file {str(path)!r} cannot be read ({error.strerror}); check the path") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"settings file {str(path)!r} is not TOML: {error}; mend that line") from error


def section(kind: type[T], role: str, tables: Mapping[str, Any], environ: Mapping[str, str] | None = None) -> T:
    """One role's settings: defaults, then the file's `[role]`, then `LORONG_<ROLE>__<KEY>`.

    A `Secret` field `token` may also be given as `token_file`, a path whose content it is.

    Args:
        kind: The frozen dataclass, every field defaulted.
        role: The section's name.
        tables: The settings file, read by `read_file`.
        environ: The environment; the process's own when left out.

    Raises:
        UnknownNameError: A key is not a field; the near ones are offered.
        SettingsError: A value is not of the field's type.
    """
    hints = get_type_hints(kind)
    given: dict[str, Any] = dict(tables.get(role, {}))
    prefix = f"LORONG_{role.upper()}__"
    for name, text in (os.environ if environ is None else environ).items():
        if name.startswith(prefix):
            given[name.removeprefix(prefix).lower()] = text
    secrets = {f"{key}_file": key for key, hint in hints.items() if hint is Secret}
    values: dict[str, Any] = {}
    for key, value in given.items():
        if key in secrets:
            values[secrets[key]] = Secret(_secret_file(role, key, str(value)))
        elif key in hints:
            values[key] = _as(hints[key], value, f"{role}.{key}")
        else:
            raise UnknownNameError(f"setting in [{role}]", key, [*hints, *secrets])
    return kind(**values)


def sections_of(kind: type[Any]) -> list[str]:
    """The field names of a settings dataclass, for documents and tests."""
    return [f.name for f in dataclasses.fields(kind)]


def _secret_file(role: str, key: str, path: str) -> str:
    try:
        return Path(path).read_text("utf-8").strip()
    except OSError as error:
        raise SettingsError(
            f"{role}.{key} {path!r} cannot be read ({error.strerror}); `make secrets` makes it"
        ) from error


def _as(hint: Any, value: Any, name: str) -> Any:  # noqa: ANN401  # a settings value may be of any type
    """The value in the field's type; a text from the environment is read as that type."""
    try:
        if get_origin(hint) is tuple:
            items = json.loads(value) if isinstance(value, str) and value.startswith("[") else value
            items = items.split(",") if isinstance(items, str) else items
            return tuple(_as(get_args(hint)[0], item, name) for item in items if item != "")
        if hint is bool:
            return {"true": True, "1": True, "false": False, "0": False}[str(value).lower()]
        if hint in (Secret, Path, str):
            return hint(str(value))
        return hint(value)
    except (KeyError, TypeError, ValueError) as error:
        raise SettingsError(f"setting {name} = {value!r} is no {getattr(hint, '__name__', hint)}; mend it") from error
