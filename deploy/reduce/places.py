"""places.csv: the city, its districts and its villages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from deploy.reduce.tables import Row, slug, written_out

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

COLUMNS: Final = (
    "slug",
    "level",
    "parent",
    "code",
    "bps_code",
    "name",
    "lat",
    "lon",
    "population",
    "population_year",
    "population_source",
)


def place_rows(city: Row, districts: Iterable[Row], villages: Iterable[Row], people: Sequence[Row]) -> list[Row]:
    """The places from the city down; a regency counts as a city, and its desa as kelurahan.

    Args:
        city: The city's name, codes and centre.
        districts: The kecamatan with their codes and centroids.
        villages: The kelurahan or desa with theirs.
        people: Populations by kecamatan and year; the city is `TOTAL`.
    """
    counted = latest_population(people)
    town = slug(city["name"].removeprefix("Kota ").removeprefix("Kabupaten "))
    top = {name: city[name] for name in ("code", "bps_code", "name", "lat", "lon")}
    rows = [{"slug": town, "level": "kota", "parent": "", **top}]
    above: dict[str, str] = {}
    for row in districts:
        above[row["kemendagri_code"]] = district_slug(row["name"], town)
        rows.append(_place(row, "kecamatan", above[row["kemendagri_code"]], town))
    for row in villages:
        parent = above[row["kecamatan_code"]]
        rows.append(_place(row, "kelurahan", f"{parent}-{slug(row['name'])}", parent))
    for row in rows:
        known = {"kota": "TOTAL", "kecamatan": row["name"]}.get(row["level"], "")
        row.update(counted.get(known, {"population": "", "population_year": "", "population_source": ""}))
    return rows


def district_slug(name: str, city: str) -> str:
    """A kecamatan's slug; one that is called like its city gets `kec-` before it."""
    found = slug(name)
    return f"kec-{found}" if found == city else found


def latest_population(people: Sequence[Row]) -> dict[str, Row]:
    """The newest count of each place."""
    sources = written_out(row["source"] for row in people)
    counts = sorted(zip(people, sources, strict=True), key=lambda count: count[0]["year"])
    return {
        row["kecamatan"]: {
            "population": row["population"],
            "population_year": row["year"],
            "population_source": source,
        }
        for row, source in counts
    }


def _place(row: Row, level: str, own: str, parent: str) -> Row:
    return {
        "slug": own,
        "level": level,
        "parent": parent,
        "code": row["kemendagri_code"],
        "bps_code": row.get("bps_code", ""),
        "name": row["name"],
        "lat": row["lat"],
        "lon": row["lon"],
    }
