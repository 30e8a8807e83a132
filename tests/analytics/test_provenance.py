"""Marks are sorted, each once, and come from the origins of the inputs."""

from __future__ import annotations

import pandas as pd

from analytics import provenance
from commons.sites import Site
from tests.flow.small_site import MAKASSAR

SITE = Site(MAKASSAR)


def test_marks_are_sorted_and_each_is_there_once() -> None:
    assert provenance.text(["stand_in", "", "recorded", "stand_in"]) == "recorded,stand_in"
    assert provenance.text([]) == ""


def test_marks_survive_being_stored() -> None:
    assert provenance.marks_in("recorded,stand_in") == {"recorded", "stand_in"}
    assert provenance.marks_in("") == set()


def test_only_simulated_and_recorded_inputs_leave_a_mark() -> None:
    origins = ["measured", "typed", "simulated", "recorded"]
    rows = pd.DataFrame({"origin": origins, "node": ["saga-n1", "web", "import", ""]})

    marks = [provenance.of_origins(row) for row in provenance.with_origins(rows, SITE).to_dict("records")]

    assert marks == [set(), set(), {"simulated"}, {"recorded"}]


def test_what_a_node_sent_that_no_table_knows_is_marked() -> None:
    rows = pd.DataFrame({"origin": ["measured", "simulated"], "node": ["saga-n99", "nobody"]})

    marks = [provenance.of_origins(row) for row in provenance.with_origins(rows, SITE).to_dict("records")]

    assert marks == [{"unknown_node"}, {"unknown_node", "simulated"}]
