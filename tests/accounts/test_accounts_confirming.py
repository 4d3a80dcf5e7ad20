"""Whose address an account has: nobody gets a role, or words under embargo, by signing up as somebody else."""

from __future__ import annotations

import datetime as dt
import re
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from confapp import accounts
from confapp.accounts import confirming
from confapp.database import db
from confapp.domain import grants, people, tokens
from confapp.domain.attendance import registrations
from confapp.domain.errors import Invalid
from confapp.domain.outbox import OutboxRow
from confapp.domain.people import Account
from confapp.domain.permissions import Role
from confapp.domain.press import readers
from confapp.domain.programme.conferences import Conference
from confapp.web import ConfappFlask
from tests import pages
from tests.accounts.test_accounts import ask, is_signed_in, log_in
from tests.conftest import NOW, Transaction
from tests.factories import PASSWORD, make_account, make_conference, sign_in, token_for
from tests.press import Scene

CHIEF = "chief@example.org"


@pytest.fixture
def conference(write: Transaction) -> Conference:
    """A public conference."""
    with write():
        return make_conference()


@pytest.fixture
def stranger(client: FlaskClient, conference: Conference) -> FlaskClient:
    """Somebody who signed up as a guest, with an address that may be anybody's."""
    form = pages.open_form(client, "/summit/register")
    answer = form.send(name="Chief", email=CHIEF, password=PASSWORD, category="guest")
    assert answer.location == "/summit/me"
    return client


def _account() -> Account:
    found = people.account_by_email(CHIEF)
    assert found is not None
    return found


def _letter(app: ConfappFlask, write: Transaction, kind: str = "mail.confirm_address") -> str:
    """The path in the last letter of a kind."""
    with write(), app.test_request_context():
        rows = db.session.scalars(sa.select(OutboxRow).where(OutboxRow.kind == kind).order_by(OutboxRow.id)).all()
        _subject, words = accounts.MAILS[kind.removeprefix("mail.")](
            db.session.get_one(Account, rows[-1].payload["account"])
        )
    found = re.search(r"https?://\S+", words)
    assert found is not None
    return urlsplit(found[0]).path


def _reset(client: FlaskClient, path: str, password: str) -> None:
    typed = {"csrf_token": token_for(client), "password": password, "password_confirm": password}
    assert client.post(path, data=typed).status_code == 302


def test_nobody_gets_a_role_by_signing_up_as_somebody_else(
    stranger: FlaskClient, write: Transaction, conference: Conference
) -> None:
    with write():
        with pytest.raises(Invalid) as refused:
            grants.give(conference, email=CHIEF, role=Role.OWNER, scope=None, expires_at=None, by=None, now=NOW)
        assert list(refused.value.errors) == ["email"]
        assert not grants.grants(conference)


def test_nobody_reads_ahead_by_signing_up_as_somebody_else(write: Transaction) -> None:
    with write():
        scene = Scene()
        make_account(CHIEF, is_confirmed=False)
        version = scene.approve(scene.draft())
        with pytest.raises(Invalid):
            readers.let_in(version, CHIEF, expires_at=NOW + dt.timedelta(days=1), by=scene.officer, now=NOW)


def test_whoever_got_the_letter_and_knows_the_password_confirms(
    app: ConfappFlask, stranger: FlaskClient, write: Transaction, conference: Conference
) -> None:
    assert "Your address is not confirmed." in stranger.get("/accounts/").text
    path = _letter(app, write)
    with write():
        assert _account().confirmed_at is None
    assert pages.open_form(stranger, path).send().location == "/accounts/"
    assert pages.notices(stranger.get("/accounts/")) == ["Your address is confirmed."]
    assert "not confirmed" not in stranger.get("/accounts/").text
    assert stranger.get(path).location == "/accounts/"
    with write():
        assert _account().confirmed_at == NOW
        grants.give(conference, email=CHIEF, role=Role.READ_ONLY, scope=None, expires_at=None, by=None, now=NOW)


def test_the_letter_alone_opens_nothing(app: ConfappFlask, stranger: FlaskClient, write: Transaction) -> None:
    path = _letter(app, write)
    owner = app.test_client()
    asked = owner.get(path)
    assert asked.location == f"/accounts/login?next={path}"
    with write():
        other = make_account("other@example.org", is_confirmed=False)
    assert pages.open_form(sign_in(owner, other), path).send().location == "/accounts/"
    assert "This letter is too old, or went to another address." in owner.get("/accounts/").text
    with write():
        assert _account().confirmed_at is None
        assert db.session.get_one(Account, other.id).confirmed_at is None


