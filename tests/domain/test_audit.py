"""The audit chain holds, shows every kind of tampering, and survives the erasing of personal values."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from confapp.database import db, transaction
from confapp.domain import audit
from confapp.domain.audit import AuditEntry, AuditHead, AuditValue
from confapp.domain.programme.conferences import Conference
from tests.conftest import NOW, Transaction
from tests.factories import make_account, make_conference


def deed(conference: Conference | None, subject: str = "room:hall", **more: Any) -> AuditEntry:
    """One recorded deed."""
    chain = conference.id if conference else None
    return audit.record("room.edit", subject, conference_id=chain, **({"by": None, "now": NOW} | more))


def entries() -> list[AuditEntry]:
    return list(db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id)))


def test_each_conference_and_the_instance_have_a_chain_of_their_own(write: Transaction) -> None:
    with write():
        one, other = make_conference("one"), make_conference("other")
        for conference in (one, other, None, one):
            deed(conference)
    with write():
        numbers = [(entry.conference_id, entry.number) for entry in entries()]
        assert numbers == [(one.id, 1), (other.id, 1), (one.id, 2), (other.id, 2), (0, 1), (one.id, 3)]
        assert [audit.broken_at(chain) for chain in (one.id, other.id, None)] == [None] * 3


def test_an_entry_says_who_did_what_to_what_and_when(write: Transaction) -> None:
    with write():
        account = make_account()
        deed(None, "room:hall", by=account, facts={"fields": ["name"]})
    with write():
        (entry,) = entries()
        assert (entry.account_id, entry.action, entry.subject, entry.at) == (account.id, "room.edit", "room:hall", NOW)
        assert entry.facts == {"fields": ["name"]}


def test_what_is_rolled_back_leaves_the_chain_whole(write: Transaction) -> None:
    def fail() -> None:
        with write():
            deed(None)
            raise KeyError

    with write():
        deed(None)
    with pytest.raises(KeyError):
        fail()
    with write():
        deed(None)
    with write():
        assert [entry.number for entry in entries()] == [1, 2]
        assert audit.broken_at(None) is None


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE audit_entry SET action = 'room.delete' WHERE number = 2",
        "UPDATE audit_entry SET subject = 'room:lab' WHERE number = 2",
        "UPDATE audit_entry SET facts = '{}' WHERE number = 2",
        "UPDATE audit_entry SET account_id = 99 WHERE number = 2",
        "UPDATE audit_entry SET at = '2026-05-18 09:00:01' WHERE number = 2",
        "UPDATE audit_entry SET hash = 'x' WHERE number = 2",
        "UPDATE audit_entry SET previous = '' WHERE number = 2",
        "DELETE FROM audit_entry WHERE number = 2",
        "UPDATE audit_entry SET conference_id = 7 WHERE number = 2",
    ],
)
def test_tampering_shows_at_the_entry(write: Transaction, tampering: str) -> None:
    with write():
        for number in range(4):
            deed(None, facts={"number": number})
    with write():
        db.session.execute(sa.text(tampering))
    with write():
        assert audit.broken_at(None) in (2, 3)


def test_cutting_off_the_end_shows(write: Transaction) -> None:
    with write():
        deed(None)
        deed(None)
    with write():
        db.session.execute(sa.text("DELETE FROM audit_entry WHERE number = 2"))
    with write():
        assert audit.broken_at(None) == 2


def test_personal_values_lie_beside_the_chain_and_can_be_erased(write: Transaction) -> None:
    with write():
        entry = deed(None, personal={"email": "ada@example.org"}, person_id=5, facts={"why": "asked"})
        again = deed(None, personal={"email": "ada@example.org"})
        assert entry.facts["why"] == "asked"
        assert entry.facts["hashed"] == again.facts["hashed"], "equal values can still be recognised"
        assert "ada@example.org" not in str(entry.facts)
        values = sa.select(AuditValue.entry_id, AuditValue.person_id, AuditValue.name, AuditValue.value)
        assert db.session.execute(values).all() == [
            (entry.id, 5, "email", "ada@example.org"),
            (again.id, None, "email", "ada@example.org"),
        ]
    with write():
        db.session.execute(sa.delete(AuditValue))
    with write():
        assert audit.broken_at(None) is None


def test_the_hash_of_a_personal_value_needs_the_key(write: Transaction) -> None:
    with write():
        keyed = deed(None, personal={"email": "ada@example.org"}).facts["hashed"]
        audit.use_key("another key")
        other = deed(None, personal={"email": "ada@example.org"}).facts["hashed"]
    assert keyed != other


def test_many_deeds_of_one_kind_are_one_entry(write: Transaction) -> None:
    with write():
        conference = make_conference()
        named: dict[str, Any] = {"conference_id": conference.id, "by": None, "now": NOW}
        audit.record_many("room.create", "room", ["hall", "lab"], **named)
        audit.record_many("room.create", "room", ["roof"], **named)
        audit.record_many("room.create", "room", [], **named)
        made = [(entry.subject, entry.facts) for entry in entries() if entry.action == "room.create"]
        assert made == [("room:*", {"count": 2}), ("room:roof", {})]


def test_two_who_record_at_once_stand_in_line(app: Flask) -> None:
    start = Barrier(2)

    def record(_worker: int) -> None:
        start.wait()
        with app.app_context():  # one session for several transactions, as in the worker
            for _ in range(5):
                with transaction():
                    deed(None)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(record, range(2)))
    with app.app_context(), transaction():
        assert audit.broken_at(None) is None
        assert db.session.scalars(sa.select(AuditHead.number)).all() == [10]
