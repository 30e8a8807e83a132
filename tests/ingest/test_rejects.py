"""Rejects: nothing that was refused is lost, whatever bytes it is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from ingest.rejects import Reject, Rejects, parse

if TYPE_CHECKING:
    from pathlib import Path


@given(st.binary(max_size=200), st.text(max_size=50), st.text(max_size=50))
def test_any_bytes_come_back_as_they_were(payload: bytes, topic: str, reason: str) -> None:
    reject = Reject(1_764_000_000_000, topic, payload, reason, 3)

    assert "\n" not in reject.line()
    assert parse(reject.line()) == reject


def test_rejects_are_kept_by_day_and_a_line_torn_by_a_power_cut_is_passed_over(tmp_path: Path) -> None:
    rejects = Rejects(tmp_path / "rejects")
    kept = [Reject(1_764_000_000_000 + day * 86_400_000, "t", b"{}", "because") for day in range(3)]
    for reject in kept:
        rejects.add([reject])
    with (tmp_path / "rejects" / "2025-11-26.jsonl").open("a") as file:
        file.write('{"at": 17640')

    assert [reject for _, reject in rejects.all()] == kept
    assert [name for name, _ in rejects.all()] == ["2025-11-24:1", "2025-11-25:1", "2025-11-26:1"]
