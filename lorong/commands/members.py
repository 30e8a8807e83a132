"""`lorong node add|rotate|remove|join`: which boxes may send, and what each logs in with."""

from __future__ import annotations

import csv
import getpass
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from commons.errors import UnknownNameError, UsageError
from commons.settings import Secret
from commons.sites import RESERVED_NODES, NodeEntry
from commons.topics import OFFICE_LANE, Address
from deploy.broker.certificates import shown_at
from deploy.broker.files import put
from deploy.broker.registry import Registry
from deploy.broker.reload import BY_HAND, PID_FILE, reload_broker
from deploy.broker.users import name_of
from lorong import qr
from lorong.joining import Joining, read_line
from lorong.settings import SITES, site
from sensors.drivers import build_driver

if TYPE_CHECKING:
    from commons.sites import Site

_ORIGINS: Final = {"simulated": "simulated", "recording": "recorded", "price_sheet": "typed"}  # else it is measured
_SECRETS: Final = Path("secrets")
_PORT: Final = 8883
_RUN: Final = "lorong node run --settings lorong.toml"


def add(
    node: str,
    lane: str,
    driver: str,
    *options: str,
    city: str = "makassar",
    secrets: Path = _SECRETS,
    host: str = "",
    port: int = _PORT,
    pid_file: Path = PID_FILE,
) -> None:
    """Add a node to the site's nodes.csv, and let it in at the broker with a password of its own.

    Parameters
    ----------
    node
        Its new name: lower-case letters, digits and hyphens.
    lane
        The lane it stands in, or "kota" for one that stands in none.
    driver
        What it reads with.
    options
        The driver's options, each as key=value.
    city
        A site that comes with Lorong, or the path of a site folder.
    secrets
        The folder that `make secrets` made; without it the node gets no password.
    host
        What the node calls the broker; else what `make secrets` was told.
    port
        The broker's port for TLS.
    pid_file
        Where the broker wrote its process number.
    """
    place = site(city)
    entry = _entry(place, node, lane, driver, options)
    build_driver(entry, place)
    table = place.folder / "nodes.csv"
    torn = not table.read_text("utf-8").endswith("\n")
    with table.open("a", encoding="utf-8", newline="") as file:
        file.write("\n" * torn)
        csv.writer(file, lineterminator="\n").writerow([node, lane, driver, entry.origin, ";".join(options)])
    print(f"node {node} added to {place.slug}; run it with: lorong node run {node}")
    if not Registry.is_in(secrets):
        print(f"it has no password: where the broker asks for one, `make secrets`, then: lorong node rotate {node}")
        return
    _let_in(entry, secrets, host, port, city, pid_file)


def rotate(
    node: str,
    *,
    city: str = "makassar",
    secrets: Path = _SECRETS,
    host: str = "",
    port: int = _PORT,
    pid_file: Path = PID_FILE,
) -> None:
    """Give a node a new password; the one that it had ends at once, and its readings wait in its outbox meanwhile.

    Parameters
    ----------
    node
        Its name in nodes.csv.
    city
        A site that comes with Lorong, or the path of a site folder.
    secrets
        The folder that `make secrets` made.
    host
        What the node calls the broker; else what `make secrets` was told.
    port
        The broker's port for TLS.
    pid_file
        Where the broker wrote its process number.
    """
    _let_in(_known(site(city), node), secrets, host, port, city, pid_file)


