"""Grafana dashboards as code, one set per language; a new one is one file and one line here."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from deploy.dashboards import garden, pipeline, prices, supply
from deploy.dashboards.words import LANGUAGES

if TYPE_CHECKING:
    from pathlib import Path

    from deploy.dashboards.dashboard import Dashboard
    from deploy.dashboards.words import Language

DASHBOARDS: Final = (
    garden.build,
    supply.build,
    prices.build,
    pipeline.build,
)


def dashboards(language: Language) -> list[Dashboard]:
    """Every dashboard in one language."""
    return [build_one(language) for build_one in DASHBOARDS]


def render() -> dict[str, str]:
    """The text of every dashboard's file, by its path below the folder of the JSON."""
    return {
        f"{language}/{dashboard.slug}.json": json.dumps(dashboard.json(), ensure_ascii=False, indent=2, sort_keys=True)
        + "\n"
        for language in LANGUAGES
        for dashboard in dashboards(language)
    }


def build(folder: Path) -> list[Path]:
    """Write every dashboard's JSON.

    Args:
        folder: Gets a folder per language.

    Returns:
        The files written.
    """
    written = []
    for name, text in render().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        written.append(path)
    return written
