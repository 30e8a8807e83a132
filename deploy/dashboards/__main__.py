"""`python -m deploy.dashboards`: write the dashboards' JSON where it is committed."""

from __future__ import annotations

from pathlib import Path

from deploy.dashboards import build

for path in build(Path(__file__).parent / "json"):
    print(path.relative_to(Path(__file__).parent))
