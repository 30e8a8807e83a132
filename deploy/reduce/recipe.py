"""A site's recipe: what the reduction is told of a place and cannot read from the reference data."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from deploy.reduce.tables import Row, read

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_FOLDER: Final = Path(__file__).parent


class Sheet(NamedTuple):
    """A price sheet and the node that reads it; days before `first` are left out."""

    name: str
    node: str
    market: str
    level: str
    source: str
    first: str = ""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How one site's folder is made.

    Args:
        slug: The folder's name.
        name: What consumption figures would call the city.
        city: Its name, codes and centre.
        districts: The kecamatan with their codes and centroids.
        villages: The kelurahan or desa with theirs.
        people: Populations by kecamatan and year; the city is `TOTAL`.
        outlines: GeoJSON by level.
        zones: The zones of official prices that it lies in.
        climate: The months of a usual year.
        lanes: Slug, name and village of each lane or yard.
        plans: What the beds of a lane carry, taken in turn.
        recorded: By lane, the series of the soil recording that it replays.
        sheets: Its price sheets.
    """

    slug: str
    name: str
    city: Row
    districts: Sequence[Row]
    villages: Sequence[Row]
    people: Sequence[Row]
    outlines: Mapping[str, Mapping[str, Any]]
    zones: frozenset[str]
    climate: Sequence[Row]
    lanes: Sequence[tuple[str, str, str]]
    plans: Sequence[Sequence[str]]
    recorded: Mapping[str, str]
    sheets: Sequence[Sheet]


def recipes() -> list[str]:
    """The slugs of the sites that have one."""
    return sorted(path.stem for path in _FOLDER.glob("*.toml"))


def read_recipe(slug: str, reference: Path) -> Recipe:
    """One site's recipe, with the tables of the reference that it names.

    Raises:
        OSError: There is none of that name, or a file of the reference is not there.
    """
    told = tomllib.loads((_FOLDER / f"{slug}.toml").read_text("utf-8"))
    regions = reference / "regions"
    people, climate = told["people"], told["climate"]
    return Recipe(
        slug=slug,
        name=told["name"],
        city=_city(told["city"], regions),
        districts=read(regions / told["districts"]),
        villages=read(regions / told["villages"]),
        people=read(regions / people) if isinstance(people, str) else people,
        outlines={level: _json(regions / file) for level, file in told["outlines"].items()},
        zones=frozenset(told["zones"]),
        climate=read(reference / "weather" / climate) if isinstance(climate, str) else climate,
        lanes=[(own, name, village) for own, name, village in told["lanes"]],
        plans=told["plans"],
        recorded=told.get("recorded", {}),
        sheets=[Sheet(row.pop("sheet"), **row) for row in told["sheet"]],
    )


def _city(told: Row, regions: Path) -> Row:
    """What the recipe says of the city, or the outline that it names."""
    if "outline" not in told:
        return told
    about = _json(regions / told["outline"])["features"][0]["properties"]
    return {**told, **{name: str(about[name]) for name in ("name", "code", "lat", "lon")}}


def _json(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found
