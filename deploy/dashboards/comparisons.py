"""Bars and maps that set beds, lanes, places and foods beside each other."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from deploy.dashboards import words
from deploy.dashboards.charts import NO_NOTE, NO_TIME, sorted_by
from deploy.dashboards.kinds import LATITUDE, LONGITUDE
from deploy.dashboards.panels import Panel, Target

if TYPE_CHECKING:
    from commons.catalogue import Label
    from deploy.dashboards.charts import Charts
    from deploy.dashboards.query import Rows

Json = dict[str, Any]

_WHERE: Final = ("name", LATITUDE, LONGITUDE)
# A series that ended earlier has no value in the last row of all series side by side.
_NEWEST_PERIOD: Final[tuple[Json, ...]] = (
    {"id": "joinByField", "options": {"byField": "Time", "mode": "outer"}},
    {"id": "reduce", "options": {"mode": "seriesToRows", "reducers": ["last"]}},
    {
        "id": "filterByValue",
        "options": {
            "filters": [{"fieldName": "Last", "config": {"id": "isNull", "options": {}}}],
            "match": "any",
            "type": "exclude",
        },
    },
)


def beside(charts: Charts, rows: Rows, fields: tuple[str, ...], note: Label = NO_NOTE) -> Panel:
    """The newest row's fields of one unit as bars beside each other, such as a value and its limit.

    The last tag kept apart names the bars.
    """
    names = [rows.about.field(field).label[charts.language] for field in fields]
    last, *others = reversed(rows.by)
    return replace(
        charts.panel("barchart", rows, fields[0], note),
        title=f"{rows.about.label[charts.language]}: {' / '.join(names)}{charts.apart(rows)}",
        targets=(Target(rows.newest(*fields), table=True),),
        columns=(
            charts.tag(last),
            *(replace(charts.tag(tag), hidden=True) for tag in others),
            *(charts.column(rows, field) for field in fields),
            NO_TIME,
        ),
    )


def totals(charts: Charts, rows: Rows, field: str, note: Label = NO_NOTE, *, days: int = 0) -> Panel:
    """A field over the time range or so many last days [d]: one bar for each value of the first tag kept apart."""
    columns = (charts.tag(rows.by[0]), charts.column(rows, field), NO_TIME)
    title = f"{charts.whole_title(rows, field)}{charts.apart(rows)}"
    return replace(
        charts.panel("barchart", rows, field, note),
        title=title,
        targets=(Target(rows.total(field, days=days), table=True),),
        columns=columns,
        shaped=(sorted_by(field),),
    )


def shares(charts: Charts, rows: Rows, field: str, note: Label = NO_NOTE) -> Panel:
    """A field of the newest period, one bar a series, the largest first; a series without that period has none."""
    title = f"{charts.whole_title(rows, field)}{charts.apart(rows)}"
    tag, of = charts.tag(rows.by[0]), charts.column(rows, field)
    return replace(
        charts.panel("barchart", rows, field, note),
        title=title,
        targets=(Target(rows.every(field), charts.alias(rows, field)),),
        columns=(replace(tag, name="Field"), replace(of, name="Last")),
        shaped=(*_NEWEST_PERIOD, sorted_by("Last")),
        height=12,
    )


def ranking(charts: Charts, rows: Rows, fields: tuple[str, str, str], note: Label = NO_NOTE, *, days: int) -> Panel:
    """Bars from the largest down: a value between its low and its high end; the newest of so many days [d]."""
    low, value, high = fields
    return replace(
        charts.panel("barchart", rows, value, note),
        title=f"{charts.whole_title(rows, value)}{charts.apart(rows)}",
        targets=(Target(rows.newest_since(days, low, value, high), table=True),),
        columns=(charts.tag(rows.by[0]), *(charts.column(rows, field) for field in fields), NO_TIME),
        shaped=(sorted_by(value),),
        height=14,
    )


def markers(charts: Charts, rows: Rows, fields: tuple[str, str], places: Rows, note: Label = NO_NOTE) -> Panel:
    """A map with a marker at each place, as large as the first field and in the colour of the second.

    Args:
        charts: Panels of one language.
        rows: What is shown, by place.
        fields: Size and colour, the colour being a share from 0 to 1.
        places: Where the places are.
        note: What to say beside the catalogue's words.
    """
    size, share = fields
    columns = (charts.column(rows, size), replace(charts.column(rows, share), steps=words.SHARES))
    named = tuple(charts.column(places, field) for field in _WHERE)
    return replace(
        charts.panel("geomap", rows, size, note),
        title=f"{charts.whole_title(rows, size)}{charts.apart(rows)}",
        targets=(
            Target(rows.newest(size, share), table=True),
            Target(places.newest(*_WHERE, ever=True), table=True),
        ),
        columns=(*columns, charts.tag("place"), *named),
        shaped=({"id": "joinByField", "options": {"byField": "place", "mode": "inner"}},),
        height=14,
    )
