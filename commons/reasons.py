"""Why a value is missing or was computed anew, in the words of people: what is stored is one line of English."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from commons.catalogue import Label, measurements
from commons.catalogue.commodities import commodities
from commons.wording import filled, listed, number, percent

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_SAID: Final = (
    Label("ditarik: masukannya sudah tidak ada", "withdrawn: nothing is left to compute it from"),
    Label("belum ada harga {foods}", "no price of {foods}"),
    Label("tidak ada yang ditimbang", "nothing was weighed"),
    Label(
        "kandungan gizi diketahui untuk {n} % beratnya, perlu {least} %",
        "composition known of {n} % of the weight, {least} % needed",
    ),
    Label("{share} bobotnya ada harganya; perlu {needed}", "{share} of the weight is priced; {needed} is needed"),
    Label("{n} dari {of} hari ada harganya; perlu {needed}", "{n} of {of} days have a price; {needed} are needed"),
    Label("{n} dari {of} bulan ada harganya; perlu {needed}", "{n} of {of} months have a price; {needed} are needed"),
    Label("{n} dari {of} pangan ada nilainya; perlu {needed}", "{n} of {of} foods have a value; {needed} are needed"),
    Label("{group}: {n} dari {of} pangan ada harganya", "{group}: {n} of {of} foods have a price"),
    Label("{n} bulan sejak harga pertama; perlu {least}", "{n} months since the first price; {least} are needed"),
    Label(
        "{n} bulan sejak harga pertama; perlu tiga tahun penuh dan sebulan ({least})",
        "{n} months since the first price; three full years and a month ({least}) are needed",
    ),
    Label("tidak ada harga dalam {n} bulan terakhir", "no price in the last {n} months"),
    Label(
        "bulan kalendernya baru ada harganya di satu tahun; perlu dua",
        "its calendar month has a price in one year only; two are needed",
    ),
    Label(
        "belum ada harga tiga tahun penuh sebelumnya, atau salah satu pembandingnya tidak ada",
        "not three full years of prices before it, or one of those compared with is missing",
    ),
    Label("hitungan pertama", "first run"),
    Label("tabel kota berubah", "site facts changed"),
    Label("cara hitung versi {text}", "method {text}"),
    Label("diminta", "asked for"),
    Label("{period} {day} berjalan terus", "{period} {day} went on"),
    Label("data terlambat: {kind}, {place}, {day}", "late data: {kind} {place} {day}"),
    Label("data baru: {kind}, {place}, {day}", "new data: {kind} {place} {day}"),
)
"""English as it is stored: what is compared with, and shown."""

_DIET_GROUPS: Final = MappingProxyType(
    {
        "starchy_staples": Label("makanan pokok", "starchy staples"),
        "vegetables": Label("sayur", "vegetables"),
        "fruits": Label("buah", "fruits"),
        "animal_source": Label("pangan hewani", "animal-source foods"),
        "legumes_nuts_seeds": Label("kacang dan biji-bijian", "legumes, nuts and seeds"),
        "oils_fats": Label("minyak dan lemak", "oils and fats"),
    }
)
_PERIODS: Final = MappingProxyType(
    {"day": Label("hari", "day"), "week": Label("minggu", "week"), "month": Label("bulan", "month")}
)
_TOO_LITTLE: Final = re.compile(
    r"too little: (?P<n>[\d.]+)(?: of (?P<of>[\d.]+))? inputs(?:, coverage [\d.e-]+)?"
    r"; (?:AtLeast\(count=(?P<count>\d+), share=(?P<share>[\d.]+)\)|.+?) asks for more(?:; |$)"
)


def at_least(count: int, share: float) -> Label:
    """A rule for "enough" in words.

    Args:
        count: The fewest inputs.
        share: The smallest share of the expected inputs [1]; 0 = no share is asked for.

    Examples:
        >>> at_least(3, 0.5).id
        'paling sedikit 3 masukan dan 50 % dari yang diharapkan'
    """
    inputs = Label("masukan", "input" if count == 1 else "inputs")
    fewest = filled(Label("paling sedikit {n} {inputs}", "at least {n} {inputs}"), n=number(count), inputs=inputs)
    if not share:
        return fewest
    both = Label("{fewest} dan {share} dari yang diharapkan", "{fewest} and {share} of those expected")
    return filled(both, fewest=fewest, share=percent(share))


def in_words(reason: str) -> Label:
    """A stored reason in both languages; what is not known is left as it is.

    Args:
        reason: The field `refused` or `reason` of an indicator; several stand behind each other with "; " between.

    Examples:
        >>> in_words("no price in the last 4 months; nothing was weighed").id
        'tidak ada harga dalam 4 bulan terakhir; tidak ada yang ditimbang'
    """
    said: list[Label] = []
    rest = reason
    while rest:
        words, length = _next(rest)
        said.append(words)
        rest = rest[length:]
    return listed(said, "; ")


def _next(rest: str) -> tuple[Label, int]:
    """The first reason of several in words, and how many letters it is with what parts it from the next."""
    if found := _TOO_LITTLE.match(rest):
        return _too_little(found), found.end()
    for shape, words in _SHAPES:
        if found := shape.match(rest):
            values = {name: _READ.get(name, _as_it_is)(text) for name, text in found.groupdict().items()}
            return filled(words, **values), found.end()
    return _as_it_is(rest), len(rest)


def _too_little(found: re.Match[str]) -> Label:
    of = filled(Label(" dari {of}", " of {of}"), of=_number(found["of"])) if found["of"] else _as_it_is("")
    words = Label("baru ada {n}{of} masukan", "there are {n}{of} inputs")
    said = filled(words, n=_number(found["n"]), of=of)
    if not found["count"]:
        return said
    policy = at_least(int(found["count"]), float(found["share"]))
    return filled(Label("{said}, perlu {policy}", "{said}; needed are {policy}"), said=said, policy=policy)


def _as_it_is(text: str) -> Label:
    return Label(text, text)


def _number(text: str) -> Label:
    return number(float(text))


def _share(text: str) -> Label:
    return percent(float(text.removesuffix("%")) / 100)


def _foods(text: str) -> Label:
    known = commodities()
    return listed([known[slug].label if slug in known else _as_it_is(slug) for slug in text.split(", ")])


def _kind(text: str) -> Label:
    known = measurements()
    return Label(known[text].label.id, text.replace("_", " ")) if text in known else _as_it_is(text)


_READ: Final[Mapping[str, Callable[[str], Label]]] = MappingProxyType(
    {
        "n": _number,
        "of": _number,
        "least": _number,
        "share": _share,
        "needed": _share,
        "foods": _foods,
        "group": lambda text: _DIET_GROUPS.get(text, _as_it_is(text)),
        "period": lambda text: _PERIODS.get(text, _as_it_is(text)),
        "kind": _kind,
    }
)
_LOOKS: Final = MappingProxyType(
    dict.fromkeys(("n", "of", "least"), r"\d+(?:\.\d+)?")
    | dict.fromkeys(("share", "needed"), r"\d+%")
    | {"foods": "[^;]+"}
)


def _shape(english: str) -> re.Pattern[str]:
    """What a stored reason looks like: the English, with a value in each place."""
    parts = re.split(r"\{(\w+)\}", english)
    looks = [rf"(?P<{part}>{_LOOKS.get(part, '[^ ;]+')})" if i % 2 else re.escape(part) for i, part in enumerate(parts)]
    return re.compile("".join(looks) + "(?:; |$)")


_SHAPES: Final = tuple((_shape(words.en), words) for words in _SAID)
