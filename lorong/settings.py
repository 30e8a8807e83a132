"""Every role's settings, from one file and the environment."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from analytics.settings import AnalyticsSettings
from commons.broker import BrokerSettings
from commons.errors import UnknownNameError, UsageError
from commons.settings import read_file, section
from commons.sites import Site
from diary.settings import DiarySettings
from ingest.devices.settings import DevicesSettings
from ingest.settings import CollectorSettings
from sensors.settings import NodeSettings
from store.settings import StoreSettings
from web.settings import WebSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

SITES = Path(__file__).resolve().parent.parent / "deploy" / "sites"


@dataclass(frozen=True, slots=True)
class Settings:
    """One dataclass a section, each kept beside what it configures."""

    broker: BrokerSettings
    store: StoreSettings
    collector: CollectorSettings
    analytics: AnalyticsSettings
    web: WebSettings
    node: NodeSettings
    diary: DiarySettings
    devices: DevicesSettings


def load(path: Path | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """Read a settings file, then `LORONG_<ROLE>__<KEY>`.

    Args:
        path: The TOML file; None = defaults and environment only.
        environ: The environment; the process's own when left out.

    Raises:
        SettingsError: The file or a value cannot be used.
        UnknownNameError: A section or key is unknown; the near ones are offered.
    """
    tables = read_file(path)
    for name in tables:
        if name not in Settings.__dataclass_fields__:
            raise UnknownNameError("settings section", name, Settings.__dataclass_fields__)
    return Settings(
        broker=section(BrokerSettings, "broker", tables, environ),
        store=section(StoreSettings, "store", tables, environ),
        collector=section(CollectorSettings, "collector", tables, environ),
        analytics=section(AnalyticsSettings, "analytics", tables, environ),
        web=section(WebSettings, "web", tables, environ),
        node=section(NodeSettings, "node", tables, environ),
        diary=section(DiarySettings, "diary", tables, environ),
        devices=section(DevicesSettings, "devices", tables, environ),
    )


def existing_store(path: Path | None = None) -> StoreSettings:
    """The store's section, for a command that only looks: to open a DuckDB file that is not there would make it.

    Args:
        path: The TOML file; None = defaults and environment only.

    Raises:
        UsageError: Its file is not there.
    """
    store = load(path).store
    _, is_file, file = store.url.partition("duckdb:///")
    if is_file and not Path(file).is_file():
        raise UsageError(
            f"there is no store at {file!r}; name another, such as LORONG_STORE__URL=duckdb:///data-try/lorong.duckdb"
        )
    return store


def site(name: str) -> Site:
    """A site that comes with Lorong, by its slug, or a folder of one's own, by its path.

    Raises:
        UnknownNameError: Neither is there; the near ones are offered.
    """
    for folder in (SITES / name, Path(name)):
        if (folder / "site.toml").is_file():
            return Site(folder)
    raise UnknownNameError("site", name, [path.parent.name for path in SITES.glob("*/site.toml")])
