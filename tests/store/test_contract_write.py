"""The contract of writing, kept by every adapter."""

from __future__ import annotations

import math
import random
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from commons.catalogue import measurements
from commons.errors import StoreRejectedError, StoreUnavailableError
from commons.rows import Block
from store.contract import Query
from tests.store.blocks import rows_of, soil_block, values_of

if TYPE_CHECKING:
    from store.contract import Store

_T0 = 1_764_000_000_000_000_000
_STEP = 900_000_000_000


def test_what_is_written_is_read_again(store: Store) -> None:
    store.write([soil_block([_T0, _T0 + _STEP], bed=["b1", "b2"], moisture=[31.25, None], temperature=[27.5, -0.5])])

    expected = {"city": "makassar", "lane": "saga", "node": "n1", "origin": "measured"}
    assert rows_of(store.read(Query("soil"))) == [
        {**expected, "time": _T0, "bed": "b1", "moisture": 31.25, "temperature": 27.5},
        {**expected, "time": _T0 + _STEP, "bed": "b2", "temperature": -0.5},
    ]


def test_writing_twice_is_writing_once(store: Store) -> None:
    batch = [soil_block([_T0 + i * _STEP for i in range(50)], moisture=[float(i) for i in range(50)])]

    store.write(batch)
    store.write(batch)

    assert values_of(store, "moisture") == [float(i) for i in range(50)]


def test_a_null_leaves_what_is_there(store: Store) -> None:
    store.write([soil_block([_T0], moisture=[31.0], temperature=[27.0])])
    store.write([soil_block([_T0], moisture=[None], temperature=[28.0], ec=[500.0])])

    (row,) = rows_of(store.read(Query("soil")))
    assert (row["moisture"], row["temperature"], row["ec"]) == (31.0, 28.0, 500.0)


def test_within_a_batch_the_later_value_wins(store: Store) -> None:
    store.write(
        [
            soil_block([_T0, _T0 + 1, _T0], moisture=[1.0, 2.0, None], temperature=[5.0, 6.0, 7.0]),
            soil_block([_T0], moisture=[3.0]),
        ]
    )
    store.write([soil_block([_T0 + 2, _T0 + 2], moisture=[4.0, None], temperature=[None, 8.0])])

    assert values_of(store, "moisture") == [3.0, 2.0, 4.0]
    assert values_of(store, "temperature") == [7.0, 6.0, 8.0]


def test_any_order_of_overlapping_batches_gives_the_same_as_a_dictionary(store: Store) -> None:
    rng = random.Random(812)
    model: dict[tuple[str, int], dict[str, float]] = {}
    for _ in range(25):
        size = rng.randrange(1, 40)
        blocks = [_random_block(rng, size) for _ in range(rng.randrange(1, 4))]
        for block in blocks:
            for row in block.rows():
                old = model.setdefault((str(row["bed"]), int(str(row["time"]))), {})
                old.update({name: row[name] for name in block.fields if row[name] is not None})  # type: ignore[misc]  # floats
        store.write(blocks)

    found = {(row.pop("bed"), row.pop("time")): row for row in rows_of(store.read(Query("soil")))}
    tags = {"city": "makassar", "lane": "saga", "node": "n1", "origin": "measured"}
    assert found == {key: {**tags, **fields} for key, fields in model.items() if fields}


def _random_block(rng: random.Random, size: int) -> Block:
    def column() -> list[float | None]:
        return [None if rng.random() < 0.4 else float(rng.randrange(1000)) for _ in range(size)]

    times = [_T0 + rng.randrange(30) * _STEP for _ in range(size)]
    names = rng.sample(["moisture", "temperature", "ec"], rng.randrange(1, 4))
    return soil_block(times, bed=[f"b{rng.randrange(3)}" for _ in range(size)], **{name: column() for name in names})


