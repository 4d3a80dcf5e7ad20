"""Signing in: cookies, passwords, resets by mail, and what is recorded of it all."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from confapp import accounts
from confapp.database import db
from confapp.domain.audit import AuditEntry, AuditValue
from confapp.domain.errors import Invalid
from confapp.domain.outbox import OutboxRow
from confapp.domain.people import Account, account_by_email
from confapp.web import ConfappFlask
from tests import pages
from tests.conftest import Transaction
from tests.factories import HASH, PASSWORD, make_account, sign_in, token_for

NEW = "a quite different phrase"
EMAIL = "ada@example.org"


@pytest.fixture
def ada(write: Transaction) -> Account:
    """An account."""
    with write():
        return make_account(EMAIL)


def log_in(client: FlaskClient, email: str = EMAIL, password: str = PASSWORD, **more: str) -> TestResponse:
    """Send the sign-in form."""
    values = {"csrf_token": token_for(client), "email": email, "password": password} | more
    return client.post("/accounts/login", data=values)


def is_signed_in(client: FlaskClient) -> bool:
    """Whether the client's cookie opens its own page."""
    return client.get("/accounts/").status_code == 200


def _recorded(write: Transaction) -> list[tuple[str, str, int | None]]:
    with write():
        entries = db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id)).all()
        return [(entry.action, entry.subject, entry.account_id) for entry in entries]


# Signing in and out.


def test_signing_in_and_out(client: FlaskClient, ada: Account, write: Transaction) -> None:
    page = client.get("/accounts/login")
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    answer = log_in(client, " Ada@Example.org ")
    assert (answer.status_code, answer.location) == (302, "/accounts/")
    assert EMAIL in client.get("/accounts/").text
    assert client.get("/accounts/login").location == "/accounts/"
    out = client.post("/accounts/logout", data={"csrf_token": token_for(client)})
    assert (out.status_code, out.location) == (302, "/")
    assert not is_signed_in(client)
    assert _recorded(write) == [("account.sign_in", f"account:{ada.id}", ada.id)]


@pytest.mark.parametrize("values", [(EMAIL, "wrong"), ("nobody@example.org", PASSWORD), ("nobody@example.org", "x")])
def test_a_wrong_password_and_an_unknown_address_read_alike(
    client: FlaskClient, ada: Account, values: tuple[str, str]
) -> None:
    answer = log_in(client, *values)
    assert answer.status_code == 422
    assert pages.summary(answer) == ["The e-mail address or the password is not right."]
    assert pages.errors(answer) == {}
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    ("email", "password"),
    [("", PASSWORD), (EMAIL, ""), (EMAIL, "x" * 5000), ("", "")],
)
def test_what_cannot_be_a_sign_in_is_said(client: FlaskClient, ada: Account, email: str, password: str) -> None:
    answer = log_in(client, email, password)
    assert answer.status_code == 422
    assert pages.summary(answer) == ["Give your e-mail address and your password."]


@pytest.mark.parametrize(
    "email", ["no address", "a@b@c", "\x00", "x" * 400 + "@example.org", "ada@example.org\r\nBcc: x"]
)
def test_words_that_are_no_address_sign_nobody_in(client: FlaskClient, ada: Account, email: str) -> None:
    answer = log_in(client, email)
    assert answer.status_code == 422
    assert pages.summary(answer) == ["The e-mail address or the password is not right."]


def test_a_password_with_a_zero_character_is_only_wrong(client: FlaskClient, ada: Account) -> None:
    assert log_in(client, password="x\x00y" * 5).status_code == 422


def test_an_account_that_was_stopped_cannot_sign_in_or_stay(
    client: FlaskClient, ada: Account, write: Transaction
) -> None:
    log_in(client)
    assert is_signed_in(client)
    with write():
        _again(ada).is_active = False
    assert not is_signed_in(client)
    answer = log_in(client)
    assert answer.status_code == 422
    assert pages.summary(answer) == ["The e-mail address or the password is not right."]


def test_the_typed_address_stays_and_the_password_does_not(client: FlaskClient, ada: Account) -> None:
    answer = log_in(client, password="my secret words", next="/organise/")
    form = pages.tree(answer).xpath("//form[@action='/accounts/login']")[0]
    assert dict(form.form_values())["email"] == EMAIL
    assert dict(form.form_values())["next"] == "/organise/"
    assert "my secret words" not in answer.text


