"""Confirming an address: a letter goes to it, and only whoever knows the password too can show that it arrived.

Anybody can sign up with anybody's address. Until it is confirmed, an account is given no role and no words to read.
"""

from __future__ import annotations

import datetime as dt
from typing import cast

from flask import current_app
from flask_security.recoverable import generate_reset_password_token
from itsdangerous import BadData, URLSafeTimedSerializer

from confapp.accounts.second import derived
from confapp.accounts.store import SignIn
from confapp.config import Settings
from confapp.database import db
from confapp.domain import audit, outbox, tokens
from confapp.domain.attendance import registrations
from confapp.domain.people import Account

CONFIRM_WITHIN = dt.timedelta(days=7)
"""How long the address in a letter works."""


def ask(account: Account, *, now: dt.datetime) -> None:
    """Send a letter to the account's address, unless it is confirmed."""
    if account.confirmed_at is None:
        outbox.send("mail.confirm_address", {"account": account.id}, conference_id=None, now=now)


def token_of(account: Account) -> str:
    """What only a letter to the account's address holds."""
    return str(_serializer().dumps([account.id, account.email]))


def confirm(account: Account, token: str, *, now: dt.datetime) -> bool:
    """Note that the address is theirs; whether the token came with a letter to it, and not too long ago."""
    try:
        named = _serializer().loads(token, max_age=int(CONFIRM_WITHIN.total_seconds()))
    except BadData:
        return False
    if named != [account.id, account.email]:
        return False
    _note(account, now=now)
    return True


def invitation_of(account: Account) -> str:
    """What only the letter holds that invites the account's owner; it ends when a password is set."""
    return str(_invitations().dumps([account.id, account.email, account.session_key]))


def invited(token: str) -> Account | None:
    """The account that an invitation is for, if it came not too long ago and nobody has set its password yet."""
    try:
        key, *named = _invitations().loads(token, max_age=int(CONFIRM_WITHIN.total_seconds()))
    except BadData:
        return None
    account = db.session.get(Account, key)
    if account is None or not account.is_invited or named != [account.email, account.session_key]:
        return None
    return account


def first_password(token: str) -> str | None:
    """What opens the page where an invited account's first password is set; None for a token that invites nobody."""
    account = invited(token)
    return str(generate_reset_password_token(SignIn(account))) if account else None  # type: ignore[no-untyped-call]


def claim(account: Account, *, now: dt.datetime) -> None:
    """The address's owner has set a new password: nothing that whoever signed up with it left opens the account."""
    if account.confirmed_at is not None:
        return
    account.totp_secret, account.totp_counter, account.recovery_codes = None, None, []
    for token in tokens.tokens_of(account, now=now):
        tokens.revoke_token(account, token.id, now=now)
    for conference in registrations.attended(account.person_id):
        registration = registrations.registration_of(account.person_id, conference)
        if registration is not None:
            registrations.revoke_feeds(registration, now=now)
    _note(account, now=now)


def _note(account: Account, *, now: dt.datetime) -> None:
    if account.confirmed_at is None:
        account.confirmed_at = now
        audit.record("account.confirm", f"account:{account.id}", conference_id=None, by=account, now=now)


def _serializer() -> URLSafeTimedSerializer:
    return _signing("confirmed addresses")


def _invitations() -> URLSafeTimedSerializer:
    return _signing("invitations")


def _signing(purpose: str) -> URLSafeTimedSerializer:
    settings = cast(Settings, current_app.config["CONFAPP"])
    return URLSafeTimedSerializer(derived(settings.secret_key, purpose))
