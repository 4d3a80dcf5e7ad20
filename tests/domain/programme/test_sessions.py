"""Sessions, speakers and parts: identities that last, parts in billing order, and few statements for many rows."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, StatementError

from confapp.database import db
from confapp.domain.audit import AuditEntry
from confapp.domain.errors import Invalid, Missing
from confapp.domain.people import Person
from confapp.domain.programme import sessions, speakers
from confapp.domain.programme.sessions import Part, PartRole, Session
from tests.conftest import NOW, Transaction
from tests.factories import make_conference, make_session, make_speaker, make_track

Counting = Callable[[], AbstractContextManager[list[str]]]

SPEAKER, CHAIR, PANELLIST = PartRole.SPEAKER, PartRole.CHAIR, PartRole.PANELLIST


def billed(session: Session) -> list[tuple[str, PartRole]]:
    return [(part.speaker.name, part.role) for part in session.parts]


def test_each_session_has_a_code_a_number_and_a_uuid_of_its_own(write: Transaction) -> None:
    with write():
        one, other = make_conference("one"), make_conference("other")
        made = [make_session(one), make_session(other), make_session(one)]
        assert [session.number for session in made] == [1, 2, 3], "numbers count for all conferences together"
        assert all(re.fullmatch("[A-HJ-NP-Z2-9]{6}", session.code) for session in made)
        assert len({session.uuid for session in made}) == 3
        assert sessions.sessions(one) == [made[0], made[2]]
        assert sessions.session(other, made[1].code) == made[1]
        with pytest.raises(Missing):
            sessions.session(one, made[1].code)


def test_new_codes_avoid_those_that_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    offered = iter("AAAAAABBBBBBAAAAAACCCCCC")
    monkeypatch.setattr("secrets.choice", lambda _letters: next(offered))
    assert speakers.new_codes(2, ["BBBBBB"]) == ["AAAAAA", "CCCCCC"]


@pytest.mark.parametrize("title", [{}, {"en": ""}])
def test_a_session_needs_a_title(write: Transaction, title: dict[str, str]) -> None:
    with write():
        conference = make_conference()
        session = make_session(conference)
    with pytest.raises(Invalid) as refused, write():
        sessions.create(conference, {"title": title}, by=None, now=NOW)
    assert refused.value.errors == {"title": ["Give the session a title."]}
    with pytest.raises(Invalid), write():
        sessions.edit(session, conference, {"title": title}, by=None, now=NOW)
    with write():
        assert [held.title for held in sessions.sessions(conference)] == [{"en": "Session 1"}]


def test_a_title_in_any_language_will_do(write: Transaction) -> None:
    with write():
        made = sessions.create(make_conference(), {"title": {"en": "", "fr": "Bonjour"}}, by=None, now=NOW)
        assert made.title == {"en": "", "fr": "Bonjour"}


def test_parts_keep_their_billing_order(write: Transaction) -> None:
    with write():
        conference = make_conference()
        ada, ben, cleo = (make_speaker(conference, name) for name in ("Ada", "Ben", "Cleo"))
        wanted = [(cleo, CHAIR), (ada, SPEAKER), (cleo, SPEAKER), (ada, SPEAKER)]
        session = make_session(conference, "Panel", parts=wanted)
    with write():
        assert billed(session) == [("Cleo", CHAIR), ("Ada", SPEAKER), ("Cleo", SPEAKER)]
        kept = {part.id for part in session.parts if part.speaker is cleo}
        sessions.edit(
            session, conference, {"parts": [(ben, PANELLIST), (cleo, SPEAKER), (cleo, CHAIR)]}, by=None, now=NOW
        )
    with write():
        assert billed(session) == [("Ben", PANELLIST), ("Cleo", SPEAKER), ("Cleo", CHAIR)]
        assert {part.id for part in session.parts if part.speaker is cleo} == kept, "parts that stay are not made anew"
        assert sessions.sessions_of(ada) == []
        assert sessions.sessions_of(cleo) == [session]
        assert sessions.parts_by_speaker(conference) == {ben.id: [session], cleo.id: [session, session]}


def test_editing_changes_what_is_given_and_raises_the_version(write: Transaction) -> None:
    with write():
        conference = make_conference()
        session = make_session(conference, "Old", notes="for us")
        assert session.version == 1
        sessions.edit(session, conference, {"title": {"en": "New"}}, by=None, now=NOW)
    with write():
        assert (session.title, session.notes, session.version) == ({"en": "New"}, "for us", 2)
        entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "session.edit")).one()
        assert (entry.subject, entry.facts) == (f"session:{session.code}", {"fields": ["title"]})


def test_speakers_of_one_name_stay_two_people(write: Transaction) -> None:
    with write():
        conference = make_conference()
        one, other = make_speaker(conference, "Ada"), make_speaker(conference, "Ada")
        assert one.person_id != other.person_id
        assert one.code != other.code
        assert speakers.speakers(conference) == [one, other]
        assert speakers.speaker(conference, other.code) == other
        with pytest.raises(Missing):
            speakers.speaker(make_conference("other"), one.code)


def test_a_speaker_who_goes_leaves_the_sessions(write: Transaction) -> None:
    with write():
        conference = make_conference()
        ada, ben = make_speaker(conference, "Ada"), make_speaker(conference, "Ben")
        session = make_session(conference, "Panel", ada, ben)
        speakers.delete_speaker(ada, by=None, now=NOW)
    with write():
        assert billed(session) == [("Ben", SPEAKER)]
        assert speakers.speakers(conference) == [ben]
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Person)) == 2, (
            "the person may be more than this"
        )


@pytest.mark.postgres  # SQLite, within the process, takes a statement a row: it is quicker so
def test_making_many_costs_no_more_statements_than_few(write: Transaction, count_queries: Counting) -> None:
    costs = []
    with write():
        conference = make_conference()
        make_session(conference, "First", make_speaker(conference))
    for number in (2, 60):
        with write(), count_queries() as statements:
            people = speakers.create_speakers(conference, [{"name": "Ada"}] * number, by=None, now=NOW)
            rows = [{"title": {"en": "Talk"}, "parts": [(person, SPEAKER)]} for person in people]
            sessions.create_many(conference, rows, by=None, now=NOW)
        costs.append(len(statements))
    assert costs[0] == costs[1]


def test_reading_many_costs_no_more_statements_than_few(write: Transaction, count_queries: Counting) -> None:
    costs = []
    with write():
        conference = make_conference()
    for number in (1, 9):
        with write():
            for _ in range(number):
                make_session(conference, None, make_speaker(conference), track=make_track(conference))
        with write(), count_queries() as statements:
            assert all(billed(session) and session.track for session in sessions.sessions(conference))
        costs.append(len(statements))
    assert costs[0] == costs[1]


def test_making_none_is_nothing(write: Transaction) -> None:
    with write():
        conference = make_conference()
        before = db.session.scalar(sa.select(sa.func.count()).select_from(AuditEntry))
        assert sessions.create_many(conference, [], by=None, now=NOW) == []
        assert speakers.create_speakers(conference, [], by=None, now=NOW) == []
        assert db.session.scalar(sa.select(sa.func.count()).select_from(AuditEntry)) == before


def test_unknown_kinds_states_and_roles_are_refused(write: Transaction) -> None:
    with write():
        conference = make_conference()
        make_session(conference, "Talk", make_speaker(conference))
    for statement in (
        "UPDATE session SET kind = 'séance'",
        "UPDATE session SET state = 'lost'",
        "UPDATE session SET duration_minutes = 0",
        "UPDATE session SET expected = -1",
        "UPDATE part SET role = 'king'",
        "UPDATE session SET track_id = 99",
    ):
        with pytest.raises(IntegrityError), write():
            db.session.execute(sa.text(statement))
    with pytest.raises(StatementError), write():
        make_session(conference, kind="séance")


def test_one_has_one_part_of_each_role(write: Transaction) -> None:
    with write():
        conference = make_conference()
        ada = make_speaker(conference, "Ada")
        session = make_session(conference, "Talk", ada)
    with pytest.raises(IntegrityError), write():
        db.session.add(Part(session_id=session.id, speaker_id=ada.id, role=SPEAKER))