def test_as_much_work_is_done_for_an_unknown_address(
    client: FlaskClient, ada: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = client.application.extensions["security"].pwd_context
    work: list[str] = []

    def count(name: str) -> Callable[..., Any]:
        done = getattr(context, name)

        def counted(*arguments: Any, **options: Any) -> Any:
            work.append(name)
            return done(*arguments, **options)

        return counted

    for name in ("hash", "verify"):
        monkeypatch.setattr(context, name, count(name))
    log_in(client, password="wrong")
    log_in(client, "nobody@example.org")
    assert work == ["verify", "hash"]
    work.clear()
    for email in (EMAIL, "nobody@example.org"):
        client.post("/accounts/reset", data={"csrf_token": token_for(client), "email": email})
    assert work == ["hash", "hash"]


def test_forms_from_elsewhere_are_refused(client: FlaskClient, ada: Account) -> None:
    values = {"email": EMAIL, "password": PASSWORD}
    assert client.post("/accounts/login", data=values).status_code == 400
    assert client.post("/accounts/login", data=values, headers={"Authorization": "Bearer x"}).status_code == 400
    sign_in(client, ada)
    assert client.post("/accounts/logout").status_code == 400
    assert client.get("/accounts/logout").status_code == 405
    assert is_signed_in(client)


def test_a_json_sign_in_is_no_way_around(client: FlaskClient, ada: Account) -> None:
    answer = client.post(
        "/accounts/login?include_auth_token",
        json={"email": EMAIL, "password": PASSWORD},
        headers={"X-CSRFToken": token_for(client), "Accept": "application/json"},
    )
    assert answer.status_code == 415
    assert not is_signed_in(client)


# Where it leads.


@pytest.mark.parametrize("way", ["/organise/", "/summit/agenda?track=medicine", "/accounts/password"])
def test_signing_in_leads_back(client: FlaskClient, ada: Account, way: str) -> None:
    assert log_in(client, next=way).location == way


def test_a_page_for_members_asks_for_the_sign_in_and_comes_back(client: FlaskClient, ada: Account) -> None:
    asked = client.get("/accounts/password?x=1")
    assert (asked.status_code, asked.location) == (302, "/accounts/login?next=/accounts/password?x%3D1")
    page = client.get(asked.location)
    form = dict(pages.tree(page).xpath("//form[@action='/accounts/login']")[0].form_values())
    assert log_in(client, next=form["next"]).location == "/accounts/password?x=1"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example/",
        "////evil.example",
        "\\\\evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "/\t/evil.example",
        "\x19//evil.example",
        "%09//evil.example",
        " //evil.example",
        "http:evil.example",
        "http:///evil.example",
        "https:/evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "//localhost@evil.example/",
        "http://localhost@evil.example/",
        "http://localhost.evil.example/",
        "/\r\nLocation: https://evil.example/",
    ],
)
def test_signing_in_never_leads_elsewhere(client: FlaskClient, ada: Account, elsewhere: str) -> None:
    for answer in (
        log_in(client, next=elsewhere),
        client.post(
            "/accounts/login",
            query_string={"next": elsewhere},
            data={"csrf_token": token_for(client), "email": EMAIL, "password": PASSWORD},
        ),
    ):
        target = urljoin("http://localhost/accounts/login", (answer.location or "/").replace("\\", "/"))
        assert (urlsplit(target).scheme, urlsplit(target).netloc) == ("http", "localhost")
        assert not answer.headers.get("Location", "").startswith(("//", "/\\"))


# What is recorded.


def test_a_failed_sign_in_is_recorded_under_a_keyed_hash(client: FlaskClient, ada: Account, write: Transaction) -> None:
    log_in(client, "Nobody@example.org")
    log_in(client, password="wrong")
    assert _recorded(write) == [
        ("account.sign_in_failed", "account:unknown", None),
        ("account.sign_in_failed", f"account:{ada.id}", None),
    ]
    with write():
        first, second = db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id)).all()
        key = client.application.config["CONFAPP"].audit_key.encode()
        digest = hmac.new(key, b"nobody@example.org", hashlib.sha256).hexdigest()
        assert first.facts == {"hashed": {"email": digest}}
        values = db.session.scalars(sa.select(AuditValue).order_by(AuditValue.id)).all()
        assert [(value.entry_id, value.name, value.value, value.person_id) for value in values] == [
            (first.id, "email", "nobody@example.org", None),
            (second.id, "email", EMAIL, ada.person_id),
        ]


