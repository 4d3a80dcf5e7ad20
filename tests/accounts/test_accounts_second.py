"""The second step of signing in: turning it on, codes that open once, recovery codes, and turning it off."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from passlib.totp import TOTP
from werkzeug.test import TestResponse

from confapp.database import db
from confapp.domain.audit import AuditEntry
from confapp.domain.people import Account, account_by_email
from confapp.web import ConfappFlask
from tests import pages
from tests.accounts.test_accounts import EMAIL, is_signed_in, log_in
from tests.conftest import SetClock, Transaction
from tests.factories import PASSWORD, make_account, sign_in, token_for

SETUP = "/accounts/codes"


def post(client: FlaskClient, url: str, **values: str) -> TestResponse:
    """Send a form."""
    return client.post(url, data=values | {"csrf_token": token_for(client)})


def _row() -> Account:
    found = account_by_email(EMAIL)
    assert found is not None
    return found


class App:
    """An authenticator app on somebody's phone."""

    def __init__(self, key: str, clock: SetClock) -> None:
        self.totp = TOTP(key=key)
        self.clock = clock

    def code(self) -> str:
        """What it shows now."""
        return str(self.totp.generate(self.clock.now.timestamp()).token)


def set_up(client: FlaskClient, clock: SetClock) -> App:
    """Sign in and turn codes on, as a person with a phone does."""
    log_in(client)
    page = post(client, SETUP, setup="authenticator")
    assert page.status_code == 200
    key = pages.words(page, "//ol//code")[0]
    app = App(key, clock)
    action = pages.tree(page).xpath("//form[contains(@action, '/accounts/codes/')]/@action")[0]
    done = post(client, action, code=app.code())
    assert (done.status_code, done.location) == (302, SETUP)
    clock.tick(seconds=30)
    return app


@pytest.fixture
def ada(write: Transaction) -> Account:
    """An account."""
    with write():
        return make_account(EMAIL)


def test_turning_codes_on(client: FlaskClient, ada: Account, clock: SetClock, write: Transaction) -> None:
    log_in(client)
    assert "Two-step sign-in is off." in client.get(SETUP).text
    page = post(client, SETUP, setup="authenticator")
    image = pages.tree(page).xpath("//ol//img/@src")[0]
    assert image.startswith("data:image/svg+xml")
    with write():
        assert _row().totp_secret is None
    set_up(client, clock)
    shown = client.get(SETUP)
    assert pages.notices(shown)[-1].startswith("From now on, signing in takes a code too.")
    assert "Two-step sign-in is on." in shown.text
    with write():
        secret = _row().totp_secret
        assert secret is not None
        assert "enckey" in secret
        actions = [entry.action for entry in db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id))]
    assert actions == ["account.sign_in", "account.codes_on"]


def test_a_wrong_code_turns_nothing_on(client: FlaskClient, ada: Account, write: Transaction) -> None:
    log_in(client)
    page = post(client, SETUP, setup="authenticator")
    action = pages.tree(page).xpath("//form[contains(@action, '/accounts/codes/')]/@action")[0]
    for code in ("000000", "", "x", "1" * 300):
        assert post(client, action, code=code).status_code == 302
    assert pages.notices(client.get(SETUP)) == ["This code is not right, or was used already."] * 4
    assert post(client, f"{SETUP}/made-up", code="000000").location == SETUP
    with write():
        assert _row().totp_secret is None


def test_signing_in_takes_a_code(
    app: ConfappFlask, client: FlaskClient, ada: Account, clock: SetClock, write: Transaction
) -> None:
    phone = set_up(client, clock)
    other = app.test_client()
    half = log_in(other, next="/organise/")
    assert (half.status_code, half.location) == (302, "/accounts/login/code?next=/organise/")
    assert not is_signed_in(other)
    assert other.get(half.location).status_code == 200
    wrong = post(other, half.location, code="000000")
    assert wrong.status_code == 422
    assert pages.errors(wrong) == {"code": "This code is not right, or was used already."}
    assert not is_signed_in(other)
    right = post(other, half.location, code=phone.code())
    assert (right.status_code, right.location) == (302, "/organise/")
    assert is_signed_in(other)
    with write():
        actions = [entry.action for entry in db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id))]
    assert actions[2:] == ["account.code_failed", "account.sign_in"]


