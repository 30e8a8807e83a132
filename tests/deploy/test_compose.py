"""docker-compose.yml and the image: pinned, guarded, without passwords, and true to the code."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy import secrets
from deploy.docker.reach import unreached
from lorong.commands import COMMANDS
from lorong.settings import load

_ROOT = Path(__file__).parents[2]
_COMPOSE: dict[str, Any] = yaml.safe_load((_ROOT / "docker-compose.yml").read_text("utf-8"))
_SERVICES: dict[str, dict[str, Any]] = _COMPOSE["services"]
_OURS = {name: service for name, service in _SERVICES.items() if "build" in service}
_PINNED = re.compile(r"[\w./-]+:\d+\.\d+\.\d+[\w.-]*")

each_service = pytest.mark.parametrize("service", _SERVICES.values(), ids=_SERVICES)


def test_every_part_of_the_house_has_its_service() -> None:
    assert set(_SERVICES) == {"broker", "influxdb", "grafana", "collector", "analytics", "web", "lanes", "devices"}


@each_service
def test_an_image_is_pinned_to_one_release(service: dict[str, Any]) -> None:
    assert _PINNED.fullmatch(service["image"])


@each_service
def test_a_service_says_how_it_is_and_comes_back_by_itself(service: dict[str, Any]) -> None:
    assert service["healthcheck"]["test"][0] == "CMD"
    assert service["restart"] == "unless-stopped"


@each_service
def test_a_service_is_kept_small(service: dict[str, Any]) -> None:
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["logging"]["options"] == {"max-size": "10m", "max-file": "3"}


@pytest.mark.parametrize("service", _OURS.values(), ids=_OURS)
def test_our_services_run_as_the_images_user_within_limits(service: dict[str, Any]) -> None:
    image = (_ROOT / "deploy" / "docker" / "Dockerfile").read_text("utf-8")
    user = service["user"].partition(":")[0]

    assert f"useradd --uid {user} " in image
    assert user != "0"
    assert service["tmpfs"][0].endswith(":size=64m,mode=1777,noexec,nosuid,nodev")
    assert service["mem_limit"] == service["memswap_limit"]
    assert service["pids_limit"] <= 256
    assert not {"privileged", "cap_add", "devices", "network_mode", "pid", "ipc"} & set(service)
    assert [volume for volume in service["volumes"] if not volume.endswith(":/data")] == []


@each_service
def test_a_port_is_open_to_this_machine_only(service: dict[str, Any]) -> None:
    unless_told_otherwise = [
        port.replace("${BROKER_ADDRESS:-127.0.0.1}", "127.0.0.1") for port in service.get("ports", [])
    ]

    assert all(port.startswith("127.0.0.1:") for port in unless_told_otherwise)


def test_the_broker_speaks_tls_only_is_not_root_and_sees_its_own_secrets_alone() -> None:
    broker = _SERVICES["broker"]

    assert broker["user"] == "1000:1000"
    assert [port.rpartition(":")[2] for port in broker["ports"]] == ["8883"]
    assert [v for v in broker["volumes"] if "secrets" in v] == ["./secrets/broker:/etc/lorong/broker:ro"]
    assert "secrets" not in broker


@each_service
def test_what_is_mounted_is_there(service: dict[str, Any]) -> None:
    sources = [volume.split(":")[0] for volume in service["volumes"]]

    files = [source for source in sources if source.startswith("./") and source != "./secrets/broker"]
    assert [source for source in files if not (_ROOT / source).exists()] == []
    assert {source for source in sources if not source.startswith("./")} <= set(_COMPOSE["volumes"])


@each_service
def test_what_is_waited_for_is_a_service(service: dict[str, Any]) -> None:
    for name, wait in service.get("depends_on", {}).items():
        assert name in _SERVICES
        assert wait["condition"] in ("service_healthy", "service_started")


def test_no_password_stands_in_the_file() -> None:
    named = {key: value for s in _SERVICES.values() for key, value in s.get("environment", {}).items()}
    secret = {key: value for key, value in named.items() if re.search("PASSWORD|TOKEN|SECRET", key)}

    assert secret
    assert [key for key, value in secret.items() if not (key.endswith("_FILE") and value.startswith("/run/"))] == []


def test_make_secrets_makes_every_secret_that_is_asked_for(tmp_path: Path) -> None:
    made = {path.name for path in secrets.make(tmp_path)}

    assert {Path(secret["file"]).name for secret in _COMPOSE["secrets"].values()} <= made
    assert {str(Path(secret["file"]).parent) for secret in _COMPOSE["secrets"].values()} == {"secrets"}


@each_service
def test_a_secret_file_that_is_named_is_mounted(service: dict[str, Any]) -> None:
    mounted = {s if isinstance(s, str) else s["source"] for s in service.get("secrets", [])}
    named = [v for k, v in service.get("environment", {}).items() if k.endswith("_FILE")]

    assert {Path(path).name for path in named} <= mounted <= set(_COMPOSE["secrets"])


def test_the_listener_of_devices_starts_only_when_it_is_asked_for() -> None:
    """Its login exists once the table names a device; without one it would be refused for ever."""
    assert _SERVICES["devices"]["profiles"] == ["devices"]
    assert [name for name, service in _SERVICES.items() if "profiles" in service] == ["devices"]


def test_grafana_gets_no_token_and_the_lanes_no_store() -> None:
    assert "influxdb-token" not in _SERVICES["grafana"]["secrets"]
    assert _SERVICES["lanes"]["secrets"] == ["broker-ca", "broker-lanes-password"]


@pytest.mark.parametrize("service", _OURS.values(), ids=_OURS)
def test_our_services_run_a_command_there_is_with_settings_there_are(service: dict[str, Any], tmp_path: Path) -> None:
    made = {path.name: path for path in secrets.make(tmp_path)}
    given = {key: str(value) for key, value in service["environment"].items()}
    files = {Path(secret["file"]).name: name for name, secret in _COMPOSE["secrets"].items()}
    mounted = {f"/run/secrets/{files[name]}": str(path) for name, path in made.items() if name in files}
    environ = {key: mounted.get(value, value) for key, value in given.items()}

    settings = load(environ=environ)

    group, command = ("", *service["command"])[-2:]
    assert command in COMMANDS[group]
    assert settings.broker.username in ("", "collector", "web", "lanes", "devices")
    assert bool(settings.broker.username) == bool(settings.broker.password) == settings.broker.tls
    assert settings.broker.tls_context() is None or Path(settings.broker.ca).name == "broker-ca.crt"
    assert settings.store.url in ("influxdb://influxdb:8086", "duckdb:///data/lorong.duckdb")


def test_one_image_serves_every_role() -> None:
    assert {(s["image"], s["build"]["dockerfile"]) for s in _OURS.values()} == {
        ("lorong:0.1.0", "deploy/docker/Dockerfile")
    }
    assert sorted(s["command"][0] for s in _OURS.values()) == ["analyse", "collect", "devices", "serve", "simulate"]


def test_the_image_installs_what_is_locked_and_runs_as_nobody_special() -> None:
    lines = (_ROOT / "deploy" / "docker" / "Dockerfile").read_text("utf-8")

    assert all(_PINNED.match(line.split()[1]) for line in lines.splitlines() if line.startswith("FROM "))
    assert "--require-hashes" in lines
    assert lines.index("USER lorong") < lines.index("ENTRYPOINT")


def test_the_script_for_influxdb_can_be_run_and_reads_secrets_from_files() -> None:
    script = _ROOT / "deploy" / "docker" / "influxdb-init.sh"

    assert os.access(script, os.X_OK)
    assert "--token" not in script.read_text("utf-8")


def test_a_health_check_asks_every_address() -> None:
    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/healthz" else 500)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Page) as server:
        where = f"127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        wrong = unreached([where, f"http://{where}/healthz", f"http://{where}/broken"])
        server.shutdown()
        thread.join()

    assert wrong == [f"http://{where}/broken"]
    assert unreached([where]) == [where]


def test_a_health_check_that_fails_says_who_is_silent() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "deploy.docker.reach", "127.0.0.1:1"], capture_output=True, text=True, check=False
    )

    assert ran.returncode == 1
    assert ran.stderr == "no answer from 127.0.0.1:1\n"