@pytest.mark.sqlite
def test_words_that_no_letter_held_confirm_nothing(app: ConfappFlask, write: Transaction) -> None:
    with write():
        account = make_account(CHIEF, is_confirmed=False)
        good = confirming.token_of(account)
        for token in ("", "x", good[:-1], good + "x", "é", "\x00"):
            assert not confirming.confirm(account, token, now=NOW)
        assert account.confirmed_at is None
        assert confirming.confirm(account, good, now=NOW)


def test_another_letter_comes_when_asked_for(stranger: FlaskClient, write: Transaction) -> None:
    answer = stranger.post("/accounts/confirm", data={"csrf_token": token_for(stranger)})
    assert answer.location == "/accounts/"
    with write():
        kinds = db.session.scalars(sa.select(OutboxRow.kind)).all()
        assert list(kinds).count("mail.confirm_address") == 2


def test_the_owner_of_an_address_takes_all_of_the_account(
    app: ConfappFlask, stranger: FlaskClient, write: Transaction, conference: Conference
) -> None:
    with write():
        account = _account()
        account.totp_secret = "what the stranger's phone holds"
        secret = tokens.create_token(account, label="left behind", expires_at=None, now=NOW)
        registration = registrations.registration_of(account.person_id, conference)
        assert registration is not None
        feed = registrations.new_feed(registration, now=NOW)
    owner = app.test_client()
    ask(owner, CHIEF)
    _reset(owner, _letter(app, write, "mail.password_reset"), "the owner's own words")
    assert not is_signed_in(stranger)
    with write():
        assert tokens.account_by_token(secret, now=NOW) is None
        assert not registrations.has_feed(registration)
        assert (_account().totp_secret, _account().confirmed_at) == (None, NOW)
        assert feed
    assert log_in(owner, CHIEF, "the owner's own words").location == "/accounts/"


def test_who_was_vouched_for_keeps_codes_and_tokens(app: ConfappFlask, client: FlaskClient, write: Transaction) -> None:
    with write():
        account = make_account(CHIEF)
        secret = tokens.create_token(account, label="mine", expires_at=None, now=NOW)
    ask(client, CHIEF)
    _reset(client, _letter(app, write, "mail.password_reset"), "quite another phrase")
    with write():
        assert tokens.account_by_token(secret, now=NOW) is not None


@pytest.fixture
def guest(write: Transaction, conference: Conference) -> None:
    """Somebody who was given a role, and had no account."""
    with write():
        make_account("owner@example.org", role=Role.OWNER, conference=conference)
        given = grants.give(
            conference, email=CHIEF, name="Eva", role=Role.PRESS_OFFICER, scope=None, expires_at=None, by=None, now=NOW
        )
        assert given.account.is_invited


def test_an_invitation_leads_to_a_password_and_the_role(
    app: ConfappFlask, client: FlaskClient, guest: None, write: Transaction
) -> None:
    path = _letter(app, write, "mail.invited")
    assert path.startswith("/accounts/invited/")
    reset = client.get(path).location
    assert reset.startswith("/accounts/reset/")
    _reset(client, reset, "a password of her own")
    log_in(client, CHIEF, "a password of her own")
    assert is_signed_in(client)
    assert "Press officer" in client.get("/accounts/").text
    with write():
        assert (_account().confirmed_at, _account().is_invited) == (NOW, False)


def test_an_invitation_ends_once_it_was_taken_up_and_opens_nothing_by_itself(
    app: ConfappFlask, client: FlaskClient, guest: None, write: Transaction
) -> None:
    path = _letter(app, write, "mail.invited")
    log_in(client, CHIEF, "")
    log_in(client, CHIEF, "any password at all")
    assert not is_signed_in(client)
    _reset(client, client.get(path).location, "a password of her own")
    for late in (path, "/accounts/invited/nonsense"):
        assert client.get(late).location == "/accounts/reset"
    said = "This invitation was used already, or is too old: sign in, or have a new letter sent."
    assert pages.notices(client.get("/accounts/reset"))[-2:] == [said, said]


def test_nobody_signs_up_with_the_address_of_somebody_who_was_invited(
    client: FlaskClient, guest: None, write: Transaction
) -> None:
    form = pages.open_form(client, "/summit/register")
    assert form.send(name="Chief", email=CHIEF, password=PASSWORD, category="guest").status_code == 422
    with write():
        assert _account().is_invited


def test_the_letter_of_an_invitation_says_what_for(app: ConfappFlask, guest: None, write: Transaction) -> None:
    with write(), app.test_request_context():
        subject, words = accounts.MAILS["invited"](_account())
    assert subject == "You are invited to Summit"
    assert "Hello Eva," in words
    assert "- Summit, 18–19 May 2026: Press officer" in words
    assert "\n\n\n" not in words
