"""Commands for accounts and API tokens: who signs in, as what, and which programs act for them."""

from __future__ import annotations

import datetime as dt
import secrets
import sys
import uuid

import click
from flask import Flask
from flask.cli import AppGroup

from confapp import web
from confapp.accounts import confirming, hashed
from confapp.cli.refusing import command
from confapp.database import transaction
from confapp.domain import audit, grants, people
from confapp.domain import tokens as api_tokens
from confapp.domain.errors import N_, Invalid, Missing
from confapp.domain.people import Account
from confapp.domain.permissions import Role
from confapp.domain.programme import conferences
from confapp.schemas.accounts import AccountSchema, TokenSchema

PASSWORD_BYTES = 15

accounts = AppGroup("accounts", help="Who signs in.")
tokens = AppGroup("tokens", help="Which programs act for them.")


def register(app: Flask) -> None:
    """Give the app these commands."""
    app.cli.add_command(accounts)
    app.cli.add_command(tokens)


@accounts.command("create")
@click.argument("email")
@click.option("--name", help="The person's name; by default what stands before the @.")
@click.option("--admin", is_flag=True, help="An administrator of the instance: all but the press duties, everywhere.")
@click.option("--role", type=click.Choice([role.value for role in Role]), help="What they are in --conference.")
@click.option("--conference", metavar="SLUG", help="The conference in which --role holds.")
@click.option("--scope", metavar="SLUG", help="The one track, host or room for which --role holds.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of making one.")
@command
def create_account(
    email: str,
    name: str | None,
    admin: bool,
    role: str | None,
    conference: str | None,
    scope: str | None,
    password_stdin: bool,
) -> None:
    """Make an account for EMAIL, or give the one that stands another role."""
    _check_options(admin=admin, role=role, conference=conference, scope=scope)
    values = web.clean(AccountSchema(), {"email": email, "name": name or email.partition("@")[0]})
    password, is_made = _password(is_given=password_stdin)
    password_hash = hashed(password)
    now = web.now()
    with transaction():
        account = people.account_by_email(email)
        is_new = account is None
        if account is None:
            account = people.create_account(**values, password_hash=password_hash, now=now, is_admin=admin)
            audit.record("account.create", f"account:{account.id}", conference_id=None, by=None, now=now)
        elif role is None or password_stdin:
            raise Invalid({"email": [N_("There is an account with this address already.")]})
        if role is not None and conference is not None:
            found = conferences.named(conference)
            grants.give(found, email=email, role=Role(role), scope=scope, expires_at=None, by=None, now=now)
    held = "administrator" if admin else f"{role} of {conference}"
    click.echo(f"{email} is {held}.")
    if is_new and is_made:
        click.echo(f"Password, shown this once: {password}")


def _check_options(*, admin: bool, role: str | None, conference: str | None, scope: str | None) -> None:
    if admin == (role is not None):
        raise click.UsageError("Say either --admin or --role ROLE --conference SLUG.")
    if (role is None) != (conference is None):
        raise click.UsageError("--role and --conference belong together.")
    if scope is not None and role is None:
        raise click.UsageError("--scope narrows a --role.")


@accounts.command("password")
@click.argument("email")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of making one.")
@command
def set_password(email: str, password_stdin: bool) -> None:
    """Give EMAIL a new password; it is signed out everywhere."""
    password, is_made = _password(is_given=password_stdin)
    password_hash = hashed(password)
    now = web.now()
    with transaction():
        account = _account(email)
        account.password, account.session_key = password_hash, uuid.uuid4().hex
        confirming.claim(account, now=now)
        audit.record("account.password_set", f"account:{account.id}", conference_id=None, by=None, now=now)
    click.echo(f"{email} has a new password.")
    if is_made:
        click.echo(f"Password, shown this once: {password}")


@accounts.command("codes-off")
@click.argument("email")
@command
def turn_codes_off(email: str) -> None:
    """Let EMAIL, who lost the authenticator app, sign in with the password alone."""
    now = web.now()
    with transaction():
        account = _account(email)
        account.totp_secret, account.totp_counter, account.recovery_codes = None, None, []
        audit.record("account.codes_off", f"account:{account.id}", conference_id=None, by=None, now=now)
    click.echo(f"{email} signs in with the password alone.")


def _password(*, is_given: bool) -> tuple[str, bool]:
    """The password, and whether it was made here."""
    if is_given:
        return sys.stdin.readline().rstrip("\r\n"), False
    return secrets.token_urlsafe(PASSWORD_BYTES), True


def _account(email: str) -> Account:
    account = people.account_by_email(email)
    if account is None:
        raise Missing(N_("There is no account with the address %(email)s.", email=email))
    return account


@tokens.command("create")
@click.argument("email")
@click.option("--label", default="command line", show_default=True, help="What it is for, to know it again.")
@click.option("--expires", metavar="DAYS", type=click.IntRange(1, 3650), help="After how many days it ends.")
@command
def create_token(email: str, label: str, expires: int | None) -> None:
    """Print a new API token that acts as EMAIL."""
    now = web.now()
    values = web.clean(TokenSchema(only=("label",)), {"label": label})
    with transaction():
        account = _account(email)
        expires_at = now + dt.timedelta(days=expires) if expires else None
        click.echo(api_tokens.create_token(account, **values, expires_at=expires_at, now=now))
