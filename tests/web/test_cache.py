"""Answers are shared for a while, made by one, and never made of an error."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from web.cache import BriefCache

if TYPE_CHECKING:
    from tests.web.conftest import StandingClock


def test_a_value_is_kept_until_it_is_too_old(clock: StandingClock) -> None:
    cache: BriefCache[int] = BriefCache(10, clock)
    assert cache.get("a", lambda: 1) == 1

    clock.sleep(10)
    assert cache.get("a", lambda: 2) == 1
    clock.sleep(0.5)
    assert cache.get("a", lambda: 3) == 3


def test_an_error_is_passed_on_and_not_kept(clock: StandingClock) -> None:
    cache: BriefCache[float] = BriefCache(10, clock)

    with pytest.raises(ZeroDivisionError):
        cache.get("a", lambda: 1 / 0)

    assert cache.get("a", lambda: 5) == 5


def test_one_makes_it_and_the_others_wait(clock: StandingClock) -> None:
    cache: BriefCache[int] = BriefCache(10, clock)
    started, go, made = threading.Event(), threading.Event(), []

    def slow() -> int:
        started.set()
        go.wait(10)
        made.append(1)
        return len(made)

    answers: list[int] = []
    threads = [threading.Thread(target=lambda: answers.append(cache.get("a", slow))) for _ in range(4)]
    for thread in threads:
        thread.start()
    started.wait(10)
    go.set()
    for thread in threads:
        thread.join(10)

    assert answers == [1, 1, 1, 1]


def test_it_holds_only_so_many(clock: StandingClock) -> None:
    cache: BriefCache[int] = BriefCache(10, clock, most=2)
    for key in ("a", "b", "c"):
        cache.get(key, lambda: 1)

    assert cache.get("c", lambda: 2) == 1
    assert cache.get("a", lambda: 2) == 2


def test_what_cannot_be_made_pushes_nothing_out(clock: StandingClock) -> None:
    cache: BriefCache[int] = BriefCache(10, clock, most=2)
    made: list[int] = []

    def make() -> int:
        made.append(1)
        return 7

    def fail() -> int:
        raise LookupError

    cache.get("kept", make)
    for number in range(10):
        with pytest.raises(LookupError):
            cache.get(number, fail)

    assert cache.get("kept", make) == 7
    assert len(made) == 1
    assert len(cache._slots) == 1


def test_a_value_a_little_too_old_is_given_at_once_while_a_new_one_is_made(clock: StandingClock) -> None:
    cache: BriefCache[int] = BriefCache(10, clock, late_seconds=10)
    started, go, made = threading.Event(), threading.Event(), []
    cache.get("a", lambda: 1)
    clock.sleep(15)

    def slow() -> int:
        started.set()
        go.wait(10)
        made.append(1)
        return 2

    assert [cache.get("a", slow) for _ in range(3)] == [1, 1, 1]
    assert started.wait(10)
    assert cache._renewing._work_queue.qsize() == 0  # readers do not queue up work
    go.set()
    clock.sleep(6)  # too old to be given late: whoever asks now waits for the one that is being made
    assert cache.get("a", slow) == 2
    assert made == [1]


def test_a_value_that_cannot_be_renewed_is_an_error_once_it_is_too_old(clock: StandingClock) -> None:
    cache: BriefCache[float] = BriefCache(10, clock, late_seconds=10)
    cache.get("a", lambda: 1)
    clock.sleep(15)
    assert cache.get("a", lambda: 1 / 0) == 1

    clock.sleep(6)
    with pytest.raises(ZeroDivisionError):
        cache.get("a", lambda: 1 / 0)

    assert cache.get("a", lambda: 3) == 3
