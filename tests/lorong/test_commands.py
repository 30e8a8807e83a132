"""The command line: every command explains itself, and wrong use is one line that names the thing and the remedy."""

from __future__ import annotations

import inspect
import os
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from lorong.commands import COMMANDS, command
from tests.lorong.running import LORONG, ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from store.contract import Store

EVERY = [(group, name) for group, members in COMMANDS.items() for name in members]


@pytest.mark.parametrize(("group", "name"), EVERY)
def test_every_command_explains_itself_and_each_of_its_options(lorong: Any, group: str, name: str) -> None:
    said = lorong(*filter(None, (group, name)), "--help")

    words = " ".join(said.out.replace("│", " ").split())
    documented = inspect.getdoc(command(group, name)) or ""
    assert said.code == 0
    assert " ".join(documented.partition("\n\n")[0].split())[:40].replace("`", "") in words
    for option in inspect.signature(command(group, name)).parameters:
        assert f"\n{option}\n    " in documented, option


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["quer"], 'Unknown command "quer". Did you mean "query"?'),
        (["query"], "requires an argument"),
        (["query", "soil", "--windo", "1d"], "Unknown option: --windo. Did you mean --window?"),
        (["query", "soil", "--window", "2d"], 'Choose from: "1h", "1d", "1w".'),
        (["query", "sole"], "measurement 'sole' is unknown; did you mean soil"),
        (["query", "soil", "lanes=saga"], "tag of soil 'lanes' is unknown; did you mean lane?"),
        (["query", "soil", "saga"], "condition 'saga' is not tag=value; write it like lane=sydney"),
        (["query", "soil", "--fields", "wetness"], "field of soil 'wetness' is unknown; known: "),
        (["query", "soil", "--start", "yesterday"], "write 2026-11-24 or -7d"),
        (["query", "soil", "--timezone", "Asia/Makasar"], "did you mean Asia/Makassar"),
        (["query", "soil", "--settings", "none.toml"], "settings file 'none.toml' cannot be read"),
        (["run", "--port", "70000"], 'Invalid value "70000" for --port.'),
        (["run", "--for", "0"], 'Invalid value "0.0" for --for.'),
        (["run", "--log", "LOUD"], "log level 'LOUD' is unknown; known: DEBUG, ERROR, INFO, WARNING"),
        (["run", "--city", "makasar"], "site 'makasar' is unknown; did you mean makassar?"),
        (["collect", "--city", "makasar"], "site 'makasar' is unknown; did you mean makassar?"),
        (["import", "table.csv", "harves"], "measurement 'harves' is unknown; did you mean harvest"),
        (["import", "table.csv", "harvest"], "table 'table.csv' cannot be read (No such file or directory)"),
        (["node", "run", "sydney"], "node 'sydney' is unknown; did you mean sydney-n1"),
        (["rejects", "show", "2026-11-24:1"], "reject '2026-11-24:1' is unknown; known: none"),
        (
            ["grafana", "push", "http://127.0.0.1:9", "--token-file", "a", "--store-token-file", "b"],
            "token file 'a' cannot be read",
        ),
    ],
)
def test_wrong_use_is_one_line_with_the_remedy_and_exit_code_2(lorong: Any, words: list[str], complaint: str) -> None:
    said = lorong(*words)

    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("lorong: ")
    assert complaint in said.err
    assert said.err.count("\n") == 1


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[store]\nurll = 'x'", "setting in [store] 'urll' is unknown; did you mean url?"),
        ("[stor]\nurl = 'x'", "settings section 'stor' is unknown; did you mean store?"),
        ("[store]\nurl = 'postgres://x'", "store.url 'postgres://x' names no store; write duckdb:///file.duckdb"),
        ("[store]\nmemory_mb = 'much'", "setting store.memory_mb = 'much' is no int; mend it"),
        ("store", "is not TOML"),
    ],
)
def test_a_bad_setting_is_named_with_the_remedy(lorong: Any, tmp_path: Path, text: str, complaint: str) -> None:
    (tmp_path / "lorong.toml").write_text(text, "utf-8")

    said = lorong("store", "init", "--settings", "lorong.toml")

    assert said.code == 2
    assert complaint in said.err
    assert said.err.count("\n") == 1


def test_a_complaint_of_the_whole_process_is_one_line_too(store: Store, tmp_path: Path) -> None:
    """The engine's own last words at exit would follow it."""
    store.close()

    said = subprocess.run(
        [*LORONG, "query", "sole"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (said.returncode, said.stderr.count("\n")) == (2, 1), said.stderr


def test_a_reader_that_has_enough_hears_no_complaint() -> None:
    with subprocess.Popen(
        [*LORONG, "node", "list"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        complaint = process.stderr.read()

    assert (process.returncode, complaint) == (0, "")


def test_store_init_makes_the_file_once_and_names_its_id(lorong: Any, tmp_path: Path) -> None:
    first, again = lorong("store", "init"), lorong("store", "init")

    assert (tmp_path / "data" / "lorong.duckdb").is_file()
    assert (first.code, first.out) == (again.code, again.out)
    assert first.out.startswith("store ")


def test_doctor_names_what_is_wrong_and_what_to_do(
    lorong: Any, store: Store, nats: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LORONG_BROKER__PORT", "9")
    without_broker = lorong("doctor")
    monkeypatch.setenv("LORONG_BROKER__PORT", str(nats.port))
    healthy = lorong("doctor")

    assert without_broker.code == 1
    assert "wrong  broker: no broker answers at 127.0.0.1:9" in without_broker.out
    assert without_broker.out.count("wrong") == 1
    assert (healthy.code, healthy.out.count("good"), healthy.out.count("wrong")) == (0, 7, 0)
    assert f"store: {store.id} answers" in healthy.out


def test_dashboards_are_built_for_both_languages(lorong: Any, tmp_path: Path) -> None:
    said = lorong("grafana", "build", "--folder", tmp_path / "json")

    files = sorted(path.relative_to(tmp_path).as_posix() for path in (tmp_path / "json").rglob("*.json"))
    assert said.code == 0
    assert {"json/en/garden.json", "json/id/garden.json"} <= set(files)
    assert len(said.out.splitlines()) == len(files)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--version"], 0, "0.1.0"),
        (["node", "--help"], 0, "setup"),
        (
            ["analyse", "--once"],
            1,
            "lorong: this command needs pandas, which is not installed here; install lorong[all]",
        ),
    ],
)
def test_a_board_without_the_libraries_of_the_other_roles_has_its_own_commands(
    words: list[str], code: int, said: str
) -> None:
    program = (
        "import sys; sys.modules.update(dict.fromkeys(['numpy', 'pandas', 'pyarrow', 'duckdb', 'fastapi', 'jinja2']));"
        f"from lorong.__main__ import main; main({words!r})"
    )

    ran = subprocess.run([LORONG[0], "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)

    assert ran.returncode == code
    assert said in ran.stdout + ran.stderr
