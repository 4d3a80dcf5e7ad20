"""The pages of roles: who holds one, giving one, taking it back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from confapp.database import db
from confapp.domain import audit, outbox
from confapp.domain.permissions import Grant, Role
from confapp.domain.programme import conferences
from tests import pages
from tests.conftest import Transaction
from tests.factories import make_account, make_conference, make_room, make_track, sign_in, token_for

LIST = "/organise/summit/people"


@pytest.fixture
def owner(client: FlaskClient, write: Transaction) -> FlaskClient:
    """The owner of the conference, signed in."""
    with write():
        account = make_account("owner@example.org")
        make_conference(by=account)
        make_account("ada@example.org")
    return sign_in(client, account)


def _grants(write: Transaction) -> list[tuple[str, str, int | None, dt.datetime | None]]:
    with write():
        held = db.session.scalars(sa.select(Grant).order_by(Grant.id)).all()
        return [(grant.account.email, grant.role.value, grant.scope_id, grant.expires_at) for grant in held]


def test_giving_a_role(owner: FlaskClient, write: Transaction) -> None:
    form = pages.open_form(owner, f"{LIST}/new")
    answer = form.send(email="Ada@example.org", role="press_officer", expires_at="2026-05-20T18:00")
    assert (answer.status_code, answer.location) == (302, LIST)
    until = dt.datetime(2026, 5, 20, 16, tzinfo=dt.UTC)
    assert _grants(write)[1:] == [("ada@example.org", "press_officer", None, until)]
    shown = owner.get(LIST)
    assert pages.notices(shown) == ["Ada has the role now."]
    assert pages.words(shown, "//tbody/tr/td[1]") == ["Owner", "Press officer"]
    assert pages.words(shown, "//tbody/tr/td[3]") == ["for good", "Wednesday 20 May 2026, 18:00"]
    with write():
        entry = db.session.scalars(sa.select(audit.AuditEntry).order_by(audit.AuditEntry.id.desc())).first()
        assert entry is not None
        assert (entry.action, entry.conference_id) == ("grant.give", db.session.scalar(sa.select(Grant.conference_id)))
        assert entry.facts == {"role": "press_officer", "scope": None, "expires_at": "2026-05-20T16:00:00+00:00"}


def test_a_role_is_narrowed_to_a_track(owner: FlaskClient, write: Transaction) -> None:
    with write():
        conference = conferences.named("summit")
        track, other = make_track(conference, "Medicine"), make_room(conference, "Medicine", code="medicine")
        assert (track.slug, other.code) == ("medicine", "medicine")
    form = pages.open_form(owner, f"{LIST}/new")
    assert form.send(email="ada@example.org", role="track_manager", scope="track:medicine").status_code == 302
    assert _grants(write)[1:] == [("ada@example.org", "track_manager", track.id, None)]
    assert pages.words(owner.get(LIST), "//tbody/tr/td[2]") == ["the whole conference", "Medicine"]


def test_whoever_has_no_account_is_invited(owner: FlaskClient, write: Transaction) -> None:
    form = pages.open_form(owner, f"{LIST}/new")
    assert form.send(email="Eva@example.org", name="Eva Brandt", role="press_officer").status_code == 302
    shown = owner.get(LIST)
    assert pages.notices(shown) == ["Eva Brandt is invited: a letter is on its way."]
    assert "eva@example.org · invited, has not come yet" in shown.text
    assert [grant[:2] for grant in _grants(write)[1:]] == [("eva@example.org", "press_officer")]
    with write():
        rows = db.session.scalars(sa.select(outbox.OutboxRow).where(outbox.OutboxRow.kind == "mail.invited")).all()
        assert [set(row.payload) for row in rows] == [{"account"}]
        action = db.session.scalar(
            sa.select(audit.AuditEntry.action).where(audit.AuditEntry.action == "account.invite")
        )
        assert action is not None
    again = form.send(email="eva@example.org", role="organiser")
    assert again.status_code == 302
    with write():
        letters = sa.select(sa.func.count()).where(outbox.OutboxRow.kind == "mail.invited")
        assert db.session.scalar(letters) == 2


def test_an_owner_who_was_only_invited_is_not_the_last(owner: FlaskClient, write: Transaction) -> None:
    assert pages.open_form(owner, f"{LIST}/new").send(email="eva@example.org", role="owner").status_code == 302
    with write():
        first = db.session.scalars(sa.select(Grant).order_by(Grant.id)).first()
        assert first is not None
        path = f"{LIST}/{first.id}/revoke"
    assert owner.post(path, data={"csrf_token": token_for(owner)}).status_code == 409


@pytest.mark.parametrize(
    ("typed", "field", "message"),
    [
        ({"email": "no address"}, "email", "Give an e-mail address such as ada@example.org."),
        ({"role": "emperor"}, "role", "Must be one of:"),
        ({"role": "track_manager"}, "scope", "Say for which track this role holds."),
        ({"role": "track_manager", "scope": "host:academy"}, "scope", "This role is narrowed to a track."),
        ({"role": "track_manager", "scope": "medicine"}, "scope", "There is no track “medicine” in this conference."),
        ({"role": "stage_desk", "scope": "room:x"}, "scope", "There is no room “x” in this conference."),
        ({"role": "journalist", "scope": "x"}, "scope", "There is no transcript version “x” in this conference."),
        ({"role": "organiser", "scope": "room:x"}, "scope", "This role holds for the whole conference"),
        ({"expires_at": "2026-05-01T10:00"}, "expires-at", "The expiry lies in the past."),
        ({"expires_at": "soon"}, "expires-at", "Give a date and time such as"),
        (
            {"email": "owner@example.org", "role": "owner", "expires_at": "2027-05-01T10:00"},
            "expires-at",
            "A conference needs an owner",
        ),
    ],
)
def test_what_cannot_be_given_is_said_beside_its_field(
    owner: FlaskClient, write: Transaction, typed: dict[str, str], field: str, message: str
) -> None:
    form = pages.open_form(owner, f"{LIST}/new")
    answer = form.send({"email": "ada@example.org", "role": "organiser"} | typed)
    assert answer.status_code == 422
    assert list(pages.errors(answer)) == [field]
    assert pages.errors(answer)[field].startswith(message)
    assert len(_grants(write)) == 1


def test_giving_a_role_again_moves_its_expiry(owner: FlaskClient, write: Transaction) -> None:
    form = pages.open_form(owner, f"{LIST}/new")
    form.send(email="ada@example.org", role="organiser", expires_at="2026-06-01T10:00")
    form.send(email="ada@example.org", role="organiser")
    assert _grants(write)[1:] == [("ada@example.org", "organiser", None, None)]


def test_revoking_a_role(owner: FlaskClient, write: Transaction) -> None:
    pages.open_form(owner, f"{LIST}/new").send(email="ada@example.org", role="organiser")
    with write():
        given = db.session.scalars(sa.select(Grant).where(Grant.role == Role.ORGANISER)).one().id
    asked = pages.open_form(owner, f"{LIST}/{given}/revoke")
    assert len(_grants(write)) == 2
    answer = asked.send()
    assert (answer.status_code, answer.location) == (302, LIST)
    assert [role for _, role, _, _ in _grants(write)] == ["owner"]
    assert owner.get(f"{LIST}/{given}/revoke").status_code == 404


def test_the_last_owner_stays(owner: FlaskClient, write: Transaction) -> None:
    with write():
        mine = db.session.scalars(sa.select(Grant)).one().id
    answer = pages.open_form(owner, f"{LIST}/{mine}/revoke").send()
    assert answer.status_code == 409
    assert "This is the last owner." in answer.text
    assert len(_grants(write)) == 1
    pages.open_form(owner, f"{LIST}/new").send(email="ada@example.org", role="owner")
    assert pages.open_form(owner, f"{LIST}/{mine}/revoke").send().status_code == 302
    assert owner.get(LIST).status_code == 404


def test_an_owner_for_a_while_does_not_count_as_the_last(owner: FlaskClient, write: Transaction) -> None:
    pages.open_form(owner, f"{LIST}/new").send(email="ada@example.org", role="owner", expires_at="2026-06-01T10:00")
    with write():
        mine = db.session.scalars(sa.select(Grant)).first()
        assert mine is not None
    assert pages.open_form(owner, f"{LIST}/{mine.id}/revoke").send().status_code == 409


def test_a_grant_of_another_conference_is_not_there(owner: FlaskClient, write: Transaction) -> None:
    with write():
        other = make_conference("other")
        grant = make_account("bob@example.org", role=Role.ORGANISER, conference=other)
        given = db.session.scalars(sa.select(Grant.id).where(Grant.account_id == grant.id)).one()
    assert owner.get(f"{LIST}/{given}/revoke").status_code == 404
    assert owner.post(f"{LIST}/{given}/revoke", data={"csrf_token": token_for(owner)}).status_code == 404
    assert len(_grants(write)) == 2


def test_organisers_do_not_give_roles(client: FlaskClient, write: Transaction) -> None:
    with write():
        conference = make_conference()
        sign_in(client, make_account(role=Role.ORGANISER, conference=conference))
    assert client.get(LIST).status_code == 404
    assert client.post(f"{LIST}/new", data={"csrf_token": token_for(client)}).status_code == 404


def test_a_list_takes_the_same_few_statements_however_long_it_is(
    owner: FlaskClient, write: Transaction, count_queries: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    with count_queries() as few:
        owner.get(LIST)
    with write():
        for number in range(30):
            make_account(f"person{number}@example.org", role=Role.READ_ONLY, conference=conferences.named("summit"))
    with count_queries() as many:
        assert len(pages.words(owner.get(LIST), "//tbody/tr")) == 31
    assert len(many) == len(few) <= 10
