"""Run a module that kills itself at a call: `python -m tests.faults.dying MODULE:NAME before|after N MODULE ...`."""

from __future__ import annotations

import functools
import importlib
import inspect
import itertools
import os
import runpy
import signal
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def main() -> None:
    """Arm the point, then be the module with the words that are left."""
    point, moment, nth, module, *words = sys.argv[1:]
    arm(point, moment, int(nth))
    sys.argv = [module, *words]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def arm(point: str, moment: str, nth: int) -> None:
    """Make the n-th call of a function the last thing this process does.

    Args:
        point: `module:function` or `module:Class.method`.
        moment: "before" = it does nothing; "after" = it does its work and nobody learns of it.
        nth: Which call, counted from 1.

    Raises:
        LookupError: There is no such function.
    """
    owner, name, function = found(point)
    counter = itertools.count(1)

    @functools.wraps(function)
    def fatal(*args: Any, **kwargs: Any) -> Any:
        is_last = next(counter) == nth
        if is_last and moment == "before":
            _die()
        try:
            return function(*args, **kwargs)
        finally:
            if is_last:
                _die()

    kind = type(inspect.getattr_static(owner, name))
    setattr(owner, name, kind(fatal) if kind in (staticmethod, classmethod) else fatal)
    for module in list(sys.modules.values()):  # whoever imported it by name has it under that name
        for alias, value in list(getattr(module, "__dict__", {}).items()):
            if value is function:
                setattr(module, alias, fatal)


def found(point: str) -> tuple[Any, str, Callable[..., Any]]:
    """A function's owner (a module or a class), its name there, and the function itself.

    Raises:
        LookupError: There is none: the product has changed, and the point must be named anew.
    """
    place, _, path = point.partition(":")
    try:
        owner: Any = importlib.import_module(place)
        *classes, name = path.split(".")
        for each in classes:
            owner = getattr(owner, each)
        function = inspect.getattr_static(owner, name)
    except (ImportError, AttributeError) as error:
        raise LookupError(f"there is no {point} any more: {error}; name the point anew") from error
    function = getattr(function, "__func__", function)
    if not inspect.isfunction(function) or inspect.isgeneratorfunction(function):
        raise LookupError(f"{point} is no plain function; a process cannot be made to die around it")
    return owner, name, function


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
