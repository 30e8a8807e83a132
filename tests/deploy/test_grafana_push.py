"""Pushing to Grafana, against a small server that answers as Grafana's HTTP API is documented to.

It is a stand-in: no real Grafana runs here. What it does not do (permissions, migrations, search) is not tested.
"""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from commons.errors import GrafanaError, SettingsError
from commons.settings import Secret
from deploy.dashboards import dashboards
from deploy.dashboards.push import push
from deploy.dashboards.words import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN = "service-account"  # noqa: S105  # of a server that ends with the test
_STORE = Secret("read-both-buckets")
_UIDS = [dashboard.uid for language in LANGUAGES for dashboard in dashboards(language)]


class StandIn(ThreadingHTTPServer):
    """What a Grafana would remember, and the requests it got."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Api)
        self.sources: dict[str, Any] = {}
        self.folders: dict[str, Any] = {}
        self.dashboards: dict[str, Any] = {}
        self.writes: list[str] = []
        self.broken = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def answer(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        """Status and body, as documented for Grafana 11 and 12."""
        if self.broken:
            return 500, {"message": "database is locked"}
        if method != "GET":
            self.writes.append(f"{method} {path}")
        *_, kind, uid = ["", *path.removeprefix("/api/").replace("/uid/", "/").split("/")]
        match (method, kind):
            case ("GET", "datasources" | "folders" | "dashboards"):
                there = {"datasources": self.sources, "folders": self.folders, "dashboards": self.dashboards}[kind]
                return (200, there[uid]) if uid in there else (404, {"message": "not found"})
            case ("PUT", "datasources") if uid in self.sources:
                self.sources[uid] = body
            case ("PUT", "folders") if body.get("overwrite") and uid in self.folders:
                self.folders[uid]["title"] = body["title"]
            case ("POST", "dashboards"):
                return self._dashboard(body)
            case ("POST", "") if uid in ("datasources", "folders"):
                (self.sources if uid == "datasources" else self.folders)[body["uid"]] = body
            case _:
                return 400, {"message": f"{method} {path} is not in the stand-in"}
        return 200, {"uid": body.get("uid")}

    def _dashboard(self, body: Any) -> tuple[int, Any]:
        if body["folderUid"] not in self.folders or not body["overwrite"]:
            return 412, {"message": "no such folder, or the version differs"}
        wanted = body["dashboard"]
        version = self.dashboards.get(wanted["uid"], {"dashboard": {"version": 0}})["dashboard"]["version"] + 1
        stored = {**wanted, "id": len(self.dashboards) + 1, "version": version}
        self.dashboards[wanted["uid"]] = {"dashboard": stored, "meta": {"folderUid": body["folderUid"]}}
        return 200, {"status": "success", "version": version}


class Api(BaseHTTPRequestHandler):
    """Reads a request, asks the stand-in, answers in JSON."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: StandIn

    def handle_request(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else {}
        if self.headers.get("Authorization") == f"Bearer {_TOKEN}":
            status, answer = self.server.answer(self.command, self.path, body)
        else:
            status, answer = 401, {"message": "Invalid API key"}
        text = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_PUT = handle_request  # noqa: N815  # the names that http.server looks for

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def grafana() -> Iterator[StandIn]:
    with StandIn() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def _push(grafana: StandIn, token: str = _TOKEN) -> list[str]:
    return push(grafana.url, Secret(token), store_url="http://influxdb:8086", store_token=_STORE)


def test_a_new_grafana_gets_everything(grafana: StandIn) -> None:
    done = _push(grafana)

    assert set(grafana.folders) == {"lorong-id", "lorong-en"}
    assert sorted(grafana.dashboards) == sorted(_UIDS)
    assert grafana.dashboards["lorong-garden-en"]["meta"] == {"folderUid": "lorong-en"}
    assert len(done) == 1 + 2 + len(_UIDS)


def test_the_data_source_holds_what_influxql_over_influxdb_2_needs(grafana: StandIn) -> None:
    _push(grafana)

    source = grafana.sources["lorong-influxql"]
    assert source["database"] == source["jsonData"]["dbName"] == "lorong"
    assert source["jsonData"]["httpHeaderName1"] == "Authorization"
    assert source["jsonData"]["timeInterval"] == "1m"
    assert source["secureJsonData"] == {"httpHeaderValue1": "Token read-both-buckets"}


def test_pushing_again_writes_the_data_source_only(grafana: StandIn) -> None:
    _push(grafana)
    grafana.writes.clear()

    done = _push(grafana)

    assert grafana.writes == ["PUT /api/datasources/uid/lorong-influxql"]
    assert done == ["data source lorong-influxql written"]


def test_what_somebody_changed_or_moved_is_put_right(grafana: StandIn) -> None:
    _push(grafana)
    grafana.dashboards["lorong-garden-id"]["dashboard"]["title"] = "mine"
    grafana.dashboards["lorong-prices-en"]["meta"]["folderUid"] = "elsewhere"
    grafana.folders["lorong-en"]["title"] = "other"

    done = _push(grafana)

    assert done[1:] == [
        "dashboard lorong-garden-id changed",
        "folder lorong-en renamed",
        "dashboard lorong-prices-en changed",
    ]
    assert grafana.dashboards["lorong-garden-id"]["dashboard"]["title"] == "Lorong: Kebun"


def test_a_refused_token_is_a_settings_error_that_does_not_show_it(grafana: StandIn) -> None:
    with pytest.raises(SettingsError, match="refuses the token") as refused:
        _push(grafana, "a-wrong-token")

    assert "a-wrong-token" not in str(refused.value)
    assert grafana.writes == []


def test_a_broken_grafana_is_said_in_one_line_with_its_own_words(grafana: StandIn) -> None:
    grafana.broken = True

    with pytest.raises(GrafanaError, match=r"answers 500.*database is locked"):
        _push(grafana)


def test_a_grafana_that_is_away_is_said_with_its_url() -> None:
    with pytest.raises(GrafanaError, match=r"no Grafana answers at http://127\.0\.0\.1:1 .*; start it"):
        push("http://127.0.0.1:1", Secret(_TOKEN), store_url="http://influxdb:8086", store_token=_STORE)
