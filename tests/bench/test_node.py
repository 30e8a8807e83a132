"""A node's process stays within what a small board and its SD card bear."""

from __future__ import annotations

import math

from tests.bench.node import measure_node, text


def test_a_node_with_ten_sensors_needs_little_memory_and_spares_its_card() -> None:
    figures = measure_node(idle_seconds=1, busy_seconds=10)

    assert figures.looks == 10
    assert 10 < figures.memory_mb < 40
    assert math.isnan(figures.written_mb_a_day) or 0 < figures.written_mb_a_day < 20
    assert 0 < figures.cpu_percent < 20
    assert 10 < figures.installed_mb < 60
    assert 0 < figures.start_seconds < 20
    assert "at most 40 MB" in text(figures)
