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
    place = site(city)
    place.lane(lane)
    print(LaneCodes(load(settings).web.codes).draw(lane))


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
    place = site(city)
    place.lane(lane)
    had = LaneCodes(load(settings).web.codes).close(lane)
    print(f"lane {lane} {'has no code any more' if had else 'had no code'}")
