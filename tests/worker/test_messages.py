"""What each kind of outbox row means, and what becomes of kinds that nobody knows."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from confapp.database import db
from confapp.domain import outbox
from confapp.domain.files import MadeFile
from confapp.domain.outbox import OutboxRow
from confapp.worker import clock, messages
from tests.agenda_scene import Programme
from tests.conftest import Transaction
from tests.factories import NOW


def _row(kind: str) -> OutboxRow:
    return OutboxRow(kind=kind, payload={}, conference_id=None)


def test_a_release_asks_for_its_files(write: Transaction) -> None:
    with write():
        Programme().release()
    assert clock.deliver_next(NOW) == 1
    assert clock.deliver_next(NOW) == 0
    with write():
        kinds = {row.spec["kind"] for row in db.session.scalars(sa.select(MadeFile))}
        assert kinds == {"grid", "pdf", "signs"}
        assert [row.is_delivered for row in db.session.scalars(sa.select(OutboxRow))] == [True]


def test_a_kind_is_handled_by_its_longest_known_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    for kind in ("mail", "mail.reset"):
        monkeypatch.setitem(messages.HANDLERS, kind, lambda row, now, kind=kind: told.append(f"{kind}: {row.kind}"))
    for kind in ("mail.reset", "mail.reset.again", "mail.other"):
        messages.deliver(_row(kind), now=NOW)
    assert told == ["mail.reset: mail.reset", "mail.reset: mail.reset.again", "mail: mail.other"]


@pytest.mark.parametrize("kind", ["stage.ended", "transcript.hold"])
def test_what_is_only_recorded_tells_nobody(kind: str) -> None:
    messages.deliver(_row(kind), now=NOW)


@pytest.mark.parametrize("kind", ["mailing", "pigeon.post", ""])
def test_an_unknown_kind_is_no_success(kind: str) -> None:
    with pytest.raises(LookupError, match=f"no handler for outbox rows of kind {kind}"):
        messages.deliver(_row(kind), now=NOW)


def test_an_unknown_kind_is_tried_again_and_then_visible(write: Transaction) -> None:
    with write():
        outbox.send("pigeon.post", {}, conference_id=None, now=NOW)
    now = NOW
    for pause in outbox.RETRIES:
        assert clock.deliver_next(now) == 1
        now += dt.timedelta(seconds=pause)
    with write():
        assert outbox.given_up() == []
    assert clock.deliver_next(now) == 1
    with write():
        (row,) = outbox.given_up()
        assert row.error == "LookupError: no handler for outbox rows of kind pigeon.post"
