"""What the diary's page says: one TOML file a language, the same keys in each."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

SOURCE: Final = "id"
"""The language of a visitor who has chosen none, where no other is set."""


class Words:
    """One language's texts.

    Args:
        code: Its name in `?lang=`, such as "id".
        table: Its file.
    """

    def __init__(self, code: str, table: Mapping[str, Any]) -> None:
        self.code, self.table = code, table

    def __getitem__(self, key: str) -> str:
        """One text."""
        return str(self.table[key])

    def of(self, group: str, key: str) -> str:
        """One text of a group, such as the name of a kind of entry."""
        return str(self.table[group][key])

    def refusal(self, status: int) -> str:
        """What to do about an entry that was not taken."""
        known = self.table["refusals"]
        return str(known.get(str(status), known["other"]))

    def number(self, value: float) -> str:
        """A number without needless digits, `1,2` in Indonesian."""
        text = f"{value:.3f}".rstrip("0").rstrip(".")
        return text.replace(".", self["decimal"])


@cache
def languages() -> Mapping[str, Words]:
    """Every language by its code, the source first."""
    files = [entry for entry in resources.files(__package__).iterdir() if entry.name.endswith(".toml")]
    found = {file.name.partition(".")[0]: tomllib.loads(file.read_text("utf-8")) for file in files}
    codes = sorted(found, key=lambda code: (code != SOURCE, code))
    return MappingProxyType({code: Words(code, found[code]) for code in codes})
