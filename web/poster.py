"""A picture to pass on in a messenger: a name, a few large figures, bars by week, where it is from."""

from __future__ import annotations

import io
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

from PIL import Image, ImageDraw, ImageFont

from web.charts.ticks import round_ticks

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PIL.ImageFont import FreeTypeFont

SIZE: Final = (1080, 1350)
"""Width and height [px]; four to five fills a phone."""
_MARGIN: Final = 64
_HEAD: Final = 330
_TILE: Final = 188
_BETWEEN: Final = 24
_CHART: Final = (912, 1164)
_INK, _QUIET, _PAPER, _TILE_INK = "#1c2b23", "#53615a", "#f8f7f2", "#ffffff"
_GREEN, _LEAF, _EDGE, _GRID = "#14532d", "#16794a", "#dcded6", "#e3e5de"
_MARK, _MARK_PALE = "#6b4a00", "#fdf3d3"
_SMALLEST: Final = 24
_TICKS: Final = 3
_FILLED: Final = 0.66
_MISSING: Final = "\uffff"
_LETTERS_KEPT: Final = 2_000
_PLAIN: Final = {"–": "-", "—": "-", "−": "-", "×": "x", "≈": "~"}


@dataclass(frozen=True, slots=True)
class Figure:
    """A large word or number, and what it is."""

    value: str
    about: str


@dataclass(frozen=True, slots=True)
class Weeks:
    """Bars by week; a value of None was not reported, which is not zero."""

    title: str
    bars: Sequence[tuple[str, float | None]]
    number: Callable[[float], str]


@dataclass(frozen=True, slots=True)
class Poster:
    """All that the picture says, in the language of who asks.

    Args:
        programme: Whose programme it is.
        name: Of what, such as a lane.
        otherwise: What stands in the name's place where the font has not its letters.
        place: Where that is.
        week: Which week.
        sample: What is said across the picture where the data are made up; empty = they are not.
        figures: Up to four.
        foods: What was harvested.
        weeks: The bars.
        marks: What must be said of the numbers.
        made: When it was made.
        link: Where to see more; empty = nowhere.
    """

    programme: str
    name: str
    otherwise: str
    place: str
    week: str
    sample: str
    figures: Sequence[Figure]
    foods: str
    weeks: Weeks
    marks: str
    made: str
    link: str


def png(poster: Poster) -> bytes:
    """The picture; about 40 kB, and a tenth of a second of one core."""
    image = Image.new("RGB", SIZE, _PAPER)
    draw = ImageDraw.Draw(image)
    _head(draw, poster)
    _tiles(draw, poster.figures)
    _write(draw, (_MARGIN, 846), poster.foods, 34, _INK)
    _bars(draw, poster.weeks)
    _foot(draw, poster)
    packed = io.BytesIO()
    image.quantize(64).save(packed, "PNG", optimize=True)
    return packed.getvalue()


def spelled(text: str) -> str | None:
    """A text in the letters that the font has, accents left out where need be; None where a letter is lost."""
    found = [_spelled(letter) for letter in text]
    return None if "" in found else "".join(found)


def _head(draw: ImageDraw.ImageDraw, poster: Poster) -> None:
    draw.rectangle((0, 0, SIZE[0], _HEAD), fill=_GREEN)
    _write(draw, (_MARGIN, 48), poster.programme, 34, "#ffffff", otherwise="Lorong")
    _write(draw, (_MARGIN, 102), poster.name, 84, "#ffffff", otherwise=poster.otherwise, bold=True)
    _write(draw, (_MARGIN, 208), poster.place, 34, "#ffffff")
    _write(draw, (_MARGIN, 258), poster.week, 38, "#ffffff", bold=True)
    if poster.sample:
        draw.rectangle((0, _HEAD, SIZE[0], _HEAD + 64), fill=_MARK_PALE)
        _write(draw, (_MARGIN, _HEAD + 12), poster.sample, 34, _MARK, bold=True)


