"""What a test measured, printed for docs/simulator.md: `pytest tests/simulator -s` shows it."""

from __future__ import annotations


def say(what: str, **figures: object) -> None:
    """Print figures on one line."""
    shown = (
        f"{name} {value:.3f}" if isinstance(value, float) else f"{name} {value}" for name, value in figures.items()
    )
    print(f"{what}: {', '.join(shown)}")  # noqa: T201  # that is what it is for
