"""Numbers and sentences in Indonesian and English at once."""

from __future__ import annotations

from typing import Final

from commons.catalogue import Label

_DIGITS: Final = 6
_INDONESIAN: Final = str.maketrans(",.", ".,")


def number(value: float, digits: int | None = None) -> Label:
    """A number as each language writes it.

    Args:
        value: The number.
        digits: Behind the decimal mark; None = as many as it needs, at the most six.

    Examples:
        >>> number(1234.5, 1)
        Label(id='1.234,5', en='1,234.5')
        >>> number(0.5)
        Label(id='0,5', en='0.5')
    """
    english = f"{value:,.{_DIGITS if digits is None else digits}f}"
    if digits is None:
        english = english.rstrip("0").rstrip(".")
    return Label(english.translate(_INDONESIAN), english)


def percent(share: float, digits: int | None = None) -> Label:
    """A share [1] as a percentage.

    Examples:
        >>> percent(0.125)
        Label(id='12,5 %', en='12.5 %')
    """
    return filled(Label("{number} %", "{number} %"), number=number(100 * share, digits))


def filled(words: Label, /, **values: Label | str) -> Label:
    """A sentence with its `{names}` filled in, each language with its own words.

    Examples:
        >>> filled(Label("{n} masukan", "{n} inputs"), n=number(1000))
        Label(id='1.000 masukan', en='1,000 inputs')
    """
    labels = {name: Label(value, value) if isinstance(value, str) else value for name, value in values.items()}
    return Label(
        words.id.format(**{name: label.id for name, label in labels.items()}),
        words.en.format(**{name: label.en for name, label in labels.items()}),
    )


def listed(parts: list[Label], between: str = ", ") -> Label:
    """Several words in a row."""
    return Label(between.join(part.id for part in parts), between.join(part.en for part in parts))
