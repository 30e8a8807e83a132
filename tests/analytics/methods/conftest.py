"""Published worked examples by id, as fixtures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

DATA = Path(__file__).parent / "data"


@pytest.fixture(scope="session")
def worked() -> dict[str, dict[str, Any]]:
    """Every worked example: id → source, inputs, expected, tolerance."""
    files = sorted(DATA.glob("*.json"))
    return {example["id"]: example for file in files for example in json.loads(file.read_text("utf-8"))}
