"""A scenario's file: what it may say, and one clear sentence for each mistake."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from commons.errors import LorongError
from sensors.simulation.recorded_year import read_year
from sensors.simulation.scenario import find, load, shipped

if TYPE_CHECKING:
    from pathlib import Path

WHOLE = """
begin = 2026-05-01
[about]
id = "Coba."
en = "A try."
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "mine.toml"
    path.write_text(text, "utf-8")
    load.cache_clear()
    return path


def test_every_scenario_that_comes_with_lorong_can_be_read_and_says_what_it_shows() -> None:
    assert shipped() == [
        "bad-network",
        "bad-sensors",
        "chilli-crisis",
        "city-5000",
        "dry-season",
        "flood",
        "quiet",
    ]
    for name in shipped():
        found = find(name)
        assert found.name == name
        assert found.about.id
        assert found.about.en


def test_what_a_file_does_not_say_is_as_usual(tmp_path: Path) -> None:
    found = load(written(tmp_path, WHOLE))

    assert (found.seed, found.days, found.every_minutes, found.name) == (1, 45, 15, "mine")
    assert found.end == date(2026, 6, 15)
    assert found.network.is_perfect
    assert found.sensors.measure == ("soil", "air", "rain", "health")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("begin = 2026-05-01", "mine.toml lacks about; add it"),
        (WHOLE.replace("2026-05-01", '"May"'), "mine.toml: begin = 'May' is no day; write it as 2025-07-01"),
        (f"seeed = 3\n{WHOLE}", "key in mine.toml 'seeed' is unknown; did you mean seed?"),
        (f'name = "x"\n{WHOLE}', "key in mine.toml 'name' is unknown"),
        (f"every_minutes = 7\n{WHOLE}", "mine.toml: every_minutes = 7 is none of 5, 10, 15; write one of them"),
        (f"days = 1.5\n{WHOLE}", "mine.toml: days = 1.5 is no whole number from 1 to 3660; mend it"),
        (f"{WHOLE}[sensors]\nnoise = 1", "key in mine.toml: sensors 'noise' is unknown; did you mean noise_pct"),
        (f"{WHOLE}[sensors]\nsilent = 2", "mine.toml: sensors.silent = 2 is no number from 0 to 1; mend it"),
        (f"{WHOLE}[sensors]\nsilent = true", "mine.toml: sensors.silent = True is no number from 0 to 1; mend it"),
        (f'{WHOLE}[sensors]\nmeasure = "soil"', "mine.toml: sensors.measure = 'soil' is no list; write it in [ ]"),
        (f'{WHOLE}[sensors]\nmeasure = ["mud"]', "mine.toml: sensors.measure[0] = 'mud' is none of soil, air, rain"),
        (f"{WHOLE}[[network.outage]]\nday = 3", "mine.toml: network.outage[0] lacks hours; add it"),
        (f"network = 3\n{WHOLE}", "mine.toml: network = 3 is no table; write [network] above its keys"),
        (f'{WHOLE}[crops]\nplant = ["kangkong"]', "crop 'kangkong' is unknown; did you mean kangkung"),
        (
            f"{WHOLE}[prices.foods]\nkangkung = 0",
            "mine.toml: prices.foods.kangkung = 0 is no number from 1 to 10000000",
        ),
        (f"{WHOLE}[prices.foods]\nsteak = 9", "commodity 'steak' is unknown"),
        (
            f'{WHOLE}[[prices.crisis]]\ncommodity = "kangkung"\nday = 1\nup_days = 1\npeak = 2\ndown_days = 1',
            "commodity of a crisis in mine.toml 'kangkung' is unknown; known: none",
        ),
        (
            f"{WHOLE}[people]\npatience = [0.5, 0.1]",
            "mine.toml: people.patience = [0.5, 0.1] is no span; write the low",
        ),
        (f"{WHOLE}[sensors]\ndrifting = 0.7\nsticking = 0.5", "drifting, sticking and biased probes are 1.2 of all"),
        (f"{WHOLE}[sensors]\nstuck_days = 20", "mine.toml: sensors.stuck_days = 20 is more than stuck_every = 13"),
        (f'{WHOLE}[lanes]\nnames = ["saga"]\ncount = 3', "mine.toml: lanes.names and lanes.count both say which"),
        (f"{WHOLE}[about", "is not TOML"),
    ],
)
def test_a_mistake_is_one_sentence_that_names_it_and_its_remedy(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(LorongError) as error:
        load(written(tmp_path, text))

    assert sentence in str(error.value)
    assert "\n" not in str(error.value)


def test_a_scenario_of_another_name_is_refused_with_the_near_ones(tmp_path: Path) -> None:
    with pytest.raises(LorongError, match=r"scenario 'bad-sensor' is unknown; did you mean bad-sensors"):
        find("bad-sensor")
    with pytest.raises(LorongError, match=r"cannot be read"):
        find("nowhere.toml", beside=tmp_path)


def test_a_recorded_year_is_a_day_by_its_date_and_leaves_out_what_was_not_measured(tmp_path: Path) -> None:
    table = tmp_path / "year.csv"
    table.write_text("date,tmin_c,tmax_c,rain_mm\n2024-02-01,23.1,31.0,40.5\n2024-02-02,23.0,30.5,\n", "utf-8")

    year = read_year(table)

    for on in (date(2024, 2, 1), date(2026, 2, 1)):
        day = year.day(on)
        assert day is not None
        assert (day.low_c, day.high_c, day.rain_mm) == (23.1, 31.0, 40.5)
    assert year.day(date(2024, 2, 2)) is None


def test_a_recorded_day_that_cannot_be_is_named(tmp_path: Path) -> None:
    table = tmp_path / "year.csv"
    table.write_text("date,tmin_c,tmax_c,rain_mm\n2024-02-01,33,31,0\n", "utf-8")

    with pytest.raises(LorongError, match=r"year.csv: .*2024-02-01: 33.0 to 31.0 °C"):
        read_year(table)
