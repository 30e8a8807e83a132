"""Make `soillog.csv` from a datalogger's file: seconds and what four sensors read, side by side, in a desert.

`python make_soillog.py soillog.csv`. Kept: 8 of 22 columns, renamed; statuses and raw counts are left out.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import Final

HEADER: Final = """\
# 310 readings of soil moisture [%VWC], soil and air temperature [deg C] and humidity [%], one each quarter of an hour.
# Source: OnanAgaba/low-cost-soil-moisture-datalogger @9a3d67b81ac3caf88170616b44fdf327e15324f4, soillog.csv.
# Licence: MIT, Copyright (c) 2025 Onan Agaba. Reduced by make_soillog.py.
"""
COLUMNS: Final = {
    "Time(s)": "seconds",
    "VWC": "acclima_moisture",
    "SoilTemp": "acclima_temperature",
    "TRHTSE_VWC": "trhtse_moisture",
    "TRHTSE_Temp": "trhtse_temperature",
    "SHT31_Temp": "air_temperature",
    "SHT31_RH": "air_humidity",
    "DFRobot1_VWC": "dfrobot_moisture",
}


def main(source: str) -> None:
    """Write the file beside this one."""
    with Path(source).open(encoding="utf-8", newline="") as file:
        rows = [[row[name] for name in COLUMNS] for row in csv.DictReader(file)]
    with (Path(__file__).parent / "soillog.csv").open("w", encoding="utf-8", newline="") as file:
        file.write(HEADER)
        csv.writer(file, lineterminator="\n").writerows([COLUMNS.values(), *rows])


if __name__ == "__main__":
    main(sys.argv[1])
