"""The one clock: the only place that reads the time of day; everything else is told `now`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

Clock = Callable[[], dt.datetime]


def system_clock() -> dt.datetime:
    """The moment it is, aware, UTC."""
    return dt.datetime.now(dt.UTC)


def file_clock(path: Path) -> Clock:
    """A clock that shows the ISO 8601 moment written in a file, so that tests of several processes can set it."""

    def read() -> dt.datetime:
        moment = dt.datetime.fromisoformat(path.read_text(encoding="ascii").strip())
        if moment.tzinfo is None:
            raise ValueError(f"{path} must name a moment with its offset, such as 2026-05-01T09:00:00+00:00.")
        return moment.astimezone(dt.UTC)

    return read
