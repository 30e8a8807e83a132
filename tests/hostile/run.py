"""A run: so many messages from a seed, and what became of each kind."""

from __future__ import annotations

import gc
import time
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from tests.hostile.judging import judge, judge_together
from tests.hostile.kinds import CONTROL, draw

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.hostile.cases import Case
    from tests.hostile.second_reading import Said

_FEW = 20
_PAGE_BYTES = 4096
_WARM = 2_000  # messages until every cache is there
_TOGETHER = 500
_FATES = ("stored", "rejected", "thinned")


@dataclass
class Tally:
    """What became of a run.

    Args:
        seed: What it was drawn from.
        columns: What can become of a message.
        fates: How many messages of each kind came to each.
        broken: Messages that broke a promise, the first few: kind, message, and what was wrong.
        size: Their payloads together [By].
        grown: By how much the process was larger at the end than after the first few [By].
        seconds: CPU time of all of it [s].
    """

    seed: int
    columns: Sequence[str] = _FATES
    fates: dict[str, dict[str, int]] = field(default_factory=dict)
    broken: list[tuple[str, Case | bytes, str]] = field(default_factory=list)
    size: int = 0
    grown: int = 0
    seconds: float = 0.0

    @property
    def count(self) -> int:
        """How many messages there were."""
        return sum(sum(fates.values()) for fates in self.fates.values()) + len(self.broken)

    @property
    def refuses_the_honest(self) -> bool:
        """Whether a message with nothing wrong was refused."""
        return self.fates.get(CONTROL, {}).get("rejected", 0) > 0

    def table(self) -> str:
        """A line a kind, and what was wrong."""
        lines = [f"{'kind':32} {'messages':>9} " + " ".join(f"{column:>8}" for column in self.columns)]
        for kind, fates in self.fates.items():
            of = [fates.get(fate, 0) for fate in self.columns]
            lines.append(f"{kind:32} {sum(of):>9,} " + " ".join(f"{count:>8,}" for count in of))
        lines.append(
            f"seed {self.seed}: {self.count:,} messages, {self.size / 2**20:,.0f} MiB, {self.seconds:.0f} s of CPU; "
            f"the process grew by {self.grown / 2**20:.1f} MiB; {len(self.broken)} broke a promise"
        )
        lines += [f"  {kind}: {str(case)[:300]}\n    {wrong[:600]}" for kind, case, wrong in self.broken]
        return "\n".join(lines)


def run(seed: int, count: int) -> Tally:
    """Draw messages and judge each, and many together; stops early once a score of them broke a promise."""
    tally, began, warm = Tally(seed), time.process_time(), 0
    judged: list[tuple[Case, Said | None]] = []
    for number, (kind, case) in enumerate(draw(Random(seed), count)):
        if number == min(_WARM, count // 2):
            warm = resident()
        _judge(tally, kind, case, judged)
        if len(judged) == _TOGETHER or number == count - 1:
            _judge_together(tally, judged)
            judged.clear()
        if len(tally.broken) >= _FEW:
            break
    tally.grown, tally.seconds = resident() - warm, time.process_time() - began
    return tally


def _judge(tally: Tally, kind: str, case: Case, judged: list[tuple[Case, Said | None]]) -> None:
    fates = tally.fates.setdefault(kind, {})
    tally.size += len(case.payload)
    try:
        said = judge(case)
    except Exception as error:  # noqa: BLE001  # whatever it raises is what is looked for
        tally.broken.append((kind, case, f"{type(error).__name__}: {error}"))
        return
    judged.append((case, said))
    fate = "rejected" if said is None else "thinned" if said.thinned else "stored"
    fates[fate] = fates.get(fate, 0) + 1


def _judge_together(tally: Tally, judged: list[tuple[Case, Said | None]]) -> None:
    try:
        judge_together(judged)
    except Exception as error:  # noqa: BLE001  # whatever it raises is what is looked for
        tally.broken.append(("many together", judged[0][0], f"{type(error).__name__}: {error}"))


def resident() -> int:
    """How much memory this process holds [By]."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * _PAGE_BYTES
