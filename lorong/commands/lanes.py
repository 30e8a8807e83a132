"""`lorong lane code|close`: what opens a lane's diary."""

from __future__ import annotations

from pathlib import Path

from diary.codes import LaneCodes
from lorong.settings import load, site


def code(lane: str, *, city: str = "makassar", settings: Path | None = None) -> None:
    """Draw a new code for a lane and print it once; the one it had counts no more.

    Parameters
    ----------
    lane
        Its slug in lanes.csv.
    city
        A site that comes with Lorong, or the path of a site folder.
    settings
        A TOML file; its [web] data is the folder the codes are kept in.
    """
    print(_codes(lane, city, settings).draw(lane))


def close(lane: str, *, city: str = "makassar", settings: Path | None = None) -> None:
    """Take a lane's code away, so that nobody can enter anything there.

    Parameters
    ----------
    lane
        Its slug in lanes.csv.
    city
        A site that comes with Lorong, or the path of a site folder.
    settings
        A TOML file; its [web] data is the folder the codes are kept in.
    """
    had = _codes(lane, city, settings).close(lane)
    print(f"lane {lane} {'has no code any more' if had else 'had no code'}")


def _codes(lane: str, city: str, settings: Path | None) -> LaneCodes:
    """The codes of a site's lanes, once it is sure that the lane is one of them."""
    site(city).lane(lane)
    return LaneCodes(load(settings).web.codes)
