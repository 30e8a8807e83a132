"""The outbox: nothing is lost across a crash, nothing leaves before it is stored, a full one thins samples only."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import orjson
import pytest

from commons.errors import OutboxError
from commons.outbox import Outbox
from commons.rows import Block, Column
from commons.topics import Address

ME = Address("makassar", "sydney", "sydney-n1")
MS = 1_000_000


def soil(rows: int, *, start: int = 0) -> Block:
    return Block(
        "soil",
        [(1_764_000_000_000 + start + i) * MS for i in range(rows)],
        {"bed": "b1", "origin": "simulated"},
        {"moisture": [float(i % 50) for i in range(rows)]},
    )


def harvest() -> Block:
    tags: dict[str, str | list[str]] = {"bed": "b1", "commodity": "kangkung", "origin": "typed"}
    return Block("harvest", [1_764_000_000_000 * MS], tags, {"kg": [1.5], "entry": ["e1"]})


def bodies(outbox: Outbox) -> list[dict[str, Any]]:
    return [orjson.loads(pack.body) for pack in outbox.packs(0, limit=10_000)]


def test_packs_are_numbered_from_one_and_keep_their_number_over_a_restart(tmp_path: Path) -> None:
    first = Outbox(tmp_path / "box")
    first.put(ME, [soil(3), soil(2)])
    first.stored(2)
    first.close()

    again = Outbox(tmp_path / "box")
    again.put(ME, [soil(1)])

    assert again.box == first.box
    assert [pack.seq for pack in again.packs(0, limit=10)] == [3]
    assert (again.produced, again.depth, again.depth_rows, again.first()) == (6, 1, 1, 3)


def test_rows_and_bookmark_are_kept_together_or_not_at_all(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "box")
    outbox.put(ME, [soil(1)], bookmark=("simulated", "day 1"))
    with sqlite3.connect(tmp_path / "box") as saboteur:
        saboteur.execute("CREATE TRIGGER no BEFORE INSERT ON bookmark BEGIN SELECT raise(ABORT, 'no'); END")

    with pytest.raises(OutboxError, match="cannot write the outbox 'box'"):
        outbox.put(ME, [soil(5)], bookmark=("simulated", "day 2"))

    assert (outbox.bookmark("simulated"), outbox.depth, outbox.produced) == ("day 1", 1, 1)


def test_a_long_block_becomes_packs_below_the_payload_limit(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "box")
    note = "é" * 2000
    fields: dict[str, Column] = {"kg": [1.0] * 900, "note": [note] * 900}
    block = Block("harvest", [t * MS for t in range(1, 901)], {"bed": "b1", "commodity": "bayam"}, fields)

    outbox.put(ME, [soil(1500), block])

    packs = outbox.packs(0, limit=10_000)
    assert max(len(pack.body) for pack in packs) < 256 * 1024
    assert sum(len(orjson.loads(pack.body)["t"]) for pack in packs) == 2400
    assert [pack.seq for pack in packs] == list(range(1, len(packs) + 1))


def test_a_full_outbox_thins_the_oldest_samples_never_events_and_counts_them(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "box", limit_bytes=20_000)
    outbox.put(ME, [harvest()])

    for i in range(40):
        outbox.put(ME, [soil(50, start=i * 50)])

    kept = bodies(outbox)
    assert "kg" in kept[0]
    notices = [body for body in kept if "thinned" in body]
    assert outbox.thinned == sum(body["thinned"] for body in notices) > 0
    rows = sum(len(body.get("t", [])) for body in kept)
    assert rows + outbox.thinned == outbox.produced == 2001
    assert [body["seq"] for body in kept] == list(range(1, 42))
    assert "thinned" in kept[1]
    assert "thinned" not in kept[-1]


def test_what_was_put_survives_a_kill(tmp_path: Path) -> None:
    script = f"""
        import sys
        from pathlib import Path
        sys.path.insert(0, {str(Path(__file__).parents[2])!r})
        from commons.outbox import Outbox
        from commons.rows import Block
        from commons.topics import Address
        outbox = Outbox(Path({str(tmp_path / "box")!r}))
        for i in range(1, 100000):
            block = Block("soil", [i * 1000000], {{"bed": "b1"}}, {{"moisture": [1.0]}})
            outbox.put(Address("makassar", "sydney", "n1"), [block], bookmark=("driver", str(i)))
            print(i, flush=True)
    """
    with subprocess.Popen([sys.executable, "-c", textwrap.dedent(script)], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        said = [child.stdout.readline() for _ in range(30)]
        os.kill(child.pid, signal.SIGKILL)

    outbox = Outbox(tmp_path / "box")
    assert outbox.produced >= int(said[-1])
    assert outbox.depth_rows == outbox.produced == int(outbox.bookmark("driver") or 0)


def test_a_file_that_is_no_outbox_is_named(tmp_path: Path) -> None:
    (tmp_path / "box").write_text("this is a shopping list, not a database, and long enough to be read as one" * 20)

    with pytest.raises(OutboxError, match="cannot open the outbox 'box'"):
        Outbox(tmp_path / "box")
