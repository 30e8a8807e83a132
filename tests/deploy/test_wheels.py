"""What a node needs is resolved as pip does it, and what has no wheel for a board is named."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from deploy.wheels import BOARDS, pins, wanted, wheels

ROOT = Path(__file__).parents[2]


def wheel(folder: Path, name: str, tag: str, *needs: str) -> None:
    """A wheel with nothing in it."""
    with zipfile.ZipFile(folder / f"{name}-1-{tag}.whl", "w") as file:
        about = [f"Metadata-Version: 2.1\nName: {name}\nVersion: 1", *(f"Requires-Dist: {need}" for need in needs)]
        file.writestr(f"{name}-1.dist-info/METADATA", "\n".join(about) + "\n")
        file.writestr(f"{name}-1.dist-info/WHEEL", f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n")
        file.writestr(f"{name}-1.dist-info/RECORD", "")


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """A folder of wheels in which one is compiled for 64 bits alone."""
    wheel(tmp_path, "probe", "py3-none-any", "bits")
    wheel(tmp_path, "bits", "cp311-cp311-manylinux2014_aarch64")
    return tmp_path


def test_a_dependency_of_a_dependency_that_has_no_wheel_for_32_bits_is_named(shelf: Path) -> None:
    offline = ("--no-index", f"--find-links={shelf}")
    bits64, bits32, *_ = BOARDS

    assert sorted(wheels(bits64, ["probe"], ["bits==1"], *offline)) == [
        "bits-1-cp311-cp311-manylinux2014_aarch64.whl",
        "probe-1-py3-none-any.whl",
    ]
    with pytest.raises(LookupError, match="no wheel of bits"):
        wheels(bits32, ["probe"], ["bits==1"], *offline)


def test_a_node_needs_its_command_line_and_its_drivers_in_the_versions_that_are_locked() -> None:
    needs = wanted((ROOT / "pyproject.toml").read_text("utf-8"))
    locked = {pin.partition("==")[0].lower() for pin in pins((ROOT / "requirements.txt").read_text("utf-8"))}

    names = {need.partition(">=")[0].lower() for need in needs}
    assert {"cyclopts", "orjson", "paho-mqtt", "pymodbus", "gpiozero"} <= names
    assert names <= locked
