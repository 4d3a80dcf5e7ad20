"""Who may do what: every role, scopes, expiry, and what even an administrator may not."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from confapp.database import Mode, db
from confapp.domain import permissions
from confapp.domain.errors import Invalid
from confapp.domain.permissions import (
    ADMINISTRATOR,
    NEEDS_SCOPE,
    PRESS_DUTIES,
    ROLES,
    SCOPES,
    Grant,
    Held,
    Permission,
    Role,
)
from confapp.domain.programme import conferences, hosts
from confapp.domain.schedule import scheduling
from tests.conftest import NOW, Transaction
from tests.factories import make_account, make_conference, make_host, make_room, make_track

HOUR = dt.timedelta(hours=1)
FOR_EVERYBODY = {Permission.ANYONE, Permission.ACCOUNT}


@pytest.mark.parametrize("role", list(Role))
def test_each_role_may_what_its_row_says_in_its_conference_only(write: Transaction, role: Role) -> None:
    with write():
        here, elsewhere = make_conference("here"), make_conference("elsewhere")
        account = make_account(role=role, conference=here, scope_id=1 if role in NEEDS_SCOPE else None)
    with write(Mode.READ):
        for place, held in (
            (here.id, ROLES[role] | FOR_EVERYBODY),
            (elsewhere.id, FOR_EVERYBODY),
            (None, FOR_EVERYBODY),
        ):
            may = {each for each in Permission if permissions.may(account, each, place, now=NOW)}
            assert may == held
            if place is not None:
                assert Held(account, place, NOW).all() == held


def test_the_press_keeps_four_eyes() -> None:
    officer, approver = ROLES[Role.PRESS_OFFICER], ROLES[Role.PRESS_APPROVER]
    assert Permission.PRESS_APPROVE not in officer
    assert not {Permission.PRESS_EDIT, Permission.PRESS_ARM} & approver
    assert {role for role, held in ROLES.items() if held & PRESS_DUTIES} == {Role.PRESS_OFFICER, Role.PRESS_APPROVER}
    assert {each for each in Permission if each.value.startswith("press.")} == PRESS_DUTIES


def test_nobody_administers_by_a_role() -> None:
    assert not any(Permission.ADMINISTER in held for held in ROLES.values())
    assert [role for role, held in ROLES.items() if Permission.GRANTS_EDIT in held] == [Role.OWNER]
    assert set(ROLES) == set(Role)


def test_an_administrator_may_everything_but_the_press_duties(write: Transaction) -> None:
    with write():
        conference = make_conference()
        admin = make_account(is_admin=True)
    with write(Mode.READ):
        may = {each for each in Permission if permissions.may(admin, each, conference.id, now=NOW)}
        assert may == set(Permission) - PRESS_DUTIES == ADMINISTRATOR
        assert Held(admin, conference.id, NOW).all() == may
        assert Held(admin, conference.id, NOW).scope_of(Permission.STAGE) is None
        assert Held(admin, conference.id, NOW).scope_of(Permission.PRESS_READ) == {}


def test_an_administrator_can_hold_a_press_role_beside(write: Transaction) -> None:
    with write():
        conference = make_conference()
        admin = make_account(is_admin=True, role=Role.PRESS_OFFICER, conference=conference)
        assert permissions.may(admin, Permission.PRESS_EDIT, conference.id, now=NOW)
        assert not permissions.may(admin, Permission.PRESS_APPROVE, conference.id, now=NOW)


def test_visitors_and_closed_accounts_may_what_anyone_may(write: Transaction) -> None:
    with write():
        conference = make_conference()
        closed = make_account(role=Role.OWNER, conference=conference, is_admin=True)
        closed.is_active = False
        for account in (None, closed):
            may = {each for each in Permission if permissions.may(account, each, conference.id, now=NOW)}
            assert may == {Permission.ANYONE}
            assert Held(account, conference.id, NOW).all() == may


def test_a_role_ends_at_its_expiry(write: Transaction) -> None:
    with write():
        conference = make_conference()
        account = make_account(role=Role.STAGE_DESK, conference=conference, expires_at=NOW + HOUR)
        for moment, holds in ((NOW, True), (NOW + HOUR - dt.timedelta(microseconds=1), True), (NOW + HOUR, False)):
            assert permissions.may(account, Permission.STAGE, conference.id, now=moment) is holds
            found = db.session.scalars(permissions.conferences_of(account, now=moment)).all()
            assert found == ([conference.id] if holds else [])
            scope = Held(account, conference.id, moment).scope_of(Permission.STAGE)
            assert scope == (None if holds else {})


def test_a_scope_narrows_a_role(write: Transaction) -> None:
    edit = Permission.SCHEDULE_EDIT
    with write():
        conference = make_conference()
        account = make_account(role=Role.TRACK_MANAGER, conference=conference, scope_id=3)
        permissions.grant(account, conference.id, Role.TRACK_MANAGER, by=None, now=NOW, scope_id=4)
        permissions.grant(account, conference.id, Role.HOST_COORDINATOR, by=None, now=NOW, scope_id=3)
        assert Held(account, conference.id, NOW).scope_of(edit) == {
            "track": frozenset({3, 4}),
            "host": frozenset({3}),
        }
        hosts_edit = Held(account, conference.id, NOW).scope_of(Permission.HOSTS_EDIT)
        assert hosts_edit == {"host": frozenset({3})}
        assert Held(account, conference.id, NOW).scope_of(Permission.RELEASE) == {}
        permissions.grant(account, conference.id, Role.ORGANISER, by=None, now=NOW)
        assert Held(account, conference.id, NOW).scope_of(edit) is None, "the wider role wins"


@pytest.mark.parametrize("role", list(Role))
def test_scopes_fit_their_roles(write: Transaction, role: Role) -> None:
    with write():
        conference, account = make_conference(), make_account()
    for scope_id, is_wrong in ((1, role not in SCOPES), (None, role in NEEDS_SCOPE)):
        if is_wrong:
            with pytest.raises(Invalid) as refused, write():
                permissions.grant(account, conference.id, role, by=None, now=NOW, scope_id=scope_id)
            assert set(refused.value.errors) == {"scope"}
        else:
            with write():
                permissions.grant(account, conference.id, role, by=None, now=NOW, scope_id=scope_id)


def test_an_expiry_in_the_past_is_refused(write: Transaction) -> None:
    with write():
        conference, account = make_conference(), make_account()
    with pytest.raises(Invalid) as refused, write():
        permissions.grant(account, conference.id, Role.ORGANISER, by=None, now=NOW, expires_at=NOW)
    assert refused.value.errors == {"expires_at": ["The expiry lies in the past."]}


@pytest.mark.parametrize("scope_id", [None, 7])
def test_giving_a_role_again_moves_its_expiry(write: Transaction, scope_id: int | None) -> None:
    with write():
        conference, account, owner = make_conference(), make_account(), make_account("owner@example.org")
        first = permissions.grant(account, conference.id, Role.STAGE_DESK, by=None, now=NOW, scope_id=scope_id)
        again = permissions.grant(
            account,
            conference.id,
            Role.STAGE_DESK,
            by=owner,
            now=NOW + HOUR,
            scope_id=scope_id,
            expires_at=NOW + 2 * HOUR,
        )
        assert again is first
        assert (again.expires_at, again.granted_at, again.granted_by_id) == (NOW + 2 * HOUR, NOW + HOUR, owner.id)


@pytest.mark.parametrize("scope", ["NULL", "7"])
def test_the_database_holds_no_role_twice(write: Transaction, scope: str) -> None:
    with write():
        conference, account = make_conference(), make_account()
    insert = sa.text(
        'INSERT INTO "grant" (account_id, conference_id, role, scope_id, granted_at)'
        f" VALUES ({account.id}, {conference.id}, 'organiser', {scope}, '2026-05-18 09:00:00')"
    )
    with write():
        db.session.execute(insert)
    with pytest.raises(IntegrityError), write():
        db.session.execute(insert)


def test_unknown_roles_are_refused_by_the_database(write: Transaction) -> None:
    with write():
        make_account(role=Role.ORGANISER, conference=make_conference())
    for change in ("role = 'king'", "scope_id = 0", "account_id = 99"):
        with pytest.raises(IntegrityError), write():
            db.session.execute(sa.text(f'UPDATE "grant" SET {change}'))


def test_a_role_goes_with_what_it_was_narrowed_to(write: Transaction) -> None:
    """SQLite gives the id of a deleted row to the next one, which must not inherit its managers."""
    with write():
        conference, account = make_conference(), make_account()
        track, host, room = make_track(conference), make_host(conference), make_room(conference)
        for role, row in ((Role.TRACK_MANAGER, track), (Role.HOST_COORDINATOR, host), (Role.STAGE_DESK, room)):
            permissions.grant(account, conference.id, role, by=None, now=NOW, scope_id=row.id)
        permissions.grant(account, conference.id, Role.JOURNALIST, by=None, now=NOW, scope_id=track.id)
    with write():
        conferences.delete_track(track, by=None, now=NOW)
        hosts.delete(host, by=None, now=NOW)
        scheduling.delete_room(room, by=None, now=NOW)
    with write():
        assert db.session.scalars(sa.select(Grant.role)).all() == [Role.JOURNALIST]
