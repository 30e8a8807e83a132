"""Scenario 1: the collector killed between receive, write and acknowledge, at every point of its loop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.faults.places import ALL, on

if TYPE_CHECKING:
    from tests.faults.rig import Rig


@on(*ALL)
def test_nothing_happens(rig: Rig) -> None:
    rig.node(count=50)
    rig.collector()
    rig.mended()
    found = rig.recover("nothing")
    assert found.faults == []
