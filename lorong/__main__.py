"""The one command line: `lorong COMMAND`; errors on one line with the remedy, exit code 2 for wrong use."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from cyclopts import App, CycloptsError

from commons.errors import LorongError, SettingsError, SiteError, UnknownNameError, UsageError, WireError
from lorong import commands

if TYPE_CHECKING:
    from collections.abc import Sequence

_WRONG_USE = 2


def application(words: Sequence[str] = ()) -> App:
    """Every command, with its help.

    Args:
        words: The command line; where it names a command, no other one is imported. Else those are shown whose
            libraries are there.
    """
    app = App(name="lorong", help="The pipeline for a city's lane gardens.", version_flags=["--version"])
    for group, members in commands.COMMANDS.items():
        parent = app
        if group:
            parent = App(name=group, help=commands.GROUPS[group])
            app.command(parent)
        for name in members:
            place = commands.place_of(group, name)
            if commands.is_named(words):
                parent.command(place, name=name)
            else:
                with suppress(ImportError):  # a board has what a node needs, and no more
                    parent.command(commands.command(group, name), name=name)
    return app


def main(words: Sequence[str] | None = None) -> None:
    """Run one command and end the process with its exit code: 0 done, 1 failed, 2 wrong use."""
    try:
        given = list(sys.argv[1:] if words is None else words)
        code = application(given)(
            given,
            exit_on_error=False,
            print_error=False,
            result_action="return_value",
        )
        sys.stdout.flush()
    except (CycloptsError, UsageError, SettingsError, SiteError, UnknownNameError, WireError) as error:
        sys.exit(_say(error, _WRONG_USE))
    except LorongError as error:
        sys.exit(_say(error, 1))
    except ImportError as error:
        missing = error.__cause__ if isinstance(error.__cause__, ModuleNotFoundError) else error
        sys.exit(_say(f"this command needs {missing.name}, which is not installed here; install lorong[all]", 1))
    except BrokenPipeError:  # whoever reads us, such as `head`, has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except KeyboardInterrupt:
        sys.exit(_say("stopped", 130))
    sys.exit(code if isinstance(code, int) else 0)


def _say(error: object, code: int) -> int:
    text = " ".join(str(error).split())
    print(f"lorong: {text or type(error).__name__}", file=sys.stderr)
    return code


if __name__ == "__main__":
    main()
