"""What a harvest feeds: energy, protein, and its part of the desirable dietary pattern (PPH)."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

import pandas as pd

from commons.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Mapping

AKE_KCAL: Final = 2100.0
"""Recommended energy per head and day (angka kecukupan energi), WNPG XI, 2018. Older documents count with 2000, and
availability with 2400."""

AKP_G: Final = 57.0
"""Recommended protein per head and day (angka kecukupan protein), WNPG XI, 2018."""


class Group(NamedTuple):
    """A food group of the PPH: what a point of its share of the energy is worth, and the most it can give."""

    weight: float
    most: float


PPH_GROUPS: Final[Mapping[str, Group]] = MappingProxyType(
    {
        "padi_padian": Group(0.5, 25.0),
        "umbi_umbian": Group(0.5, 2.5),
        "pangan_hewani": Group(2.0, 24.0),
        "minyak_lemak": Group(0.5, 5.0),
        "buah_biji_berminyak": Group(0.5, 1.0),
        "kacang_kacangan": Group(2.0, 10.0),
        "gula": Group(0.5, 2.5),
        "sayur_buah": Group(5.0, 30.0),
        "bumbu": Group(0.0, 0.0),
    }
)
"""Perbadan Bapanas 11/2023, Lampiran, Tabel 1."""


@dataclass(frozen=True, slots=True)
class Nutrients:
    """Energy and protein of a harvest.

    Args:
        by_food: `kcal` and `protein_g` of each food; NaN = unknown.
        kcal: Of all foods together; NaN where one is unknown.
        protein_g: Likewise.
        unknown: The foods whose energy or protein is unknown: without them the sums would be too small.
    """

    by_food: pd.DataFrame
    kcal: float
    protein_g: float
    unknown: tuple[str, ...]


class DietaryPattern(NamedTuple):
    """Points of the desirable dietary pattern.

    Args:
        by_group: `kcal`, its share of the energy recommended (`ake_pct`) and `points` of each group.
        points: Their sum, at most 100; NaN where a group is unknown.
    """

    by_group: pd.DataFrame
    points: float


def nutrients(harvest: pd.Series[float], composition: pd.DataFrame) -> Nutrients:
    """Energy and protein in what was harvested.

    kcal = kg · 10 · edible share · kcal per 100 g of the edible part; protein likewise.

    Args:
        harvest: By food [kg].
        composition: By food: `kcal_per_100g` and `protein_g_per_100g` of the edible part, and `edible_pct` [%]; NaN =
            not known, and stays so: an edible share is never taken as 100.

    Returns:
        By food and together. A food that was not harvested (0 kg) gives 0 whatever its composition.

    Raises:
        ValueError: A weight is negative, an edible share is not from 0 to 100, or a food is there twice.

    Source:
        Tabel Komposisi Pangan Indonesia (Kementerian Kesehatan), for the composition.

    Examples:
        >>> columns = ["kcal_per_100g", "protein_g_per_100g", "edible_pct"]
        >>> tkpi = pd.DataFrame([[28.0, 3.4, 60.0]], index=["kangkung"], columns=columns)
        >>> found = nutrients(pd.Series({"kangkung": 5.0}), tkpi)
        >>> round(found.kcal, 6), round(found.protein_g, 6)
        (840.0, 102.0)
        >>> nutrients(pd.Series({"kangkung": 5.0, "kelor": 1.0}), tkpi).unknown
        ('kelor',)
    """
    if not (harvest.index.is_unique and composition.index.is_unique):
        raise ValueError("a food is there twice; add its harvests up, and keep one row of its composition")
    known = composition.reindex(harvest.index)
    wrong = (harvest < 0) | (known["edible_pct"] < 0) | (known["edible_pct"] > 100)  # noqa: PLR2004 - per cent
    if wrong.any():
        kg, edible = harvest[wrong].iloc[0], known["edible_pct"][wrong].iloc[0]
        raise ValueError(f"{harvest.index[wrong][0]} has {kg} kg and an edible share of {edible} %; correct it")
    edible_100g = harvest * 10 * known["edible_pct"] / 100
    by_food = pd.DataFrame(
        {"kcal": edible_100g * known["kcal_per_100g"], "protein_g": edible_100g * known["protein_g_per_100g"]}
    )
    by_food = by_food.mask(harvest == 0, 0.0)
    unknown = by_food.index[by_food.isna().any(axis=1)]
    return Nutrients(
        by_food,
        float(by_food["kcal"].sum(skipna=False)),
        float(by_food["protein_g"].sum(skipna=False)),
        tuple(map(str, unknown)),
    )


def desirable_dietary_pattern(kcal_by_group: pd.Series[float], *, ake_kcal: float = AKE_KCAL) -> DietaryPattern:
    """Points of the desirable dietary pattern (pola pangan harapan, PPH) per food group.

    Share = 100 · kcal / AKE; points = the smaller of share · weight and the group's most.

    The sum is a PPH score only where the kcal are those of all that people eat (or have at their disposal). Of what
    gardens give it is a *contribution to PPH points*, and is never called a score.

    Args:
        kcal_by_group: Energy per head and day of every group of `PPH_GROUPS` [kcal]; an absent group or NaN = unknown,
            which is not 0.
        ake_kcal: Energy recommended per head and day [kcal]: 2100 for consumption, 2400 for availability.

    Returns:
        The points by group and together.

    Raises:
        UnknownNameError: There is no such group.
        ValueError: An energy is negative, or the recommendation is not above 0.

    Source:
        Perbadan Bapanas 11/2023, Lampiran, Tabel 1; checked with the score of Kabupaten Polewali Mandar (87.87).

    Examples:
        >>> polman = [1209.78, 42.89, 254.72, 193.02, 45.49, 71.44, 47.90, 102.08, 132.76]
        >>> round(desirable_dietary_pattern(pd.Series(polman, index=list(PPH_GROUPS))).points, 2)
        87.87
    """
    for group in kcal_by_group.index:
        if group not in PPH_GROUPS:
            raise UnknownNameError("food group", str(group), PPH_GROUPS)
    if not ake_kcal > 0 or (kcal_by_group < 0).any():
        raise ValueError(f"an energy is negative, or the recommendation of {ake_kcal} kcal is none; correct it")
    table = pd.DataFrame(PPH_GROUPS.values(), index=list(PPH_GROUPS), columns=["weight", "most"])
    kcal = kcal_by_group.reindex(table.index).astype(float)
    share = 100 * kcal / ake_kcal
    points = (share * table["weight"]).clip(upper=table["most"])
    by_group = pd.DataFrame({"kcal": kcal, "ake_pct": share, "points": points})
    return DietaryPattern(by_group, float(points.sum(skipna=False)))
