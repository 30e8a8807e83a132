"""The pages for newcomers are true: a driver and a decoder, put where they say, read a value each; commands exist."""

from __future__ import annotations

import inspect
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import threading
import tty
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from lorong.commands import COMMANDS, GROUPS, command

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "docs" / name for name in ("write-a-driver.md", "pi.md", "devices.md", "sites.md")]
MOST_LINES = 30
_BLOCK = re.compile(r"^```(\w+) (\S+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_SHELL = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
TRIES = """
import json, sys
from pathlib import Path
from commons.sites import NodeEntry, Site
from commons.topics import Address
from ingest.decoders import DECODERS, fitting
from ingest.devices.places import Places
from sensors.drivers import build_driver

site = Site(Path(sys.argv[1]))
entry = NodeEntry(Address(site.slug, "saga", "n7"), "serial_line", "measured", {"port": sys.argv[2], "bed": "b1"})
driven = [row for block in build_driver(entry, site).read(1000, None).blocks for row in block.rows()]
shelly, topic, payload = DECODERS["shelly"], "porch/status/temperature:0", b'{"id": 0, "tC": 27.4, "tF": 81.3}'
(reading,) = shelly.decode(topic, payload)
(placed,) = Places(site).place(shelly, reading, arrival_ms=1000)
broken = shelly.decode(topic, b'{"id": 0, "tC": null, "tF": null, "errors": ["read"]}')
fits = fitting(topic, payload)[0]
print(json.dumps([driven, list(placed.block.rows()), placed.address.node, broken, fits]))
"""


def blocks() -> list[tuple[str, str, str]]:
    """Language, file and text of each example of the page that names a file."""
    return _BLOCK.findall((ROOT / "docs/write-a-driver.md").read_text("utf-8"))


def put(folder: Path, language: str, file: str, text: str) -> None:
    """Do with an example what the page tells a reader to do."""
    path = folder / file
    if language == "python":
        assert not path.exists()
        path.write_text(text, "utf-8")
        return
    changed = path.read_text("utf-8")
    for old, new in re.findall(r"^-(.*)\n((?:\+.*\n)+)", text, re.MULTILINE):
        assert changed.count(old) == 1, f"{file} has not one line {old!r}"
        changed = changed.replace(old, "\n".join(line[1:] for line in new.splitlines()))
    path.write_text(changed, "utf-8")


@contextmanager
def _board() -> Iterator[str]:
    """A microcontroller that prints its line again and again; its port."""
    device, port = os.openpty()
    tty.setraw(port)
    over = threading.Event()

    def prints() -> None:
        while not over.wait(0.05):
            os.write(device, b"31.5;27.2\r\n")

    printing = threading.Thread(target=prints)
    printing.start()
    try:
        yield os.ttyname(port)
    finally:
        over.set()
        printing.join()
        for end in (device, port):
            os.close(end)


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """What a value read through each example came to, in a copy of the house in which they are registered."""
    folder = tmp_path_factory.mktemp("house")
    for package in ("sensors", "ingest"):
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    for example in blocks():
        put(folder, *example)
    city = Path(shutil.copytree(ROOT / "deploy/sites/makassar", folder / "makassar"))
    rows = re.findall(r"^porch,.*$", (ROOT / "docs/write-a-driver.md").read_text("utf-8"), re.MULTILINE)
    with (city / "nodes.csv").open("a", encoding="utf-8") as table:
        table.write("".join(f"{row}\n" for row in rows))
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (folder, ROOT)))}
    with _board() as port:
        words = [sys.executable, "-c", TRIES, str(city), port]
        ran = subprocess.run(words, cwd=folder, env=environ, capture_output=True, text=True, check=False, timeout=60)
    assert ran.returncode == 0, ran.stderr
    found: list[Any] = json.loads(ran.stdout)
    return found


def test_the_examples_are_a_driver_a_decoder_and_their_lines_in_the_tables() -> None:
    assert [(language, file) for language, file, _ in blocks()] == [
        ("python", "sensors/drivers/serial_line.py"),
        ("diff", "sensors/drivers/__init__.py"),
        ("python", "ingest/decoders/shelly.py"),
        ("diff", "ingest/decoders/__init__.py"),
    ]


def test_each_is_written_in_30_lines() -> None:
    examples = [text for language, _, text in blocks() if language == "python"]

    assert max(sum(bool(line.strip()) for line in text.splitlines()) for text in examples) <= MOST_LINES


def test_the_driver_reads_a_line_of_its_device(read: list[Any]) -> None:
    (row,) = read[0]

    assert (row["bed"], row["moisture"], row["temperature"], row["time"]) == ("b1", 31.5, 27.2, 1000 * 10**6)


def test_the_decoder_reads_a_message_and_its_row_places_it(read: list[Any]) -> None:
    _, (row,), node, broken, fits = read

    assert (row["temperature"], row["origin"], node) == (27.4, "measured", "porch")
    assert broken == []
    assert fits == "shelly"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_of_lorong_on_a_newcomers_page_exists_with_its_options(page: Path) -> None:
    shell = "".join(_SHELL.findall(page.read_text("utf-8"))).replace("\\\n", " ")
    ours = [words for line in shell.splitlines() if (words := _words(line))]

    assert ours
    for words in ours:
        group = words.pop(0) if words[0] in GROUPS else ""
        assert words[0] in COMMANDS[group], words
        known = set(inspect.signature(command(group, words[0])).parameters) | {"from", "to", "site", "for"}
        named = {word.removeprefix("--").partition("=")[0] for word in words if word.startswith("--")}
        assert named <= known, (words, named - known)


def _words(line: str) -> list[str]:
    """What is said to lorong in a line of a shell, wherever the program is and whoever says it."""
    words = [word for word in shlex.split(line, comments=True) if word not in ("city$", "pi$", "sudo")]
    is_ours = bool(words) and (words[0] == "lorong" or words[0].endswith("/bin/lorong"))
    return words[1:] if is_ours and words[1:] != ["--version"] else []
