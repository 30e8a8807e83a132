"""`lorong grafana build|push`: dashboards as code."""

from __future__ import annotations

from pathlib import Path

from commons.errors import SettingsError
from commons.settings import Secret
from deploy import dashboards
from deploy.dashboards.links import WEB
from deploy.dashboards.push import push as send_all


def build(*, folder: Path = dashboards.JSON, alerts: Path | None = None, web: str = WEB) -> None:
    """Write every dashboard's JSON and the alert rules anew from their code.

    Parameters
    ----------
    folder
        Where to; else where Grafana's configuration looks for it.
    alerts
        The file of the alert rules; else where Grafana's configuration looks for it, unless a folder is given.
    web
        Where the light pages are, as readers' browsers reach them: a number's link leads to its explanation there.
    """
    for path in dashboards.build(folder, web):
        print(path)
    rules = alerts or (dashboards.ALERTING if folder == dashboards.JSON else None)
    if rules is not None:
        rules.write_text(dashboards.alerting(), "utf-8")
        print(rules)


def push(
    url: str,
    *,
    token_file: Path,
    store_url: str = "http://influxdb:8086",
    store_token_file: Path,
    web: str = WEB,
) -> None:
    """Send data source and dashboards to a Grafana that is already there; harmless to repeat.

    Parameters
    ----------
    url
        Grafana's address.
    token_file
        A file that holds a token of a Grafana service account with the role Admin.
    store_url
        InfluxDB's address as Grafana reaches it.
    store_token_file
        A file that holds a token that may read InfluxDB.
    web
        Where the light pages are, as readers' browsers reach them.
    """
    token, store_token = _secret(token_file), _secret(store_token_file)
    for line in send_all(url, token, store_url=store_url, store_token=store_token, web=web):
        print(line)


def _secret(path: Path) -> Secret:
    try:
        return Secret(path.read_text("utf-8").strip())
    except OSError as error:
        raise SettingsError(f"token file {str(path)!r} cannot be read ({error.strerror}); check the path") from error
