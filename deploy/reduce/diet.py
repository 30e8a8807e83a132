"""Which group of the Healthy Diet Basket each food belongs to, this project's own choice."""

from __future__ import annotations

from typing import Final

_FOODS: Final = {
    "starchy_staples": (
        "beras-premium",
        "beras-medium",
        "beras-sphp",
        "beras",
        "tepung-terigu-curah",
        "tepung-terigu-kemasan",
        "kentang",
        "ubi-jalar",
        "singkong",
    ),
    "vegetables": (
        "wortel",
        "kubis",
        "labu-siam",
        "kangkung",
        "bayam",
        "sawi",
        "pakcoy",
        "selada",
        "tomat",
        "terong",
        "timun",
        "kacang-panjang",
        "buncis",
        "gambas",
        "pare",
        "okra",
        "kelor",
        "katuk",
    ),
    "fruits": ("pepaya",),
    "animal_source": (
        "daging-ayam-ras",
        "telur-ayam-ras",
        "daging-sapi",
        "ikan-kembung",
        "ikan-tongkol",
        "ikan-bandeng",
        "ikan-cakalang",
        "daging-kerbau-beku",
        "daging-kerbau-segar",
        "telur-ayam-kampung",
        "telur-bebek",
        "ayam-kampung",
        "bebek",
        "ikan-nila",
        "lobster-air-tawar",
    ),
    "legumes_nuts_seeds": ("kedelai-impor", "kedelai-lokal"),
    "oils_fats": ("minyak-goreng-kemasan", "minyak-goreng-curah", "minyakita"),
}

DIET_GROUPS: Final = {food: group for group, foods in _FOODS.items() for food in foods}
"""By food. What seasons a meal (chilli, shallot, garlic, herbs, roots of the ginger family), sugar and salt, animals
sold alive, feed and rice in a warehouse are in no group: nobody eats 37 kcal of garlic to fill the vegetables."""