def remove(node: str, *, city: str = "makassar", secrets: Path = _SECRETS, pid_file: Path = PID_FILE) -> None:
    """Take a node out of the site's nodes.csv, and let it in at the broker no longer; what it sent stays.

    Parameters
    ----------
    node
        Its name in nodes.csv.
    city
        A site that comes with Lorong, or the path of a site folder.
    secrets
        The folder that `make secrets` made.
    pid_file
        Where the broker wrote its process number.
    """
    place = site(city)
    entry = _known(place, node)
    is_guarded = Registry.is_in(secrets)
    if is_guarded:
        _registry(secrets, city).remove(entry.address)
    table = place.folder / "nodes.csv"
    rows = [line for line in table.read_text("utf-8").splitlines(keepends=True) if _name_in(line) != node]
    put(table, "".join(rows), mode=stat.S_IMODE(table.stat().st_mode))
    print(f"node {node} removed from {place.slug}")
    if is_guarded:
        _registry(secrets, city).write()  # `lorong simulate` may not play it any longer either
        _file(entry, secrets).unlink(missing_ok=True)
        _told(pid_file)


def join(*, settings: Path = Path("lorong.toml")) -> None:
    """Write a node's settings file from the line that its QR code carries, given on standard input.

    Parameters
    ----------
    settings
        The file; nobody but its owner may read it.
    """
    if settings.exists():
        raise UsageError(f"{settings} is there already; move it away first")
    ask = sys.stdin.readline if not sys.stdin.isatty() else lambda: getpass.getpass("what the QR code says: ")
    joining = read_line(Secret(ask()), shown_at)
    put(settings, joining.settings(), mode=0o600)
    print(f"{settings} is written; run the node with: lorong node run --settings {settings}")


def _entry(place: Site, node: str, lane: str, driver: str, options: tuple[str, ...]) -> NodeEntry:
    if node in place.nodes:
        raise UsageError(
            f"node {node!r} is there already, in lane {place.nodes[node].address.lane}; choose another name"
        )
    if node in RESERVED_NODES:
        raise UsageError(f"node {node!r} is what Lorong itself sends as; choose another name")
    if lane != OFFICE_LANE:
        place.lane(lane)
    for option in options:
        if "=" not in option or ";" in option:
            raise UsageError(f"option {option!r} is not key=value; write it so, without semicolons")
    origin = _ORIGINS.get(driver, "measured")
    return NodeEntry(Address(place.slug, lane, node), driver, origin, dict(text.split("=", 1) for text in options))


def _known(place: Site, node: str) -> NodeEntry:
    if node not in place.nodes:
        raise UnknownNameError("node", node, place.nodes)
    return place.nodes[node]


def _name_in(line: str) -> str:
    cells = next(csv.reader([line]), [])
    return cells[0] if cells else ""


def _let_in(entry: NodeEntry, secrets: Path, host: str, port: int, city: str, pid_file: Path) -> None:
    """A new password, the file that carries it, and its QR code where a person looks."""
    password = _registry(secrets, city).put(entry.address)
    hosts = (secrets / "broker-hosts").read_text("utf-8").split()
    joining = Joining(host or hosts[0], port, entry, password, (secrets / "broker-ca.crt").read_text("ascii"))
    file = _file(entry, secrets)
    file.parent.mkdir(mode=0o700, exist_ok=True)
    put(file, joining.settings(), mode=0o600)
    print(f"what it logs in with is in {file}; take that to the box as lorong.toml, and run: {_RUN}")
    _told(pid_file)
    if sys.stdout.isatty():
        print(f"or run `lorong node join` there, and give it what this says:\n{qr.drawn(joining.line())}")


def _registry(secrets: Path, city: str) -> Registry:
    """With the cities that `lorong simulate` can play, as they are now."""
    cities = {path.parent.resolve() for path in SITES.glob("*/site.toml")} | {site(city).folder.resolve()}
    return Registry(secrets, [site(str(folder)) for folder in sorted(cities)])


def _file(entry: NodeEntry, secrets: Path) -> Path:
    return secrets / "nodes" / f"{name_of(entry.address)}.toml"


def _told(pid_file: Path) -> None:
    """Let the broker know, or say who has to."""
    if reload_broker(pid_file):
        print("the broker reads its users anew; nobody else is disturbed")
    else:
        print(f"let the broker read its users anew: {BY_HAND}")
