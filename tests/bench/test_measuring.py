"""What the benchmark sends and says: the same rows to both columns, and verdicts that follow from the figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
import pytest

from commons import wire
from commons.clock import NANOSECONDS_PER_MILLISECOND
from tests.bench import figures
from tests.bench.figures import Figure
from tests.bench.load import FIELDS, catching_up
from tests.bench.outage import Outage, _moment, messages
from tests.bench.telegraf import _as_objects

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("readings", [60, 1])
def test_telegraf_is_sent_the_rows_that_lorong_is_sent(readings: int) -> None:
    load = catching_up("some", readings=readings, packs=2)

    for block in load.blocks:
        sent = orjson.loads(_as_objects(block).payload)
        rows = sent if isinstance(sent, list) else [sent]
        assert [row["t"] for row in rows] == [time // NANOSECONDS_PER_MILLISECOND for time in block.times]
        for name in FIELDS:
            assert [row[name] for row in rows] == block.fields[name]
        assert {(row["bed"], row["origin"]) for row in rows} == {(block.tags["bed"], block.tags["origin"])}


def test_a_days_outage_is_each_nodes_packs_in_order() -> None:
    sent = [wire.decode(one.topic, one.payload, arrival_ms=0) for one in messages(lanes=3, readings=4)]

    assert [one.seq for one in sent] == [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4]
    assert len({one.box for one in sent}) == len({one.address for one in sent}) == 3
    assert len({(one.box, one.block.times[0]) for one in sent if one.block}) == sum(one.rows for one in sent) == 12


def test_a_moment_between_two_reports_lies_on_the_line_between_them() -> None:
    stored = [(1.0, 100.0), (3.0, 200.0)]

    assert [_moment(stored, rows) for rows in (0, 50, 100, 150, 200)] == [0, 0.5, 1, 2, 3]


@pytest.mark.parametrize(
    ("measured", "at_least", "verdict"),
    [(1.5, True, "met"), (1.4, True, "MISSED"), (1.4, False, "met"), (1.6, False, "MISSED")],
)
def test_a_figure_is_met_from_its_target_on(measured: float, at_least: bool, verdict: str) -> None:  # noqa: FBT001
    assert Figure("some", measured, "×", 1.5, at_least=at_least).verdict == verdict


def test_what_was_not_measured_is_neither_met_nor_missed() -> None:
    figure = Figure("some", float("nan"), "MB", 40, at_least=False)

    assert figure.cells() == ("some", "–", "at most 40.0 MB", "not measured", "")


def test_a_run_takes_the_place_of_the_last_one_in_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "performance.md"
    page.write_text(figures.PAGE.read_text("utf-8"), "utf-8")
    monkeypatch.setattr(figures, "PAGE", page)
    found = figures.of_outage(Outage(720_000, 20, 16_000, 15_000, 16_000, 180, 0.0))

    for day in ("the first day", "the second day"):
        figures.write(found, about=day, tables="all that was printed")

    text = page.read_text("utf-8")
    assert "the first day" not in text
    assert text.count("the second day") == text.count("| 180 MB | at most 250 MB | met |") == 1