def test_a_row_without_any_value_is_no_row(store: Store) -> None:
    store.write([soil_block([_T0, _T0 + _STEP], moisture=[None, 5.0], temperature=[None, None])])
    store.write([soil_block([_T0 + 2 * _STEP])])

    assert values_of(store, "moisture") == [5.0]
    assert values_of(store, "temperature") == []
    assert store.latest("soil")["moisture"].to_pylist() == [5.0]


def test_not_a_number_and_infinity_are_refused_by_row(store: Store) -> None:
    values = [1.0, math.nan, 3.0, math.inf, -math.inf, 6.0]

    with pytest.raises(StoreRejectedError, match="moisture = 'nan' is no finite number") as caught:
        store.write(
            [
                soil_block([_T0], temperature=[20.0]),
                soil_block([_T0 + i for i in range(6)], moisture=list(values), ec=[7.0] * 6),
                Block("air", [_T0], {"city": "makassar"}, {"humidity": [80.0]}),
            ]
        )

    assert caught.value.rows == [(1, 1), (1, 3), (1, 4)]
    assert values_of(store, "moisture") == [1.0, 3.0, 6.0]
    assert values_of(store, "temperature") == [20.0]
    assert values_of(store, "ec") == [7.0, 7.0, 7.0]
    assert store.read(Query("air"))["humidity"].to_pylist() == [80.0]


@pytest.mark.parametrize(
    "block",
    [
        Block("harvest", [_T0], {}, {"kg": ["two"]}),
        Block("harvest", [_T0], {}, {"kg": [True]}),
        Block("harvest", [_T0], {}, {"kg": [10**400]}),
        Block("harvest", [_T0], {}, {"note": [3.0]}),
        Block("harvest", [_T0], {}, {"note": ["half a pair \ud800"]}),
        Block("harvest", [_T0], {"lane": "\ud800"}, {"kg": [1.0]}),
        Block("harvest", [_T0], {"lane": [7]}, {"kg": [1.0]}),  # type: ignore[list-item]  # wrong on purpose
        Block("harvest", [2**63], {}, {"kg": [1.0]}),
        Block("harvest", [1.5], {}, {"kg": [1.0]}),  # type: ignore[list-item]  # wrong on purpose
    ],
)
def test_a_row_of_the_wrong_kind_is_refused_and_the_next_is_written(store: Store, block: Block) -> None:
    with pytest.raises(StoreRejectedError) as caught:
        store.write([block, Block("harvest", [_T0], {}, {"kg": [2.0]})])

    assert caught.value.rows == [(0, 0)]
    assert store.read(Query("harvest"))["kg"].to_pylist() == [2.0]


def test_whole_numbers_become_floats(store: Store) -> None:
    store.write([soil_block([_T0, _T0 + 1], moisture=[31, 31.5])])

    assert values_of(store, "moisture") == [31.0, 31.5]


@pytest.mark.parametrize(
    ("block", "refused", "reason"),
    [
        (
            Block("soll", [_T0, _T0 + 1], {}, {"moisture": [1.0, 2.0]}),
            [0, 1],
            "measurement 'soll' .* did you mean soil",
        ),
        (Block("soil", [_T0, _T0 + 1], {"bett": ["b1", ""]}, {"ec": [1.0, 2.0]}), [0], "tag of soil 'bett' .* bed"),
        (Block("soil", [_T0, _T0 + 1], {}, {"ec": [1.0, 2.0], "moistur": [None, 9.0]}), [1], "'moistur' is unknown"),
        (Block("soil", [_T0, _T0 + 1], {}, {"ec": [1.0, 2.0], "raw": [7.0]}), [0, 1], "raw has 1 values for 2 rows"),
        (Block("soil", [_T0, _T0 + 1], {"bed": ["b1"]}, {"ec": [1.0, 2.0]}), [0, 1], "bed has 1 values for 2 rows"),
    ],
)
def test_a_name_that_nobody_knows_costs_only_the_rows_that_use_it(
    store: Store, block: Block, refused: list[int], reason: str
) -> None:
    before, after = soil_block([_T0 - 1], moisture=[5.0]), soil_block([_T0 + 9], moisture=[6.0])

    with pytest.raises(StoreRejectedError, match=reason) as caught:
        store.write([before, block, after])

    assert caught.value.rows == [(1, row) for row in refused]
    assert values_of(store, "moisture") == [5.0, 6.0]
    assert values_of(store, "ec") == [value for row, value in enumerate([1.0, 2.0]) if row not in refused]


