"""Guests: somebody without an account makes one on the way to what they came for."""

from __future__ import annotations

import datetime as dt

import flask_security

from confapp import accounts
from confapp.accounts import confirming
from confapp.domain import audit, people
from confapp.domain.errors import N_, Invalid
from confapp.domain.people import Account


def sign_up(email: str, name: str, password: str, *, now: dt.datetime) -> Account:
    """The account with this address and password, made where there is none.

    Raises Invalid where the address has an account with another password, or one that asks for more than a password:
    whoever owns it can sign in or reset it.
    """
    account = people.account_by_email(email)
    if account is None:
        password_hash = accounts.hashed(password)
        account = people.create_account(
            email=email, name=name, password_hash=password_hash, now=now, is_confirmed=False
        )
        confirming.ask(account, now=now)
        audit.record("account.sign_up", f"account:{account.id}", conference_id=None, by=account, now=now)
        return account
    knows_password = accounts.SignIn(account).verify_and_update_password(password)
    if not account.is_active or account.totp_secret or not knows_password:
        raise Invalid(
            {"email": [N_("This address cannot register with this password. If it is yours, sign in or reset it.")]}
        )
    return account


def sign_in(account: Account) -> None:
    """Sign the asker in as this account, in this browser."""
    flask_security.login_user(accounts.SignIn(account), authn_via=["password"])