# Passwords.


def change(client: FlaskClient, old: str = PASSWORD, new: str = NEW, again: str | None = None) -> TestResponse:
    """Send the form that changes the password."""
    values = {"password": old, "new_password": new, "new_password_confirm": new if again is None else again}
    return client.post("/accounts/password", data=values | {"csrf_token": token_for(client)})


def test_changing_the_password_signs_out_everywhere_else(
    app: ConfappFlask, client: FlaskClient, ada: Account, write: Transaction
) -> None:
    elsewhere = sign_in(app.test_client(), ada)
    log_in(client)
    answer = change(client)
    assert (answer.status_code, answer.location) == (302, "/accounts/")
    assert pages.notices(client.get("/accounts/")) == ["Your password is changed. Everywhere else you are signed out."]
    assert not is_signed_in(elsewhere)
    assert log_in(app.test_client()).status_code == 422
    assert log_in(app.test_client(), password=NEW).status_code == 302
    actions = [action for action, _, _ in _recorded(write)]
    assert actions == ["account.sign_in", "account.password_change", "account.sign_in_failed", "account.sign_in"]
    assert _mails(write) == [("mail.password_changed", {"account": ada.id})]


@pytest.mark.parametrize(
    ("old", "new", "again", "field"),
    [
        ("wrong", NEW, NEW, "password"),
        ("", NEW, NEW, "password"),
        (PASSWORD, PASSWORD, PASSWORD, "password"),
        (PASSWORD, "short", "short", "new-password"),
        (PASSWORD, NEW, "another", "new-password-confirm"),
        (PASSWORD, "x" * 5000, "x" * 5000, "new-password"),
        ("x" * 5000, NEW, NEW, "password"),
    ],
)
def test_a_password_that_cannot_be_changed_so(
    client: FlaskClient, ada: Account, write: Transaction, old: str, new: str, again: str, field: str
) -> None:
    sign_in(client, ada)
    answer = change(client, old, new, again)
    assert answer.status_code == 422
    assert field in pages.errors(answer)
    with write():
        assert _again(ada).password == HASH


def test_passwords_are_hashed_with_argon2id_as_dearly_as_the_cheat_sheet_asks(
    make_app: Callable[..., ConfappFlask], write: Transaction
) -> None:
    with make_app(is_testing=False).app_context():
        assert accounts.hashed(NEW).startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_a_cheap_hash_becomes_dear_at_the_next_sign_in(
    make_app: Callable[..., ConfappFlask], ada: Account, write: Transaction
) -> None:
    client = make_app(is_testing=False).test_client()
    assert log_in(client).status_code == 302
    with write():
        assert _again(ada).password.startswith("$argon2id$v=19$m=19456,")
    assert is_signed_in(client)
    assert log_in(make_app(is_testing=False).test_client()).status_code == 302


@pytest.mark.parametrize("password", ["", "short", "elevenchars", "x" * 129])
def test_a_new_password_of_a_wrong_length_is_refused(app: ConfappFlask, password: str) -> None:
    with app.app_context(), pytest.raises(Invalid) as refused:
        accounts.hashed(password)
    assert refused.value.errors == {"password": ["Between 12 and 128 characters."]}


# Forgotten passwords.


def ask(client: FlaskClient, email: str = EMAIL) -> TestResponse:
    """Send the form that asks for a new password; the page that follows."""
    return client.post("/accounts/reset", data={"csrf_token": token_for(client), "email": email})


def _mails(write: Transaction) -> list[tuple[str, dict[str, Any]]]:
    with write():
        return [(row.kind, row.payload) for row in db.session.scalars(sa.select(OutboxRow).order_by(OutboxRow.id))]


def _letter(write: Transaction, ada: Account) -> tuple[str, str]:
    with write():
        return accounts.MAILS["password_reset"](_again(ada))


