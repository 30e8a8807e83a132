"""Make `ismn_hourly.csv` from flagit's test series: hours, readings, and the flags that flagit gives them.

`python make_ismn_hourly.py test_dataframe.csv`, in an environment with flagit 0.3 and pandas 2 (it does not run on 3).
Kept of the series: the row's number instead of the time, temperatures and rain of the model (GLDAS) to three decimals.
"""

from __future__ import annotations

import importlib
import sys
import warnings
from pathlib import Path
from typing import Any, Final

import pandas as pd

HEADER: Final = """\
# 696 hours of soil moisture [%VWC], temperatures [deg C] and rain [mm] of a station in frost, for tests.
# Source: TUW-GEO/flagit @ea6024b4772c46fecaf28efa256538ec4f82a731, tests/test_data/test_dataframe.csv.
# Licence: MIT, Copyright (c) 2020 TU Wien. Reduced and flagged by make_ismn_hourly.py with flagit 0.3.
"""


def main(source: str) -> None:
    """Write the file beside this one."""
    hourly = pd.read_csv(source, index_col="utc", parse_dates=True)
    for name in ("gldas_soil_temperature", "gldas_precipitation"):
        hourly[name] = hourly[name].round(3)
    kept = hourly.copy()
    flagit: Any = importlib.import_module("flagit.flagit")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what it does is deprecated
        interface = flagit.Interface(data=hourly, sat_point=42.7, depth_from=0.09)
        interface.run()
    flags = interface.data["qflag"].reindex(kept.index)
    kept["flags"] = ["" if isinstance(found, float) else " ".join(sorted(found)) for found in flags]
    text = kept.reset_index(drop=True).to_csv(index=False, lineterminator="\n")
    (Path(__file__).parent / "ismn_hourly.csv").write_text(HEADER + text, "utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
