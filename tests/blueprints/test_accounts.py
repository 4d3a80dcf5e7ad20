"""The pages of one's own account: what one holds, API tokens, and the menu that other pages load."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from confapp.database import db
from confapp.domain import permissions
from confapp.domain.audit import AuditEntry
from confapp.domain.people import Account
from confapp.domain.permissions import Role
from confapp.domain.tokens import ApiToken, create_token, digest
from confapp.web import ConfappFlask
from tests import pages
from tests.conftest import NOW, SetClock, Transaction
from tests.factories import make_account, make_conference, make_registration, sign_in, token_for

EMAIL = "ada@example.org"


@pytest.fixture
def ada(client: FlaskClient, write: Transaction) -> Account:
    """An account that is signed in."""
    with write():
        account = make_account(EMAIL)
    sign_in(client, account)
    return account


def make_token(client: FlaskClient, label: str = "badge printer", expires_at: str = "") -> tuple[int, str]:
    """Send the form that makes a token: the answer's status, and the secret that it shows."""
    values = {"csrf_token": token_for(client), "label": label, "expires_at": expires_at}
    answer = client.post("/accounts/tokens", data=values)
    return answer.status_code, "".join(pages.words(answer, "//code[@class='secret']"))


def ask_api(app: ConfappFlask, secret: str) -> int:
    """What the API answers to a program with this token."""
    return app.test_client().get("/api/conferences", headers={"Authorization": f"Bearer {secret}"}).status_code


# The page.


def test_a_name_is_changed_by_whose_it_is(client: FlaskClient, ada: Account, write: Transaction) -> None:
    form = pages.open_form(client, "/accounts/name")
    assert pages.errors(form.send(name=" ")) == {"name": "Fill this in."}
    assert form.send(name="Ada  Moreau").location == "/accounts/"
    assert pages.words(client.get("/accounts/"), "//h1") == ["Ada Moreau"]
    with write():
        entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "account.rename")).one()
        assert (entry.subject, entry.account_id) == (f"account:{ada.id}", ada.id)
        assert "Moreau" not in str(entry.facts)


def test_the_page_names_roles_by_conference(client: FlaskClient, ada: Account, write: Transaction) -> None:
    with write():
        conference = make_conference(title={"en": "Summit <1>"})
        account = db.session.get(Account, ada.id)
        assert account is not None
        make_registration(conference, account.person)
    shown = client.get("/accounts/")
    assert shown.headers["Cache-Control"] == "no-store"
    assert "You hold no role in any conference." in shown.text
    assert pages.words(shown, "//a[@href='/summit/me']") == ["Summit <1>"]
    with write():
        for role, until in ((Role.ORGANISER, None), (Role.STAGE_DESK, NOW + dt.timedelta(days=1))):
            permissions.grant(db.session.merge(ada), conference.id, role, by=None, now=NOW, expires_at=until)
        permissions.grant(
            db.session.merge(ada), conference.id, Role.READ_ONLY, by=None, now=NOW - dt.timedelta(2), expires_at=NOW
        )
    shown = client.get("/accounts/")
    assert pages.words(shown, "//tbody/tr/td[1]") == ["Organiser", "Stage desk"]
    assert pages.words(shown, "//tbody/tr/td[2]") == ["for good", "Tuesday 19 May 2026, 11:00"]


def test_an_administrator_is_told_so(client: FlaskClient, write: Transaction) -> None:
    with write():
        sign_in(client, make_account(EMAIL, is_admin=True))
    assert "You administer this instance" in client.get("/accounts/").text


# Tokens.


def test_a_token_is_shown_once_and_opens_the_api(
    app: ConfappFlask, client: FlaskClient, ada: Account, write: Transaction
) -> None:
    status, secret = make_token(client)
    assert status == 201
    assert re.fullmatch(r"[\w-]{43}", secret)
    assert ask_api(app, secret) == 200
    shown = client.get("/accounts/")
    assert secret not in shown.text
    assert pages.words(shown, "//tbody/tr/th") == ["badge printer"]
    with write():
        token = db.session.scalars(sa.select(ApiToken)).one()
        assert (token.digest, token.account_id, token.expires_at) == (digest(secret), ada.id, None)
        entry = db.session.scalars(sa.select(AuditEntry)).one()
        assert (entry.action, entry.subject, entry.account_id) == ("token.create", f"token:{token.id}", ada.id)
        assert entry.facts == {}


def test_a_token_ends_by_its_time(app: ConfappFlask, client: FlaskClient, ada: Account, clock: SetClock) -> None:
    _, secret = make_token(client, expires_at="2026-05-18T10:00")
    clock.tick(minutes=59)
    assert ask_api(app, secret) == 200
    clock.tick(minutes=1)
    assert ask_api(app, secret) == 401
    assert pages.words(client.get("/accounts/"), "//tbody/tr/th") == []


