"""calibrations.csv: curves with days, and what cannot be one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from commons.errors import SiteError
from commons.sites.calibrations import COLUMNS, FILE, in_force, of_probe, read_calibrations, read_curve
from tests.flow.small_site import small_site

if TYPE_CHECKING:
    from pathlib import Path

    from commons.sites import Site

HEAD = ",".join(COLUMNS)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return small_site(tmp_path / "site", recorded=0)


def write(site: Site, *rows: str) -> None:
    (site.folder / FILE).write_text("\n".join([HEAD, *rows, ""]), "utf-8")


def test_a_site_without_a_table_has_no_calibrations(site: Site) -> None:
    assert read_calibrations(site) == []


def test_a_curve_holds_from_its_local_day_until_the_next_one(site: Site) -> None:
    write(site, "n1,b1,2026-11-10,2850:0 1460:40,", "n1,b1,2026-11-01,2850:0 1460:48,", "n1,b2,2026-11-01,1:0 2:1,")
    known = of_probe(read_calibrations(site), "n1", "b1")
    midnight_ms = 1_794_240_000_000  # 2026-11-10 00:00 in Makassar

    assert [str(one.curve) for one in known] == ["1460:48 2850:0", "1460:40 2850:0"]
    assert in_force(known, midnight_ms - 1) is known[0]
    assert in_force(known, midnight_ms) is known[1]
    assert in_force(known, known[0].from_ms - 1) is None


def test_a_curve_is_straight_between_its_points_and_ends_a_little_beyond_them() -> None:
    curve = read_curve("2850:0 2000:20 1460:48")

    assert [curve.value(raw) for raw in (2850, 2000, 1460, 2425)] == [0, 20, 48, 10]
    assert [curve.reaches(raw) for raw in (3100, 3200, 1400, 1000)] == [True, False, True, False]


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("n1,b1,2026-11-01,2850:0,", r"site/calibrations.csv, line 2: points '2850:0' are not two or more raw:value"),
        ("n1,b1,2026-11-01,2850:0 2850:1,", "are not two or more raw:value"),
        ("n1,b1,2026-11-01,nan:0 1:1,", "are not two or more raw:value"),
        ("n1,b1,kemarin,2850:0 1460:48,", "from 'kemarin' is no day or moment; write 2026-11-24"),
        ("N1,b1,2026-11-01,2850:0 1460:48,", "node 'N1' is no slug"),
        ("n1,b1,2026-11-01", "points is missing; give each row as many cells as the header"),
    ],
)
def test_a_row_that_cannot_be_used_is_named(site: Site, row: str, complaint: str) -> None:
    write(site, row)

    with pytest.raises(SiteError, match=complaint):
        read_calibrations(site)


def test_two_curves_of_one_probe_do_not_begin_together(site: Site) -> None:
    write(site, *["n1,b1,2026-11-01,2850:0 1460:48,"] * 2)

    with pytest.raises(SiteError, match="n1, b1, 2026-11-01 is in line 2 already"):
        read_calibrations(site)
