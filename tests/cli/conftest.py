"""What the tests of commands share."""

from __future__ import annotations

import contextvars
from collections.abc import Callable

import pytest
from click.testing import Result

from confapp.web import ConfappFlask


@pytest.fixture
def run(app: ConfappFlask) -> Callable[..., Result]:
    """`run("import", "file.xml", ...)` runs a command as its own process would; nothing of the test's is seen by it."""

    def run(*words: str) -> Result:
        return contextvars.Context().run(app.test_cli_runner().invoke, args=list(words))

    return run
