"""The command that makes the catalogue's tables and sites' folders: `python -m deploy.reduce REFERENCE [SITE...]`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from deploy.reduce import basket, ceilings, commodities, crops, lanes, outlines, places, readings
from deploy.reduce.recipe import read_recipe, recipes
from deploy.reduce.tables import read, write

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deploy.reduce.recipe import Recipe

_ROOT: Final = Path(__file__).parents[2]
_CATALOGUE: Final = Path("commons/catalogue")
_SITES: Final = Path("deploy/sites")
_SHEETS: Final = {
    "bandung": (readings.bandung_rows, "pihps_kota_bandung_daily_2022-01_2026-05.csv"),
    "jatim": (readings.jatim_rows, "siskaperbapo_jatim_produsen_daily_2016_2026.csv.gz"),
    "bapanas": (readings.bapanas_rows, "bapanas_konsumen_kota_bandung_2025-09-13_2025-11-16.csv"),
}
"""By sheet, how the file of the reference beside it is reduced."""


def make(reference: Path, root: Path, sites: Sequence[str] = ()) -> None:
    """Write every generated file under `root`; the same reference always gives the same bytes.

    Args:
        reference: The folder of the reference data.
        root: The project.
        sites: Only these sites' folders; none = the catalogue and every site.

    Raises:
        OSError: A file of the reference is not there.
    """
    if not sites:
        make_catalogue(reference, root / _CATALOGUE)
    for name in sites or recipes():
        make_site(reference, read_recipe(name, reference), root / _SITES / name)


def make_catalogue(reference: Path, folder: Path) -> None:
    """The foods and the crops."""
    foods = commodities.commodity_rows(
        read(reference / "prices/commodities.csv"), read(reference / "nutrition/tkpi_selected.csv")
    )
    write(folder / "commodities.csv", foods, commodities.COLUMNS)
    write(folder / "crops.csv", crops.crop_rows(read(reference / "crops/crops.csv")), crops.COLUMNS)


def make_site(reference: Path, recipe: Recipe, site: Path) -> None:
    """One site's folder, but for what is written by hand."""
    make_places(recipe, site)
    make_readings(reference, recipe, site)
    make_norms(reference, recipe, site)


def make_places(recipe: Recipe, site: Path) -> None:
    """The places, their boundaries, and what is in the lanes."""
    known = places.place_rows(recipe.city, recipe.districts, recipe.villages, recipe.people)
    write(site / "places.csv", known, places.COLUMNS)
    (site / outlines.FILE).write_text(outlines.reduced(recipe.outlines, known), "utf-8")
    write(site / "lanes.csv", lanes.lane_rows(recipe, known), lanes.LANE_COLUMNS)
    write(site / "beds.csv", lanes.bed_rows(recipe), lanes.BED_COLUMNS)
    write(site / "nodes.csv", lanes.node_rows(recipe), lanes.NODE_COLUMNS)


def make_readings(reference: Path, recipe: Recipe, site: Path) -> None:
    """The recording, the price sheets and the climate."""
    if recipe.recorded:
        soil = readings.recording_rows(read(reference / "sensors/ecoirrigate_kolkata_15min_2025.csv.gz"))
        write(site / "recordings/kolkata.csv.gz", soil, readings.RECORDING_COLUMNS)
    for sheet in recipe.sheets:
        rows, file = _SHEETS[sheet.name]
        source = readings.since(read(reference / "prices" / file), sheet.first)
        write(site / f"sheets/{sheet.name}.csv.gz", rows(source), readings.SHEET_COLUMNS)
    write(site / "climate.csv", readings.climate_rows(recipe.climate), readings.CLIMATE_COLUMNS)


def make_norms(reference: Path, recipe: Recipe, site: Path) -> None:
    """What people eat, what foods weigh in the index, and what they may cost."""
    norms, panel = read(reference / "nutrition/consumption_norms.csv"), read(reference / "prices/commodities.csv")
    write(site / "basket.csv", basket.basket_rows(norms, panel, recipe.name), basket.BASKET_COLUMNS)
    weights = basket.weight_rows(read(reference / "prices/cpi_weights_implied.csv"))
    write(site / "weights.csv", weights, basket.WEIGHT_COLUMNS)
    limits = ceilings.ceiling_rows(read(reference / "prices/price_ceilings.csv"), recipe.zones)
    write(site / "ceilings.csv", limits, ceilings.COLUMNS)


def main(arguments: list[str]) -> int:
    """Run the command.

    Args:
        arguments: The folder of the reference data, then the sites; none = the catalogue and every site.

    Returns:
        The exit code: 2 for a wrong use.
    """
    known = recipes()
    if not arguments or not Path(arguments[0]).is_dir() or not set(arguments[1:]) <= set(known):
        print(f"usage: python -m deploy.reduce FOLDER_OF_REFERENCE_DATA [{'|'.join(known)}]...", file=sys.stderr)
        return 2
    make(Path(arguments[0]), _ROOT, arguments[1:])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
