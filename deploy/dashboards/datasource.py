"""The one data source of all dashboards: InfluxQL over the two buckets that look like one database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from deploy.dashboards.panels import SOURCE
from deploy.dashboards.query import DATABASE

if TYPE_CHECKING:
    from commons.settings import Secret

NAME: Final = "Lorong"


def data_source(store_url: str, token: Secret) -> dict[str, Any]:
    """What Grafana's API takes.

    The database stands at the top for Grafana up to 9 and in `jsonData` for later ones. Its default policy must be
    `keep`, where variables look up tag values.

    Args:
        store_url: Where InfluxDB is, as Grafana's server sees it.
        token: An InfluxDB token that may read both buckets; whoever may open a dashboard can use it, so let it do no
            more.
    """
    return {
        "uid": SOURCE["uid"],
        "name": NAME,
        "type": SOURCE["type"],
        "access": "proxy",
        "url": store_url,
        "database": DATABASE,
        "isDefault": False,
        "jsonData": {
            "dbName": DATABASE,
            "httpMode": "POST",
            "httpHeaderName1": "Authorization",
            "timeInterval": "1m",  # the finest cadence there is; panels set their own
        },
        "secureJsonData": {"httpHeaderValue1": f"Token {token.reveal()}"},
    }
