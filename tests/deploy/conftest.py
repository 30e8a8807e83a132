"""Programs that only these tests need."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(scope="session")
def program() -> Callable[[str, str], str]:
    """Finds a program by its name and its Debian package; without it: skip on a desk, fail in CI."""

    def find(name: str, package: str) -> str:
        found = shutil.which(name) or shutil.which(name, path="/usr/sbin")
        if found is None:
            text = f"no {name}; install it with `apt-get install {package}`"
            if os.environ.get("CI") == "true":
                pytest.fail(text)
            pytest.skip(text)
        return found

    return find
