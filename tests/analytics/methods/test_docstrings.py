"""The worked examples in the docstrings are true."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pkgutil

import pytest

import analytics.methods

MODULES = sorted(
    found.name for found in pkgutil.walk_packages(analytics.methods.__path__, "analytics.methods.") if not found.ispkg
)


@pytest.mark.parametrize("name", MODULES)
def test_every_module_shows_examples_that_hold(name: str) -> None:
    result = doctest.testmod(importlib.import_module(name))

    assert result.attempted > 0
    assert result.failed == 0


@pytest.mark.parametrize("name", MODULES)
def test_every_public_function_says_what_it_promises(name: str) -> None:
    module = importlib.import_module(name)
    functions = [
        function
        for label, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == name and not label.startswith("_")
    ]

    assert functions
    assert [function.__name__ for function in functions if not function.__doc__] == []