def _tiles(draw: ImageDraw.ImageDraw, figures: Sequence[Figure]) -> None:
    width = (SIZE[0] - 2 * _MARGIN - _BETWEEN) // 2
    for place, figure in enumerate(figures):
        left = _MARGIN + place % 2 * (width + _BETWEEN)
        top = _HEAD + 88 + place // 2 * (_TILE + _BETWEEN)
        draw.rounded_rectangle((left, top, left + width, top + _TILE), 24, fill=_TILE_INK, outline=_EDGE, width=2)
        room = width - 56
        _write(draw, (left + 28, top + 30), figure.value, 64, _GREEN, bold=True, room=room)
        _write(draw, (left + 28, top + 122), figure.about, 32, _QUIET, room=room)


def _bars(draw: ImageDraw.ImageDraw, weeks: Weeks) -> None:
    _write(draw, (_MARGIN, _CHART[0]), weeks.title, 32, _INK, bold=True)
    top, bottom, left, right = _CHART[0] + 80, _CHART[1], _MARGIN + 76, SIZE[0] - _MARGIN
    high = max((kg or 0.0 for _, kg in weeks.bars), default=0.0) * 1.05 or 1.0
    for value in round_ticks(0.0, high, _TICKS):
        y = bottom - value / high * (bottom - top)
        draw.line((left, y, right, y), fill=_GRID, width=2)
        draw.text((left - 14, y), weeks.number(value), _QUIET, _font(26), "rm")
    place = (right - left) / max(len(weeks.bars), 1)
    for i, (name, kg) in enumerate(weeks.bars):
        middle = left + (i + 0.5) * place
        if kg is None:
            draw.text((middle, bottom - 8), "?", _QUIET, _font(30), "mb")
        else:
            y = min(bottom - kg / high * (bottom - top), bottom - 3)
            draw.rectangle((middle - place * _FILLED / 2, y, middle + place * _FILLED / 2, bottom), fill=_LEAF)
            draw.text((middle, y - 6), weeks.number(kg), _INK, _font(24), "mb")
        draw.text((middle, bottom + 10), name, _QUIET, _font(24), "ma")
    draw.line((left, bottom, right, bottom), fill=_QUIET, width=3)


def _foot(draw: ImageDraw.ImageDraw, poster: Poster) -> None:
    _write(draw, (_MARGIN, 1224), poster.marks, 26, _MARK)
    _write(draw, (_MARGIN, 1268), " · ".join(part for part in (poster.made, poster.link) if part), 32, _INK)


def _write(
    draw: ImageDraw.ImageDraw,
    at: tuple[int, int],
    text: str,
    size: int,
    ink: str,
    *,
    otherwise: str = "",
    bold: bool = False,
    room: int = SIZE[0] - 2 * _MARGIN,
) -> None:
    """One line that fits its room: smaller first, then cut; letters that the font has not are left out."""
    shown = spelled(text) or otherwise or "".join(map(_spelled, text))
    width = _font(size).getlength(shown)
    fitting = size if width <= room else max(_SMALLEST, int(size * room / width))
    font = _font(fitting)
    while shown and font.getlength(shown) > room:
        shown = f"{shown.rstrip('…')[:-1]}…" if len(shown) > 1 else ""
    drop = (size - fitting) * 0.6  # a smaller line stays on the base line of its place
    draw.text(
        (at[0], at[1] + drop), shown, ink, font, stroke_width=max(1, fitting // 40) if bold else 0, stroke_fill=ink
    )


@cache
def _font(size: int) -> FreeTypeFont:
    """Pillow's own font, which travels with it."""
    font = ImageFont.load_default(size)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise TypeError("Pillow has no FreeType; install its wheel")
    return font


@cache
def _blank() -> bytes:
    return bytes(_font(_SMALLEST).getmask(_MISSING))


@lru_cache(_LETTERS_KEPT)
def _spelled(letter: str) -> str:
    if letter.isspace():
        return " "
    plain = unicodedata.normalize("NFKD", _PLAIN.get(letter, letter))
    for form in (letter, "".join(part for part in plain if not unicodedata.combining(part))):
        if form and all(part.isprintable() and bytes(_font(_SMALLEST).getmask(part)) != _blank() for part in form):
            return form
    return ""
