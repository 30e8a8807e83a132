"""Scenario 8: one bad row in 5,000. It goes to the rejects with its reason, and all others are stored."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import orjson

from commons.broker import BrokerSettings
from commons.clock import MILLISECONDS_PER_DAY, NANOSECONDS_PER_MILLISECOND, SystemClock
from commons.rows import Block
from commons.sites import NodeEntry
from commons.topics import Address
from ingest.rejects import Rejects
from lorong.sending import publish_all
from store import open_store
from tests.faults.places import STORES, on
from tests.flow.small_site import sent

if TYPE_CHECKING:
    import pytest

    from tests.faults.rig import Rig
    from tests.flow.small_site import Row

ROWS: Final = 5_000
CLOCK: Final = SystemClock()
NOBODY: Final = Address("makassar", "saga", "nobody-knows-me")  # not in the site's nodes
BROKEN: Final = {
    b'{"t":%d,"bed":"b1","moisture":NaN}': "not JSON: unexpected character",
    b'{"t":%d,"bed":"b1","moisture":-1e400}': "not JSON: number is infinity",
    b'{"t":%d,"bed":"b1","moistur":1.0}': "'moistur' is unknown",
    b'{"t":%d,"bed":"b1","moisture":"wet"}': "'wet' is a str",
    # Longer than InfluxDB's keys may be, which it answers with 400: refused before it gets there.
    b'{"t":%d,"bed":"' + b"b" * 70_000 + b'","moisture":30}': "is too long",
}


def _pack(measurement: str, field: str, bad: int, *, t: int) -> tuple[bytes, Block]:
    """5,000 rows of one message, one of which has another time; and the same as a block."""
    now_ms = CLOCK.wall_ms() - ROWS
    times = [now_ms + row for row in range(ROWS)]
    beds = [f"{field}-{row % 9}" for row in range(ROWS)]  # two packs made in one millisecond share no row
    times[bad] = t
    values = [round(20 + row % 97 * 0.1, 1) for row in range(ROWS)]
    tags: dict[str, Any] = {"bed": beds} if measurement == "soil" else {}
    block = Block(
        measurement,
        [time * NANOSECONDS_PER_MILLISECOND for time in times],
        {**tags, "origin": "measured"},
        {field: list(values)},
    )
    return orjson.dumps({"t": times, **tags, field: values}), block


def _conflict(rig: Rig, request: pytest.FixtureRequest, at_ms: int) -> None:
    """Make buckets that keep samples for 30 days, and let a stranger write a text where a number belongs."""
    with closing(open_store(replace(rig.store, raw_retention_days=30), clock=CLOCK)) as store:
        assert store.id
    line = f'air,node=stranger temperature="warm" {at_ms * NANOSECONDS_PER_MILLISECOND}'
    influx = request.getfixturevalue("influx")
    influx.call("POST", f"/api/v2/write?org={influx.org}&bucket={rig.store.bucket_raw}&precision=ns", line.encode())


@on(*STORES, quick=2)
def test_one_bad_row_in_five_thousand_goes_to_the_rejects_and_all_others_to_the_store(
    rig: Rig, request: pytest.FixtureRequest
) -> None:
    two_days_ago = CLOCK.wall_ms() - 2 * MILLISECONDS_PER_DAY
    is_influx = rig.store.url.startswith("influxdb")
    if is_influx:
        _conflict(rig, request, two_days_ago)
    packs = [  # each with the row that InfluxDB refuses, and its words
        ("air", *_pack("air", "temperature", 1234, t=two_days_ago), 1234, "field type conflict"),  # 422
        (
            "soil",
            *_pack("soil", "ec", 4321, t=CLOCK.wall_ms() - 400 * MILLISECONDS_PER_DAY),
            4321,
            "Lower Bound",
        ),  # 422
    ]
    messages = [(NOBODY.up(name), payload) for name, payload, *_ in packs]
    messages += [(NOBODY.up("soil"), payload % CLOCK.wall_ms()) for payload in BROKEN]

    rig.collector()
    rig.node(period_ms=20, count=100)
    assert publish_all(BrokerSettings(port=rig.broker.port), messages, clock=CLOCK) == len(messages)
    rig.mended()
    good = sum((_good(block, bad if is_influx else None) for *_, block, bad, _ in packs), Counter())
    found = rig.recover("one bad row in 5,000", besides=good)

    rejects = {reject.payload: reject for _, reject in Rejects(rig.folder / "collector" / "rejects").all()}.values()
    wanted = [*BROKEN.values(), *([words for *_, words in packs] if is_influx else [])]
    assert found.faults == [f"{len(wanted)} rows are among the rejects, not 0"]
    assert all(reject.rows == 1 for reject in rejects)
    reasons = [reject.reason for reject in rejects]
    assert [sum(words in reason for reason in reasons) for words in wanted] == [1] * len(wanted), reasons


def _good(block: Block, bad: int | None) -> Counter[Row]:
    """The rows that the store takes."""
    entry = NodeEntry(NOBODY, "device", "measured", {})
    return Counter(sent(block.take([row for row in range(len(block)) if row != bad]), entry))
