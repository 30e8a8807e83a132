"""Bars: upright over weeks, and lying in order of size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from web.charts.drawing import WIDTH, figure, line, rectangle, text
from web.charts.ticks import round_ticks

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_LEFT: Final = 38.0
_TOP: Final = 14.0
_HEIGHT: Final = 110.0
_AXIS: Final = 20.0
_TICKS: Final = 4
_FILLED: Final = 0.7  # how much of its place an upright bar takes

_ROW: Final = 22.0
_NAMES: Final = 150.0
_FIGURES: Final = 46.0
_LETTERS: Final = 24


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar; a value of None is not there, which is not zero."""

    name: str
    value: float | None


def columns(
    bars: Sequence[Bar], *, key: str, title: str, about: str, number: Callable[[float], str], absent: str
) -> Markup:
    """Upright bars from zero, in the order given.

    Args:
        bars: What to draw; an empty name leaves the place under the bar free.
        key: A name that no other chart of the page has.
        title: What it shows, with the unit.
        about: What it says, in words.
        number: How a value is written.
        absent: The sign where there is no value.
    """
    high = max((bar.value or 0.0 for bar in bars), default=0.0) * 1.05 or 1.0
    bottom = _TOP + _HEIGHT

    def y(value: float) -> float:
        return bottom - value / high * _HEIGHT

    parts: list[Markup] = []
    for value in round_ticks(0.0, high, _TICKS):
        parts.append(line(_LEFT, y(value), WIDTH, y(value), class_="grid"))
        parts.append(text(_LEFT - 5, y(value) + 4, number(value), anchor="end"))
    place = (WIDTH - _LEFT) / max(len(bars), 1)
    for i, bar in enumerate(bars):
        middle = _LEFT + (i + 0.5) * place
        parts.append(text(middle, bottom + 15, bar.name, anchor="middle") if bar.name else Markup(""))
        parts.append(_column(middle, place * _FILLED, bar, y, absent))
    parts.append(line(_LEFT, bottom, WIDTH, bottom, class_="axis"))
    return figure(bottom + _AXIS, *parts, key=key, title=title, about=about)


def _column(middle: float, width: float, bar: Bar, y: Callable[[float], float], absent: str) -> Markup:
    if bar.value is None:
        return text(middle, y(0) - 4, absent, class_="absent", anchor="middle")
    height = max(y(0) - y(bar.value), 1.0)
    return rectangle(middle - width / 2, y(0) - height, width, height, class_="bar")


def ranking(bars: Sequence[Bar], *, key: str, title: str, about: str, number: Callable[[float | None], str]) -> Markup:
    """Lying bars to both sides of zero, names at the left and figures at the right, in the order given.

    Args:
        bars: What to draw, usually the largest first.
        key: A name that no other chart of the page has.
        title: What it shows, with the unit.
        about: What it says, in words.
        number: How a value is written.
    """
    values = [bar.value or 0.0 for bar in bars]
    low, high = min([0.0, *values]), max([0.0, *values])
    scale = (WIDTH - _NAMES - _FIGURES) / ((high - low) or 1.0)
    zero = _NAMES - low * scale
    parts: list[Markup] = []
    for i, bar in enumerate(bars):
        top = i * _ROW
        parts.append(text(0, top + 15, _cut(bar.name), class_="label"))
        parts.append(text(WIDTH, top + 15, number(bar.value), anchor="end"))
        if bar.value is not None:
            left, width = zero + min(bar.value, 0.0) * scale, max(abs(bar.value) * scale, 1.0)
            side = "bar up" if bar.value > 0 else "bar down"
            parts.append(rectangle(left, top + 4, width, _ROW - 8, class_=side))
    height = len(bars) * _ROW
    parts.append(line(zero, 0, zero, height, class_="axis"))
    return figure(height, *parts, key=key, title=title, about=about)


def _cut(name: str) -> str:
    """A name that fits beside its bar."""
    return name if len(name) <= _LETTERS else name[: _LETTERS - 1] + "…"
