"""The audit chain holds, shows tampering, and survives the erasing of personal values."""

from confapp.domain import audit
from tests.conftest import NOW, Transaction
from tests.factories import make_conference


def test_each_entry_continues_the_chain(write: Transaction) -> None:
    with write():
        conference = make_conference()
        audit.record("a", "x:1", conference_id=conference.id, by=None, now=NOW)
        assert audit.broken_at(conference.id) is None
