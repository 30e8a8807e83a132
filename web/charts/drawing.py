"""SVG as escaped text: elements, short numbers, and the frame that names a chart for those who cannot see it."""

from __future__ import annotations

from typing import Final

from markupsafe import Markup

WIDTH: Final = 360.0
"""Every chart's width in its own units; the page stretches it to the column."""


def element(tag: str, *content: str, **attributes: object) -> Markup:
    """One element; contents and values are escaped unless they are markup already.

    Args:
        tag: The element's name.
        content: Texts and elements inside it.
        attributes: Its attributes; `_` stands for `-`, one at the end is left out (`class_`); None is no attribute.
    """
    inside = Markup("").join(content)
    names = ((name.rstrip("_").replace("_", "-"), value) for name, value in attributes.items() if value is not None)
    shown = Markup("").join(Markup(' {}="{}"').format(name, _short(value)) for name, value in names)
    return Markup("<{}{}>{}</{}>").format(tag, shown, inside, tag)


def text(x: float, y: float, words: str, *, class_: str | None = None, anchor: str | None = None) -> Markup:
    """Words at a point, which is the start of their base line unless `anchor` is "middle" or "end"."""
    return element("text", words, x=x, y=y, class_=class_, text_anchor=anchor)


def line(x1: float, y1: float, x2: float, y2: float, *, class_: str) -> Markup:
    """A straight line."""
    return element("path", d=f"M{_short(x1)} {_short(y1)}L{_short(x2)} {_short(y2)}", class_=class_)


def rectangle(x: float, y: float, width: float, height: float, *, class_: str) -> Markup:
    """A rectangle by its upper left corner."""
    return element("rect", x=x, y=y, width=width, height=height, class_=class_)


def figure(height: float, *content: str, key: str, title: str, about: str) -> Markup:
    """The whole chart.

    Args:
        height: In the chart's own units.
        content: Its elements.
        key: A name that no other chart of the page has.
        title: What the chart shows.
        about: What it says, in words, for those who cannot see it.
    """
    named = (element("title", title, id=f"{key}-t"), element("desc", about, id=f"{key}-d"))
    box = f"0 0 {_short(WIDTH)} {_short(height)}"
    labelled = f"{key}-t {key}-d"
    return element("svg", *named, *content, class_="chart", viewBox=box, role="img", aria_labelledby=labelled)


def path(points: list[tuple[float, float]]) -> str:
    """The data of one unbroken line; a lone point becomes a dot where line ends are round."""
    (x, y), *rest = points
    moved = [f"M{_short(x)} {_short(y)}"]
    if not rest:
        moved.append("h0")
    drawn_x, drawn_y = round(x, 1), round(y, 1)
    for to_x, to_y in rest:
        step_x, step_y = round(to_x - drawn_x, 1), round(to_y - drawn_y, 1)
        moved.append(f"l{_short(step_x)} {_short(step_y)}")
        drawn_x, drawn_y = drawn_x + step_x, drawn_y + step_y
    return "".join(moved)


def _short(value: object) -> str:
    """A number in tenths, whole where it can be; anything else as it is."""
    if not isinstance(value, (int, float)):
        return str(value)
    shown = f"{value:.1f}".removesuffix(".0")
    return "0" if shown == "-0" else shown
