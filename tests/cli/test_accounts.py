"""The commands for accounts and tokens, as somebody types them."""

from __future__ import annotations

import contextvars
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from click.testing import Result

from confapp.database import db
from confapp.domain.audit import AuditEntry
from confapp.domain.people import Account, account_by_email
from confapp.domain.permissions import Grant
from confapp.domain.tokens import ApiToken, account_by_token
from confapp.web import ConfappFlask
from tests.accounts.test_accounts import is_signed_in, log_in
from tests.conftest import NOW, SetClock, Transaction
from tests.factories import PASSWORD, make_account, make_conference, make_track, sign_in

Run = Callable[..., Result]
EMAIL = "ada@example.org"


def made_password(done: Result) -> str:
    """The password that a command printed."""
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("Password, shown this once: ")]
    return line.rpartition(" ")[2]


def piped(app: ConfappFlask, words: list[str], typed: str) -> Result:
    """Run a command with something on its standard input."""
    return contextvars.Context().run(app.test_cli_runner().invoke, args=words, input=typed)


def _account(email: str = EMAIL) -> Account:
    found = account_by_email(email)
    assert found is not None
    return found


def test_an_administrator(app: ConfappFlask, run: Run, write: Transaction) -> None:
    done = run("accounts", "create", "Ada@Example.org", "--admin", "--name", "Ada Lindqvist")
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.splitlines()[0] == "Ada@Example.org is administrator."
    with write():
        account = _account()
        assert (account.is_admin, account.person.name, account.email) == (True, "Ada Lindqvist", EMAIL)
        assert db.session.scalars(sa.select(AuditEntry.action)).all() == ["account.create"]
    assert log_in(app.test_client(), password=made_password(done)).status_code == 302


def test_an_account_with_a_role(app: ConfappFlask, run: Run, write: Transaction) -> None:
    with write():
        make_conference("summit")
    done = run("accounts", "create", EMAIL, "--role", "press_officer", "--conference", "summit")
    assert done.stdout.splitlines()[0] == f"{EMAIL} is press_officer of summit."
    with write():
        grant = db.session.scalars(sa.select(Grant)).one()
        assert (grant.account.email, grant.account.is_admin, grant.role) == (EMAIL, False, "press_officer")
        assert grant.account.person.name == "ada"
    assert log_in(app.test_client(), password=made_password(done)).status_code == 302


def test_a_second_role_for_an_account_that_stands(run: Run, write: Transaction) -> None:
    with write():
        track = make_track(make_conference("summit"), "Medicine")
        before = make_account(EMAIL).password
    words = ["accounts", "create", EMAIL, "--role", "track_manager", "--conference", "summit", "--scope", "medicine"]
    done = run(*words)
    assert (done.exit_code, done.stdout) == (0, f"{EMAIL} is track_manager of summit.\n")
    with write():
        grant = db.session.scalars(sa.select(Grant)).one()
        assert (grant.role, grant.scope_id, grant.account.password) == ("track_manager", track.id, before)


def test_a_given_password(app: ConfappFlask, write: Transaction) -> None:
    done = piped(app, ["accounts", "create", EMAIL, "--admin", "--password-stdin"], "several words together\n")
    assert (done.exit_code, done.stdout) == (0, f"{EMAIL} is administrator.\n")
    assert log_in(app.test_client(), password="several words together").status_code == 302
    short = piped(app, ["accounts", "create", "b@example.org", "--admin", "--password-stdin"], "short\n")
    assert short.exit_code == 1
    assert short.stderr.splitlines() == [
        "Error: Some values cannot be taken.",
        "  password: Between 12 and 128 characters.",
    ]
    with write():
        assert account_by_email("b@example.org") is None


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["no address", "--admin"], ["  email: Give an e-mail address such as ada@example.org."]),
        ([EMAIL, "--admin", "--name", "x" * 201], ["  name: At most 200 characters."]),
        (["known@example.org", "--admin"], ["  email: There is an account with this address already."]),
        ([EMAIL, "--role", "organiser", "--conference", "absent"], []),
        (
            [EMAIL, "--role", "track_manager", "--conference", "summit"],
            ["  scope: Say for which track this role holds."],
        ),
    ],
)
def test_what_is_refused_says_why_and_stores_nothing(
    run: Run, write: Transaction, words: list[str], said: list[str]
) -> None:
    with write():
        make_conference("summit")
        make_account("known@example.org")
    done = run("accounts", "create", *words)
    assert (done.exit_code, done.stdout) == (1, "")
    first = "There is no conference “absent”." if "absent" in words else "Some values cannot be taken."
    assert done.stderr.splitlines() == [f"Error: {first}", *said]
    with write():
        assert db.session.scalars(sa.select(Account.email)).all() == ["known@example.org"]


@pytest.mark.parametrize(
    "words",
    [
        [EMAIL],
        [EMAIL, "--admin", "--role", "owner", "--conference", "summit"],
        [EMAIL, "--role", "owner"],
        [EMAIL, "--admin", "--conference", "summit"],
        [EMAIL, "--admin", "--scope", "medicine"],
        [EMAIL, "--role", "emperor", "--conference", "summit"],
        [],
    ],
)
def test_a_command_typed_wrong_explains_itself(run: Run, words: list[str]) -> None:
    done = run("accounts", "create", *words)
    assert done.exit_code == 2
    assert "Usage:" in done.stderr


def test_a_new_password_signs_out_everywhere(app: ConfappFlask, run: Run, write: Transaction) -> None:
    with write():
        client = sign_in(app.test_client(), make_account(EMAIL))
    assert is_signed_in(client)
    done = run("accounts", "password", EMAIL)
    assert done.exit_code == 0
    assert not is_signed_in(client)
    assert log_in(app.test_client()).status_code == 422
    assert log_in(app.test_client(), password=made_password(done)).status_code == 302


def test_codes_are_turned_off_for_whoever_lost_the_app(app: ConfappFlask, run: Run, write: Transaction) -> None:
    with write():
        account = make_account(EMAIL)
        with app.app_context():
            account.totp_secret = app.extensions["security"].totp_factory.generate_totp_secret()
    assert log_in(app.test_client()).location == "/accounts/login/code?next=/accounts/"
    assert run("accounts", "codes-off", EMAIL).stdout == f"{EMAIL} signs in with the password alone.\n"
    assert log_in(app.test_client(), password=PASSWORD).location == "/accounts/"


def test_a_token(app: ConfappFlask, run: Run, write: Transaction, clock: SetClock) -> None:
    with write():
        make_account(EMAIL)
    done = run("tokens", "create", EMAIL, "--label", "importer", "--expires", "2")
    secret = done.stdout.strip()
    with write():
        found = account_by_token(secret, now=NOW)
        assert found is not None
        assert found.email == EMAIL
        assert db.session.scalars(sa.select(ApiToken.label)).all() == ["importer"]
        assert account_by_token(secret, now=clock.tick(days=2)) is None


@pytest.mark.parametrize("words", [["tokens", "create"], ["accounts", "password"], ["accounts", "codes-off"]])
def test_commands_for_nobody_say_so(run: Run, words: list[str]) -> None:
    done = run(*words, "nobody@example.org")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == "Error: There is no account with the address nobody@example.org.\n"


def test_a_token_for_too_long_a_label_is_refused(run: Run, write: Transaction) -> None:
    with write():
        make_account(EMAIL)
    done = run("tokens", "create", EMAIL, "--label", "x" * 101)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.splitlines()[1] == "  label: At most 100 characters."
