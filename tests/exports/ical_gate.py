"""The gate for calendars: what libical, vobject, icalendar and ical.js say of a feed, and five lints of our own."""

from __future__ import annotations

import ctypes
import ctypes.util
import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import icalendar
import vobject  # type: ignore[import-untyped]

from tests.exports.ical_lints import lint

ROOT = Path(__file__).resolve().parent.parent.parent
READER = Path(__file__).with_name("read_feeds.mjs")


def complaints(feed: bytes) -> dict[str, list[str]]:
    """What each reader finds wrong with a feed, by reader; {} for a good one. Unread feeds are complaints too."""
    found = {
        "lints": _lints(feed),
        "libical": by_libical(feed),
        "vobject": by_vobject(feed),
        "icalendar": by_icalendar(feed),
        "ical.js": by_ical_js([feed])[0],
    }
    return {reader: words for reader, words in found.items() if words}


def _lints(feed: bytes) -> list[str]:
    try:
        return lint(feed)
    except (ValueError, KeyError, AttributeError) as error:
        return [f"unreadable: {error!r}"]


# libical, through its C interface: the parser of Evolution, KDE and many servers.


@lru_cache(maxsize=1)
def _libical() -> ctypes.CDLL:
    name = ctypes.util.find_library("ical")
    assert name, "there is no libical: `make test` installs it"
    library = ctypes.CDLL(name)
    library.icalparser_parse_string.restype = ctypes.c_void_p
    library.icalparser_parse_string.argtypes = [ctypes.c_char_p]
    library.icalrestriction_check.argtypes = [ctypes.c_void_p]
    library.icalcomponent_as_ical_string_r.restype = ctypes.c_void_p
    library.icalcomponent_as_ical_string_r.argtypes = [ctypes.c_void_p]
    library.icalcomponent_free.argtypes = [ctypes.c_void_p]
    library.icalmemory_free_buffer.argtypes = [ctypes.c_void_p]
    return library


def by_libical(feed: bytes) -> list[str]:
    """libical's own complaints, which it writes into the component as X-LIC-ERROR."""
    library = _libical()
    component = library.icalparser_parse_string(feed)
    if not component:
        return ["unreadable"]
    is_valid = library.icalrestriction_check(component)
    buffer = library.icalcomponent_as_ical_string_r(component)
    written = (ctypes.string_at(buffer) or b"").replace(b"\r\n ", b"").decode()
    library.icalmemory_free_buffer(buffer)
    library.icalcomponent_free(component)
    found = [row for row in written.splitlines() if row.startswith("X-LIC-ERROR")]
    return found if found or is_valid else ["it breaks a restriction"]


def by_vobject(feed: bytes) -> list[str]:
    """vobject's complaints."""
    try:
        read = list(vobject.readComponents(feed.decode()))
        for each in read:
            each.validate(raiseException=True)
    except Exception as error:  # its parser raises whatever its parts raise
        return [f"{type(error).__name__}: {error}"]
    return [] if len(read) == 1 else [f"{len(read)} calendars"]


def by_icalendar(feed: bytes) -> list[str]:
    """icalendar's complaints."""
    try:
        read = icalendar.Calendar.from_ical(feed)
    except (ValueError, KeyError, IndexError) as error:
        return [f"{type(error).__name__}: {error}"]
    parts: list[Any] = read.walk()
    missing = [f"{each.name} lacks {word}" for each in parts for word in each.required if word not in each]
    return [f"{name}: {words}" for each in parts for name, words in each.errors] + missing


def by_ical_js(feeds: Sequence[bytes]) -> list[list[str]]:
    """The complaints of ical.js (Thunderbird's parser) about each feed, all read by one process."""
    path = f"{os.environ.get('PATH', '')}{os.pathsep}{ROOT / '.venv' / 'bin'}"
    program = shutil.which("node", path=path)
    assert program, "there is no Node: `make test` installs it"
    told = subprocess.run(
        [program, str(READER)], input=json.dumps([feed.decode() for feed in feeds]), check=True, capture_output=True,
        text=True, encoding="utf-8",
    )  # fmt: skip
    complaints: list[list[str]] = json.loads(told.stdout)
    return complaints
