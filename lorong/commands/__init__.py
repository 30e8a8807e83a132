"""The table of commands; a new one is one function and one line here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lorong.commands import dashboards, data, doctor, lanes, nodes, rejects, roles, run, stores

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

GROUPS: Final[Mapping[str, str]] = {
    "node": "The boxes that read and send.",
    "lane": "What opens a lane's diary.",
    "rejects": "What could not be stored, and why.",
    "grafana": "Dashboards as code.",
    "store": "Where readings rest.",
}

COMMANDS: Final[Mapping[str, Mapping[str, Callable[..., int | None]]]] = {
    "": {
        "run": run.run,
        "collect": roles.collect,
        "analyse": roles.analyse,
        "serve": roles.serve,
        "simulate": roles.simulate,
        "query": data.query,
        "import": data.import_file,
        "doctor": doctor.doctor,
    },
    "node": {"run": nodes.run, "add": nodes.add, "list": nodes.list_nodes},
    "lane": {"code": lanes.code, "close": lanes.close},
    "rejects": {"list": rejects.list_rejects, "show": rejects.show, "replay": rejects.replay},
    "grafana": {"build": dashboards.build, "push": dashboards.push},
    "store": {"init": stores.init},
}
