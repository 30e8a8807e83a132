"""`lorong query`, `import`, `rejects` and `node`: rows, seen and brought in from the command line."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from commons.broker import BrokerSettings
from commons.clock import NANOSECONDS_PER_MILLISECOND, SystemClock
from commons.rows import Block
from commons.sites import Site
from commons.topics import Address
from ingest.ledger import Ledger
from ingest.rejects import Reject, Rejects
from lorong.sending import publish_all
from store.contract import Query
from tests.flow.collecting import collecting
from tests.flow.small_site import small_site
from tests.flow.waiting import wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from store.contract import Store

NOW_MS = SystemClock().wall_ms() // 1000 * 1000
SAGA = {"city": "makassar", "lane": "saga", "node": "saga-n1", "bed": "b1", "origin": "measured"}
HARVEST = """time,lane,bed,commodity,kg,note
2026-11-20T07:30+08:00,saga,b1,kangkung,2.5,pagi
2026-11-21T07:30+08:00,saga,b2,bayam,1.25,
2026-11-21T07:30+08:00,sydney,b1,kangkung,0.75,
"""


def soil(hours_ago: list[float], **tags: str) -> Block:
    """Rows whose moisture is how many hours ago they were taken."""
    times = [round(NOW_MS - hours * 3_600_000) * NANOSECONDS_PER_MILLISECOND for hours in hours_ago]
    return Block("soil", times, {**SAGA, **tags}, {"moisture": list(hours_ago)})


def as_csv(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return small_site(tmp_path / "site")


def test_a_query_shows_the_latest_rows_while_another_owns_the_file_and_when_nobody_does(
    lorong: Any, store: Store
) -> None:
    store.write([soil([3.0, 2.0, 1.0, 30.0]), soil([2.0], lane="sydney", node="sydney-n1")])

    owned = lorong("query", "soil", "lane=saga", "--start", "-6h", "--limit", "2", "--form", "csv")
    store.close()
    alone = lorong("query", "soil", "lane=saga", "--start", "-6h", "--limit", "2", "--form", "csv")

    assert owned == alone
    assert owned.code == 0
    assert sorted(float(row["moisture"]) for row in as_csv(owned.out)) == [1.0, 2.0]


def test_a_query_puts_windows_into_one_row_and_prints_a_table_for_people(lorong: Any, store: Store) -> None:
    store.write([soil([1.0, 2.0]), soil([1.0, 3.0], bed="b2")])

    said = lorong("query", "soil", "--start", "-1w", "--window", "1w", "--by", "bed", "--fields", "moisture")

    lines = [line.split() for line in said.out.splitlines()]
    assert said.code == 0
    assert lines[0][-2:] == ["bed", "moisture"]
    assert {bed for *_, bed, _ in lines[1:]} == {"b1", "b2"}


def test_a_query_that_finds_nothing_says_what_to_try(lorong: Any, store: Store) -> None:
    said = lorong("query", "soil")

    assert "no rows of soil since -1d; ask for an earlier --start" in said.out


@pytest.mark.parametrize(
    "words",
    [
        ("query", "soil"),
        ("explain", "soil_state", "--period", "2026-11-24", "--place", "saga"),
        ("store", "backup", "copy"),
    ],
    ids=lambda words: words[0],
)
def test_who_only_looks_at_a_store_that_is_not_there_is_told_so_and_makes_none(
    lorong: Any, tmp_path: Path, words: tuple[str, ...]
) -> None:
    said = lorong(*words)

    assert said.code == 2
    assert "there is no store at 'data/lorong.duckdb'; name another, such as LORONG_STORE__URL=duckdb:///" in said.err
    assert len(said.err.splitlines()) == 1
    assert [*tmp_path.iterdir()] == []


def test_an_imported_table_is_in_the_store_once_however_often_it_is_imported(
    lorong: Any, store: Store, site: Site, nats: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LORONG_BROKER__PORT", str(nats.port))
    (tmp_path / "panen.csv").write_text(HARVEST, "utf-8")

    with collecting(store, broker(nats), site, tmp_path / "collector", clock=SystemClock()):
        first = lorong("import", "panen.csv", "harvest", "--city", site.folder)
        again = lorong("import", "panen.csv", "harvest", "--city", site.folder)

    rows = store.read(Query("harvest")).to_pylist()
    assert (first.code, first.out) == (again.code, again.out) == (0, "3 of 3 rows are in the store\n")
    assert sorted((row["lane"], row["bed"], row["commodity"], row["kg"], row["note"] or "") for row in rows) == [
        ("saga", "b1", "kangkung", 2.5, "pagi"),
        ("saga", "b2", "bayam", 1.25, ""),
        ("sydney", "b1", "kangkung", 0.75, ""),
    ]
    assert {row["node"] for row in rows} == {"import"}


def test_an_import_without_a_collector_keeps_the_rows_for_the_next_one(
    lorong: Any, store: Store, site: Site, nats: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LORONG_BROKER__PORT", "9")
    (tmp_path / "panen.csv").write_text(HARVEST, "utf-8")
    words = ("import", "panen.csv", "harvest", "--city", site.folder)

    waiting = lorong(*words, "--wait", "0.1")
    monkeypatch.setenv("LORONG_BROKER__PORT", str(nats.port))
    (tmp_path / "panen.csv").write_text("time,commodity,kg\n2026-11-22T07:30+08:00,bayam,1\n", "utf-8")
    with collecting(store, broker(nats), site, tmp_path / "collector", clock=SystemClock()):
        lorong(*words)

    assert (waiting.code, waiting.out) == (1, "0 of 3 rows are in the store; 3 wait in the outbox import\n")
    assert sorted(store.read(Query("harvest"))["kg"].to_pylist()) == [0.75, 1.0, 1.25, 2.5]


@pytest.mark.parametrize(
    ("table", "complaint"),
    [
        ("time,lane,kg\n2026-11-20,saga,1\n", "time '2026-11-20' has no zone; write 2026-11-24T07:00+08:00"),
        ("time,lane,kg\nkemarin,saga,1\n", "time 'kemarin' is not ISO 8601"),
        ("time,lane,kg\n2026-11-20T07:00+08:00,saga,satu\n", "kg 'satu' is no number; write it like 12.5"),
        ("time,lane,weight\n2026-11-20T07:00+08:00,saga,1\n", "field of harvest 'weight' is unknown"),
        ("time,lane,kg\n2026-11-20T07:00+08:00,saga,nan\n", "kg 'nan' is no number"),
        ("time,lane,kg\n2026-11-20T07:00+08:00,sagah,1\n", "lane 'sagah' is unknown; did you mean saga?"),
        ("time,kg,bed\n2026-11-20T07:00+08:00,1\n", "'2026-11-20T07:00+08:00,1' has 2 cells for 3 columns"),
        ("time,bed,commodity,kg\n2026-11-20T07:00+08:00,b1,bayam,\n", "harvest reading has no field"),
        ("time,bed,kg\n2026-11-20T07:00+08:00,b1,2\n", "harvest reading lacks the tag commodity"),
        ("time,kg\n", "table 'panen.csv' has no rows; give it"),
        ("", "table 'panen.csv' has no rows; give it"),
    ],
)
def test_a_table_that_cannot_be_imported_is_named_and_nothing_of_it_is_sent(
    lorong: Any, site: Site, tmp_path: Path, table: str, complaint: str
) -> None:
    (tmp_path / "panen.csv").write_text(table, "utf-8")

    said = lorong("import", "panen.csv", "harvest", "--city", site.folder, "--wait", "0")

    assert said.code == 2
    assert complaint in said.err
    assert said.err.count("\n") == 1
    assert not list(tmp_path.rglob("import.sqlite"))


def test_rejects_are_listed_and_shown_and_a_mended_one_is_stored_when_it_is_replayed(
    lorong: Any, store: Store, site: Site, nats: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LORONG_BROKER__PORT", str(nats.port))
    topic = Address("makassar", "saga", "saga-n1").up("soil")
    bad = orjson.dumps({"box": "B" * 26, "seq": 1, "first": 1, "t": [NOW_MS], "bed": "b1", "moisture": ["31,5"]})
    data = ("--data", tmp_path / "collector")
    Rejects(tmp_path / "collector" / "rejects").add([Reject(NOW_MS, "evil\ntopic", b"\xff", "no JSON")])

    with collecting(
        store, BrokerSettings(port=nats.port), site, tmp_path / "collector", clock=SystemClock()
    ) as collector:
        publish(nats, topic, bad)
        wait_until(lambda: collector.vitals.total.rejected == 1, "the pack is rejected")
        listed = lorong("rejects", "list", *data)
        name = listed.out.splitlines()[-1].split()[0]
        shown = lorong("rejects", "show", name, *data)
        mend(tmp_path / "collector" / "rejects", '\\"31,5\\"', "31.5")
        replayed = lorong("rejects", "replay", name, *data)
        wait_until(lambda: store.read(Query("soil")).num_rows, "the mended pack is stored")

    assert len(listed.out.splitlines()) == 2
    assert "moisture '31,5' is a str; send a JSON number or null" in listed.out
    assert orjson.loads(shown.out)["payload"] == bad.decode()
    assert (replayed.code, replayed.out) == (0, "1 rejects sent again\n")
    ((_, account),) = Ledger.load(store).accounts()
    assert (account.stored, account.rejected, account.clones) == (0, 1, 0)
    assert store.read(Query("soil")).to_pylist()[0]["moisture"] == 31.5


def test_a_reject_behind_a_line_that_a_power_cut_tore_is_listed_all_the_same(lorong: Any, tmp_path: Path) -> None:
    rejects = Rejects(tmp_path / "rejects")
    rejects.add([Reject(NOW_MS, "first", b"{}", "because")])
    (torn,) = rejects.folder.glob("*.jsonl")
    with torn.open("a", encoding="utf-8") as file:
        file.write('{"at": 17640')
    rejects.add([Reject(NOW_MS, "second", b"{}", "because")])

    said = lorong("rejects", "list", "--data", tmp_path)

    assert [line.split()[4] for line in said.out.splitlines()] == ["'first'", "'second'"]


def test_a_replay_without_a_broker_says_so(lorong: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LORONG_BROKER__PORT", "9")
    Rejects(tmp_path / "rejects").add([Reject(NOW_MS, "topic", b"{}", "because")])

    said = lorong("rejects", "replay", "--data", tmp_path)

    assert (said.code, said.out) == (1, "")
    assert "no broker answers at 127.0.0.1:9" in said.err


def test_an_added_node_is_listed_and_its_rows_will_say_where_they_come_from(lorong: Any, site: Site) -> None:
    (site.folder / "nodes.csv").write_bytes((site.folder / "nodes.csv").read_bytes().rstrip(b"\n"))

    added = lorong("node", "add", "sydney-n2", "sydney", "simulated", "seed=7", "--city", site.folder)
    measured = lorong("node", "add", "sydney-n3", "sydney", "linux_sysfs", "--city", site.folder)
    listed = lorong("node", "list", "--city", site.folder)

    assert (added.code, measured.code, listed.code) == (0, 0, 0), (added.err, measured.err)
    assert [line.split() for line in listed.out.splitlines()[-2:]] == [
        ["sydney-n2", "sydney", "simulated", "simulated", "seed=7"],
        ["sydney-n3", "sydney", "linux_sysfs", "measured"],
    ]
    assert set(Site(site.folder).nodes) == {*site.nodes, "sydney-n2", "sydney-n3"}


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["saga-n1", "saga", "simulated"], "node 'saga-n1' is there already, in lane saga; choose another name"),
        (["n2", "sagah", "simulated"], "lane 'sagah' is unknown; did you mean saga?"),
        (["n2", "saga", "simulator"], "driver 'simulator' is unknown; did you mean simulated?"),
        (["N 2", "saga", "simulated"], "node 'N 2' cannot stand in a topic"),
        (["n2", "saga", "simulated", "seed"], "option 'seed' is not key=value"),
        (["n2", "saga", "simulated", "sed=1"], "'sed' is unknown; did you mean seed?"),
        (["n2", "saga", "recording"], "driver recording needs the option 'file'; add file=..."),
    ],
)
def test_a_node_that_could_not_run_is_not_added(lorong: Any, site: Site, words: list[str], complaint: str) -> None:
    before = (site.folder / "nodes.csv").read_bytes()

    said = lorong("node", "add", *words, "--city", site.folder)

    assert said.code == 2
    assert complaint in said.err
    assert (site.folder / "nodes.csv").read_bytes() == before


def broker(server: Any) -> BrokerSettings:
    return BrokerSettings(port=server.port)


def publish(server: Any, topic: str, payload: bytes) -> None:
    assert publish_all(broker(server), [(topic, payload)], clock=SystemClock()) == 1


def mend(folder: Path, wrong: str, right: str) -> None:
    """Correct a reject by hand."""
    for path in folder.glob("*.jsonl"):
        assert wrong in path.read_text("utf-8")
        path.write_text(path.read_text("utf-8").replace(wrong, right), "utf-8")
