"""What people count in (ikat, ekor, butir, rak, liter), and what one of it weighs by the site's table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from commons.errors import ParameterError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from commons.sites import Site

KILOGRAM: Final = "kg"
_COUNTED: Final = ("ikat", "ekor", "butir", "biji")
"""Of these a harvest's number is kept beside its weight."""


def measures(site: Site, commodity: str) -> dict[str, float]:
    """The measures a food can be entered in, and what one of each weighs [kg]; its own first, kilograms last."""
    own = {unit.unit: unit.kg for unit in site.units if unit.commodity == commodity}
    any_food = {unit.unit: unit.kg for unit in site.units if not unit.commodity}
    return {**any_food, **own, KILOGRAM: 1.0}


def weighed(document: Mapping[str, Any], site: Site, *, counts: bool) -> dict[str, Any]:
    """An entry with `amount` and `unit` as one with the catalogue's fields.

    A weight by the table is an estimate: the entry's note says what was counted.

    Args:
        document: As it was sent; without an amount it is returned as it is.
        site: Knows what measures weigh.
        counts: Whether this kind of entry keeps the number of pieces too.

    Raises:
        ParameterError: The amount is none, the measure is not one of the food's, or a weight is given besides.
    """
    found = {name: value for name, value in document.items() if name not in ("amount", "unit")}
    amount, unit, note = document.get("amount"), str(document.get("unit"))[:80], document.get("note") or ""
    if amount in (None, ""):
        return found
    if found.get("kg") not in (None, "") or found.get("pieces") not in (None, ""):
        raise ParameterError("the entry has an amount and kg or pieces; send the one that was measured")
    known = measures(site, str(found.get("commodity") or ""))
    if unit not in known:
        raise ParameterError(str(UnknownNameError(f"unit of {found.get('commodity') or 'nothing'}", unit, known)))
    number = positive(amount)
    found["kg"] = round(number * known[unit], 6)
    if unit != KILOGRAM and isinstance(note, str):
        found["note"] = f"{note} {number:g} {unit}, berat perkiraan".strip()
    if counts and unit in _COUNTED:
        found["pieces"] = number
    return found


def positive(amount: object) -> float:
    """A number above nought as people write it.

    Raises:
        ParameterError: It is none; that nothing was harvested is another report.
    """
    try:
        number = float(str(amount).replace(",", "."))
    except ValueError:
        number = 0.0
    if isinstance(amount, bool) or not 0 < number < float("inf"):
        raise ParameterError(f"amount {str(amount)[:40]!r} is no number above 0; write it like 1.5, or report nothing")
    return number
