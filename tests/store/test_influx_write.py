"""Which lines travel together, and how refused ones are found."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from commons.rows import Block
from store.influx_client import Refusal
from store.influx_write import REQUEST_LINES, Piece, Request, deliver, requests


def _block(measurement: str, rows: int = 1) -> Block:
    field = {"harvest": "kg", "sale": "kg", "air": "light", "soil": "ec"}.get(measurement, "state")
    values = ["{}"] * rows if field == "state" else [1.0] * rows
    return Block(measurement, list(range(rows)), {}, {field: values})


def _request(rows: int) -> Request:
    """Rows 0 to `rows` of one block, the row's number its time."""
    return Request("raw", [Piece(0, range(rows), _block("air", rows))])


def _numbers(body: bytes) -> list[int]:
    return [int(line.rpartition(b" ")[2]) for line in body.splitlines()]


def _places(request: Request) -> list[tuple[int, int]]:
    return [(piece.index, row) for piece in request.pieces for row in piece.rows]


def _made(*blocks: Block) -> list[Request]:
    return [request for run in requests(blocks, raw="raw", keep="keep") for request in run]


def test_a_later_block_is_never_in_the_same_request_unless_both_are_samples() -> None:
    made = _made(*map(_block, ["air", "soil", "air", "harvest", "sale", "sale", "ledger", "soil"]))

    assert [(r.bucket, [piece.index for piece in r.pieces]) for r in made] == [
        ("raw", [0, 1, 2]),
        ("keep", [3]),
        ("keep", [4, 5]),
        ("keep", [6]),
        ("raw", [7]),
    ]


def test_a_request_has_a_bounded_number_of_lines() -> None:
    made = _made(_block("air", REQUEST_LINES - 1), _block("soil", REQUEST_LINES + 2))

    assert max(len(_places(request)) for request in made) <= REQUEST_LINES
    assert [place for request in made for place in _places(request)] == [
        *((0, row) for row in range(REQUEST_LINES - 1)),
        *((1, row) for row in range(REQUEST_LINES + 2)),
    ]


@given(st.sets(st.integers(0, 59)), st.booleans())
def test_exactly_the_refused_lines_are_named_and_all_others_are_written(bad: set[int], nothing_of_it: bool) -> None:  # noqa: FBT001  # hypothesis gives it
    written: list[int] = []

    def send(bucket: str, body: bytes) -> Refusal | None:
        numbers = _numbers(body)
        wrong = [number for number in numbers if number in bad]
        if not (wrong and nothing_of_it):
            written.extend(number for number in numbers if number not in bad)
        return Refusal(f"line {wrong[0]}", None if nothing_of_it else len(wrong)) if wrong else None

    refused = deliver(_request(60), send)

    assert [place for place, _ in refused] == [(0, number) for number in sorted(bad)]
    assert set(written) == set(range(60)) - bad
    if nothing_of_it:
        assert [why for _, why in refused] == [f"line {number}" for number in sorted(bad)]
    assert {why for _, why in refused} <= {f"line {number}" for number in bad}


def test_a_few_bad_lines_cost_a_few_requests() -> None:
    sizes: list[int] = []

    def send(bucket: str, body: bytes) -> Refusal | None:
        sizes.append(len(_numbers(body)))
        return Refusal("bad", None) if 4321 in _numbers(body) else None

    deliver(_request(5000), send)

    assert len(sizes) < 30


def test_when_all_lines_are_dropped_they_are_not_sent_again() -> None:
    sizes: list[int] = []

    def send(bucket: str, body: bytes) -> Refusal | None:
        sizes.append(len(_numbers(body)))
        return Refusal("points beyond retention policy dropped=100", 100)

    refused = deliver(_request(100), send)

    assert sizes == [100]
    assert len(refused) == 100
