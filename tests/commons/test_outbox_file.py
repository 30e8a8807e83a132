"""The outbox's file: a power cut tears nothing, damage is set aside and saved from, and older files are kept."""

from __future__ import annotations

import random
import shutil
import sqlite3
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from commons.errors import OutboxError
from commons.outbox import Outbox
from commons.rows import Block
from commons.topics import Address
from commons.undated import Undated

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ME = Address("makassar", "sydney", "sydney-n1")
PAGE = 4096
SCHEMA_1 = """
CREATE TABLE pack (
    seq INTEGER PRIMARY KEY, topic TEXT NOT NULL, body BLOB NOT NULL, rows INTEGER NOT NULL, sample INTEGER NOT NULL);
CREATE TABLE bookmark (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE fact (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
INSERT INTO fact VALUES ('schema', 1), ('seq', 8), ('produced', 30), ('thinned', 2), ('bytes_written', 900);
INSERT INTO fact VALUES ('box', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ');
INSERT INTO bookmark VALUES ('sydney-n1/simulated', 'day 7');
INSERT INTO pack VALUES
    (6, 'lorong/v1/up/makassar/sydney/sydney-n1/soil',
     CAST('{"box":"ABCDEFGHIJKLMNOPQRSTUVWXYZ","seq":6,"thinned":2}' AS BLOB), 2, 0),
    (7, 'lorong/v1/up/makassar/sydney/sydney-n1/soil',
     CAST('{"box":"ABCDEFGHIJKLMNOPQRSTUVWXYZ","seq":7,"t":[1,2],"bed":"b1","moisture":[30.5,31.5]}' AS BLOB), 2, 1),
    (8, 'lorong/v1/up/makassar/saga/sydney-n1/soil',
     CAST('{"box":"ABCDEFGHIJKLMNOPQRSTUVWXYZ","seq":8,"t":[3],"bed":"b1","moisture":[32.5]}' AS BLOB), 1, 1);
"""


def put(outbox: Outbox, number: int, *, rows: int = 40) -> None:
    times = [(number * 1000 + row + 1) * 1_000_000 for row in range(rows)]
    values: list[float | None] = [number + row / 100 for row in range(rows)]
    outbox.put(ME, [Block("soil", times, {"bed": "b1"}, {"moisture": values})], bookmarks={"driver": str(number)})


def bodies(outbox: Outbox) -> list[dict[str, Any]]:
    return [orjson.loads(pack.body) for pack in outbox.packs(0, limit=100_000)]


def numbers(outbox: Outbox) -> list[int]:
    """Which puts are there, each looked at for wholeness."""
    found = []
    for body in bodies(outbox):
        assert len(body["t"]) == len(body["moisture"]) == 40
        found.append(int(body["moisture"][0]))
    return found


@pytest.fixture
def box(tmp_path: Path) -> Path:
    return tmp_path / "box"


@pytest.fixture
def cut(tmp_path: Path) -> Iterator[Any]:
    """Takes what is on the disk at a moment, does something to it, and opens it as after the power came back."""
    opened: list[Outbox] = []

    def after(files: dict[str, bytes]) -> Outbox:
        folder = tmp_path / f"cut-{len(opened)}"
        folder.mkdir()
        for name, content in files.items():
            (folder / name).write_bytes(content)
        opened.append(Outbox(folder / "box"))
        return opened[-1]

    yield after
    for outbox in opened:
        outbox.close()


def on_disk(box: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (box, box.with_name("box-wal")) if path.exists()}


def test_a_put_that_was_torn_is_not_there_and_every_put_before_it_is(box: Path, cut: Any) -> None:
    draw = random.Random(20261124)
    outbox = Outbox(box)
    for number in range(12):
        before = on_disk(box)
        put(outbox, number)
        after = on_disk(box)
        log, grown = after["box-wal"], len(before["box-wal"])
        for _ in range(4):
            kept = draw.randrange(grown, len(log))
            garbage = draw.randbytes(draw.choice([0, 100, PAGE, 2 * PAGE]))
            torn = cut({**before, "box-wal": log[:kept] + garbage})
            assert numbers(torn) == list(range(number))
            assert torn.bookmark("driver") == (str(number - 1) if number else None)
        assert numbers(cut(after)) == list(range(number + 1))
    outbox.close()


def test_a_last_page_of_the_log_that_is_garbage_costs_no_put_that_had_returned(box: Path, cut: Any) -> None:
    outbox = Outbox(box)
    for number in range(10):
        put(outbox, number)
    returned = on_disk(box)
    put(outbox, 10)
    last = on_disk(box)["box-wal"]
    outbox.close()

    for size in (1, 24, 512, PAGE):
        torn = cut({**returned, "box-wal": last[:-size] + b"\xa5" * size})
        assert numbers(torn) == list(range(10))
        put(torn, 10)
        assert numbers(torn) == list(range(11))


def test_pages_torn_on_their_way_from_the_log_into_the_file_are_taken_from_the_log_again(box: Path, cut: Any) -> None:
    draw = random.Random(7)
    outbox = Outbox(box)
    for number in range(60):
        put(outbox, number)
    before = on_disk(box)
    outbox.close()  # brings the log into the file
    after = box.read_bytes()

    for _ in range(20):
        at = draw.randrange(len(after))  # so far it was written; the page it stopped in is half old, half new
        torn = after[:at] + before["box"][at:]
        assert numbers(cut({"box": torn, "box-wal": before["box-wal"]})) == list(range(60))


