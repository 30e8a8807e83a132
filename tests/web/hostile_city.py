"""A city whose people and nodes name everything as badly as site tables and wire admit."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import orjson

from analytics.runner import Runner
from analytics.settings import AnalyticsSettings
from commons import wire
from commons.rows import Block
from commons.sites import Site
from commons.topics import Address
from ingest.touched import Days, marks
from tests.web.conftest import _TABLES, _TOML, NOW, NS, ZONE, Garden, StandingClock

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from store.contract import Store

NAMES = (
    "<script>document.title='owned'</script>",
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(2)>",
    '"><svg onload=alert(3)>',
    "' onmouseover='alert(4)' x='",
    "</title></style></textarea><iframe src=//192.0.2.1>",
    "{{7*7}}{% raw %}{#",
    "%(market)s %s %d 100%",
    "javascript:alert(5)",
    "=cmd|'/C calc'!A0",
    "+1+1",
    "-1+1",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "＝1+1",
    'a,b;=1+1|"c',
    "soil,lane=x moisture=1 1",
    "' OR 1=1; DROP TABLE soil; --",
    "../../etc/passwd",
    "g" * 100,
)
"""What a site's tables take as a name."""
TEXTS = (
    *NAMES,
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "Saga\n@x\r\n-1",
    "\x00=1+1",
    "\x1b[2J",
    "\u202egnorol",
    "\u2066saga\u2069",
    "\ufeff=1+1",
    "\u200b=1+1",
    "w" * 200,
)
"""What nodes may send as a tag besides."""
MARKET = "bandung"
_FOODS = ("cabai-rawit-merah", "bawang-merah")
_DAYS = 100
_STRANGER = "nobody-knows"


def hostile_site(folder: Path) -> Site:
    """The city of the web's tests, with a lane, bed, village, market and source for each bad name."""
    quoted = ['"' + name.replace('"', '""') + '"' for name in NAMES]
    tables = dict(_TABLES)
    for number, name in enumerate(quoted):
        tables["places.csv"] += f"k{number},kecamatan,makassar,73.71.5{number},{name},-5.1,119.4,,\n"
        tables["places.csv"] += f"v{number},kelurahan,k{number},73.71.6{number},{name},-5.1,119.4,,\n"
        tables["lanes.csv"] += f"l{number},{name},v{number},-5.1,119.4,measured\n"
        tables["beds.csv"] += f"l{number},b1,{name},kangkung,4,0.3,raised,30,13,48\n"
        options = name.replace(";", "").replace("=", "")
        tables["nodes.csv"] += f'l{number}-n1,l{number},recording,recorded,"file={options[1:-1]}"\n'
        tables["SOURCES.md"] += f"| {NAMES[number]} | {NAMES[number]} | {NAMES[number]} | no |\n"
    tables["ceilings.csv"] += f"{_FOODS[0]},consumer,HAP,I,40000,57000,kg,2020-01-01,,{quoted[0]},1\n"
    tables["weights.csv"] += "".join(f"{food},1.5,stand_in,{quoted[0]},{quoted[1]}\n" for food in _FOODS)
    folder.mkdir()
    for file, text in {"site.toml": _TOML + _markets(), **tables}.items():
        (folder / file).write_text(text, "utf-8")
    return Site(folder)


def fill(store: Store, site: Site) -> int:
    """Everything that nodes may say, as it goes by the wire, and what analytics makes of it; how many rows."""
    garden = Garden(store)
    garden.everything()
    blocks = [*_lanes(), *_prices(), *_states()]
    store.write([marks(blocks, Days(ZONE), city=site.slug, at_ms=NOW_MS), *blocks])
    summary = Runner(store, site, StandingClock(NOW), AnalyticsSettings()).run_due()
    assert summary.failed == {}
    assert summary.computed > 0
    return sum(map(len, blocks))


NOW_MS = round(NOW.timestamp() * 1000)


def _markets() -> str:
    def market(number: int, name: str) -> str:
        return "[[market]]\n" + "\n".join(
            f"{key} = {orjson.dumps(value).decode()}"
            for key, value in {
                "slug": f"m{number}",
                "name": name,
                "where": name,
                "level": "consumer",
                "stand_in": True,
                "source": name,
                "licence": name,
                "credit": name,
            }.items()
        )

    return "\n".join([market(number, name) for number, name in enumerate(NAMES)]) + "\n"


def _lanes() -> list[Block]:
    """What is said in each lane, by a node that the site does not know too."""
    found: list[Block] = []
    hours = [NOW_MS - hour * 3_600_000 for hour in range(40)]
    for number, text in enumerate(TEXTS):
        lane = f"l{number % len(NAMES)}"
        said: dict[str, Sequence[dict[str, Any]]] = {
            "soil": [{"t": hours, "bed": "b1", "moisture": 25.5}, {"t": hours, "bed": text, "moisture": -0.25}],
            "air": [{"t": hours, "temperature": [-3.5 - 0.1 * (i % 2) for i, _ in enumerate(hours)], "humidity": 50}],
            "harvest": [
                {"t": NOW_MS, "bed": text, "commodity": text, "kg": 2.5, "entry": text, "note": text},
                {"t": NOW_MS, "bed": "b1", "commodity": "kangkung", "kg": 1, "entry": f"{text} 2", "note": text},
            ],
            "sale": [{"t": NOW_MS, "commodity": text, "kg": 1, "price_idr": 5000, "note": text}],
            "water": [{"t": NOW_MS, "bed": text, "litres": 4, "note": text}],
        }
        for node in (f"{lane}-n1", _STRANGER):
            address = Address("makassar", lane, node)
            found += [_sent(address, name, document) for name, documents in said.items() for document in documents]
    return found


def _prices() -> list[Block]:
    """Three months of prices in the city's market and in others, each named badly."""
    office = Address("makassar", "kota", "prices")
    first = datetime(2026, 8, 1, 8, tzinfo=ZONE)
    days = [round((first + timedelta(days=day)).timestamp() * 1000) for day in range(_DAYS)]
    prices = [40_000 + 10 * day for day in range(_DAYS)]
    honest = {"t": days, "price_idr": prices, "level": "consumer"}
    found = [
        _sent(office, "price", {**honest, "market": market, "commodity": food, "quote": text, "source": text})
        for market in (MARKET, "m0")
        for food, text in ((_FOODS[0], NAMES[0]), (_FOODS[1], TEXTS[-2]))
    ]
    for text in TEXTS:
        named = {"commodity": text, "quote": text, "source": text}
        found += [_sent(office, "price", {**honest, "market": market, **named}) for market in (MARKET, "m1", text)]
        found.append(_sent(office, "price", {**honest, "level": text, "market": MARKET, **named, "note": text}))
    return found


def _states() -> list[Block]:
    """What the pipeline remembers, in words from outside."""
    texts = list(TEXTS)
    return [
        Block("job", [0] * len(texts), {"city": "makassar", "indicator": texts}, {"failed": texts, "method": texts}),
        Block("ledger", [0] * len(texts), {"city": "makassar", "node": texts, "box": "b"}, {"state": texts}),
    ]


def _sent(address: Address, measurement: str, document: dict[str, Any]) -> Block:
    decoded = wire.decode(address.up(measurement), orjson.dumps(document), arrival_ms=NOW_MS)
    assert decoded.block is not None
    return decoded.block


__all__ = ["MARKET", "NAMES", "NS", "TEXTS", "date", "fill", "hostile_site"]
