"""Lines over time, one small panel a series, all above one time axis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from web.charts.drawing import WIDTH, element, figure, line, path, rectangle, text
from web.charts.ticks import round_ticks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_LEFT: Final = 38.0
_RIGHT: Final = 46.0
_NAME: Final = 17.0
_AXIS: Final = 20.0
_BETWEEN: Final = 8.0
_LETTER: Final = 4.0  # from a text's middle down to its base line
_ZONE_ROOM: Final = 11.0  # a zone's word needs so much height
_TICKS: Final = 3


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """The span that all panels share.

    Args:
        start: The first moment shown, in any unit that the points have too.
        stop: The last moment shown.
        marks: Moments to mark, each with its words.
        gap: Points further apart than this are not joined; None joins all that are there.
    """

    start: float
    stop: float
    marks: Sequence[tuple[float, str]]
    gap: float | None = None

    def x(self, at: float) -> float:
        """Where a moment stands."""
        return _LEFT + (at - self.start) / (self.stop - self.start) * (WIDTH - _LEFT - _RIGHT)


@dataclass(frozen=True, slots=True)
class Panel:
    """One series.

    Args:
        name: Written above it.
        points: Moments in order and their values; None = not there, which is a gap.
        about: What it says in words, for those who cannot see it.
        bounds: Values between zones, low to high, drawn as thresholds.
        zones: The words beside the zones, low to high, one more than bounds.
        height: Of the drawing area.
    """

    name: str
    points: Sequence[tuple[float, float | None]]
    about: str = ""
    bounds: Sequence[float] = ()
    zones: Sequence[str] = ()
    height: float = 64.0


def panels(series: Sequence[Panel], axis: TimeAxis, *, key: str, title: str, number: Callable[[float], str]) -> Markup:
    """The chart.

    Args:
        series: The panels from the top down.
        axis: Their common time axis.
        key: A name that no other chart of the page has.
        title: What it shows, with the unit.
        number: How a value is written.
    """
    drawn: list[Markup] = []
    top = 0.0
    for panel in series:
        top += _NAME
        drawn.append(_panel(panel, axis, top, number))
        top += panel.height + _BETWEEN
    bottom = top - _BETWEEN
    about = " ".join(panel.about for panel in series if panel.about)
    return figure(bottom + _AXIS, *drawn, _times(axis, bottom), key=key, title=title, about=about)


def _panel(panel: Panel, axis: TimeAxis, top: float, number: Callable[[float], str]) -> Markup:
    low, high = _span(panel)

    def y(value: float) -> float:
        return top + (high - value) / (high - low) * panel.height

    right = WIDTH - _RIGHT
    parts = [text(_LEFT, top - 5, panel.name, class_="name")]
    if len(panel.bounds) == 2:  # noqa: PLR2004  # two bounds enclose a zone
        parts.append(
            rectangle(_LEFT, y(panel.bounds[1]), right - _LEFT, y(panel.bounds[0]) - y(panel.bounds[1]), class_="zone")
        )
    for value in round_ticks(low, high, _TICKS):
        parts.append(line(_LEFT, y(value), right, y(value), class_="grid"))
        parts.append(text(_LEFT - 5, y(value) + _LETTER, number(value), anchor="end"))
    parts.extend(line(_LEFT, y(value), right, y(value), class_="bound") for value in panel.bounds)
    parts.extend(_zone_words(panel, [y(high), *(y(value) for value in reversed(panel.bounds)), y(low)]))
    data = "".join(path([(axis.x(at), y(value)) for at, value in run]) for run in _runs(panel, axis.gap))
    if data:
        parts.append(element("path", d=data, class_="line"))
    return Markup("").join(parts)


def _zone_words(panel: Panel, edges: Sequence[float]) -> Iterator[Markup]:
    """The zones' words, each in the middle of its zone, where there is room."""
    for word, upper, lower in zip(reversed(panel.zones), edges, edges[1:], strict=False):
        if word and lower - upper >= _ZONE_ROOM:
            yield text(WIDTH - _RIGHT + 5, (upper + lower) / 2 + _LETTER, word, class_="word")


def _span(panel: Panel) -> tuple[float, float]:
    """The values that the panel shows, with a little air above and below."""
    values = [value for _, value in panel.points if value is not None] + list(panel.bounds)
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    air = (high - low) * 0.12 or abs(high) * 0.05 or 1.0
    return low - air, high + air


def _runs(panel: Panel, gap: float | None) -> Iterator[list[tuple[float, float]]]:
    """The points as unbroken lines: a missing value, or too long a silence, ends one."""
    run: list[tuple[float, float]] = []
    for at, value in panel.points:
        is_apart = bool(run) and gap is not None and at - run[-1][0] > gap
        if run and (value is None or is_apart):
            yield run
            run = []
        if value is not None:
            run.append((at, value))
    if run:
        yield run


def _times(axis: TimeAxis, bottom: float) -> Markup:
    parts = [line(_LEFT, bottom, WIDTH - _RIGHT, bottom, class_="axis")]
    for at, words in axis.marks:
        x = axis.x(at)
        parts.append(line(x, bottom, x, bottom + 4, class_="axis"))
        parts.append(text(x, bottom + 15, words, anchor="middle"))
    return Markup("").join(parts)
