"""A lane's code: drawn once, kept as a hash that only its owner reads."""

from __future__ import annotations

import json
import re
import stat
from typing import TYPE_CHECKING

import pytest

from commons.errors import SettingsError
from diary.codes import LaneCodes

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "web" / "lane-codes.json"


def test_a_code_opens_its_own_lane_however_it_is_typed(path: Path) -> None:
    codes = LaneCodes(path)
    code, other = codes.draw("saga"), codes.draw("agatis")

    assert re.fullmatch("[a-z2-9]{4}-[a-z2-9]{4}", code)
    assert codes.is_right("saga", code)
    assert codes.is_right("saga", f" {code.upper().replace('-', ' ')} ")
    assert LaneCodes(path).is_right("saga", code)
    assert not codes.is_right("saga", other)
    assert not codes.is_right("agatis", code)
    assert not codes.is_right("saga", "")
    assert not codes.is_right("nowhere", code)


def test_the_file_holds_no_code_and_is_its_owners(path: Path) -> None:
    codes = LaneCodes(path)
    drawn = [codes.draw("saga"), codes.draw("agatis")]

    text = path.read_text("utf-8")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [code for code in drawn if code in text or code.replace("-", "") in text] == []
    assert len({record["salt"] for record in json.loads(text).values()}) == 2
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_new_code_replaces_the_old_at_once_and_a_closed_lane_has_none(path: Path) -> None:
    serving, administering = LaneCodes(path), LaneCodes(path)
    first = administering.draw("saga")
    second = administering.draw("saga")

    assert (serving.is_right("saga", first), serving.is_right("saga", second)) == (False, True)
    assert administering.close("saga")
    assert not serving.is_right("saga", second)
    assert not administering.close("saga")


def test_a_file_that_others_may_read_is_not_used(path: Path) -> None:
    codes = LaneCodes(path)
    code = codes.draw("saga")
    path.chmod(0o640)

    with pytest.raises(
        SettingsError, match=r"lane codes 'lane-codes.json' may be read by others \(mode 640\); run chmod"
    ):
        codes.is_right("saga", code)
    with pytest.raises(SettingsError):
        codes.check()


@pytest.mark.parametrize("content", ["", "{", "\x00"])
def test_a_damaged_file_is_said_and_not_overwritten(content: str, path: Path) -> None:
    path.parent.mkdir()
    path.write_text(content, "utf-8")
    path.chmod(0o600)

    with pytest.raises(SettingsError, match="cannot be read"):
        LaneCodes(path).draw("saga")
    assert path.read_text("utf-8") == content
