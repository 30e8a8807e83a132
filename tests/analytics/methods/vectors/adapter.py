"""What an adapter is: from a worked example's inputs to a result shaped like what was printed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Example = Mapping[str, Any]
Adapter = Callable[[Example, Example, Mapping[str, Example]], dict[str, Any]]
"""Inputs, what was printed (for its keys), and every example of the file (some point to another's inputs)."""


class Unsuited(ValueError):  # noqa: N818 - not an error of the method
    """The inputs are of a shape that no adapter knows."""
