"""Signing in: cookies, passwords, resets by mail, throttling and what is recorded of it all."""

from __future__ import annotations

from flask.testing import FlaskClient

from tests.conftest import Transaction
from tests.factories import PASSWORD, make_account, sign_in, token_for


def _sign_in(client: FlaskClient, email: str, password: str, **more: str) -> object:
    values = {"csrf_token": token_for(client), "email": email, "password": password} | more
    return client.post("/accounts/login", data=values)


def test_signing_in_with_the_right_password(client: FlaskClient, write: Transaction) -> None:
    with write():
        make_account("ada@example.org")
    assert client.get("/accounts/login").status_code == 200
    answer = _sign_in(client, "Ada@Example.org", PASSWORD)
    assert (answer.status_code, answer.location) == (302, "/accounts/")
    page = client.get("/accounts/")
    assert page.status_code == 200
    assert "ada@example.org" in page.text


def test_page(client: FlaskClient, write: Transaction) -> None:
    with write():
        account = make_account("ada@example.org")
    sign_in(client, account)
    assert client.get("/accounts/").status_code == 200
    assert client.get("/accounts/menu").status_code == 200
    assert client.get("/accounts/password").status_code == 200
    client.post("/accounts/logout", data={"csrf_token": token_for(client)})
    assert client.get("/accounts/").status_code == 302
    assert client.get("/accounts/reset").status_code == 200