def test_a_revoked_token_opens_nothing(
    app: ConfappFlask, client: FlaskClient, ada: Account, write: Transaction
) -> None:
    _, secret = make_token(client)
    with write():
        token = db.session.scalars(sa.select(ApiToken.id)).one()
    url = f"/accounts/tokens/{token}/revoke"
    answer = client.post(url, data={"csrf_token": token_for(client)})
    assert (answer.status_code, answer.location) == (302, "/accounts/")
    assert ask_api(app, secret) == 401
    assert client.post(url, data={"csrf_token": token_for(client)}).status_code == 404
    with write():
        actions = db.session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == ["token.create", "token.revoke"]


def test_nobody_revokes_the_token_of_another(
    app: ConfappFlask, client: FlaskClient, ada: Account, write: Transaction
) -> None:
    with write():
        secret = create_token(make_account("bob@example.org"), label="his", expires_at=None, now=NOW)
        token = db.session.scalars(sa.select(ApiToken.id)).one()
    url = f"/accounts/tokens/{token}/revoke"
    assert client.post(url, data={"csrf_token": token_for(client)}).status_code == 404
    assert ask_api(app, secret) == 200


def test_a_token_makes_no_tokens(app: ConfappFlask, client: FlaskClient, ada: Account, write: Transaction) -> None:
    _, secret = make_token(client)
    program = {"Authorization": f"Bearer {secret}"}
    stranger = app.test_client()
    for answer in (
        stranger.post("/accounts/tokens", data={"label": "more"}, headers=program),
        stranger.post("/accounts/tokens/1/revoke", headers=program),
        stranger.get("/accounts/", headers=program),
        stranger.get("/accounts/password", headers=program),
        stranger.get("/accounts/codes", headers=program),
    ):
        assert answer.status_code == 302
        assert answer.location.startswith("/accounts/login")
    with write():
        assert len(db.session.scalars(sa.select(ApiToken)).all()) == 1


@pytest.mark.parametrize(
    ("label", "expires_at", "field"),
    [("", "", "label"), ("x" * 101, "", "label"), ("x", "2026-05-18T08:00", "expires-at"), ("x", "soon", "expires-at")],
)
def test_a_token_that_cannot_be_made(
    client: FlaskClient, ada: Account, write: Transaction, label: str, expires_at: str, field: str
) -> None:
    values = {"csrf_token": token_for(client), "label": label, "expires_at": expires_at}
    answer = client.post("/accounts/tokens", data=values)
    assert answer.status_code == 422
    assert list(pages.errors(answer)) == [field]
    with write():
        assert db.session.scalars(sa.select(ApiToken)).all() == []


# The menu.


def test_the_menu_of_a_stranger_leads_to_the_sign_in(client: FlaskClient) -> None:
    shown = client.get("/accounts/menu")
    assert (shown.status_code, shown.headers["Cache-Control"]) == (200, "no-store")
    assert shown.text.strip() == '<a href="/accounts/login">Sign in</a>'


def test_the_menu_names_its_owner_and_conferences(client: FlaskClient, ada: Account, write: Transaction) -> None:
    with write():
        make_conference("first", by=db.session.merge(ada), title={"en": "First"})
        other = make_conference("second", title={"en": "Second"})
        account = db.session.get(Account, ada.id)
        assert account is not None
        make_registration(other, account.person)
    shown = client.get("/accounts/menu")
    assert shown.headers["Cache-Control"] == "no-store"
    assert "<html" not in shown.text
    assert pages.words(shown, "//summary") == ["Ada"]
    assert [(" ".join(each.text_content().split()), each.get("href")) for each in pages.tree(shown).xpath("//a")] == [
        ("Your account", "/accounts/"),
        ("Organise First", "/organise/first/"),
        ("All your conferences", "/organise/"),
        ("Your agenda at Second", "/second/me"),
    ]
    form = pages.tree(shown).xpath("//form")[0]
    assert form.action == "/accounts/logout"
    assert client.post(form.action, data=dict(form.form_values())).status_code == 302
    assert client.get("/accounts/").status_code == 302


def test_pages_of_an_account_take_few_statements(
    client: FlaskClient,
    ada: Account,
    write: Transaction,
    count_queries: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    counts = []
    for number in (0, 20):
        with write():
            for each in range(number):
                conference = make_conference(f"c{each}", by=db.session.merge(ada))
                account = db.session.get(Account, ada.id)
                assert account is not None
                make_registration(conference, account.person)
                create_token(account, label="x", expires_at=None, now=NOW)
        for url in ("/accounts/", "/accounts/menu"):
            with count_queries() as statements:
                assert client.get(url).status_code == 200
            counts.append(len(statements))
    assert counts[:2] == counts[2:]
    assert max(counts) <= 5
