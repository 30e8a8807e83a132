"""The table of indicators keeps to the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from analytics import provenance
from analytics.indicators import INDICATORS
from analytics.indicators.indicator import Frames
from commons.catalogue import measurement, measurements

if TYPE_CHECKING:
    from analytics.indicators.indicator import Indicator
    from commons.sites import Site
    from tests.analytics.conftest import City

ABOUT = {"start", "n", "expected", "coverage", "marks", "inputs"}
OPTIONAL = {"imputed_share", "refusal"}
each = pytest.mark.parametrize("indicator", INDICATORS.values(), ids=INDICATORS)


def nothing(indicator: Indicator, site: Site) -> Frames:
    """The frames of an empty store, with the types that a store gives."""
    frames = {}
    for source in indicator.reads:
        of = measurement(source.measurement)
        columns = {"time": pd.Series([], dtype="datetime64[ns, UTC]")}
        columns |= {tag: pd.Series([], dtype="str") for tag in source.by or of.tags}
        fields = source.fields or tuple(of.fields)
        columns |= {name: pd.Series([], dtype="str" if of.columns[name] else float) for name in fields}
        log = pd.DataFrame(columns)
        frames[source.measurement] = log if source.tidy is None else source.tidy(log, site)
    return Frames(frames)


def test_every_computed_measurement_of_the_catalogue_has_an_indicator() -> None:
    computed = {name for name, of in measurements().items() if of.kind == "indicator" and not name.endswith("_history")}

    assert computed == set(INDICATORS)
    assert all(indicator.name == name for name, indicator in INDICATORS.items())


@each
def test_an_indicator_gives_the_tags_and_fields_of_its_measurement(indicator: Indicator, city: City) -> None:
    of = measurement(indicator.name)

    columns = set(indicator.compute(nothing(indicator, city.site), city.site, now_ms=city.clock.now_ms).columns)

    firsts = {f"first_{name}" for name in indicator.keeps_first}
    assert columns - OPTIONAL == (set(of.tags) - {"city"}) | (set(of.own) - firsts) | ABOUT
    assert firsts <= set(of.own)


@each
def test_an_empty_store_gives_no_value(indicator: Indicator, city: City) -> None:
    assert indicator.compute(nothing(indicator, city.site), city.site, now_ms=city.clock.now_ms).empty


@each
def test_an_indicator_reads_what_the_catalogue_knows(indicator: Indicator) -> None:
    for source in indicator.reads:
        of = measurement(source.measurement)
        assert set(source.fields) <= set(of.columns)
        assert set(source.by) <= set(of.tags)
        assert (of.kind == "sample") == (source.window is not None)


@each
def test_the_place_of_an_indicator_is_one_of_its_tags(indicator: Indicator) -> None:
    assert indicator.place in measurement(indicator.name).tags


@each
def test_an_indicator_names_its_source(indicator: Indicator) -> None:
    assert len(indicator.source) > 20


@each
def test_an_indicator_says_what_it_is_in_both_languages(indicator: Indicator) -> None:
    assert min(len(indicator.sentence.id), len(indicator.sentence.en), len(indicator.formula)) > 20
    assert "\n" not in indicator.formula


@each
def test_an_indicator_says_that_it_may_carry_what_a_sender_leaves(indicator: Indicator) -> None:
    assert set(indicator.marks) >= set(provenance.ORIGINS)
