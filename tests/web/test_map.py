"""Maps: classes that hold their values, what is not known apart from zero, and colours that are read in the sun."""

from __future__ import annotations

import itertools
import re
from importlib import resources
from typing import TYPE_CHECKING

import pytest

from commons.sites.outlines import Outlines
from web.charts import Area, bounds, choropleth, class_of, swatch
from web.charts.map import PATTERNS

if TYPE_CHECKING:
    from markupsafe import Markup

AA_TEXT, AA_SHAPE = 4.5, 3.0


def square(east: int, north: int, side: int = 100) -> tuple[tuple[tuple[int, int], ...]]:
    return (((east, north), (east + side, north), (east + side, north + side), (east, north + side)),)


OUTLINES = Outlines(
    0.0001,
    119.4,
    -5.2,
    {
        "a": (square(0, 0),),
        "b": (square(100, 0),),
        "c": (square(0, 100),),
        "d": (square(100, 100), square(230, 150, 10)),
    },
)


def drawn(*areas: Area, outlines: Outlines = OUTLINES) -> Markup:
    return choropleth(areas, outlines, key="m", title="Panen <kg>", about="dua")


def groups(svg: str) -> dict[str, int]:
    """How many places are drawn in each class."""
    found = re.findall(r'<g class="areas" fill="url\(#m-(\w+)\)">(.*?)</g>', svg)
    return {kind: inside.count("<path") for kind, inside in found}


@pytest.mark.parametrize(
    "values", [[1.0, 2, 3, 0, 50, 120.3, 7], [5.0, 5.0], [0.0], [], [0.00123, 0.5], [1.0] * 9 + [1000.0]]
)
def test_every_value_lies_in_the_class_whose_bounds_hold_it(values: list[float]) -> None:
    uppers = bounds(values)

    assert len(uppers) <= 4
    assert uppers == sorted(set(uppers))
    for value in values:
        place = class_of(value, uppers)
        assert place == 0 if value == 0 else 1 <= place <= len(uppers)
        assert [0.0, *uppers][max(place - 1, 0)] <= value <= [0.0, *uppers][place]


def test_bounds_are_numbers_of_two_digits() -> None:
    assert bounds([1.04, 22.2, 333.3, 44_444]) == [1.1, 23.0, 340.0, 45_000.0]


def test_zero_no_data_too_few_and_no_lanes_are_drawn_in_four_ways() -> None:
    svg = drawn(Area("a", "0"), Area("b", "none"), Area("c", "few"), Area("d", "empty"))

    assert groups(svg) == {"0": 1, "none": 1, "few": 1, "empty": 1}
    signs = re.findall(r'class="sign"[^>]*>([^<]+)<', svg)
    assert sorted(signs) == ["0", "?", "–"]


def test_a_class_has_a_pattern_of_its_own_and_a_number_besides_its_colour() -> None:
    strokes = [PATTERNS[kind] for kind in ("1", "2", "3", "4", "few", "none")]

    assert len(set(strokes)) == len(strokes)
    assert re.findall(r'class="sign"[^>]*>([^<]+)<', drawn(Area("a", "1"), Area("b", "4"))) == ["1", "4"]
    assert ">4<" in swatch("m", "4")


def test_a_place_of_several_parts_is_one_shape_and_one_number() -> None:
    svg = drawn(Area("a", "1"), Area("d", "2", "D: 3 kg"))

    assert groups(svg)["2"] == 1
    assert re.search(r'<path d="M[^"]*zM[^"]*z"><title>D: 3 kg</title>', svg)
    assert svg.count('class="sign"') == 2


def test_what_lies_far_away_is_drawn_apart_so_that_the_rest_stays_large() -> None:
    far = Outlines(0.0001, 119.4, -5.2, {**OUTLINES.places, "e": (square(-5000, 3000, 20),)})
    near = drawn(Area("a", "1"), Area("b", "1"))
    both = drawn(Area("a", "1"), Area("b", "1"), Area("e", "2"), outlines=far)

    assert 'class="frame"' in both
    assert 'class="frame"' not in near
    shape = re.search(r'<g class="areas" fill="url\(#m-1\)">(.*?)</g>', near)
    assert shape is not None
    assert shape[1] in both
    assert groups(both)["2"] == 1


def test_neighbours_share_their_border_and_the_north_is_up() -> None:
    svg = drawn(Area("a", "1"), Area("c", "2"))

    south, north = (
        [(int(x), int(y)) for x, y in re.findall(r"M(\d+) (\d+)l", inside)]
        for inside in re.findall(r'<g class="areas"[^>]*>(.*?)</g>', svg)
    )
    assert south[0][1] > north[0][1]
    assert south[0][0] == north[0][0]


def test_a_map_escapes_what_it_is_told() -> None:
    assert "<kg>" not in drawn(Area("a", "1", "<script>"))
    assert "&lt;script&gt;" in drawn(Area("a", "1", "<script>"))


def test_a_place_without_an_outline_is_left_out() -> None:
    assert groups(drawn(Area("a", "1"), Area("nowhere", "1"))) == {"1": 1}


def style() -> dict[str, dict[str, str]]:
    text = resources.files("web").joinpath("static", "office.css").read_text("utf-8")
    rules = re.findall(r"^(\.map [^{]+) \{([^}]*)\}", text, re.MULTILINE)
    return {name: dict(re.findall(r"([\w-]+): ([^;]+);", inside)) for name, inside in rules}


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("kind", PATTERNS)
def test_borders_patterns_and_numbers_stand_out_in_the_sun(kind: str) -> None:
    rules = style()
    fill = rules[f".map .fill-{kind}"]["fill"]
    strokes = rules.get(f".map .strokes-{kind}", rules[".map pattern path"])["stroke"]

    assert contrast(fill, rules[".map .areas path"]["stroke"]) >= AA_SHAPE
    assert contrast(fill, strokes) >= AA_SHAPE or not PATTERNS[kind]
    assert contrast(fill, rules[".map .sign"]["fill"]) >= AA_TEXT


def test_classes_grow_darker() -> None:
    fills = [luminance(style()[f".map .fill-{kind}"]["fill"]) for kind in "01234"]

    assert all(light > dark for light, dark in itertools.pairwise(fills))
