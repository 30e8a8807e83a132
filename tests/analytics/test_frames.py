"""Tables, frames, rows and blocks hold the same: texts and numbers, and nothing where nothing is."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pyarrow as pa

from analytics import frames

TABLE = pa.table(
    {
        "time": pa.array([1_000_000_001], pa.timestamp("ns", "UTC")),
        "lane": pa.array([None], pa.string()),
        "kg": pa.array([None], pa.float64()),
    }
)


def test_a_row_keeps_its_nanoseconds_and_its_gaps() -> None:
    assert frames.rows(TABLE) == [{"time": 1_000_000_001, "lane": None, "kg": None}]


def test_tables_read_in_pieces_are_one_frame_with_empty_texts() -> None:
    found = frames.frame(TABLE, TABLE)

    assert found["lane"].to_list() == ["", ""]
    assert found["kg"].isna().all()
    assert found.index.to_list() == [0, 1]


def test_records_are_plain_values() -> None:
    table = pd.DataFrame({"start": [pd.Timestamp("2026-11-02")], "kg": [float("nan")], "n": [3], "place": ["saga"]})

    assert frames.records(table) == [{"start": date(2026, 11, 2), "kg": None, "n": 3, "place": "saga"}]


def test_a_block_holds_what_the_catalogue_knows() -> None:
    row = {"time": 5, "city": "makassar", "indicator": "soil_state", "watermark": 7, "failed": "", "other": 1}

    block = frames.block("job", [row])

    assert list(block.rows()) == [
        {
            "time": 5,
            "city": "makassar",
            "indicator": "soil_state",
            "watermark": 7.0,
            "today": None,
            "method": None,
            "computed": None,
            "seconds": None,
            "failed": "",
        }
    ]
