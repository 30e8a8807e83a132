"""Programs that only these tests need, and brokers as they are shipped."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.deploy.shipped import Shipped, shipped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


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


@pytest.fixture(scope="module", params=["nats", pytest.param("mosquitto", marks=pytest.mark.mosquitto)])
def broker(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, program: Callable[[str, str], str]
) -> Iterator[Shipped]:
    """Each broker, with the configuration that is shipped."""
    kind = str(request.param)
    binary = program("mosquitto", "mosquitto") if kind == "mosquitto" else ""
    with shipped(kind, tmp_path_factory.mktemp(kind), binary) as started:
        yield started
