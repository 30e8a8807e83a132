"""Ranges of pack numbers: sorted, apart from each other, both ends in them."""

from __future__ import annotations

Ranges = list[list[int]]


def within(ranges: Ranges, seq: int) -> bool:
    """Whether a number is in one of them."""
    return any(first <= seq <= last for first, last in ranges)


def touched(ranges: Ranges, seq: int) -> bool:
    """Whether a number is in one of them or next to it."""
    return any(first - 1 <= seq <= last + 1 for first, last in ranges)


def joined(ranges: Ranges) -> Ranges:
    """Sorted, touching ranges made one."""
    found: Ranges = []
    for first, last in sorted(ranges):
        if found and first <= found[-1][1] + 1:
            found[-1] = [found[-1][0], max(found[-1][1], last)]
        else:
            found.append([first, last])
    return found


def without(ranges: Ranges, seq: int) -> Ranges:
    """The ranges with one number cut out."""
    cut: Ranges = []
    for first, last in ranges:
        cut += [[a, b] for a, b in ((first, min(last, seq - 1)), (max(first, seq + 1), last)) if a <= b]
    return cut


def fewer(ranges: Ranges, most: int) -> Ranges:
    """At most so many: the lowest are made one, with all that lies between them."""
    if len(ranges) <= most:
        return ranges
    return [[ranges[0][0], ranges[-most][1]], *ranges[len(ranges) - most + 1 :]]
