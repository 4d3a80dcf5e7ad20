"""The demonstration is loaded through the domain: at any hour something is live, and all of it holds together."""

from __future__ import annotations

import datetime as dt
import stat
from collections import Counter
from collections.abc import Callable
from time import process_time

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask_security import verify_password

from confapp.cli.demonstration import load_if_empty
from confapp.database import Mode, db, transaction
from confapp.demo import load_programme
from confapp.demo.loading import load
from confapp.domain import audit, people, permissions
from confapp.domain.attendance import registrations
from confapp.domain.live import stage
from confapp.domain.live.stage import Fact, StageFact
from confapp.domain.people import Account, Person
from confapp.domain.press import publications, publishing, transcripts
from confapp.domain.press.transcripts import Policy, VersionState
from confapp.domain.programme import conferences, hosts, sessions, slots, speakers
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.sessions import SessionState
from confapp.domain.release import releases
from confapp.domain.release.frozen import agenda
from confapp.domain.schedule import checking
from confapp.web import ConfappFlask
from tests.conftest import NOW, SetClock, Transaction
from tests.factories import HASH, make_conference, make_registration, make_speaker

EVENING = dt.datetime(2026, 5, 18, 18, 10, tzinfo=dt.UTC)
NIGHT = dt.datetime(2026, 5, 18, 0, 30, tzinfo=dt.UTC)
Run = Callable[..., Result]


def the_demo() -> Conference:
    return conferences.named("biotech")


def states() -> dict[tuple[str, str, str], VersionState]:
    """Where each version stands, by the first word of its headline, kind and language."""
    held = transcripts.versions(the_demo(), states=list(VersionState))
    return {(each.headline.split()[0], each.kind.value, each.language): each.state for each in held}


def test_everything_of_the_programme_is_there(write: Transaction) -> None:
    programme = load_programme(now=NOW)
    began = process_time()
    with write():
        load(password_hash=HASH, now=NOW)
    assert process_time() - began < 3
    with write(Mode.READ):
        conference = the_demo()
        assert conference.starts_on == dt.date(2026, 5, 18)
        held = {
            "hosts": hosts.hosts(conference),
            "venues": hosts.venues(conference),
            "rooms": hosts.rooms(conference),
            "tracks": conferences.tracks(conference),
            "speakers": speakers.speakers(conference),
            "sessions": sessions.sessions(conference),
            "registrations": registrations.registrations(conference),
        }
        assert {name: len(rows) for name, rows in held.items()} == {
            name: len(getattr(programme, name)) for name in held
        }
        assert len(slots.slots(conference)) == len(list(programme.slots()))
        assert [each.state for each in slots.unscheduled(conference)] == [SessionState.ACCEPTED] * 3
        picked = Counter(key for each in programme.registrations for key in each.picks)
        assert sum(session.picked for session in sessions.sessions(conference)) == picked.total()
        assert conference.description["en"].startswith("<p>For two days surgeons")
        assert audit.broken_at(conference.id) is None
        assert publications.broken_at(conference.id) is None


@pytest.mark.sqlite
def test_the_draft_has_no_conflict_that_blocks_and_is_released(write: Transaction) -> None:
    with write():
        load(password_hash=HASH, now=NOW)
    with write(Mode.READ):
        conference = the_demo()
        assert [each.message for each in checking.draft_conflicts(conference) if each.grade == "blocks"] == []
        latest = releases.current(conference.id)
        assert latest is not None
        released = agenda(latest)
        assert (latest.number, len(released.days)) == (1, 2)
        assert releases.changes(conference, releases.drafted(conference, note={}, now=NOW)) == []
        assert len(released.shown) == len(slots.slots(conference))


@pytest.mark.sqlite
def test_each_account_holds_its_role_and_no_more(write: Transaction) -> None:
    with write():
        given = load(password_hash=HASH, now=NOW)
    with write(Mode.READ):
        held = {}
        for each in given:
            account = people.account_by_email(each.email)
            assert account is not None
            assert account.password == HASH
            held[each.email.partition("@")[0]] = [
                (grant.role.value, grant.scope_id is not None)
                for grant in permissions.Held(account, the_demo().id, NOW).grants
            ]
        assert held == {
            "admin": [("owner", False)],
            "organiser": [("organiser", False)],
            "track": [("track_manager", True)],
            "host": [("host_coordinator", True)],
            "press": [("press_officer", False)],
            "approver": [("press_approver", False)],
            "journalist": [("journalist", True)],
            "stage": [("stage_desk", False)],
            "door": [("door_staff", False)],
            "attendee": [],
        }
        attendee = people.account_by_email("attendee@demo.example")
        assert attendee is not None
        assert registrations.registration_of(attendee.person_id, the_demo()) is not None


