"""Files as rows: uploads stored once, files of releases asked for, made, and left alone when they cannot be made."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import DBAPIError

from confapp.database import Mode, db, transaction
from confapp.domain import files
from confapp.domain.files import MAKING_ATTEMPTS, Blob, MadeFile
from confapp.domain.programme.conferences import Conference
from tests.conftest import NOW, Transaction
from tests.factories import make_conference

BODY = bytes(range(256)) * 40


def ask(conference: Conference, name: str = "a.ics", **spec: object) -> None:
    files.ask(name, conference_id=conference.id, release=1, spec=spec, media_type="text/calendar", now=NOW)


def test_bytes_are_stored_once_under_their_hash(write: Transaction) -> None:
    with write():
        one = files.keep(BODY, "image/png", now=NOW)
        again = files.keep(BODY, "application/pdf", now=NOW)
        other = files.keep(b"", "text/plain", now=NOW)
        assert again is one
        assert (one.sha256, one.size, one.media_type) == (hashlib.sha256(BODY).hexdigest(), 10_240, "image/png")
        assert other.size == 0
    with write():
        bodies = {blob.sha256: blob.body for blob in db.session.scalars(sa.select(Blob))}
        assert bodies == {one.sha256: BODY, other.sha256: b""}


def test_two_who_upload_the_same_at_once_both_succeed(app: Flask) -> None:
    start = Barrier(2)

    def upload(_worker: int) -> list[str]:
        start.wait()
        kept = []
        for number in range(10):
            with app.app_context(), transaction():
                kept.append(files.keep(b"logo %d" % number, "image/png", now=NOW).sha256)
        return kept

    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(upload, range(2))
    assert one == other


def test_a_file_is_made_once_it_is_asked_for(write: Transaction) -> None:
    with write():
        conference = make_conference()
        assert files.take_next() is None
        ask(conference, day="2026-05-18")
        ask(conference, day="another")
        assert files.body_of("a.ics") is None
        assert not files.is_made("a.ics")
    with write():
        wanted = files.take_next()
        assert wanted is not None
        assert (wanted.name, wanted.spec, wanted.attempts) == ("a.ics", {"day": "2026-05-18"}, 1)
        files.made("a.ics", BODY, now=NOW)
    with write(Mode.PUBLIC):
        assert files.body_of("a.ics") == BODY
        assert files.is_made("a.ics")
        assert not files.is_given_up("a.ics")
    with write():
        assert files.take_next() is None


def test_the_file_that_was_tried_least_comes_first(write: Transaction) -> None:
    with write():
        conference = make_conference()
        for name in ("b.ics", "a.ics"):
            ask(conference, name)
    order = []
    for _ in range(4):
        with write():
            wanted = files.take_next()
            assert wanted is not None
            order.append(wanted.name)
    assert order == ["a.ics", "b.ics", "a.ics", "b.ics"]


def test_a_file_that_cannot_be_made_is_left_alone(write: Transaction) -> None:
    with write():
        ask(make_conference())
    for _ in range(MAKING_ATTEMPTS):
        with write():
            assert files.take_next() is not None
        with write():
            files.failed("a.ics", "e" * 600)
    with write():
        assert files.take_next() is None
        assert files.is_given_up("a.ics")
        (left,) = files.given_up()
        assert (left.name, left.error) == ("a.ics", "e" * 500)
        assert files.try_again() == 1
    with write():
        assert files.given_up() == []
        assert files.take_next() is not None


def test_the_public_sees_made_files_and_no_uploads(write: Transaction) -> None:
    with write():
        conference = make_conference()
        ask(conference)
        files.made("a.ics", BODY, now=NOW)
        files.keep(BODY, "image/png", now=NOW)
    with write(Mode.PUBLIC):
        assert db.session.scalars(sa.select(MadeFile.media_type)).all() == ["text/calendar"]
    with pytest.raises(DBAPIError), write(Mode.PUBLIC):
        db.session.scalars(sa.select(Blob.sha256)).all()
