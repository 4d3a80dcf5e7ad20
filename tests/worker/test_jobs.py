"""The jobs: each is done once whoever dies meanwhile, says how far it is, and is given up in the end."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from confapp.database import Mode, aside, db
from confapp.domain import files, imported, jobs
from confapp.domain.errors import NotNow, of_told
from confapp.domain.jobs import LEASE, MOST_ATTEMPTS, Job, JobKind, Outcome
from confapp.domain.people import Account
from confapp.domain.permissions import Grant, Role
from confapp.domain.programme import conferences, sessions
from confapp.imports import difference
from confapp.worker import jobs as worker
from confapp.worker import programmes, tidying
from tests.agenda_scene import Programme
from tests.conftest import SetClock, Transaction
from tests.factories import NOW, make_account, make_conference
from tests.imports.schedules import day, event, schedule

TALKS = schedule(day(event(id="1"), event(id="2", title="Phages", start="11:00"), date="2026-05-18"))


@pytest.fixture
def account(write: Transaction) -> Account:
    """The organiser of an empty conference."""
    with write():
        return make_account("organiser@example.org", role=Role.ORGANISER, conference=make_conference())


@pytest.fixture
def ask(write: Transaction, account: Account) -> Callable[..., Job]:
    """`ask(body, is_applied=True)`: a job that imports a file."""

    def asked(body: bytes = TALKS, **more: Any) -> Job:
        spec = {"name": "schedule.xml", "timezone": "Europe/Brussels", "columns": {}, "cancel": [],
                "is_applied": True, "expected": None} | more  # fmt: skip
        with write():
            spec["sha256"] = files.keep(body, "application/octet-stream", now=NOW).sha256
            job = jobs.ask(JobKind.IMPORT, conferences.named("summit"), spec, by=account, now=NOW)
            db.session.expunge(job)
            return job

    return asked


def held(write: Transaction, job: Job) -> Job:
    """The job as it stands."""
    with write(Mode.READ):
        found = db.session.get_one(Job, job.id, populate_existing=True)
        assert found.result is None or isinstance(found.result, dict)  # loaded while it can be
        assert found.body is None or isinstance(found.body, bytes)
        return found


def stored(write: Transaction) -> tuple[int, int]:
    """How many sessions there are, and imports."""
    with write(Mode.READ):
        conference = conferences.named("summit")
        return len(sessions.sessions(conference)), len(imported.imports(conference))


def test_a_file_is_imported_once(write: Transaction, ask: Callable[..., Job]) -> None:
    job = ask()
    assert [worker.sweep(NOW), worker.sweep(NOW)] == [1, 0]
    done = held(write, job)
    assert (done.outcome, done.step, done.attempts, done.ended_at) == (Outcome.DONE, "writing", 1, NOW)
    assert done.result is not None
    assert done.result["counts"]["created"]["sessions"] == 2
    with write(Mode.READ):
        (run,) = imported.imports(conferences.named("summit"))
        assert (str(run.uuid), run.account and run.account.email) == (done.result["import"], "organiser@example.org")
    assert stored(write) == (2, 1)


def test_a_dry_run_stores_nothing(write: Transaction, ask: Callable[..., Job]) -> None:
    job = ask(is_applied=False)
    worker.sweep(NOW)
    assert held(write, job).outcome is Outcome.DONE
    assert stored(write) == (0, 0)


def test_what_comes_out_otherwise_than_confirmed_is_not_applied(write: Transaction, ask: Callable[..., Job]) -> None:
    job = ask(expected="another report's")
    worker.sweep(NOW)
    done = held(write, job)
    assert done.result is not None
    assert (done.outcome, done.result["is_other"], done.result["import"]) == (Outcome.DONE, True, None)
    assert stored(write) == (0, 0)


def test_what_cannot_be_taken_is_refused_by_field_and_place(write: Transaction, ask: Callable[..., Job]) -> None:
    job = ask(b"<schedule><day></schedule>")
    worker.sweep(NOW)
    done = held(write, job)
    assert done.outcome is Outcome.REFUSED
    (said,) = of_told(done.refusal)["file"]
    assert "line 1" in said
    assert said.template  # it can be said in another language
    assert stored(write) == (0, 0)


def test_what_json_cannot_hold_is_reported_all_the_same(write: Transaction, ask: Callable[..., Job]) -> None:
    talk = '{"title": "Yeast", "id": 1, "date": "18 \\u0000\\ud800 May"}'
    held_day = f'{{"date": "2026-05-18", "rooms": {{"Aula": [{talk}]}}}}'
    odd = f'{{"schedule": {{"conference": {{"title": "X", "days": [{held_day}]}}}}}}'
    job = ask(odd.encode(), is_applied=False)
    worker.sweep(NOW)
    done = held(write, job)
    assert done.outcome in (Outcome.DONE, Outcome.REFUSED)


def test_whoever_lost_the_right_imports_nothing(write: Transaction, ask: Callable[..., Job], account: Account) -> None:
    job = ask()
    with write():
        db.session.execute(sa.delete(Grant).where(Grant.account_id == account.id))
    worker.sweep(NOW)
    done = held(write, job)
    assert (done.outcome, of_told(done.refusal)[""]) == (
        Outcome.REFUSED,
        ["You may not import into this conference any more."],
    )
    assert stored(write) == (0, 0)


# Dying.


class Killed(BaseException):
    """The process ends here: no handler of ours sees it."""


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("step", ["read_programme", "prepare", "apply", "jobs.finish"])
def test_a_job_is_done_once_wherever_its_worker_dies(
    write: Transaction,
    ask: Callable[..., Job],
    monkeypatch: pytest.MonkeyPatch,
    clock: SetClock,
    step: str,
    after: bool,
) -> None:
    job = ask()
    *part, name = step.split(".")
    module = getattr(programmes, part[0]) if part else programmes
    whole = getattr(module, name)

    def die(*arguments: Any, **named: Any) -> Any:
        if after:
            whole(*arguments, **named)
        raise Killed

    with monkeypatch.context() as fault:
        fault.setattr(module, name, die)
        with pytest.raises(Killed):
            worker.sweep(clock.now)
    assert stored(write) == (0, 0)
    assert worker.sweep(clock.now) == 0  # nobody else takes it before its lease has passed
    clock.now += LEASE
    assert worker.sweep(clock.now) == 1
    assert (held(write, job).outcome, held(write, job).attempts) == (Outcome.DONE, 2)
    assert stored(write) == (2, 1)


def test_a_job_that_kills_its_worker_is_given_up(
    write: Transaction, ask: Callable[..., Job], monkeypatch: pytest.MonkeyPatch, clock: SetClock
) -> None:
    def die(*_arguments: Any, **_named: Any) -> None:
        raise Killed

    job, other = ask(), ask(is_applied=False)
    with monkeypatch.context() as fault:
        fault.setattr(programmes, "read_programme", die)
        for _attempt in range(MOST_ATTEMPTS):
            with pytest.raises(Killed):
                worker.sweep(clock.now)
            with write():
                db.session.execute(sa.update(Job).where(Job.id == job.id).values(taken_until=clock.now))
    assert worker.sweep(clock.now) == 1
    assert (held(write, job).outcome, held(write, other).outcome) == (Outcome.FAILED, Outcome.DONE)


def test_a_worker_thought_dead_does_nothing_more(
    write: Transaction, ask: Callable[..., Job], monkeypatch: pytest.MonkeyPatch, clock: SetClock
) -> None:
    job = ask()

    def sleep(*arguments: Any, **named: Any) -> Any:
        found = difference.prepare(*arguments, **named)
        clock.now += LEASE
        with aside():
            taken = jobs.take_next(now=clock.now)
            assert taken is not None
            assert taken.attempts == 2
        return found

    monkeypatch.setattr(programmes, "prepare", sleep)
    assert worker.sweep(NOW) == 1
    now = held(write, job)
    assert (now.attempts, now.outcome) == (2, None)
    assert stored(write) == (0, 0)


def test_a_failure_of_ours_is_said_to_be_ours(
    write: Transaction, ask: Callable[..., Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: Any, **_named: Any) -> None:
        raise KeyError("a mistake of ours")

    monkeypatch.setattr(programmes, "apply", broken)
    job = ask()
    worker.sweep(NOW)
    assert (held(write, job).outcome, held(write, job).refusal) == (Outcome.FAILED, None)
    assert stored(write) == (0, 0)


def test_jobs_are_forgotten_in_the_end(write: Transaction, ask: Callable[..., Job]) -> None:
    ask()
    worker.sweep(NOW)
    waiting = ask()
    assert tidying.tidy(NOW + jobs.KEPT) == 0
    with write(Mode.READ):
        assert len(db.session.scalars(sa.select(Job)).all()) == 2
    tidying.tidy(NOW + jobs.KEPT + dt.timedelta(seconds=1))
    with write(Mode.READ):
        assert [each.id for each in db.session.scalars(sa.select(Job))] == [waiting.id]


# The archive of the public pages.


def test_the_archive_is_made_and_says_how_far_it_is(write: Transaction, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("confapp.worker.archives.SAY_EVERY", 0.0)
    with write():
        programme = Programme()
        programme.release()
        account = make_account("organiser@example.org", role=Role.ORGANISER, conference=programme.conference)
        job = jobs.ask(JobKind.SITE, programme.conference, {}, by=account, now=NOW)
    assert worker.sweep(NOW) == 1
    done = held(write, job)
    assert (done.outcome, done.step, done.done) == (Outcome.DONE, "pages", done.total)
    assert done.total > 10
    assert (done.result, done.size) == ({"release": 1, "slug": "summit"}, len(done.body or b""))
    assert "agenda.html" in zipfile.ZipFile(io.BytesIO(done.body or b"")).namelist()


def test_there_is_no_archive_of_what_is_not_public(write: Transaction, account: Account) -> None:
    with write():
        job = jobs.ask(JobKind.SITE, conferences.named("summit"), {}, by=account, now=NOW)
    worker.sweep(NOW)
    done = held(write, job)
    assert (done.outcome, of_told(done.refusal)[""]) == (Outcome.REFUSED, ["summit has no public release yet."])


def test_what_is_under_way_is_not_asked_for_twice(write: Transaction, account: Account) -> None:
    with write():
        conference = conferences.named("summit")
        one = jobs.ask_once(JobKind.SITE, conference, by=account, now=NOW)
        assert jobs.ask_once(JobKind.SITE, conference, by=account, now=NOW).id == one.id
        with pytest.raises(NotNow):
            jobs.ask_again(one, {}, by=account, now=NOW)
    worker.sweep(NOW)
    with write():
        assert jobs.ask_once(JobKind.SITE, conferences.named("summit"), by=account, now=NOW).id != one.id
