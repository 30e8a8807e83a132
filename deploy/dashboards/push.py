"""Send the data source, a folder per language and every dashboard to a Grafana that is already there."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any, Final

from grafana_client.api import GrafanaApi
from grafana_client.client import GrafanaClientError, GrafanaException
from niquests.exceptions import RequestException

from commons.catalogue import Label
from commons.errors import GrafanaError, SettingsError
from commons.settings import refuse_credentials
from deploy.dashboards import dashboards
from deploy.dashboards.dashboard import TAG
from deploy.dashboards.datasource import data_source
from deploy.dashboards.links import WEB
from deploy.dashboards.words import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Callable

    from commons.settings import Secret
    from deploy.dashboards.dashboard import Dashboard
    from deploy.dashboards.words import Language

FOLDERS: Final = Label("Lorong (Indonesia)", "Lorong (English)")
_NOT_FOUND: Final = 404
_REFUSED: Final = (401, 403)
_SECONDS: Final = 30.0
_GRAFANAS_OWN: Final = ("id", "version")  # what Grafana adds to a dashboard's JSON when it stores it


def push(url: str, token: Secret, *, store_url: str, store_token: Secret, web: str = WEB) -> list[str]:
    """Bring a Grafana to what this version of Lorong has; repeating it changes nothing more.

    Args:
        url: Where Grafana is, with its path if it has one.
        token: A service account's token of role Admin, which a data source needs.
        store_url: Where InfluxDB is, as Grafana's server sees it.
        store_token: An InfluxDB token that may read both buckets; whoever may open a dashboard can use it.
        web: Where the light pages are, for readers' browsers.

    Returns:
        What was made or changed, one line each. The data source is written every time: Grafana never tells its token.

    Raises:
        SettingsError: Grafana refuses the token, or an address holds a name or password.
        GrafanaError: It is away, or answers with an error.
    """
    refuse_credentials("Grafana's address", url, remedy="give a service account's token by --token-file")
    refuse_credentials("--store-url", store_url, remedy="give InfluxDB's token by --store-token-file")
    # grafana-client joins "api" to the path as it is, and has no way to close but its session's.
    grafana = GrafanaApi.from_url(url.rstrip("/") + "/", credential=token.reveal(), timeout=_SECONDS)
    try:
        with closing(grafana.client.s):
            done = [_data_source(grafana, data_source(store_url, store_token))]
            for language in LANGUAGES:
                done.append(_folder(grafana, language))
                done += [_dashboard(grafana, dashboard, web) for dashboard in dashboards(language)]
    except GrafanaException as error:
        if error.status_code in _REFUSED:
            raise SettingsError(
                f"Grafana at {url} refuses the token ({error.status_code}); give a service account's of role Admin"
            ) from error
        raise GrafanaError(f"Grafana at {url} answers {error.status_code}: {error.message}; see its log") from error
    except RequestException as error:
        raise GrafanaError(f"no Grafana answers at {url} ({type(error).__name__}); start it or mend the URL") from error
    return [line for line in done if line]


def folder_uid(language: Language) -> str:
    """The folder of one language's dashboards."""
    return f"{TAG}-{language}"


def _data_source(grafana: Any, wanted: dict[str, Any]) -> str:  # noqa: ANN401  # grafana-client publishes no types
    if _found(lambda: grafana.datasource.get_datasource_by_uid(wanted["uid"])) is None:
        grafana.datasource.create_datasource(wanted)
        return f"data source {wanted['uid']} made"
    grafana.datasource.update_datasource_by_uid(wanted["uid"], wanted)
    return f"data source {wanted['uid']} written"


def _folder(grafana: Any, language: Language) -> str:  # noqa: ANN401  # the same
    uid, title = folder_uid(language), FOLDERS[language]
    there = _found(lambda: grafana.folder.get_folder(uid))
    if there is None:
        grafana.folder.create_folder(title, uid=uid)
        return f"folder {uid} made"
    if there["title"] != title:
        grafana.folder.update_folder(uid, title=title, overwrite=True)
        return f"folder {uid} renamed"
    return ""


def _dashboard(grafana: Any, dashboard: Dashboard, web: str) -> str:  # noqa: ANN401  # the same
    """One that is there as it should be is left alone, so that Grafana's list of versions stays short."""
    wanted, folder = dashboard.json(web), folder_uid(dashboard.language)
    there = _found(lambda: grafana.dashboard.get_dashboard(dashboard.uid))
    if there is not None:
        stored = {key: value for key, value in there["dashboard"].items() if key not in _GRAFANAS_OWN}
        if stored == wanted and there["meta"].get("folderUid") == folder:
            return ""
    grafana.dashboard.update_dashboard(
        {"dashboard": wanted, "folderUid": folder, "overwrite": True, "message": "lorong"}
    )
    return f"dashboard {dashboard.uid} {'made' if there is None else 'changed'}"


def _found(ask: Callable[[], Any]) -> Any:  # noqa: ANN401  # the same
    """What Grafana answers, or None where it knows no such thing."""
    try:
        return ask()
    except GrafanaClientError as error:
        if error.status_code == _NOT_FOUND:
            return None
        raise
