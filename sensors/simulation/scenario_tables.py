"""A TOML table read into a dataclass: each mistake is one sentence that names the key, the value and the remedy."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

from commons.errors import SettingsError, UnknownNameError

T = TypeVar("T")
_NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Span:
    """A number's bounds, both inside."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class OneOf:
    """The few values there are."""

    known: tuple[Any, ...]


def read_table(kind: type[T], table: object, where: str, *, given: Mapping[str, Any] = _NOTHING) -> T:
    """A table as a dataclass; a key that it does not have is an error, and so is one without a default that is missing.

    Args:
        kind: The dataclass; a number's bounds stand in its annotation.
        table: The table as TOML gave it.
        where: What to call it.
        given: Fields that do not come from the table.

    Raises:
        SettingsError: A value is missing or cannot be.
        UnknownNameError: A key is unknown; the near ones are offered.
    """
    if not isinstance(table, dict):
        raise SettingsError(
            f"{where} = {_shown(table)} is no table; write [{where.rpartition(': ')[2]}] above its keys"
        )
    hints = get_type_hints(kind, include_extras=True)
    values = dict(given)
    for key, value in table.items():
        if key not in hints or key in given:
            raise UnknownNameError(f"key in {where}", key, set(hints) - set(given))
        values[key] = _value(hints[key], value, _under(where, key))
    for known in dataclasses.fields(kind):  # type: ignore[arg-type]  # every kind that is asked for is a dataclass
        no_default = known.default is dataclasses.MISSING and known.default_factory is dataclasses.MISSING
        if no_default and known.name not in values:
            raise SettingsError(f"{where} lacks {known.name}; add it")
    return kind(**values)


def _value(hint: Any, value: object, name: str) -> Any:  # noqa: ANN401  # a table's value may be of any type
    bounds = None
    if get_origin(hint) is Annotated:
        hint, bounds = get_args(hint)
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return read_table(hint, value, name)
    if get_origin(hint) is tuple:
        items = value if isinstance(value, list) else _refuse(name, value, "no list", "write it in [ ]")
        inner = get_args(hint)[0]
        return tuple(_item(inner, item, f"{name}[{at}]", bounds) for at, item in enumerate(items))
    if get_origin(hint) is Mapping:
        items = value if isinstance(value, dict) else _refuse(name, value, "no table", "write a key and a value a line")
        return {key: _item(float, item, _under(name, key), bounds) for key, item in items.items()}
    return _item(hint, value, name, bounds)


def _item(hint: Any, value: object, name: str, bounds: Span | OneOf | None) -> Any:  # noqa: ANN401  # as above
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return read_table(hint, value, name)
    if isinstance(bounds, OneOf):
        if value not in bounds.known or isinstance(value, bool):
            _refuse(name, value, f"none of {', '.join(map(str, bounds.known))}", "write one of them")
        return value
    if hint in (int, float):
        return _number(hint, value, name, bounds)
    is_right = isinstance(value, hint) and not (hint is date and isinstance(value, datetime))
    kinds = {str: "text", bool: "true or false", date: "day"}
    return value if is_right else _refuse(name, value, f"no {kinds[hint]}", _examples(hint))


def _number(hint: Any, value: object, name: str, bounds: Span | None) -> Any:  # noqa: ANN401  # as above
    low, high = (bounds.low, bounds.high) if bounds else (float("-inf"), float("inf"))
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or (hint is int and not isinstance(value, int)) or not low <= float(str(value)) <= high:
        whole = "whole number" if hint is int else "number"
        _refuse(name, value, f"no {whole} from {low:.12g} to {high:.12g}", "mend it")
    return hint(value)


def _examples(hint: type) -> str:
    return {str: 'write it in " "', bool: "write true or false", date: "write it as 2025-07-01"}[hint]


def _refuse(name: str, value: object, what: str, remedy: str) -> Any:  # noqa: ANN401  # never returns
    raise SettingsError(f"{name} = {_shown(value)} is {what}; {remedy}")


def _shown(value: object) -> str:
    return repr(value)[:60]


def _under(where: str, key: str) -> str:
    """A key's name below its table's: `file: table.key`."""
    return f"{where}.{key}" if ": " in where else f"{where}: {key}"
