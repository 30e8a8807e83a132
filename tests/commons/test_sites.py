"""Sites: the folder that is shipped holds together, and one that does not says where."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from commons.errors import SiteError, UnknownNameError
from commons.sites import Site

MAKASSAR = Path(__file__).parents[2] / "deploy" / "sites" / "makassar"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(MAKASSAR, tmp_path / "makassar"))


def test_every_lane_lies_in_a_kelurahan_a_kecamatan_and_the_kota() -> None:
    site = Site(MAKASSAR)

    for lane in site.lanes:
        levels = [site.places[place].level for place in site.above(lane)[1:]]
        assert levels == ["kelurahan", "kecamatan", "kota"]
    assert len(site.lanes_in(site.kota.slug)) == len(site.lanes) >= 24


def test_a_lane_in_no_kelurahan_is_named(copy: Path) -> None:
    lanes = copy / "lanes.csv"
    text = lanes.read_text()
    kelurahan = text.splitlines()[1].split(",")[2]
    lanes.write_text(text.replace(kelurahan, "atlantis", 1))

    with pytest.raises(SiteError, match=r"makassar/lanes.csv, row .*'atlantis' is unknown"):
        Site(copy)


def test_a_bed_with_an_unreadable_area_is_named_by_file_and_line(copy: Path) -> None:
    beds = copy / "beds.csv"
    lines = beds.read_text().splitlines()
    area = lines[2].split(",")[4]
    lines[2] = lines[2].replace(f",{area},", ",large,", 1)
    beds.write_text("\n".join(lines))

    with pytest.raises(SiteError, match=r"beds.csv, line 3: .*large"):
        Site(copy)


def test_a_missing_table_is_named(copy: Path) -> None:
    (copy / "places.csv").unlink()

    with pytest.raises(SiteError, match=r"places.csv of site 'makassar' is missing"):
        Site(copy)


def test_a_misspelt_lane_is_named_with_the_near_ones() -> None:
    with pytest.raises(UnknownNameError, match="did you mean sydney"):
        Site(MAKASSAR).lane("sydny")