def _link(write: Transaction, ada: Account) -> str:
    found = re.search(r"http://localhost(/accounts/reset/\S+)", _letter(write, ada)[1])
    assert found is not None
    return found[1]


def test_a_forgotten_password_is_set_anew_by_mail(
    app: ConfappFlask, client: FlaskClient, ada: Account, write: Transaction
) -> None:
    elsewhere = sign_in(app.test_client(), ada)
    asked = ask(client)
    assert asked.status_code == 200
    assert pages.notices(asked) == ["If there is an account with this address, a mail is on its way to it."]
    assert _mails(write) == [("mail.password_reset", {"account": ada.id})]
    link = _link(write, ada)
    assert client.get(link).status_code == 200
    values = {"csrf_token": token_for(client), "password": NEW, "password_confirm": NEW}
    answer = client.post(link, data=values)
    assert (answer.status_code, answer.location) == (302, "/accounts/login")
    assert pages.notices(client.get("/accounts/login")) == ["Your new password is set. Sign in with it."]
    assert not is_signed_in(elsewhere)
    assert log_in(client, password=NEW).status_code == 302
    assert [kind for kind, _ in _mails(write)] == ["mail.password_reset", "mail.password_changed"]
    actions = [action for action, _, _ in _recorded(write)]
    assert actions == ["account.reset_asked", "account.password_reset", "account.sign_in"]


def test_a_reset_link_works_once(client: FlaskClient, ada: Account, write: Transaction) -> None:
    link = _link(write, ada)
    values = {"csrf_token": token_for(client), "password": NEW, "password_confirm": NEW}
    client.post(link, data=values)
    again = client.post(link, data=values | {"password": PASSWORD, "password_confirm": PASSWORD})
    assert (again.status_code, again.location) == (302, "/accounts/reset")
    assert pages.notices(client.get("/accounts/reset")) == [
        "Your new password is set. Sign in with it.",
        "This address was used already or is incomplete. Ask for a new one.",
    ]
    assert log_in(client, password=NEW).status_code == 302


@pytest.mark.parametrize("token", ["x", "x.y.z", "%00", "WyJhIiwiYiJd.aaaa.bbbb"])
def test_a_made_up_reset_link_opens_nothing(client: FlaskClient, ada: Account, token: str) -> None:
    answer = client.get(f"/accounts/reset/{token}")
    assert (answer.status_code, answer.location) == (302, "/accounts/reset")


def test_a_reset_link_ends_in_time(
    client: FlaskClient, ada: Account, write: Transaction, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = _link(write, ada)
    monkeypatch.setitem(client.application.config, "SECURITY_RESET_PASSWORD_WITHIN", -accounts.RESET_WITHIN)
    assert client.get(link).location == "/accounts/reset"
    assert pages.notices(client.get("/accounts/reset")) == ["This address is too old. Ask for a new one."]


@pytest.mark.parametrize("email", ["nobody@example.org", "stopped@example.org"])
def test_asking_for_nobody_reads_the_same_and_sends_nothing(
    client: FlaskClient, ada: Account, write: Transaction, email: str
) -> None:
    with write():
        make_account("stopped@example.org").is_active = False
    known, unknown = ask(client), ask(client, email)
    assert unknown.status_code == known.status_code
    strip = re.compile(r'value="[^"]*"')
    assert strip.sub("", unknown.text) == strip.sub("", known.text)
    assert _mails(write) == [("mail.password_reset", {"account": ada.id})]
    assert [action for action, _, _ in _recorded(write)] == ["account.reset_asked"] * 2


def test_the_letters_say_what_to_do(client: FlaskClient, ada: Account, write: Transaction) -> None:
    subject, text = _letter(write, ada)
    assert subject == "Set a new password"
    assert "within 2 hours" in text
    with write():
        subject, text = accounts.MAILS["password_changed"](_again(ada))
    assert subject == "Your password was changed"
    assert "http://localhost/accounts/reset\n" in text + "\n"


def _again(account: Account) -> Account:
    """The row as it is now."""
    found = account_by_email(account.email)
    assert found is not None
    return found


def test_a_page_asked_for_where_only_a_form_goes_says_so(client: FlaskClient) -> None:
    answer = client.get("/accounts/tokens")
    assert answer.status_code == 405
    assert "This address takes only what a form sends." in answer.text
