"""Moments marked on charts: harvests, ceilings that change, methods that change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from commons.catalogue import Label, measurement
from deploy.dashboards.dashboard import Annotation
from deploy.dashboards.query import Rows, begins

if TYPE_CHECKING:
    from deploy.dashboards.query import Condition
    from deploy.dashboards.words import Language

_CEILING: Final = Label("Batas harga berubah", "Price limit changed")
_METHOD: Final = Label("Metode baru: {} sampai di sini dihitung ulang", "New method: {} computed anew up to here")


def harvests(rows: Rows, language: Language) -> Annotation:
    """Where something was harvested."""
    return Annotation(measurement(rows.measurement).label[language], rows.every("commodity", "kg"), "commodity")


def ceilings(rows: Rows, language: Language) -> Annotation:
    """Where an upper limit changed, by commodity."""
    return Annotation(_CEILING[language], rows.changes("max_idr"), "commodity", "orange")


def methods(of: str, language: Language, *where: Condition) -> Annotation:
    """The newest period that another version of an indicator's method once made; later ones had the new one at once.

    Args:
        of: The indicator.
        language: The page's.
        where: Which of its rows.
    """
    history = Rows(f"{of}_history", (*where, begins("replaced_because", "method ")))
    name = _METHOD[language].format(measurement(of).label[language])
    return Annotation(name, history.last_of("replaced_because", "method"), "replaced_because", "purple")
