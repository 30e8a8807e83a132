"""Charts: gaps stay gaps, nothing is not zero, and whoever cannot see them is told what they say."""

from __future__ import annotations

import itertools
import re
from datetime import date
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.charts import Bar, Panel, TimeAxis, columns, panels, ranking
from web.charts.ticks import day_ticks, month_ticks, round_ticks

if TYPE_CHECKING:
    from markupsafe import Markup

SVG = "{http://www.w3.org/2000/svg}"


def line_chart(points: list[tuple[float, float | None]], *, gap: float | None = None, **more: object) -> str:
    panel = Panel("Bedeng 1", points, about="Bedeng 1: naik.", **more)  # type: ignore[arg-type]  # what a test adds
    axis = TimeAxis(0, 10, [(0, "awal"), (10, "akhir")], gap=gap)
    return panels([panel], axis, key="c", title="Kelembapan [%]", number=str)


def lines(chart: str) -> list[str]:
    return [run for data in re.findall(r'd="([^"]*)" class="line"', chart) for run in data.split("M")[1:]]


def parsed(chart: Markup | str) -> ET.Element:
    return ET.fromstring(chart)  # noqa: S314  # our own text


def test_a_missing_value_breaks_the_line() -> None:
    chart = line_chart([(0, 1.0), (1, 2.0), (2, None), (3, 2.0), (4, 3.0)])

    assert len(lines(chart)) == 2


def test_a_long_silence_breaks_the_line() -> None:
    chart = line_chart([(0, 1.0), (1, 2.0), (5, 2.0)], gap=2)

    assert len(lines(chart)) == 2


def test_a_lone_value_is_still_seen() -> None:
    chart = line_chart([(3, 2.0)])

    assert [run[-2:] for run in lines(chart)] == ["h0"]


def test_no_values_draw_no_line() -> None:
    chart = line_chart([(0, None)])

    assert lines(chart) == []
    assert "Bedeng 1" in chart


def test_a_chart_is_named_and_described() -> None:
    chart = parsed(line_chart([(0, 1.0), (10, 2.0)]))

    named = {child.get("id"): child.text for child in chart if child.tag in ("title", "desc")}
    assert named == {"c-t": "Kelembapan [%]", "c-d": "Bedeng 1: naik."}
    assert chart.get("role") == "img"
    assert chart.get("aria-labelledby") == "c-t c-d"


def test_zones_are_named_not_only_coloured() -> None:
    chart = line_chart([(0, 10.0), (10, 40.0)], bounds=(20.0, 30.0), zones=("kering", "cukup", "basah"))

    words = re.findall(r'class="word">(\w+)<', chart)
    heights = [float(y) for y in re.findall(r'y="([\d.]+)" class="word"', chart)]
    assert words == ["basah", "cukup", "kering"]
    assert heights == sorted(heights)


def test_higher_values_stand_higher() -> None:
    chart = line_chart([(0, 1.0), (10, 5.0)])

    step = re.search(r"l([\d.-]+) ([\d.-]+)", lines(chart)[0])
    assert step is not None
    assert float(step[1]) > 0
    assert float(step[2]) < 0


def test_names_are_escaped() -> None:
    chart = ranking([Bar("<b>&", 1.0)], key="r", title="<i>", about='"', number=str)

    assert "&lt;b&gt;&amp;" in chart
    assert "<b>" not in chart
    assert "<i>" not in chart


def test_nothing_is_not_zero() -> None:
    bars = [Bar("1/11", None), Bar("8/11", 0.0), Bar("15/11", 2.0)]

    chart = columns(bars, key="c", title="Panen [kg]", about="", number=str, absent="?")

    assert chart.count('class="bar"') == 2
    assert chart.count('class="absent"') == 1


def test_a_fall_goes_the_other_way_than_a_rise() -> None:
    chart = parsed(ranking([Bar("a", 0.5), Bar("b", -0.5)], key="r", title="t", about="", number=str))

    up, down = (rect for rect in chart.iter("rect"))
    assert (up.get("class"), down.get("class")) == ("bar up", "bar down")
    assert float(down.get("x", "")) + float(down.get("width", "")) == pytest.approx(float(up.get("x", "")))


def test_bars_of_nothing_are_an_empty_chart() -> None:
    assert "rect" not in ranking([Bar("a", None)], key="r", title="t", about="", number=str)


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.integers(2, 8))
def test_ticks_are_few_even_and_within(low: float, size: float, most: int) -> None:
    ticks = round_ticks(low, low + size, most)

    slack = size * 1e-6
    assert len(ticks) <= most + 1
    assert all(low - slack <= tick <= low + size + slack for tick in ticks)
    steps = {round((b - a) / size, 6) for a, b in itertools.pairwise(ticks)}
    assert len(steps) <= 1


def test_days_are_counted_back_from_the_last() -> None:
    assert day_ticks(date(2026, 11, 18), date(2026, 11, 24), 4) == [date(2026, 11, day) for day in (18, 20, 22, 24)]
    assert day_ticks(date(2026, 11, 24), date(2026, 11, 24), 4) == [date(2026, 11, 24)]


def test_months_are_marked_where_a_year_divides() -> None:
    marks = month_ticks(date(2023, 5, 1), date(2026, 4, 1), 4)

    assert marks == [date(year, 1, 1) for year in (2024, 2025, 2026)]
    assert month_ticks(date(2026, 10, 1), date(2026, 10, 1), 4) == [date(2026, 10, 1)]
