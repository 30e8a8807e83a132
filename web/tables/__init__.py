"""Every table that the pages show, for everybody: a new one is an entry of one of the lists below."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from web.tables.garden import GARDEN_TABLES
from web.tables.market import MARKET_TABLES
from web.tables.meaning import MEANING_TABLES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from web.tables.sheet import Table

TABLES: Final[Mapping[str, Table]] = MappingProxyType(
    {table.name: table for table in (*GARDEN_TABLES, *MARKET_TABLES, *MEANING_TABLES)}
)