def test_each_refused_row_has_a_reason_of_its_own(store: Store) -> None:
    with pytest.raises(StoreRejectedError, match="'nan'") as caught:
        store.write(
            [soil_block([_T0, 2**63, _T0 + 1], moisture=[math.nan, 1.0, 2.0]), Block("soll", [_T0], {}, {"ec": [1.0]})]
        )

    assert caught.value.rows == [(0, 0), (0, 1), (1, 0)]
    for words, reason in zip(("'nan' is no finite", "from 1677 to 2262", "'soll'"), caught.value.reasons, strict=True):
        assert words in reason


def test_every_measurement_of_the_catalogue_can_be_kept(store: Store) -> None:
    for of in measurements().values():
        fields: dict[str, Any] = {name: ["a text" if text else 1.5] for name, text in of.columns.items()}
        store.write([Block(of.name, [_T0], {tag: f"{tag}-1" for tag in of.tags}, fields)])

    for of in measurements().values():
        rows = rows_of(store.read(Query(of.name, start=1, quality="all")))
        expected = {name: "a text" if text else 1.5 for name, text in of.columns.items()}
        assert rows == [{"time": _T0, **{tag: f"{tag}-1" for tag in of.tags}, **expected}], of.name


def test_a_state_at_time_zero_is_replaced(store: Store) -> None:
    tags: dict[str, str | list[str]] = {"city": "makassar", "node": "n1", "box": ["x", "y"]}
    for through in range(3):
        store.write([Block("ledger", [0, 0], tags, {"state": [f'{{"through":{through}}}', f'{{"y":"{through}"}}']})])

    assert store.latest("ledger")["state"].to_pylist() == ['{"through":2}', '{"y":"2"}']


def test_the_store_has_a_name_of_its_own(store: Store) -> None:
    name = store.id

    assert len(name) > 8
    assert store.id == name
    assert store.latest("store")["store_id"].to_pylist() == [name]


def test_a_closed_store_is_unavailable(store: Store) -> None:
    store.write([soil_block([_T0], moisture=[1.0])])
    store.close()
    store.close()

    with pytest.raises(StoreUnavailableError):
        store.read(Query("soil"))
    with pytest.raises(StoreUnavailableError):
        store.latest("soil")
    with pytest.raises(StoreUnavailableError):
        store.write([soil_block([_T0], moisture=[1.0])])


def test_two_hundred_thousand_rows_make_the_round_trip(store: Store) -> None:
    rng = random.Random(3)
    size = 200_000
    times = [_T0 + (i // 20) * _STEP for i in range(size)]
    beds = [f"b{i % 20}" for i in range(size)]
    moisture = [None if i % 7 == 0 else rng.random() * 100 for i in range(size)]
    temperature = [rng.uniform(20, 35) for _ in range(size)]
    store.write([soil_block(times, bed=beds, moisture=list(moisture), temperature=list(temperature))])

    table = store.read(Query("soil", fields=("moisture", "temperature")))

    assert table.num_rows == size
    assert table["time"].cast(pa.int64()).to_pylist() == times
    placed = {(time, bed): (m, t) for time, bed, m, t in zip(times, beds, moisture, temperature, strict=True)}
    columns = (table["time"].cast(pa.int64()), table["bed"], table["moisture"], table["temperature"])
    for time, bed, m, t in zip(*(column.to_pylist() for column in columns), strict=True):
        assert placed[time, bed] == (m, t)
    assert pc.sum(table["temperature"]).as_py() == pytest.approx(sum(temperature), rel=1e-12)
