"""Grafana dashboards as code, one set per language; a new one is one file and one line here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

from deploy.dashboards import alerts, garden, pipeline, prices, supply
from deploy.dashboards.links import WEB
from deploy.dashboards.words import LANGUAGES

if TYPE_CHECKING:
    from deploy.dashboards.dashboard import Dashboard
    from deploy.dashboards.words import Language

JSON: Final = Path(__file__).parent / "json"
ALERTING: Final = Path(__file__).parents[1] / "grafana" / "provisioning" / "alerting" / "lorong.json"
DASHBOARDS: Final = (
    garden.build,
    supply.build,
    prices.build,
    pipeline.build,
)


def dashboards(language: Language) -> list[Dashboard]:
    """Every dashboard in one language."""
    return [build_one(language) for build_one in DASHBOARDS]


def render(web: str = WEB) -> dict[str, str]:
    """The text of every dashboard's file, by its path below the folder of the JSON.

    Args:
        web: Where the light pages are, for readers' browsers: their `/explain` says how a number came about.
    """
    return {
        f"{language}/{dashboard.slug}.json": text(dashboard.json(web))
        for language in LANGUAGES
        for dashboard in dashboards(language)
    }


def alerting() -> str:
    """The text of the file from which Grafana takes alert rules; they stand beside dashboards of the first language."""
    return text(alerts.provisioned(dashboards(LANGUAGES[0])))


def text(document: object) -> str:
    """JSON as it is committed."""
    return json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def build(folder: Path, web: str = WEB) -> list[Path]:
    """Write every dashboard's JSON.

    Args:
        folder: Gets a folder per language.
        web: Where the light pages are, for readers' browsers.

    Returns:
        The files written.
    """
    written = []
    for name, content in render(web).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
        written.append(path)
    return written
