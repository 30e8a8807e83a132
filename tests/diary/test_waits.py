"""Waits that grow with every wrong guess."""

from __future__ import annotations

import threading

from diary.visitors import visitor
from diary.waits import Waits
from tests.diary.conftest import StandingClock


def test_five_guesses_are_free_then_each_wait_is_twice_the_last_up_to_an_hour() -> None:
    clock = StandingClock()
    waits = Waits(clock)
    found = []
    for _ in range(20):
        wait = waits.guess("a")
        found.append(round(wait))
        clock.forward(wait)
        if wait:
            assert waits.guess("a") == 0

    assert found == [0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 3600, 3600, 3600]


def test_asking_while_waiting_makes_it_no_longer_and_helps_nobody() -> None:
    clock = StandingClock()
    waits = Waits(clock)
    for _ in range(5):
        waits.guess("a")

    assert [round(waits.guess("a"), 1) for _ in range(100)] == [1.0] * 100
    assert waits.guess("b") == 0


def test_guesses_of_one_moment_do_not_all_pass() -> None:
    waits = Waits(StandingClock())
    passed: list[float] = []
    threads = [threading.Thread(target=lambda: passed.append(waits.guess("a"))) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert passed.count(0.0) == 5


def test_a_right_guess_forgives_and_a_day_forgets() -> None:
    clock = StandingClock()
    waits = Waits(clock)
    for _ in range(5):
        waits.guess("a")
        waits.guess("b")
    waits.forgive("a")
    clock.forward(2 * 86_400)

    assert [waits.guess("a") for _ in range(5)] == [0.0] * 5
    assert [waits.guess("b") for _ in range(5)] == [0.0] * 5


def test_the_table_is_bounded_and_keeps_who_was_heard_last() -> None:
    waits = Waits(StandingClock(), most=10)
    for _ in range(5):
        waits.guess("loud")
    for number in range(9):
        waits.guess(number)

    assert waits.guess("loud") > 0
    for number in range(100):
        waits.guess(number)
    assert waits.guess("loud") == 0


def test_a_home_is_one_visitor() -> None:
    assert visitor("198.51.100.7") == "198.51.100.7"
    assert visitor("::ffff:198.51.100.7") == "198.51.100.7"
    assert visitor("2001:db8:1:2:3:4:5:6") == visitor("2001:db8:1:2::9") == "2001:db8:1:2::/64"
    assert visitor("fe80::1%eth0") == "fe80::/64"
    assert visitor("testclient") == "testclient"
