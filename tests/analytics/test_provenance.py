"""Marks are sorted, each once, and come from the origins of the inputs."""

from __future__ import annotations

import pandas as pd

from analytics import provenance


def test_marks_are_sorted_and_each_is_there_once() -> None:
    assert provenance.text(["stand_in", "", "recorded", "stand_in"]) == "recorded,stand_in"
    assert provenance.text([]) == ""


def test_marks_survive_being_stored() -> None:
    assert provenance.marks_in("recorded,stand_in") == {"recorded", "stand_in"}
    assert provenance.marks_in("") == set()


def test_only_simulated_and_recorded_inputs_leave_a_mark() -> None:
    rows = provenance.with_origins(pd.DataFrame({"origin": ["measured", "typed", "simulated", "recorded"]}))

    marks = [provenance.of_origins(row) for row in rows.to_dict("records")]

    assert marks == [set(), set(), {"simulated"}, {"recorded"}]
