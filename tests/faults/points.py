"""Where a loop can be killed: the calls it makes in a healthy run, `python -m tests.faults.points FILE MODULE ...`."""

from __future__ import annotations

import json
import runpy
import sys
import threading
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.faults.dying import found
from tests.faults.processes import ROOT

if TYPE_CHECKING:
    from types import CodeType, FrameType

_LOOPS = ("ingest", "sensors", "commons/uplink.py")
_PARTS = ("ingest", "store", "commons", "sensors")
_QUIET = ("commons.logs", "commons.clock", "commons.rows", "commons.topics", "commons.catalogue", "commons.sites")


def main() -> None:
    """Be the module with the words that are left, and write down in the end which calls its loop made, how often."""
    file, module, *words = sys.argv[1:]
    seen = Seen()
    threading.setprofile(seen)
    sys.setprofile(seen)
    sys.argv = [module, *words]
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    finally:
        sys.setprofile(None)
        Path(file).write_text(json.dumps(seen.points()), "utf-8")


class Seen:
    """Counts the calls from one part of the product's loops to another; a profile function."""

    def __init__(self) -> None:
        self._calls: Counter[tuple[str, str]] = Counter()
        self._wanted: dict[tuple[CodeType, CodeType], bool] = {}

    def __call__(self, frame: FrameType, event: str, _argument: Any) -> None:
        caller = frame.f_back
        if event != "call" or caller is None:
            return
        pair = caller.f_code, frame.f_code
        if pair not in self._wanted:
            self._wanted[pair] = _is_step(caller.f_code.co_filename, frame.f_code.co_filename)
        if self._wanted[pair]:
            self._calls[str(frame.f_globals["__name__"]), frame.f_code.co_qualname] += 1

    def points(self) -> dict[str, int]:
        """`module:name` of each function that a process can be made to die around, with how often it was called."""
        return {
            f"{module}:{name}": calls
            for (module, name), calls in sorted(self._calls.items())
            if module not in _QUIET and not name.rpartition(".")[2].startswith("__") and _is_plain(f"{module}:{name}")
        }


def _is_step(caller: str, called: str) -> bool:
    """Whether a call goes from a file of a loop to another file of the product."""
    return caller != called and _is_of(caller, _LOOPS) and _is_of(called, _PARTS)


def _is_of(file: str, places: tuple[str, ...]) -> bool:
    path = Path(file)
    return path.is_relative_to(ROOT) and any(path.relative_to(ROOT).is_relative_to(place) for place in places)


def _is_plain(point: str) -> bool:
    try:
        found(point)
    except LookupError:
        return False
    return True


if __name__ == "__main__":
    main()
