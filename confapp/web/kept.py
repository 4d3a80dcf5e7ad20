"""Answers kept in memory: an agenda that thousands of calendars ask for is told again without waking the app.

Two kinds are kept. What the public reads (`Permit.is_kept`) is told again for at most a second, and no more as soon as
this process wrote something; after that the view's `stamp` (which release, which facts) is looked up, and the answer
stands for another second where it is the same. What lives at a secret address is told again only after one select that
finds the same stamp. Neither ever holds a cookie, and both are bounded in bytes.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import Response
from sqlalchemy import event
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header, parse_date

from confapp.database import FencedSession

LONGEST = 1.0
"""Seconds for which a public answer is told again without looking anything up (design: `releases.current`)."""
MOST_BYTES = 64_000_000
LARGEST = 8_000_000
_OF_BODIES = frozenset({"content-length", "content-type", "content-encoding", "content-disposition", "accept-ranges"})

Environ = dict[str, Any]
Key = tuple[str, ...]
Told = tuple[str, list[tuple[str, str]], bytes]
"""A status line, headers and a body, as WSGI wants them."""


_numbers = itertools.count(1)
_writes = 0


def writes() -> int:
    """A number that is another one after each transaction in which this process wrote."""
    return _writes


@event.listens_for(FencedSession, "after_commit")
def _note_write(_session: FencedSession) -> None:
    global _writes
    _writes = next(_numbers)


@dataclass(slots=True)
class Entry:
    """One answer as it left. `body` is None where only a 304 was seen: then only that can be told again."""

    stamp: object
    made_at: float
    """On time.monotonic's scale."""
    writes: int
    """How often this process had written to a database before the answer was begun."""
    tag: str
    """The strong or weak ETag without W/, in quotes."""
    modified: float | None
    """Last-Modified in seconds since 1970."""
    headers: list[tuple[str, str]]
    headers_304: list[tuple[str, str]]
    body: bytes | None

    @property
    def size(self) -> int:
        """About how many bytes it takes."""
        return 2000 + len(self.body or b"")

    def told(self, environ: Environ) -> Told | None:
        """The answer to a request, 304 where the asker has it already (RFC 9110 section 13.2.2)."""
        asked = environ.get("HTTP_IF_NONE_MATCH")
        if asked is not None:
            is_known = self.tag in asked or asked.strip() == "*"
        else:
            since = environ.get("HTTP_IF_MODIFIED_SINCE")
            moment = parse_date(since) if since and self.modified is not None else None
            is_known = moment is not None and self.modified is not None and self.modified <= moment.timestamp()
        if is_known:
            return "304 NOT MODIFIED", self.headers_304, b""
        if self.body is None:
            return None
        return "200 OK", self.headers, b"" if environ["REQUEST_METHOD"] == "HEAD" else self.body


class Kept:
    """The kept answers of one app, those that were asked for longest ago given up first."""

    def __init__(self) -> None:
        self._entries: OrderedDict[Key, Entry] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()
        self.stamps: dict[str, Callable[[str], object | None]] = {}
        """By a path's first word, what looks up what the answer at such a path follows from; None: nothing is there."""

    def answer(self, environ: Environ) -> Told | None:
        """The answer to a request, if it may be told without asking a view."""
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or "HTTP_RANGE" in environ:
            return None
        key = key_of(environ)
        entry = self._entries.get(key)
        if entry is None:
            return None
        look = self.stamps.get(environ["PATH_INFO"].split("/", 2)[1])
        if look is not None:
            try:
                stamp = look(environ["PATH_INFO"])
            except SQLAlchemyError:
                return None  # the view asks again, and says what is wrong
            if entry.stamp != stamp:
                return None
        elif entry.writes != writes() or time.monotonic() - entry.made_at > LONGEST:
            return None
        self._touch(key)
        return entry.told(environ)

    def again(self, environ: Environ, stamp: object, writes: int) -> Told | None:
        """The answer to a request whose view's stamp was looked up, if it is the one that stands."""
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or "HTTP_RANGE" in environ:
            return None
        entry = self._entries.get(key_of(environ))
        if entry is None or entry.stamp != stamp:
            return None
        entry.made_at, entry.writes = time.monotonic(), writes
        return entry.told(environ)

    def keep(self, environ: Environ, response: Response, stamp: object, writes: int) -> None:
        """Keep an answer as it leaves; anything but a plain 200 or 304 with an ETag is left alone."""
        vary = {each.strip().lower() for each in response.headers.get("Vary", "").split(",")} - {""}
        tag, _is_weak = response.get_etag()
        if (
            response.status_code not in (200, 304)
            or tag is None
            or "Set-Cookie" in response.headers
            or not vary <= {"accept-encoding"}
            or "HTTP_RANGE" in environ
            or (response.status_code == 200 and (environ["REQUEST_METHOD"] == "HEAD" or response.is_streamed))
        ):
            return
        body = response.get_data() if response.status_code == 200 else None
        if body is not None and len(body) > LARGEST:
            return
        key = key_of(environ)
        held = self._entries.get(key)
        if body is None and held is not None and held.stamp == stamp:
            return  # the one that stands has a body too
        headers = list(response.headers.items())
        short = [(name, words) for name, words in headers if name.lower() not in _OF_BODIES]
        modified = response.last_modified.timestamp() if response.last_modified else None
        entry = Entry(stamp, time.monotonic(), writes, f'"{tag}"', modified, headers, short, body)
        with self._lock:
            if held is not None:
                self._forget(key)
            self._entries[key] = entry
            self._size += entry.size
            while self._size > MOST_BYTES:
                self._forget(next(iter(self._entries)))

    def _forget(self, key: Key) -> None:
        entry = self._entries.pop(key, None)
        if entry is not None:
            self._size -= entry.size

    def _touch(self, key: Key) -> None:
        with self._lock:
            if key in self._entries:
                self._entries.move_to_end(key)


def key_of(environ: Environ) -> Key:
    """What tells answers apart: the address as it was asked for, and whether it may be compressed."""
    packed = "gzip" if accepts_gzip(environ.get("HTTP_ACCEPT_ENCODING", "")) else ""
    host, path, query = environ.get("HTTP_HOST", ""), environ["PATH_INFO"], environ.get("QUERY_STRING", "")
    return environ["wsgi.url_scheme"], host, path, query, packed


def accepts_gzip(words: str) -> bool:
    """Whether an Accept-Encoding header takes gzip."""
    if "q=" not in words and "*" not in words:
        return "gzip" in words
    return bool(parse_accept_header(words, Accept)["gzip"])


def response_of(told: Told) -> Response:
    """A kept answer as a response of Flask's."""
    status, headers, body = told
    response = Response(body, status=HTTPStatus(int(status[:3])))
    response.headers.clear()
    response.headers.extend(headers)
    return response
