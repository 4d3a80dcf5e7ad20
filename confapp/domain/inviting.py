"""Inviting: whoever is given something and has no account yet gets one, and a letter to take it over."""

from __future__ import annotations

import datetime as dt

from confapp.domain import audit, outbox, people
from confapp.domain.people import Account


def account_for(email: str, name: str, *, by: Account | None, now: dt.datetime) -> Account:
    """The account of an address, known to be its owner's, or one made for `name` whose owner is asked to come.

    The letter, by which they set the password, goes out again each time until they have come. Raises Invalid naming
    `email` where the account's address was never confirmed.
    """
    account = people.account_by_email(email)
    if account is None:
        name = name or email.partition("@")[0]
        account = people.create_account(email=email, name=name, password_hash="", is_confirmed=False, now=now)
        audit.record("account.invite", f"account:{account.id}", conference_id=None, by=by, now=now)
    elif not account.is_invited:
        return people.trusted_account(email)
    outbox.send("mail.invited", {"account": account.id}, conference_id=None, now=now)
    return account
