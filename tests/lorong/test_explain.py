"""`lorong explain`: the working of a stored value at the terminal, also while another process owns the store."""

from __future__ import annotations

import os
import re
import subprocess
from typing import TYPE_CHECKING

from tests.lorong.running import LORONG, ROOT
from tests.lorong.test_analyse import fill

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from store.contract import Store
    from tests.lorong.conftest import Said


def test_another_process_explains_what_the_owner_of_the_file_computed(
    store: Store, lorong: Callable[..., Said], tmp_path: Path
) -> None:
    fill(store)
    assert lorong("analyse", "--once", "--log", "ERROR").code == 0
    words = ("explain", "price_index", "--period", "2025-03", "--place", "pasar-terong", "--lang", "en")
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    found = subprocess.run([*LORONG, *words], cwd=tmp_path, env=environ, capture_output=True, text=True, check=False)

    assert (found.returncode, found.stderr) == (0, "")
    for heading in ("INPUTS", "ARE THEY ENOUGH", "THE FORMULA WITH ITS NUMBERS", "RESULT", "REVISIONS"):
        assert heading in found.stdout
    assert "Chicken eggs" in found.stdout
    assert "Policy: at least 1 input and 70 % of those expected." in found.stdout


def test_a_value_is_explained_in_indonesian_and_as_indonesians_write_numbers(
    store: Store, lorong: Callable[..., Said]
) -> None:
    fill(store)
    lorong("analyse", "--once", "--log", "ERROR")

    said = lorong("explain", "price_index", "--period", "2025-03", "--place", "pasar-terong").out

    assert "CUKUPKAH MASUKANNYA" in said
    assert "Telur ayam ras" in said
    assert "Kelengkapan: 100,0 %." in said
    assert "Syarat: paling sedikit 1 masukan dan 70 % dari yang diharapkan." in said
    assert re.search(r"Indeks .*\d,\d", said.partition("HASIL")[2])


def test_a_value_that_is_not_there_is_refused_with_those_that_are(store: Store, lorong: Callable[..., Said]) -> None:
    fill(store)
    lorong("analyse", "--once", "--log", "ERROR")

    absent = lorong("explain", "price_index", "--period", "2025-03", "--place", "pasar-teron")
    several = lorong("explain", "soil_state", "--period", "2025-13", "--place", "saga")

    assert (absent.code, "pasar-terong" in absent.err) == (2, True)
    assert (several.code, "write a month" in several.err) == (2, True)
