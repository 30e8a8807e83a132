"""calibrations.csv of a site: what a probe's raw value means, from when on, and by which points."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from commons.errors import SiteError
from commons.sites.cells import check_line, check_once, slug_of

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence
    from pathlib import Path

    from commons.sites import Site

FILE: Final = "calibrations.csv"
COLUMNS: Final = ("node", "probe", "from", "points", "note")
_BEYOND: Final = 0.15  # of the calibrated span: more is a loose plug or a wrong channel


@dataclass(frozen=True, slots=True)
class Curve:
    """From raw to value: straight lines between points, and on beyond the last ones for a little.

    Args:
        points: At least two pairs of raw and value, in order of raw.
    """

    points: tuple[tuple[float, float], ...]

    def value(self, raw: float) -> float:
        """What a raw value means, in the unit of the points.

        Examples:
            >>> read_curve("2850:0 1460:48").value(2155)
            24.0
        """
        inner = (line for line in pairwise(self.points) if raw <= line[1][0])
        (low, at_low), (high, at_high) = next(inner, self.points[-2:])
        return at_low + (at_high - at_low) * (raw - low) / (high - low)

    def reaches(self, raw: float) -> bool:
        """Whether a raw value lies within the calibrated span, or a little beyond."""
        values = [value for _, value in self.points]
        margin = _BEYOND * (max(values) - min(values))
        return min(values) - margin <= self.value(raw) <= max(values) + margin

    def __str__(self) -> str:
        return " ".join(f"{raw:g}:{value:g}" for raw, value in self.points)


@dataclass(frozen=True, slots=True)
class Calibration:
    """One row of the table.

    Args:
        node: The node that the probe hangs on.
        probe: The bed that it is in, or what it is (`scales`).
        from_ms: Since when the curve holds [ms since 1970 UTC]; until the next one of the probe.
        curve: What raw values mean.
        note: How it was found.
    """

    node: str
    probe: str
    from_ms: int
    curve: Curve
    note: str


def read_calibrations(site: Site) -> list[Calibration]:
    """A site's table in order of time; a site without one has none.

    Raises:
        SiteError: A row cannot be used; the message names file, line and remedy.
    """
    path = site.folder / FILE
    if not path.exists():
        return []
    found: list[Calibration] = []
    lines: dict[Hashable, int] = {}
    for line, row in _rows(path):
        try:
            check_line(row)
            one = calibration(row, site)
            check_once(lines, (one.node, one.probe, row["from"]), line)
        except KeyError as error:
            raise SiteError(f"{path.parent.name}/{FILE} has no column {error}; add it to the header") from error
        except ValueError as error:
            raise SiteError(f"{path.parent.name}/{FILE}, line {line}: {error}") from error
        found.append(one)
    return sorted(found, key=lambda one: one.from_ms)


def of_probe(known: Sequence[Calibration], node: str, probe: str) -> list[Calibration]:
    """Those of one probe, in order of time."""
    return [one for one in known if (one.node, one.probe) == (node, probe)]


def in_force(known: Sequence[Calibration], at_ms: int) -> Calibration | None:
    """Of one probe's, the one that holds at a moment; None before the first."""
    begun = [one for one in known if one.from_ms <= at_ms]
    return begun[-1] if begun else None


def calibration(row: dict[str, str], site: Site) -> Calibration:
    """A calibration from its row.

    Raises:
        ValueError: It cannot be read.
    """
    node, probe = slug_of(row, "node"), slug_of(row, "probe")
    return Calibration(node, probe, _moment_ms(row["from"], site), read_curve(row["points"]), row["note"])


def read_curve(text: str) -> Curve:
    """Points as the table has them: `2850:0 1460:48`, raw and value.

    Raises:
        ValueError: They are written otherwise, too few, or say two things of one raw value.
    """
    try:
        points = sorted((float(raw), float(value)) for raw, value in (pair.split(":") for pair in text.split()))
    except ValueError:
        points = []
    if not all(math.isfinite(number) for point in points for number in point):
        points = []
    raws = {raw for raw, _ in points}
    if len(points) < 2 or len(raws) < len(points):  # noqa: PLR2004  # a line has two ends
        raise ValueError(f"points {text[:60]!r} are not two or more raw:value; write them like 2850:0 1460:48")
    return Curve(tuple(points))


def _moment_ms(text: str, site: Site) -> int:
    """A day or moment; without a zone it is the site's."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"from {text[:60]!r} is no day or moment; write 2026-11-24 or 2026-11-24T07:00") from None
    return round((moment if moment.tzinfo else moment.replace(tzinfo=site.zone)).timestamp() * 1000)


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    with path.open(encoding="utf-8-sig", newline="") as text:
        reader = csv.DictReader(text)
        for row in reader:
            yield reader.line_num, row
