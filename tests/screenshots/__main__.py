"""Pictures of every page and dashboard, to be looked at: `python -m tests.screenshots`, also `make screenshots`.

No picture is compared with a committed one: the demo's days end today, so every number on it is another one tomorrow,
and letters are drawn differently by each machine's fonts. What must hold of every page is asserted elsewhere, of its
words, its bytes and its console.
"""

from __future__ import annotations

import argparse
import io
import os
import re
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PIL import Image

from deploy.dashboards.words import LANGUAGES
from tests.screenshots.browser import browser
from tests.screenshots.demo import demo
from tests.screenshots.pages import dashboard_pages, web_pages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.screenshots.browser import Browser

WIDTHS: Final = (360, 1280)  # of the light pages [px]
GRAFANA_WIDTHS: Final = (400, 1920)  # [px]
PICTURES: Final = {  # for the README: the first page of a kind, its width and how much of its height [px]
    "city": ("/", 1280, 1000),
    "lane": ("/lanes/", 360, 740),
    "prices": ("/prices", 1280, 1000),
}
_COLOURS: Final = 128  # of a picture in the README, which is to be small
_MOST_BYTES: Final = 150_000


def main() -> None:
    """Take the pictures, a line each."""
    parser = argparse.ArgumentParser(prog="python -m tests.screenshots", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("build/screenshots"))
    parser.add_argument("--web", help="where the light pages are; else the demo is run")
    parser.add_argument("--grafana", default=os.environ.get("GRAFANA_URL", ""), help="else $GRAFANA_URL; else none")
    parser.add_argument("--pictures", type=Path, help="write the README's three pictures there, and nothing else")
    asked = parser.parse_args()
    with ExitStack() as opened:
        web = asked.web.rstrip("/") if asked.web else opened.enter_context(demo())
        chromium = opened.enter_context(browser())
        grafana = asked.grafana.rstrip("/")
        taken = _for_readme(chromium, web) if asked.pictures else _all(chromium, web, grafana)
        _keep(asked.pictures or asked.out, taken)


def _all(chromium: Browser, web: str, grafana: str) -> Iterator[tuple[str, bytes]]:
    for path in web_pages(web):
        for language in LANGUAGES:
            for width in WIDTHS:
                url = f"{web}{path}{'&' if '?' in path else '?'}lang={language}"
                yield f"web-{_slug(path)}-{language}-{width}", chromium.picture(url, width=width)
    if grafana:
        if token := os.environ.get("GRAFANA_TOKEN"):
            chromium.bear(token)
        for width in GRAFANA_WIDTHS:
            for name, path, height in dashboard_pages(width):
                picture = chromium.picture(f"{grafana}{path}", width=width, height=height, wait=True)
                yield f"grafana-{name}-{width}", picture


def _for_readme(chromium: Browser, web: str) -> Iterator[tuple[str, bytes]]:
    """Small ones: the upper part of a page, in few colours."""
    paths = web_pages(web)
    for name, (begin, width, height) in PICTURES.items():
        path = next(found for found in paths if found.startswith(begin))
        image = Image.open(io.BytesIO(chromium.picture(f"{web}{path}", width=width)))
        small = image.crop((0, 0, width, min(height, image.height))).convert("RGB").quantize(_COLOURS)
        out = io.BytesIO()
        small.save(out, "PNG", optimize=True)
        if out.tell() > _MOST_BYTES:
            raise SystemExit(f"picture {name!r} has {out.tell():,} bytes of at most {_MOST_BYTES:,}; show less of it")
        yield name, out.getvalue()


def _keep(folder: Path, taken: Iterator[tuple[str, bytes]]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, png in taken:
        (folder / f"{name}.png").write_bytes(png)
        width, height = Image.open(io.BytesIO(png)).size
        print(f"{name:48} {width:5} x {height:5}  {len(png):9,} bytes", flush=True)


def _slug(path: str) -> str:
    """A file name of a path."""
    return re.sub(r"[^a-z0-9]+", "-", path.lower()).strip("-")[:80] or "city"


if __name__ == "__main__":
    main()
