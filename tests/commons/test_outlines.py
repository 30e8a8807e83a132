"""Outlines of places: read from whole steps of a grid, absent where a site has none, refused where damaged."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from commons.errors import SiteError
from commons.sites import Site
from commons.sites.outlines import Outlines, read_outlines

MAKASSAR = Path(__file__).parents[2] / "deploy" / "sites" / "makassar"
SQUARE = '{"step":0.5,"west":119.0,"south":-5.0,"places":{"a":[[[0,0,2,0,0,2,-2,0]]]}}'


def read(tmp_path: Path, text: str) -> Outlines:
    (tmp_path / "outlines.json").write_text(text)
    return read_outlines(tmp_path, {"a"})


def test_numbers_are_steps_from_point_to_point(tmp_path: Path) -> None:
    outlines = read(tmp_path, SQUARE)

    assert outlines.places["a"] == ((((0, 0), (2, 0), (2, 2), (0, 2)),),)
    assert [outlines.degrees(point) for point in outlines.places["a"][0][0]][2] == (120.0, -4.0)


def test_a_site_without_outlines_is_a_site(tmp_path: Path) -> None:
    copy = Path(shutil.copytree(MAKASSAR, tmp_path / "makassar"))
    (copy / "outlines.json").unlink()

    assert Site(copy).outlines.places == {}
    assert Site(MAKASSAR).outlines.places


@pytest.mark.parametrize(
    ("there", "instead"),
    [
        ("{", "["),
        ('"step":0.5', '"step":"half a degree"'),
        (",-2,0]", ",-2]"),
        (",-2,0]", ",-2,0.5]"),
        ("[[[0,0,2,0,0,2,-2,0]]]", "[[[0,0,2,0]]]"),
        ("[[[0,0,2,0,0,2,-2,0]]]", "null"),
        ('{"a":[[[0,0,2,0,0,2,-2,0]]]}', "[]"),
        ('"west":119.0,', ""),
    ],
)
def test_a_damaged_file_is_named_with_the_remedy(there: str, instead: str, tmp_path: Path) -> None:
    assert there in SQUARE

    with pytest.raises(SiteError, match=r"outlines.json is damaged .*make it anew with .python -m deploy.reduce.out"):
        read(tmp_path, SQUARE.replace(there, instead))


def test_an_outline_of_a_place_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match=r"outlines 'b', which places\.csv lacks"):
        read(tmp_path, SQUARE.replace('"a"', '"b"'))


def test_a_site_says_on_which_terms_its_data_are_open_or_does_not(tmp_path: Path) -> None:
    copy = Path(shutil.copytree(MAKASSAR, tmp_path / "makassar"))
    told = copy / "site.toml"
    text = told.read_text()
    before, _, after = text.partition("[licence]")
    told.write_text(before + after.partition("\n\n")[2])

    assert Site(copy).licence is None
    licence = Site(MAKASSAR).licence
    assert licence is not None
    assert licence.name == "CC BY 4.0"
    told.write_text(text.replace('name = "CC BY 4.0"', "nom = 1"))
    with pytest.raises(SiteError, match="nom"):
        Site(copy)
