"""Foods and spellings that no price panel lists: what gardens grow, what regulations name, what people say."""

from __future__ import annotations

from typing import Final, NamedTuple


class Food(NamedTuple):
    """One food outside the price panels.

    Args:
        slug: Its name in topics and tags.
        name_id: Its Indonesian name.
        name_en: Its English name.
        group: staple, horticulture, animal, fish or other.
        pph_group: Its group in the desirable dietary pattern, or empty.
        source: Where its name was read.
        aliases: Other spellings, `|` between them.
        garden: Whether lanes grow it.
        tkpi: Its key in the food composition table, or empty.
        near: Whether the table's figures are those of a near food.
    """

    slug: str
    name_id: str
    name_en: str
    group: str
    pph_group: str
    source: str
    aliases: str = ""
    garden: bool = False
    tkpi: str = ""
    near: bool = False


SPELLINGS: Final = {
    "bawang-putih": "Bawang Putih",
    "cabai-merah-besar": "Cabe Besar|Cabai Besar|Cabe Merah Besar|lombok besar",
    "cabai-merah-keriting": "Cabe Merah Keriting|Cabai Keriting|Cabe Keriting|lombok keriting",
    "cabai-rawit-merah": "Cabe Rawit|Cabai Rawit|Cabe Rawit Merah|rawit|lombok kecil|cabe kecil",
    "cabai-rawit-hijau": "Cabe Rawit Hijau",
    "daging-ayam-ras": "Daging Ayam|Daging Ayam Broiler",
    "daging-sapi": "Daging Sapi",
    "telur-ayam-ras": "Telur|Telur Ayam",
    "gula-konsumsi": "Gula Pasir|Gula Putih",
    "ikan-bandeng": "Bandeng|ikan bolu|bolu",
    "ikan-cakalang": "Cakalang|ikan sisik",
    "ikan-kembung": "Kembung",
    "ikan-tongkol": "Tongkol",
    "garam": "Garam Dapur",
}
"""What else people and sources call the foods of the price panels, by slug."""

NEAR: Final = frozenset({"cabai-rawit-hijau", "minyak-goreng-curah", "minyak-goreng-kemasan", "minyakita"})
"""Panel foods whose nutrition is that of a near food: bird's-eye chilli of any colour, palm oil."""

_PLANT = "sayur_buah"
_ANIMAL = "pangan_hewani"
_JATIM = "SISKAPERBAPO Jawa Timur"
_RULE = "price regulations"
_NEWS = "Makassar market news"
_LANES = "programme facts"
_CROPS = "FAO EcoCrop"

