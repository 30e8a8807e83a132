"""The method cards say what the indicators declare."""

from __future__ import annotations

from analytics.indicators import INDICATORS
from deploy.methods import FOLDER, cards


def test_the_committed_cards_are_what_the_declarations_make() -> None:
    committed = {path.name: path.read_text("utf-8") for path in FOLDER.glob("*.md") if path.name != "not-computed.md"}

    assert committed == cards(), "run `make methods`"


def test_every_indicator_has_a_card_with_its_sentence_formula_and_source() -> None:
    made = cards()

    for name, indicator in INDICATORS.items():
        for text in (
            indicator.sentence.id,
            indicator.sentence.en,
            indicator.formula,
            indicator.source,
            indicator.method,
        ):
            assert text in made[f"{name}.md"]
        assert f"({name}.md)" in made["index.md"]
