"""The catalogue: every quantity has a unit, limits and a meaning in both languages, once."""

from __future__ import annotations

import pytest

from commons.catalogue import Measurement, measurement, measurements
from commons.catalogue.commodities import commodities, commodity
from commons.errors import UnknownNameError

EVERY = list(measurements().values())


@pytest.mark.parametrize("known", EVERY, ids=lambda m: m.name)
def test_every_field_says_what_it_is_in_both_languages(known: Measurement) -> None:
    for field in known.fields.values():
        assert field.label.id
        assert field.label.en
        assert field.text or field.unit, f"{known.name}.{field.name} has no unit"


@pytest.mark.parametrize("known", [m for m in EVERY if m.kind in ("sample", "event")], ids=lambda m: m.name)
def test_every_measured_number_has_a_span_and_the_suspect_one_lies_within(known: Measurement) -> None:
    for field in known.fields.values():
        if not field.text:
            assert field.fail is not None, f"{known.name}.{field.name} has no fail span"
            low, high = field.suspect or field.fail
            assert field.fail[0] <= low < high <= field.fail[1]


def test_tags_and_fields_of_a_measurement_never_share_a_name() -> None:
    for known in EVERY:
        assert not set(known.tags) & set(known.columns)


def test_the_node_is_not_part_of_an_events_identity() -> None:
    for known in EVERY:
        if known.kind == "event":
            assert "node" not in known.tags
            assert {"entry", "version", "void", "node"} <= set(known.fields)


def test_every_indicator_has_a_history_that_keeps_the_revision_apart() -> None:
    for known in EVERY:
        if known.kind == "indicator" and not known.name.endswith("_history"):
            history = measurement(f"{known.name}_history")
            assert history.tags == (*known.tags, "revision")
            assert {"reason", "replaced_at"} <= set(history.fields)


def test_a_misspelt_measurement_is_named_with_the_near_ones() -> None:
    with pytest.raises(UnknownNameError, match="'harvst' is unknown; did you mean harvest"):
        measurement("harvst")


def test_a_commodity_is_found_by_slug_and_by_the_names_of_the_price_sources() -> None:
    assert commodity("Cabe Rawit").slug == commodity("cabai-rawit-merah").slug == "cabai-rawit-merah"
    assert commodity("  CABAI   rawit merah ").slug == "cabai-rawit-merah"


def test_an_unknown_edible_share_stays_unknown() -> None:
    unknown = [food for food in commodities().values() if food.edible_pct is None]

    assert unknown
    assert all(food.edible_pct != 0 for food in commodities().values())