FOODS: Final = (
    # named in East Java's producer prices, or by a regulation
    Food("beras", "Beras", "Rice", "staple", "padi_padian", _JATIM, tkpi="beras"),
    Food("beras-bulog", "Beras di gudang Bulog", "Rice at Bulog's store", "staple", "padi_padian", _RULE, tkpi="beras"),
    Food(
        "gabah-kering-panen",
        "Gabah kering panen",
        "Paddy as harvested",
        "staple",
        "",
        _RULE,
        "GKP|GKP petani|padi",
        garden=True,
    ),
    Food("ayam-ras-hidup", "Ayam ras hidup", "Live broiler", "animal", "", _JATIM, "Ayam Potong|Ayam Broiler Hidup"),
    Food("sapi-hidup", "Sapi hidup", "Live cattle", "animal", "", _RULE),
    Food(
        "kedelai-lokal",
        "Kedelai lokal",
        "Local soybean",
        "other",
        "kacang_kacangan",
        _RULE,
        "Kedelai Biji Kering (Lokal)",
    ),
    Food("kentang", "Kentang", "Potato", "horticulture", "umbi_umbian", _JATIM, tkpi="kentang"),
    # seen on Makassar's markets
    Food(
        "cabai-hijau",
        "Cabai hijau",
        "Green chilli",
        "horticulture",
        _PLANT,
        _NEWS,
        "Cabe Hijau|Cabai Hijau Besar",
        tkpi="cabai_hijau",
    ),
    Food("wortel", "Wortel", "Carrot", "horticulture", _PLANT, _NEWS, tkpi="wortel"),
    Food("kubis", "Kubis", "Cabbage", "horticulture", _PLANT, _NEWS, "kol"),
    Food("labu-siam", "Labu siam", "Chayote", "horticulture", _PLANT, _NEWS, tkpi="labu_siam"),
    # grown in lanes
    Food(
        "kangkung",
        "Kangkung darat",
        "Water spinach",
        "horticulture",
        _PLANT,
        _CROPS,
        "kangkung cabut",
        garden=True,
        tkpi="kangkung",
    ),
    Food("bayam", "Bayam cabut", "Amaranth", "horticulture", _PLANT, _CROPS, "bayam hijau", garden=True, tkpi="bayam"),
    Food(
        "sawi",
        "Sawi hijau",
        "Choy sum",
        "horticulture",
        _PLANT,
        _CROPS,
        "caisim|caisin|sawi bakso",
        garden=True,
        tkpi="sawi",
    ),
    Food(
        "pakcoy",
        "Pakcoy",
        "Pak choi",
        "horticulture",
        _PLANT,
        _CROPS,
        "pak coy|pakchoy|bok choy|sawi sendok",
        garden=True,
    ),
    Food("selada", "Selada", "Lettuce", "horticulture", _PLANT, _CROPS, "selada keriting", garden=True, tkpi="selada"),
    Food(
        "seledri", "Seledri", "Celery leaf", "horticulture", _PLANT, _CROPS, "daun seledri", garden=True, tkpi="seledri"
    ),
    Food("kemangi", "Kemangi", "Lemon basil", "horticulture", _PLANT, _CROPS, "daun kemangi", garden=True),
    Food("daun-bawang", "Daun bawang", "Spring onion", "horticulture", _PLANT, _CROPS, "bawang daun", garden=True),
    Food("tomat", "Tomat", "Tomato", "horticulture", _PLANT, _CROPS, "tomat merah", garden=True, tkpi="tomat"),
    Food("terong", "Terong", "Eggplant", "horticulture", _PLANT, _CROPS, "terung", garden=True, tkpi="terong"),
    Food("timun", "Mentimun", "Cucumber", "horticulture", _PLANT, _CROPS, "ketimun", garden=True, tkpi="timun"),
    Food(
        "kacang-panjang",
        "Kacang panjang",
        "Yardlong bean",
        "horticulture",
        _PLANT,
        _CROPS,
        garden=True,
        tkpi="kacang_panjang",
    ),
    Food("buncis", "Buncis", "Green bean", "horticulture", _PLANT, _CROPS, garden=True, tkpi="buncis"),
    Food("gambas", "Gambas", "Ridge gourd", "horticulture", _PLANT, _CROPS, "oyong", garden=True, tkpi="gambas"),
    Food("pare", "Pare", "Bitter gourd", "horticulture", _PLANT, _CROPS, "paria", garden=True),
    Food("okra", "Okra", "Lady's fingers", "horticulture", _PLANT, _CROPS, garden=True),
    Food("serai", "Serai", "Lemongrass", "horticulture", "bumbu", _CROPS, "sereh", garden=True),
    Food("jahe", "Jahe", "Ginger", "horticulture", "bumbu", _CROPS, garden=True, tkpi="jahe"),
    Food("kunyit", "Kunyit", "Turmeric", "horticulture", "bumbu", _CROPS, garden=True, tkpi="kunyit"),
    Food("ubi-jalar", "Ubi jalar", "Sweet potato", "horticulture", "umbi_umbian", _CROPS, garden=True),
    Food(
        "singkong",
        "Singkong",
        "Cassava",
        "horticulture",
        "umbi_umbian",
        _CROPS,
        "ubi kayu|ketela pohon",
        garden=True,
        tkpi="singkong",
    ),
    Food(
        "kelor", "Daun kelor", "Moringa leaf", "horticulture", _PLANT, _CROPS, "moringa", garden=True, tkpi="daun_kelor"
    ),
    Food("katuk", "Daun katuk", "Katuk leaf", "horticulture", _PLANT, _CROPS, garden=True, tkpi="daun_katuk"),
    Food("pepaya", "Pepaya", "Papaya", "horticulture", _PLANT, _CROPS, garden=True, tkpi="pepaya"),
    # kept in lanes
    Food(
        "telur-ayam-kampung",
        "Telur ayam kampung",
        "Village hen eggs",
        "animal",
        _ANIMAL,
        _LANES,
        garden=True,
        tkpi="telur_ayam_kampung",
    ),
    Food("telur-bebek", "Telur bebek", "Duck eggs", "animal", _ANIMAL, _NEWS, "telur itik", garden=True),
    Food("ayam-kampung", "Ayam kampung", "Village hen", "animal", _ANIMAL, _LANES, garden=True),
    Food("bebek", "Bebek", "Duck", "animal", _ANIMAL, _LANES, "itik", garden=True, tkpi="bebek", near=True),
    Food("ikan-nila", "Ikan nila", "Tilapia", "fish", _ANIMAL, _LANES, "nila", garden=True),
    Food(
        "lobster-air-tawar", "Lobster air tawar", "Freshwater lobster", "fish", _ANIMAL, _LANES, "lobster", garden=True
    ),
    Food("maggot", "Maggot", "Black soldier fly larvae", "other", "", _LANES, "BSF|magot", garden=True),
)
"""Every food outside the price panels."""
