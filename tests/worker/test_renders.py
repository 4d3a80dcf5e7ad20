"""The renders: every file that was asked for is made, failures are counted, and no name gets another's bytes."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
import sqlalchemy as sa

from confapp import delivery
from confapp.database import Mode, db
from confapp.delivery import Wanted
from confapp.domain import files
from confapp.domain.attendance import registrations
from confapp.domain.files import MAKING_ATTEMPTS
from confapp.domain.programme.sessions import Session
from confapp.domain.release import releases
from confapp.web import ConfappFlask
from confapp.worker import renders
from tests.agenda_scene import Programme
from tests.conftest import Transaction
from tests.factories import NOW, make_registration


@pytest.fixture
def programme(write: Transaction, monkeypatch: pytest.MonkeyPatch) -> Programme:
    """The scene, released; files are made of their kind and day alone."""
    monkeypatch.setattr(delivery, "make", lambda _whole, wanted, who="": f"{wanted.kind} {who}".encode())
    with write():
        made = Programme()
        made.release()
    return made


def _ask(write: Transaction, programme: Programme, *wanted: Wanted, attendee: str = "") -> list[str]:
    with write():
        release = releases.numbered(programme.conference_id, 1)
        for each in wanted:
            delivery.ask(release, each, attendee, now=NOW)
        return [delivery.name_of(release, each, attendee) for each in wanted]


def _made(write: Transaction) -> dict[str, tuple[bytes | None, int, str | None]]:
    with write(Mode.READ):
        rows: list[files.Made] = []
        for table in files.TABLES:
            rows += db.session.scalars(sa.select(table)).all()
        return {row.name: (row.body, row.attempts, row.error) for row in rows}


def test_all_that_was_asked_for_is_made(write: Transaction, programme: Programme) -> None:
    names = _ask(write, programme, Wanted("pdf"), Wanted("pdf", language="fr"))
    assert [renders.sweep(NOW) for _ in range(3)] == [1, 1, 0]
    assert _made(write) == dict.fromkeys(names, (b"pdf ", 1, None))


def test_a_personal_file_is_named_after_its_attendee(write: Transaction, programme: Programme) -> None:
    with write():
        held = make_registration(programme.conference)
        wanted = Wanted("picks", registration=str(held.uuid))
    (name,) = _ask(write, programme, wanted, attendee="Ada Lindqvist")
    renders.sweep(NOW)
    assert _made(write)[name] == (b"picks Ada Lindqvist", 1, None)


def test_a_personal_file_of_somebody_renamed_is_not_kept(write: Transaction, programme: Programme) -> None:
    with write():
        held = make_registration(programme.conference)
        wanted = Wanted("picks", registration=str(held.uuid))
    (name,) = _ask(write, programme, wanted, attendee="Ada Lindqvist")
    with write():
        registrations.by_uuid(held.uuid).person.name = "Ada Okoro"
    renders.sweep(NOW)
    body, attempts, error = _made(write)[name]
    assert (body, attempts) == (None, 0)
    assert error is not None
    assert error.startswith("who asked for it has other settings")


def test_a_worker_with_other_settings_leaves_a_file_to_the_one_who_knows_it(
    app: ConfappFlask, write: Transaction, programme: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    (name,) = _ask(write, programme, Wanted("pdf"))
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(renders, "_left", set())
        elsewhere.setitem(app.config, "CONFAPP", replace(app.config["CONFAPP"], base_url="https://elsewhere.example"))
        assert [renders.sweep(NOW) for _ in range(MAKING_ATTEMPTS + 1)] == [1] + [0] * MAKING_ATTEMPTS
        assert _made(write)[name] == (None, 0, renders.OTHERS)
    assert renders.sweep(NOW) == 1
    assert _made(write)[name] == (b"pdf ", 1, None)


def test_a_file_that_no_worker_knows_is_forgotten(write: Transaction, programme: Programme) -> None:
    names = _ask(write, programme, Wanted("pdf"), Wanted("grid"))
    renders.sweep(NOW)
    delivery.tidy(NOW + delivery.UNMADE_KEPT)
    held = _made(write)
    assert set(held) == set(names)
    delivery.tidy(NOW + delivery.UNMADE_KEPT + dt.timedelta(seconds=1))
    assert list(_made(write)) == [name for name, (body, _, _) in held.items() if body]


def test_a_file_that_fails_stands_behind_the_others_and_is_given_up(
    write: Transaction, programme: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    def make(_whole: object, wanted: Wanted, _attendee: str = "") -> bytes:
        if wanted.language == "fr":
            raise ValueError("no ink")
        return b"made"

    monkeypatch.setattr(delivery, "make", make)
    bad, *good = _ask(write, programme, *(Wanted("pdf", language=language) for language in ("fr", "en", "nl")))
    assert [renders.sweep(NOW) for _ in range(MAKING_ATTEMPTS + 3)] == [1] * (MAKING_ATTEMPTS + 2) + [0]
    held = _made(write)
    assert held[bad] == (None, MAKING_ATTEMPTS, "ValueError: no ink")
    assert [held[name][0] for name in good] == [b"made", b"made"]
    with write():
        assert [row.name for row in files.given_up()] == [bad]
        assert files.is_given_up(bad)
        assert files.try_again() == 1
    monkeypatch.setattr(delivery, "make", lambda *_: b"made at last")
    assert renders.sweep(NOW) == 1
    assert _made(write)[bad] == (b"made at last", 1, None)


def test_a_file_that_kills_its_worker_is_given_up_too(
    write: Transaction, programme: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object) -> bytes:
        raise SystemExit

    monkeypatch.setattr(delivery, "make", die)
    (name,) = _ask(write, programme, Wanted("pdf"))
    for _ in range(MAKING_ATTEMPTS):
        with pytest.raises(SystemExit):
            renders.sweep(NOW)
    assert renders.sweep(NOW) == 0
    assert _made(write)[name] == (None, MAKING_ATTEMPTS, None)


def test_asking_for_a_release_needs_a_conference() -> None:
    with pytest.raises(ValueError, match="belongs to a conference"):
        renders.ask_for_release(None, 1, now=NOW)


def test_what_the_fonts_lack_is_noted(
    write: Transaction, programme: Programme, caplog: pytest.LogCaptureFixture
) -> None:
    with write():
        db.session.get_one(Session, programme.keynote.id).title = {"en": "Biology 漢"}
        programme.release()
        delivery.ask(releases.numbered(programme.conference_id, 2), Wanted("pdf"), now=NOW)
    with caplog.at_level("WARNING", "confapp.worker.renders"):
        assert renders.sweep(NOW) == 1
    [noted] = [record.getMessage() for record in caplog.records]
    assert noted.endswith(f"shows \ufffd in {programme.keynote.code} for 漢 (U+6F22)")