def test_a_damaged_page_is_set_aside_and_all_that_can_be_read_goes_on_in_a_new_box(
    box: Path, caplog: pytest.LogCaptureFixture
) -> None:
    outbox = Outbox(box)
    for number in range(200):
        put(outbox, number)
    before = outbox.box
    outbox.close()
    content = bytearray(box.read_bytes())
    page = len(content) // PAGE // 2 * PAGE
    content[page : page + PAGE] = random.Random(1).randbytes(PAGE)
    box.write_bytes(content)

    again = Outbox(box)

    found = numbers(again)
    assert 100 < len(found) < 200
    assert found == sorted(set(found))
    assert found[-1] == 199
    assert [body["seq"] for body in bodies(again)] == list(range(1, len(found) + 1))
    assert (again.box != before, again.set_aside, again.newest) == (True, 1, len(found))
    assert (again.produced, again.bookmark("driver"), again.senders) == (200 * 40, "199", (ME,))
    assert box.with_name("box.corrupt").read_bytes() == bytes(content)
    assert "outbox is broken: set aside" in caplog.text
    again.close()
    assert Outbox(box).box == again.box


def test_a_flipped_bit_in_a_pack_is_noticed_and_its_rows_are_counted_as_thinned(box: Path) -> None:
    outbox = Outbox(box)
    for number in range(20):
        put(outbox, number)
    outbox.close()
    content = box.read_bytes()
    at = content.index(b'"moisture":[7.0,7.01') + 14
    box.write_bytes(content[:at] + b"9" + content[at + 1 :])  # 7.01 has become 9.01, which nothing else would show

    again = Outbox(box)
    with pytest.raises(OutboxError, match="pack 8 is not what was put"):
        again.packs(0, limit=100)

    found = bodies(again)
    assert [body.get("thinned", 0) for body in found] == [0] * 7 + [40] + [0] * 12
    assert (again.thinned, again.set_aside, again.produced) == (40, 1, 800)
    put(again, 20)


@pytest.mark.parametrize(
    "content", [b"a shopping list, not a database, long enough to be read as one" * 99, b"\0" * 9000]
)
def test_a_file_that_is_no_database_is_set_aside_untouched(box: Path, content: bytes) -> None:
    box.write_bytes(content)

    outbox = Outbox(box)
    put(outbox, 1)

    assert box.with_name("box.corrupt").read_bytes() == content
    assert (numbers(outbox), outbox.set_aside) == ([1], 1)


def test_a_second_damage_keeps_both_files(box: Path) -> None:
    for content in (b"first damage" * 999, b"second damage" * 999):
        box.write_bytes(content)
        Outbox(box).close()

    aside = sorted(path.name for path in box.parent.iterdir() if ".corrupt" in path.name)
    assert aside == ["box.corrupt", "box.corrupt-2"]


def test_a_kill_while_a_damaged_file_is_set_aside_loses_nothing_of_what_was_saved(box: Path) -> None:
    outbox = Outbox(box.with_name("whole"))
    put(outbox, 1)
    outbox.close()
    shutil.copy(box.with_name("whole"), box.with_name("box.salvaged"))
    box.write_bytes(b"damage" * 999)
    box.with_name("box.salvaging").write_bytes(b"what an earlier attempt left")

    again = Outbox(box)

    assert numbers(again) == [1]
    assert box.with_name("box.corrupt").read_bytes() == b"damage" * 999


def test_damage_met_while_at_work_is_set_aside_and_the_next_put_works(box: Path) -> None:
    outbox = Outbox(box)
    for number in range(200):
        put(outbox, number)
    outbox._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    outbox._db.execute("PRAGMA cache_size = 0")
    content = bytearray(box.read_bytes())
    for page in range(1, len(content) // PAGE):
        content[page * PAGE : page * PAGE + PAGE] = b"\xff" * PAGE
    with box.open("r+b") as file:
        file.write(content)

    with pytest.raises(OutboxError, match="cannot write the outbox 'box'"):
        put(outbox, 200)
    put(outbox, 201)

    assert numbers(outbox)[-1] == 201
    assert outbox.set_aside == 1


def test_a_file_of_the_version_before_is_opened_and_keeps_every_row(box: Path) -> None:
    db = sqlite3.connect(box)
    db.executescript(SCHEMA_1)
    db.close()

    outbox = Outbox(box)

    assert (outbox.box, outbox.newest, outbox.produced, outbox.thinned) == ("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 8, 30, 2)
    assert [body["seq"] for body in bodies(outbox)] == [6, 7, 8]
    assert bodies(outbox)[1]["moisture"] == [30.5, 31.5]
    assert (outbox.depth, outbox.depth_rows, outbox.bookmark("sydney-n1/simulated")) == (3, 5, "day 7")
    assert {address.lane for address in outbox.senders} == {"sydney", "saga"}
    outbox.keep_undated([Undated(ME, "boot", 1, 1.0, Block("soil", [1], {"bed": "b1"}, {"moisture": [1.0]}))])
    put(outbox, 9)
    outbox.close()
    assert Outbox(box).newest == 9


def test_a_file_of_a_later_version_is_refused_in_one_sentence_and_left_as_it_is(box: Path) -> None:
    Outbox(box).close()
    with sqlite3.connect(box) as db:
        db.execute("UPDATE fact SET value = 3 WHERE name = 'schema'")
    db.close()
    before = box.read_bytes()

    with pytest.raises(
        OutboxError, match=r"the outbox 'box' is of version 3, made by a later Lorong .* install that one"
    ):
        Outbox(box)

    assert box.read_bytes() == before
    assert not box.with_name("box.corrupt").exists()
