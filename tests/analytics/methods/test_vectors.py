"""The runner of worked examples: it says what passed, what failed and why, and what no method is for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.analytics.methods.vectors.__main__ import ADAPTERS, adapter_of, main, outcome

PUBLISHED = {
    found["id"]: found for found in json.loads((Path(__file__).parent / "vectors/published.json").read_text("utf-8"))
}
IDEAL = {"padi": 1050, "umbi": 126, "hewani": 252, "minyak_lemak": 210, "buah_biji_berminyak": 63}
IDEAL |= {"kacang": 105, "gula": 105, "sayur_buah": 126, "bumbu_minuman": 63}


def example(name: str, inputs: Any, expected: Any, *, tolerance: Any = 1e-9, verified: bool = True) -> dict[str, Any]:
    return {"id": name, "inputs": inputs, "expected": expected, "tolerance": tolerance, "verified": verified}


def pph(score: float, *, verified: bool = True) -> dict[str, Any]:
    inputs = {"AKE_kcal": 2100, "kcal": IDEAL}
    return example("pph.new_place", inputs, {"score": score}, verified=verified)


def run(tmp_path: Path, *examples: dict[str, Any]) -> int:
    file = tmp_path / "examples.json"
    file.write_text(json.dumps(examples), "utf-8")
    return main(str(file))


def test_each_example_has_a_line_and_the_last_one_counts_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run(tmp_path, pph(100.0), example("cpi.aggregate.new", "nonsense", {}), example("moon.phase", {}, {}))

    lines = capsys.readouterr().out.splitlines()
    assert code == 1
    assert [line.split()[:2] for line in lines] == [
        ["pph.new_place", "passed"],
        ["cpi.aggregate.new", "failed:"],
        ["moon.phase", "no"],
        ["1", "passed,"],
    ]
    assert lines[-1] == "1 passed, 1 failed, 1 without a method"


@pytest.mark.parametrize(("score", "verified", "code"), [(100.0, True, 0), (99.0, True, 1), (99.0, False, 0)])
def test_only_a_verified_example_that_fails_is_an_error(
    tmp_path: Path,
    score: float,
    verified: bool,  # noqa: FBT001 - a column of the table
    code: int,
) -> None:
    assert run(tmp_path, pph(score, verified=verified)) == code


def test_a_figure_that_is_printed_and_not_computed_is_a_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wanted = pph(100.0)
    wanted["expected"]["grade"] = "A"

    assert run(tmp_path, wanted) == 1
    assert "grade: no result" in capsys.readouterr().out


def test_a_tolerance_in_words_allows_a_unit_of_the_last_digit(tmp_path: Path) -> None:
    pressure = {"P": 81.8, "gamma": 0.054}
    found = example("fao56.ex02_pressure_1800m", {"z": 1800}, pressure, tolerance="half a unit")
    wrong = example("fao56.ex02_pressure_1800m", {"z": 1800}, pressure | {"P": 82.1}, tolerance="half a unit")

    assert (run(tmp_path, found), run(tmp_path, wrong)) == (0, 1)


def test_an_adapter_is_found_by_the_longest_beginning_of_the_id() -> None:
    assert adapter_of("cpi.chain.fixed_sample") is ADAPTERS["cpi.chain.fixed_sample"]
    assert adapter_of("cpi.chain.another") is ADAPTERS["cpi.chain"]
    assert adapter_of("cpi.release_of_april") is ADAPTERS["cpi.release"]
    assert adapter_of("cpi") is None


def test_an_id_without_a_method_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, example("moon.phase", {}, {})) == 0
    assert "no method for 'moon.phase'" in capsys.readouterr().out


@pytest.mark.parametrize("name", list(PUBLISHED))
def test_a_published_example_comes_out(name: str) -> None:
    assert outcome(PUBLISHED[name], PUBLISHED) == "passed"
