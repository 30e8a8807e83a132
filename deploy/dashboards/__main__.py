"""`python -m deploy.dashboards`: write dashboards and alert rules where they are committed."""

from __future__ import annotations

from deploy.dashboards import ALERTING, JSON, alerting, build

for path in build(JSON):
    print(path.relative_to(JSON.parent))
ALERTING.write_text(alerting(), "utf-8")
print(ALERTING)
