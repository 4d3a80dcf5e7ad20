"""What each kind of outbox row means: whom it tells, expanded after the commit that wrote it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from confapp.domain.outbox import OutboxRow
from confapp.worker import distribution, invitations, letters, mail, press, renders

Handler = Callable[[OutboxRow, dt.datetime], Any]


def _released(row: OutboxRow, now: dt.datetime) -> None:
    renders.ask_for_release(row.conference_id, row.payload["release"], now=now)
    invitations.after_release(row, now=now)


def _published(row: OutboxRow, now: dt.datetime) -> None:
    renders.ask_for_transcript(row, now=now)
    distribution.expand(row, now)


HANDLERS: dict[str, Handler] = {
    "release.made": _released,
    "invitations.changed": invitations.expand,
    "mail": mail.send,
    "mail.invitation": invitations.send,
    "mail.press": press.send,
    "letters.due": letters.expand,
    "mail.release": letters.send,
    "mail.speaker_page": letters.send_page,
    "stage.revoked": press.look_back,
    "publication": distribution.expand,
    "publication.released": _published,
    "webhook.deliver": distribution.call_webhook,
    "websub.ping": distribution.ping_hub,
    "subscriber": distribution.write_subscriber,
}
"""The handler of each kind; a longer kind such as `mail.reset` is handled by its longest known beginning."""

RECORDED = frozenset({"stage", "transcript"})
"""Kinds that tell nobody outside the app: their rows are a log."""


def deliver(row: OutboxRow, *, now: dt.datetime) -> None:
    """Tell whoever must be told of the row. Raises LookupError for a kind that nobody handles."""
    kind = row.kind
    while kind:
        if kind in HANDLERS:
            HANDLERS[kind](row, now)
            return
        if kind in RECORDED:
            return
        kind = kind.rpartition(".")[0]
    raise LookupError(f"no handler for outbox rows of kind {row.kind}")
