"""Blocks as Arrow tables, converted a column at a time."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from store.series import by_series

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

    from commons.catalogue import Measurement
    from commons.rows import Block
    from store.series import Key


def frame(blocks: Sequence[Block], of: Measurement, number: Callable[[Key], int]) -> pa.Table:
    """Blocks of one measurement under each other, in their order.

    Args:
        blocks: Checked blocks, each with at least one row.
        of: Their measurement.
        number: The number of a series by its tags' values, in catalogue order.

    Returns:
        Columns `series` (int32), `time` (timestamp[ns]) and every field that any block has.
    """
    size = sum(map(len, blocks))
    series = chain.from_iterable(by_series(block, of.tags, number) for block in blocks)
    times = pa.array(_joined([block.times for block in blocks]), pa.int64())
    columns = {"series": pa.array(np.fromiter(series, np.int32, size)), "time": times.cast(pa.timestamp("ns"))}
    for name in dict.fromkeys(chain.from_iterable(block.fields for block in blocks)):
        values = _joined([block.fields.get(name) or [None] * len(block) for block in blocks])
        columns[name] = pa.array(values, pa.string() if of.columns[name] else pa.float64())
    return pa.table(columns)


def repeats(series: npt.NDArray[np.int32], times: npt.NDArray[np.int64]) -> bool:
    """Whether some (series, time) stands there twice."""
    if bool(np.all(times[1:] > times[:-1])):
        return False
    order = np.lexsort((times, series))
    series, times = series[order], times[order]
    return bool(np.any((series[1:] == series[:-1]) & (times[1:] == times[:-1])))


def _joined(lists: Sequence[Sequence[object]]) -> Sequence[object]:
    """One list: an Arrow column in many pieces would cost DuckDB memory and time for each."""
    return lists[0] if len(lists) == 1 else list(chain.from_iterable(lists))
