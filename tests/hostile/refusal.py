"""How the second reading says that a message must be rejected."""

from __future__ import annotations


class RefusedError(Exception):
    """The message must be rejected."""


def need(fact: object) -> None:
    """Refuse the message unless it is so."""
    if not fact:
        raise RefusedError
