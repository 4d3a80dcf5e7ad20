"""Throttling: guesses are counted by place and by account; past the limit the answer is a page that says when."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from confapp.web import ConfappFlask, throttling
from tests import pages
from tests.accounts.test_accounts import EMAIL, ask, is_signed_in, log_in
from tests.accounts.test_accounts_second import set_up
from tests.conftest import SetClock, Transaction
from tests.factories import PASSWORD, make_account, sign_in, token_for

MakeApp = Callable[..., ConfappFlask]


@pytest.fixture
def strict(make_app: MakeApp, write: Transaction, monkeypatch: pytest.MonkeyPatch) -> ConfappFlask:
    """An app that counts, with ten accounts; hashing is cheap all the same."""
    monkeypatch.setattr(
        "confapp.accounts.COST",
        {f"argon2__{name}": 1 for name in ("time_cost", "parallelism")} | {"argon2__memory_cost": 8},
    )
    with write():
        make_account(EMAIL)
        for number in range(12):
            make_account(f"person{number}@example.org")
    return make_app(is_testing=False)


def _from(app: ConfappFlask, place: str) -> FlaskClient:
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = place
    return client


def test_the_eleventh_guess_from_one_place_waits(strict: ConfappFlask) -> None:
    client = _from(strict, "192.0.2.1")
    for number in range(10):
        assert log_in(client, f"person{number}@example.org", "wrong").status_code == 422
    answer = log_in(client)
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert answer.headers["Cache-Control"] == "no-store"
    assert pages.words(answer, "//main//h1") == ["Too many requests"]
    assert "Too many attempts. Wait a little, then try again." in answer.text
    assert client.get("/accounts/login").status_code == 200
    assert log_in(_from(strict, "192.0.2.2")).status_code == 302


@pytest.mark.parametrize("email", [EMAIL, "nobody@example.org"])
def test_the_eleventh_guess_at_one_account_waits_wherever_it_comes_from(strict: ConfappFlask, email: str) -> None:
    for number in range(10):
        assert log_in(_from(strict, f"192.0.2.{number}"), email.upper(), "wrong").status_code == 422
    assert log_in(_from(strict, "192.0.2.99"), email).status_code == 429
    assert log_in(_from(strict, "192.0.2.99"), "person1@example.org").status_code == 302


def test_a_whole_venue_signs_in_from_one_address(strict: ConfappFlask) -> None:
    for number in range(12):
        assert log_in(_from(strict, "192.0.2.1"), f"person{number}@example.org").status_code == 302


def test_an_ipv6_household_is_one_place(strict: ConfappFlask) -> None:
    for number in range(10):
        client = _from(strict, f"2001:db8::{number:x}")
        assert log_in(client, f"person{number}@example.org", "wrong").status_code == 422
    assert log_in(_from(strict, "2001:db8::ffff")).status_code == 429
    assert log_in(_from(strict, "2001:db8:0:1::1")).status_code == 302


def test_guessing_the_present_password_waits_too(strict: ConfappFlask, write: Transaction) -> None:
    with write():
        account = make_account("other@example.org")
    client = sign_in(_from(strict, "192.0.2.1"), account)
    wrong = {"password": "wrong", "new_password": "x" * 20, "new_password_confirm": "x" * 20}
    statuses = [
        client.post("/accounts/password", data=wrong | {"csrf_token": token_for(client)}).status_code for _ in range(11)
    ]
    assert statuses == [422] * 10 + [429]
    right = wrong | {"password": PASSWORD, "csrf_token": token_for(client)}
    assert client.post("/accounts/password", data=right).status_code == 429
    assert is_signed_in(client)


SPELLINGS = ["ada@\N{FULLWIDTH LATIN SMALL LETTER E}xample.org", " ADA@EXAMPLE.ORG", EMAIL]


def test_another_spelling_of_an_address_is_no_other_aim(strict: ConfappFlask) -> None:
    for spelling in SPELLINGS:
        assert log_in(_from(strict, "192.0.2.200"), spelling).status_code == 302
    for number in range(10):
        assert log_in(_from(strict, f"192.0.2.{number}"), SPELLINGS[number % 3], "wrong").status_code == 422
    assert log_in(_from(strict, "192.0.2.99")).status_code == 429


def test_guessing_codes_waits_whatever_else_is_sent(strict: ConfappFlask, clock: SetClock) -> None:
    set_up(_from(strict, "192.0.2.200"), clock)
    clients = [_from(strict, f"192.0.2.{number}") for number in range(11)]
    for client in clients:
        assert log_in(client).location.startswith("/accounts/login/code")
    statuses = [
        client.post(
            "/accounts/login/code",
            data={"csrf_token": token_for(client), "code": "000000", "email": f"x{number}@example.org"},
        ).status_code
        for number, client in enumerate(clients)
    ]
    assert statuses == [422] * 10 + [429]


def test_guessing_the_present_password_waits_whatever_else_is_sent(strict: ConfappFlask, write: Transaction) -> None:
    with write():
        account = make_account("other@example.org")
    statuses = []
    for number in range(11):
        client = sign_in(_from(strict, f"192.0.2.{number}"), account)
        wrong = {"password": "wrong", "new_password": "x" * 20, "new_password_confirm": "x" * 20}
        wrong |= {"csrf_token": token_for(client), "email": f"x{number}@example.org"}
        statuses.append(client.post("/accounts/password", data=wrong).status_code)
    assert statuses == [422] * 10 + [429]


@pytest.mark.parametrize("body", ["[]", "[" * 200_000, '{"email": 5, "password": []}', '"x"'])
def test_pages_about_accounts_take_forms_only(client: FlaskClient, write: Transaction, body: str) -> None:
    with write():
        account = make_account(EMAIL)
    for url in ("login", "reset", "password", "verify", "login/code", "codes"):
        headers = {"X-CSRFToken": token_for(sign_in(client, account) if url in {"password", "verify"} else client)}
        answer = client.post(f"/accounts/{url}", data=body, content_type="application/json", headers=headers)
        assert answer.status_code == 415
        assert "This page takes forms, no JSON." in answer.text


@pytest.mark.parametrize("email", [EMAIL, "nobody@example.org"])
def test_only_so_many_mails_can_be_asked_for(strict: ConfappFlask, email: str) -> None:
    statuses = [ask(_from(strict, f"192.0.2.{number}"), email).status_code for number in range(6)]
    assert statuses == [200] * 5 + [429]


def test_a_reader_of_pages_is_never_counted(strict: ConfappFlask) -> None:
    client = _from(strict, "192.0.2.1")
    for _ in range(60):
        assert client.get("/accounts/reset").status_code == 200


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("address", "named"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::1", "::/64"),
        ("unix:", "unix:"),
        (None, "unknown"),
    ],
)
def test_places(app: ConfappFlask, address: str | None, named: str) -> None:
    with app.test_request_context(environ_base={"REMOTE_ADDR": address} if address else {}):
        assert throttling.place() == named


def test_guessing_speakers_addresses_is_slowed_down(strict: ConfappFlask) -> None:
    statuses = [_from(strict, "192.0.2.7").get(f"/speak/guess-{number}").status_code for number in range(11)]
    assert statuses == [404] * 10 + [429]


def test_guessing_speakers_tokens_is_slowed_down_and_stops_nobody_else(strict: ConfappFlask) -> None:
    def guess(place: str, number: int) -> int:
        headers = {"Authorization": f"Bearer guess-{number}"}
        return _from(strict, place).get("/api/speak", headers=headers).status_code

    assert [guess("192.0.2.7", number) for number in range(11)] == [404] * 10 + [429]
    assert guess("192.0.2.8", 11) == 404, "the next place tries another token"
    assert [guess(f"192.0.2.{number}", 99) for number in range(20, 31)] == [404] * 10 + [429], "one token from many"
