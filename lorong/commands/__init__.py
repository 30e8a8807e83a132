"""The table of commands; a new one is one function and one line here."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

GROUPS: Final[Mapping[str, str]] = {
    "node": "The boxes that read and send.",
    "devices": "Other people's devices.",
    "lane": "What opens a lane's diary.",
    "rejects": "What could not be stored, and why.",
    "grafana": "Dashboards as code.",
    "store": "Where readings rest.",
}

COMMANDS: Final[Mapping[str, Mapping[str, str]]] = {
    "": {
        "run": "run:run",
        "collect": "collect:collect",
        "analyse": "analyse:analyse",
        "explain": "explain:explain",
        "serve": "roles:serve",
        "simulate": "roles:simulate",
        "query": "data:query",
        "import": "data:import_file",
        "calibrate": "calibrate:calibrate",
        "doctor": "doctor:doctor",
    },
    "node": {
        "run": "nodes:run",
        "list": "nodes:list_nodes",
        "add": "members:add",
        "rotate": "members:rotate",
        "remove": "members:remove",
        "join": "members:join",
        "setup": "setup:setup",
    },
    "devices": {"listen": "devices:listen", "list": "devices:list_unknown"},
    "lane": {"code": "lanes:code", "close": "lanes:close"},
    "rejects": {
        "list": "rejects:list_rejects",
        "show": "rejects:show",
        "replay": "rejects:replay",
        "password": "rejects:password",
    },
    "grafana": {"build": "dashboards:build", "push": "dashboards:push"},
    "store": {"init": "stores:init", "backup": "stores:backup", "restore": "stores:restore"},
}
"""Module and function of each command by group and name: one is imported when it is run, for a node has little room."""


def place_of(group: str, name: str) -> str:
    """Where a command is, as `package.module:function`."""
    return f"{__name__}.{COMMANDS[group][name]}"


def command(group: str, name: str) -> Callable[..., int | None]:
    """A command itself."""
    module, _, function = place_of(group, name).partition(":")
    found: Callable[..., int | None] = getattr(import_module(module), function)
    return found


def is_named(words: Sequence[str]) -> bool:
    """Whether a command line names a command, rather than asks what there is."""
    group = words[0] if words and words[0] in GROUPS else ""
    return any(word in COMMANDS[group] for word in words[bool(group) :][:1])
