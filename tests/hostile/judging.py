"""Hostile messages through the collector's reading, alone and many together, compared with a second reading."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from ingest import rejects
from ingest.batch import Batch
from ingest.ledger import Ledger
from ingest.packets import Arrival
from tests.hostile import second_reading
from tests.hostile.cases import BOX, NOW_MS
from tests.hostile.refusal import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from commons.rows import Block
    from tests.hostile.cases import Case
    from tests.hostile.second_reading import Said

_BOXED: Final = b'"box":"%s"'
_MOST_REASON: Final = 600  # characters: a reject's reason is one sentence


def judge(case: Case) -> Said | None:
    """Give a message to a batch of its own; what it says, or None where it was rejected.

    Raises:
        AssertionError: The batch and the second reading differ, or its books do not add up.
        Exception: Whatever the collector must never raise.
    """
    ledger, batch = _taken([case])
    try:
        said = second_reading.read(case.topic, case.payload, now_ms=NOW_MS, retained=case.retained)
    except RefusedError:
        _rejected(batch, case)
        return None
    assert not batch.rejects, f"refused though it says {said}: {batch.rejects[0].reason}"
    of, counts = len(said.rows), batch.counts
    assert (counts.received, counts.stored, counts.thinned) == (of + said.thinned, of, said.thinned)
    assert differences(said.rows, rows(batch.blocks)) == []
    _accounted(ledger, said)
    return said


def judge_together(judged: Sequence[tuple[Case, Said | None]]) -> None:
    """Give messages that were judged one by one to one batch: nothing may become of one because of another.

    Raises:
        AssertionError: A row is lost, changed, mixed or there twice, or a reject is.
    """
    cases = [_in_a_box_of_its_own(case, number) for number, (case, _) in enumerate(judged)]
    _, batch = _taken(cases)
    expected = Counter(_exact(row) for _, said in judged if said for row in said.rows)
    found = Counter(map(_exact, rows(batch.blocks)))
    assert found == expected, f"lost {[*(expected - found)][:2]}, strange {[*(found - expected)][:2]}"
    refused = Counter(case.payload for case, (_, said) in zip(cases, judged, strict=True) if said is None)
    assert Counter(reject.payload for reject in batch.rejects) == refused
    counts = batch.counts
    assert counts.received == counts.stored + counts.rejected + counts.thinned
    assert (counts.stored, counts.duplicate) == (expected.total(), 0)
    assert [len(part.block) for part in batch.parts] == [len(part.owners) for part in batch.parts]


def _taken(cases: Sequence[Case]) -> tuple[Ledger, Batch]:
    ledger, batch = Ledger(), Batch(NOW_MS)
    for case in cases:
        batch.take(arrival(case), ledger)
    batch.close()
    return ledger, batch


def _in_a_box_of_its_own(case: Case, number: int) -> Case:
    return case._replace(
        payload=case.payload.replace(_BOXED % BOX.encode(), _BOXED % f"{BOX[:-6]}{number:06}".encode())
    )


def arrival(case: Case) -> Arrival:
    """The message as the broker gives it."""
    return Arrival(case.topic, case.payload, 2 | case.retained, 1)


def rows(blocks: Iterable[Block]) -> list[dict[str, Any]]:
    """Every row of some blocks with what is there; a flag beside nothing says nothing."""
    found = []
    for block in blocks:
        for row in block.rows():
            there = {name: value for name, value in row.items() if value is not None}
            for name in [name.removesuffix("_flag") for name in there if name.endswith("_flag")]:
                if name not in there and f"{name}_failed" not in there:
                    del there[f"{name}_flag"]
            found.append(there)
    return found


def differences(expected: list[dict[str, Any]], found: list[dict[str, Any]]) -> list[str]:
    """A few of the rows that are not the same to the last bit; -0.0 is 0.0, as stores have it."""
    pairs = zip(expected, found, strict=False)
    few = [f"expected {_exact(e)}, found {_exact(f)}" for e, f in pairs if _exact(e) != _exact(f)][:2]
    return few if len(expected) == len(found) else [*few, f"expected {len(expected)} rows, found {len(found)}"]


def _exact(row: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple((name, repr(value + 0.0 if type(value) is float else value)) for name, value in sorted(row.items()))


def _rejected(batch: Batch, case: Case) -> None:
    """Nothing of it is a row, and its reject names one reason in one line."""
    assert batch.blocks == [], f"taken as {rows(batch.blocks)[:2]}"
    (reject,) = batch.rejects
    assert reject.reason.isprintable()
    assert 10 < len(reject.reason) <= _MOST_REASON
    assert "report it" not in reject.reason, "a fault of ours"
    assert (reject.topic, reject.payload) == (case.topic, case.payload)
    line = reject.line()
    assert "\n" not in line
    assert rejects.parse(line) == reject
    assert isinstance(reject.unboxed, bytes)
    assert (batch.counts.received, batch.counts.rejected) == (reject.rows, reject.rows)
    assert batch.counts.stored == batch.counts.duplicate == batch.counts.thinned == 0


def _accounted(ledger: Ledger, said: Said) -> None:
    """An account where the message named a box, and in it what was said."""
    accounts = [account for _, account in ledger.accounts()]
    assert len(accounts) == (said.box is not None)
    for account in accounts:
        assert account.holds(said.seq)
        assert not account.holds(said.seq + 1)
        assert (account.stored, account.thinned, account.rejected) == (len(said.rows), said.thinned, 0)
        assert sum(b - a + 1 for a, b in account.lost) == said.first - 1
