"""What the API's answers are made of, and what its parameters may be, as JSON Schema."""

from __future__ import annotations

from typing import Any, Final

from web.public import readable

Schema = dict[str, Any]


def thing(properties: Schema, *, more: Schema | bool = False) -> Schema:
    """An object that always has these properties, and others only as `more` says."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": more,
    }


def listed(items: Schema) -> Schema:
    """An array."""
    return {"type": "array", "items": items}


_TEXT: Final[Schema] = {"type": "string"}
_MAYBE_TEXT: Final[Schema] = {"type": ["string", "null"]}
_COUNT: Final[Schema] = {"type": "integer", "minimum": 0}
_SPAN: Final[Schema] = {"type": ["array", "null"], "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
_LABEL: Final = thing({"id": _TEXT, "en": _TEXT})
_FIELD: Final = thing(
    {
        "label": _LABEL,
        "type": {"enum": ["number", "text"]},
        "unit": _MAYBE_TEXT,
        "aggregate": _MAYBE_TEXT,
        "possible": _SPAN,
        "plausible": _SPAN,
        "about": _MAYBE_TEXT,
    }
)
_MEASUREMENT: Final[Schema] = {
    "name": {"enum": [m.name for m in readable()]},
    "kind": {"enum": ["sample", "event", "indicator", "state"]},
    "label": _LABEL,
    "tags": listed(_TEXT),
    "cadence_seconds": {"type": ["number", "null"]},
    "per": _MAYBE_TEXT,
    "fields": {"type": "object", "additionalProperties": _FIELD},
    "quality_columns": listed(_TEXT),
}
_INDICATOR: Final[Schema] = {
    **_MEASUREMENT,
    "methods": listed(_TEXT),
    "marks": listed(_TEXT),
    "series": _COUNT,
    "newest": _MAYBE_TEXT,
}
_ROW: Final = thing({"time": {"type": "string"}}, more={"type": ["string", "number", "null"]})

MEASUREMENTS: Final = thing({"measurements": listed(thing(_MEASUREMENT))})
INDICATORS: Final = thing(
    {"indicators": listed(thing(_INDICATOR)), "marks": {"type": "object", "additionalProperties": _LABEL}}
)
ROWS: Final = thing(
    {
        "measurement": _MEASUREMENT["name"],
        "units": {"type": "object", "additionalProperties": _TEXT},
        "more": {"type": "boolean"},
        "next": _MAYBE_TEXT,
        "rows": listed(_ROW),
    }
)
ERROR: Final = thing({"error": _TEXT})

NAME: Final = _MEASUREMENT["name"]
MOMENT: Final[Schema] = {
    "type": "string",
    "pattern": r"^(-[0-9]{1,6}[mhdw]"
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[-+ ][0-9]{2}:[0-9]{2}))?)$",
}
"""A span back, a day, or an ISO time with its zone; what is written so need not be a day that there is."""
LIMIT: Final[Schema] = {"type": "integer", "minimum": 1}
NEXT: Final[Schema] = {"type": "string", "pattern": r"^-?[0-9]{1,19}\.[0-9]{1,6}$"}