@pytest.mark.sqlite
@pytest.mark.parametrize("now", [NIGHT, NOW, EVENING], ids=["small hours", "morning", "evening"])
def test_stage_and_press_stand_where_they_would_at_any_hour(now: dt.datetime, write: Transaction) -> None:
    with write():
        load(password_hash=HASH, now=now)
    programme = load_programme(now=now)
    with write(Mode.READ):
        standing = stage.standing(db.session.scalars(sa.select(StageFact.slot_id)).all())
        told = Counter(each.fact for each in standing.values())
        live = [slot for _, slot in programme.slots() if slot.live(now=now)]
        over = [slot for _, slot in programme.slots() if slot.over(now=now)]
        assert live
        assert told == Counter({Fact.STARTED: len(live)}) + Counter({Fact.ENDED: len(over)})
        said = db.session.scalars(sa.select(StageFact.at).order_by(StageFact.id)).all()
        assert said == sorted(said)
        assert said[-1] <= now
        was_said = programme.session("opening-keynote").slots[-1].over(now=now)
        assert states() == {
            ("It", "as_prepared", "en"): VersionState.SUPERSEDED if was_said else VersionState.RELEASED,
            ("It", "as_delivered", "en"): VersionState.RELEASED if was_said else VersionState.ARMED,
            ("Ça", "as_delivered", "fr"): VersionState.IN_REVIEW,
            ("Five", "as_prepared", "en"): VersionState.ARMED,
        }
        public = publications.latest(the_demo().id)
        assert [each.kind for each in public] == ["as_delivered" if was_said else "as_prepared"]
        assert public[0].released_at <= now
        assert publishing.due(now=now) == []
        armed = [each for each in transcripts.versions(the_demo()) if each.state is VersionState.ARMED]
        assert {each.policy for each in armed} == {Policy.ON_SESSION_END}
        french = next(each for each in transcripts.versions(the_demo()) if each.language == "fr")
        source = next(
            each
            for each in transcripts.versions(the_demo(), states=list(VersionState))
            if each.id == french.translation_of_id
        )
        assert [block["id"] for block in french.blocks] == [block["id"] for block in source.blocks]
        assert [block["kind"] for block in french.blocks] == [block["kind"] for block in source.blocks]


def test_the_embargoed_keynote_appears_once_its_end_is_confirmed(write: Transaction) -> None:
    with write():
        load(password_hash=HASH, now=EVENING)
    ends_at = EVENING + dt.timedelta(minutes=30)
    with write():
        (armed,) = [each for each in transcripts.versions(the_demo()) if each.state is VersionState.ARMED]
        session = armed.transcript.session
        assert session is not None
        stage.say(slots.slots_of(session)[0], Fact.ENDED, by=None, now=ends_at)
    with write():
        assert publishing.release_due(armed.id, now=ends_at) is None
        assert publishing.release_due(armed.id, now=ends_at + dt.timedelta(minutes=1)) is not None
    with write(Mode.READ):
        assert [each.headline.split()[0] for each in publications.latest(the_demo().id)] == ["Five", "It"]


def test_the_command_prints_and_keeps_the_accounts(run: Run, app: ConfappFlask) -> None:
    done = run("demo")
    assert done.exit_code == 0
    rows = [line.split() for line in done.stdout.splitlines() if "@demo.example" in line]
    assert len(rows) == 10
    (password,) = {row[1] for row in rows}
    assert ["organiser@demo.example", password, "organiser"] in rows
    assert ["track@demo.example", password, "track", "manager", "(medicine)"] in rows
    kept = app.config["CONFAPP"].instance / "demo-accounts.txt"
    assert kept.read_text("utf-8") == done.stdout
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    with app.app_context(), transaction(Mode.READ):
        account = people.account_by_email("press@demo.example")
        assert account is not None
        assert verify_password(password, account.password)


def test_the_demonstration_is_replaced_only_when_asked(run: Run, write: Transaction, clock: SetClock) -> None:
    first = run("demo")
    refused = run("demo")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "--replace deletes it" in refused.stderr
    with write():
        other = make_conference("other")
        make_speaker(other, "Elsewhere")
        make_registration(other)
        before = {model: count(model) for model in (Account, Person, Conference)}
        old = the_demo().uuid
    clock.tick(days=3)
    again = run("demo", "--replace")
    assert again.exit_code == 0
    assert again.stdout != first.stdout
    with write(Mode.READ):
        assert {model: count(model) for model in (Account, Person, Conference)} == before
        assert the_demo().uuid != old
        assert the_demo().starts_on == dt.date(2026, 5, 21)
        assert len(speakers.speakers(conferences.named("other"))) == 1
        assert audit.broken_at(the_demo().id) is None


@pytest.mark.sqlite
def test_a_replacement_that_fails_leaves_what_was(
    run: Run, write: Transaction, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = run("demo")

    def fail(**_named: object) -> None:
        raise RuntimeError("the power failed")

    monkeypatch.setattr("confapp.cli.demonstration.load", fail)
    assert isinstance(run("demo", "--replace").exception, RuntimeError)
    with write(Mode.READ):
        assert len(sessions.sessions(the_demo())) == 42
    assert first.exit_code == 0


@pytest.fixture
def start(app: ConfappFlask, capsys: pytest.CaptureFixture[str]) -> Callable[[], str]:
    """What the first start does: `start()` is what it prints."""

    def start() -> str:
        with app.app_context():
            load_if_empty()
        return capsys.readouterr().out

    return start


def test_the_first_start_loads_it_and_the_next_prints_the_accounts_again(start: Callable[[], str]) -> None:
    first = start()
    assert "organiser@demo.example" in first
    assert start() == first


def test_two_first_starts_at_once_load_it_once(start: Callable[[], str], monkeypatch: pytest.MonkeyPatch) -> None:
    def meanwhile(_password: str) -> str:
        with transaction():
            load(password_hash=HASH, now=NOW)
        return HASH

    monkeypatch.setattr("confapp.cli.demonstration.hashed", meanwhile)
    assert start() == "The demonstration was loaded by another process meanwhile.\n"


def test_accounts_that_cannot_be_kept_are_told_all_the_same(start: Callable[[], str], app: ConfappFlask) -> None:
    (app.config["CONFAPP"].instance / "demo-accounts.txt").mkdir()
    assert "organiser@demo.example" in start()


def test_a_start_with_another_conference_loads_nothing(
    start: Callable[[], str], write: Transaction, app: ConfappFlask
) -> None:
    with write():
        make_conference()
    assert start() == ""
    assert not (app.config["CONFAPP"].instance / "demo-accounts.txt").exists()


def count(model: type) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0
