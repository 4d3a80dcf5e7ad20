"""What people change about their own accounts."""

from __future__ import annotations

import datetime as dt

from confapp.domain import audit
from confapp.domain.people import Account


def rename(account: Account, name: str, *, now: dt.datetime) -> None:
    """Call the account's person by another name, on the account, in lists of roles, and on registrations."""
    account.person.name = name
    audit.record(
        "account.rename",
        f"account:{account.id}",
        conference_id=None,
        by=account,
        now=now,
        personal={"name": name},
        person_id=account.person_id,
    )