def test_a_code_is_taken_once_and_in_its_time(
    app: ConfappFlask, client: FlaskClient, ada: Account, clock: SetClock
) -> None:
    phone = set_up(client, clock)
    code = phone.code()
    for status in (302, 422):
        other = app.test_client()
        log_in(other)
        assert post(other, "/accounts/login/code", code=code).status_code == status
    clock.tick(seconds=30)
    late = phone.code()
    clock.tick(seconds=90)
    other = app.test_client()
    log_in(other)
    assert post(other, "/accounts/login/code", code=late).status_code == 422


def test_a_code_without_the_password_opens_nothing(
    app: ConfappFlask, client: FlaskClient, ada: Account, clock: SetClock
) -> None:
    phone = set_up(client, clock)
    other = app.test_client()
    answer = post(other, "/accounts/login/code", code=phone.code())
    assert (answer.status_code, answer.location) == (302, "/accounts/login")
    assert post(other, "/accounts/login/recovery", code="x").location == "/accounts/login"
    assert post(other, "/accounts/login/rescue", help_setup="help").location == "/accounts/login/recovery"
    assert post(other, "/accounts/login/select", which="x").location == "/accounts/login"
    log_in(other, password="wrong")
    assert post(other, "/accounts/login/code", code=phone.code()).location == "/accounts/login"
    assert not is_signed_in(other)


def test_recovery_codes_open_once(
    app: ConfappFlask, client: FlaskClient, ada: Account, clock: SetClock, write: Transaction
) -> None:
    set_up(client, clock)
    assert pages.words(client.get("/accounts/codes/recovery?show_codes=1"), "//main//li/code") == []
    made = pages.words(post(client, "/accounts/codes/recovery"), "//main//li/code")
    assert len(set(made)) == 5
    assert all(re.fullmatch(r"[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}", code) for code in made)
    with write():
        assert not set(made) & set(_row().recovery_codes)
    for code, status in ((made[0], 302), (made[0], 422), (made[1].upper() + " ", 302), ("", 422)):
        other = app.test_client()
        log_in(other)
        assert other.get("/accounts/login/recovery").status_code == 200
        assert post(other, "/accounts/login/recovery", code=code).status_code == status
        assert is_signed_in(other) == (status == 302)
    with write():
        assert len(_row().recovery_codes) == 3
    again = pages.words(post(client, "/accounts/codes/recovery"), "//main//li/code")
    assert not set(again) & set(made)


def test_turning_codes_off(
    app: ConfappFlask, client: FlaskClient, ada: Account, clock: SetClock, write: Transaction
) -> None:
    set_up(client, clock)
    post(client, "/accounts/codes/recovery")
    assert post(client, SETUP, setup="disable").location == SETUP
    assert log_in(app.test_client()).location == "/accounts/"
    with write():
        row = _row()
        assert (row.totp_secret, row.totp_counter, row.recovery_codes) == (None, None, [])


@pytest.mark.parametrize("method", ["email", "sms", "x", ""])
def test_there_is_no_other_second_step(client: FlaskClient, ada: Account, write: Transaction, method: str) -> None:
    log_in(client)
    assert post(client, SETUP, setup=method, phone="+32 2 000 00 00").status_code == 422
    with write():
        assert _row().totp_secret is None


def test_the_password_is_asked_again_before_codes_are_changed(client: FlaskClient, ada: Account) -> None:
    sign_in(client, ada)  # at some time, nobody knows when
    for url in (SETUP, "/accounts/codes/recovery"):
        asked = client.get(url)
        assert (asked.status_code, asked.location) == (302, f"/accounts/verify?next={url}")
    assert post(client, SETUP, setup="authenticator").status_code == 302
    assert client.get("/accounts/verify").status_code == 200
    wrong = post(client, "/accounts/verify", password="wrong", next=SETUP)
    assert (wrong.status_code, pages.errors(wrong)) == (422, {"password": "This is not your password."})
    assert post(client, "/accounts/verify", password=PASSWORD, next=SETUP).location == SETUP
    assert client.get(SETUP).status_code == 200
