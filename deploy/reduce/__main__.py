"""The command that makes the catalogue's tables and Makassar's folder: `python -m deploy.reduce REFERENCE`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Final

from deploy.reduce import basket, ceilings, commodities, crops, lanes, places, readings
from deploy.reduce.tables import read, write

_ROOT: Final = Path(__file__).parents[2]
_CATALOGUE: Final = Path("commons/catalogue")
_SITE: Final = Path("deploy/sites/makassar")


def make(reference: Path, root: Path) -> None:
    """Write every generated file under `root`; the same reference always gives the same bytes.

    Raises:
        OSError: A file of the reference is not there.
    """
    make_catalogue(reference, root / _CATALOGUE)
    make_places(reference / "regions", root / _SITE)
    make_readings(reference, root / _SITE)
    make_norms(reference, root / _SITE)


def make_catalogue(reference: Path, folder: Path) -> None:
    """The foods and the crops."""
    foods = commodities.commodity_rows(
        read(reference / "prices/commodities.csv"), read(reference / "nutrition/tkpi_selected.csv")
    )
    write(folder / "commodities.csv", foods, commodities.COLUMNS)
    write(folder / "crops.csv", crops.crop_rows(read(reference / "crops/crops.csv")), crops.COLUMNS)


def make_places(regions: Path, site: Path) -> None:
    """The places, their boundaries, and what is in the lanes."""
    known = places.place_rows(
        json.loads((regions / "makassar_kota.geojson").read_text("utf-8")),
        read(regions / "makassar_kecamatan.csv"),
        read(regions / "makassar_kelurahan.csv"),
        read(regions / "makassar_population.csv"),
    )
    write(site / "places.csv", known, places.COLUMNS)
    for level in ("kecamatan", "kelurahan"):
        outlines = json.loads((regions / f"makassar_{level}.geojson").read_text("utf-8"))
        (site / f"{level}.geojson").write_text(places.boundaries(outlines, known), "utf-8")
    write(site / "lanes.csv", lanes.lane_rows(known), lanes.LANE_COLUMNS)
    write(site / "beds.csv", lanes.bed_rows(), lanes.BED_COLUMNS)
    write(site / "nodes.csv", lanes.node_rows(), lanes.NODE_COLUMNS)


def make_readings(reference: Path, site: Path) -> None:
    """The recording, the price sheets and the climate."""
    prices = reference / "prices"
    soil = readings.recording_rows(read(reference / "sensors/ecoirrigate_kolkata_15min_2025.csv.gz"))
    write(site / "recordings/kolkata.csv.gz", soil, readings.RECORDING_COLUMNS)
    sheets = {
        "bandung": readings.bandung_rows(read(prices / "pihps_kota_bandung_daily_2022-01_2026-05.csv")),
        "jatim": readings.jatim_rows(read(prices / "siskaperbapo_jatim_produsen_daily_2016_2026.csv.gz")),
        "bapanas": readings.bapanas_rows(read(prices / "bapanas_konsumen_kota_bandung_2025-09-13_2025-11-16.csv")),
    }
    for name, rows in sheets.items():
        write(site / f"sheets/{name}.csv.gz", rows, readings.SHEET_COLUMNS)
    climate = readings.climate_rows(read(reference / "weather/makassar_climatology.csv"))
    write(site / "climate.csv", climate, readings.CLIMATE_COLUMNS)


def make_norms(reference: Path, site: Path) -> None:
    """What people eat, what foods weigh in the index, and what they may cost."""
    eaten = basket.basket_rows(
        read(reference / "nutrition/consumption_norms.csv"), read(reference / "prices/commodities.csv")
    )
    write(site / "basket.csv", eaten, basket.BASKET_COLUMNS)
    weights = basket.weight_rows(read(reference / "prices/cpi_weights_implied.csv"))
    write(site / "weights.csv", weights, basket.WEIGHT_COLUMNS)
    limits = ceilings.ceiling_rows(read(reference / "prices/price_ceilings.csv"))
    write(site / "ceilings.csv", limits, ceilings.COLUMNS)


def main(arguments: list[str]) -> int:
    """Run the command.

    Args:
        arguments: The folder of the reference data.

    Returns:
        The exit code: 2 for a wrong use.
    """
    if len(arguments) != 1 or not Path(arguments[0]).is_dir():
        print("usage: python -m deploy.reduce FOLDER_OF_REFERENCE_DATA", file=sys.stderr)
        return 2
    make(Path(arguments[0]), _ROOT)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
