"""Letters on releases: hands those that are due to the outbox, one row each, and writes each when it is sent."""

from __future__ import annotations

import datetime as dt
import uuid
from email.message import EmailMessage

from confapp.database import Mode, db, transaction
from confapp.domain.errors import Missing
from confapp.domain.letters import plans, tellings, wishes
from confapp.domain.outbox import OutboxRow
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.speaker_pages import LIVES_ON
from confapp.hall import letters
from confapp.worker import mail


def expand(row: OutboxRow, now: dt.datetime) -> None:
    """Make one row for everybody who is told of a release; doing it again, after a crash, makes none twice."""
    with transaction():
        try:
            telling = tellings.by_uuid(uuid.UUID(row.payload["telling"]))
        except Missing:
            return
        if not tellings.is_due(telling, row.payload["due_at"]):
            return
        conference = db.session.get_one(Conference, telling.conference_id)
        plan = plans.of_telling(conference, telling, now=now)
        tellings.hand_over(telling, row.payload["due_at"], [each.ids for each in plan.letters], now=now)


def send(row: OutboxRow, now: dt.datetime) -> None:
    """Write and send one letter; one that a later release overtook, or that has nothing to say, is not sent."""
    with transaction(Mode.READ):
        try:
            letter = tellings.letter(uuid.UUID(row.payload["letter"]))
        except Missing:
            return
        if not tellings.is_wanted(letter):
            return
        telling = letter.telling
        conference = db.session.get_one(Conference, telling.conference_id)
        begun_at = telling.begun_at or now
        plan = plans.of_telling(conference, telling, now=begun_at, only=letter.readers)
        if not plan.letters:
            return
        (recipient,) = plan.letters
        written = letters.write(recipient, plan.after, is_public=conference.is_public)
        address = recipient.email or ""

    def enclose(made: EmailMessage) -> None:
        made.add_alternative(written.html, subtype="html")

    mail.post(row, address, written.subject, written.text, now=now, enclose=enclose)
    with transaction():
        tellings.sent(letter.uuid, now=now)


def send_page(row: OutboxRow, now: dt.datetime) -> None:
    """Send a speaker the secret address of her page; one that died meanwhile is not sent."""
    identifier = uuid.UUID(row.payload["page"])
    with transaction(Mode.READ):
        token = letters.page_token(identifier)
        found = wishes.page_to_send(identifier, token)
        if found is None:
            return
        speaker, address = found
        conference = db.session.get_one(Conference, speaker.conference_id)
        until = conference.ends_on + LIVES_ON
        written = letters.write_page(speaker, conference.facts, token, until=until)

    def enclose(made: EmailMessage) -> None:
        made.add_alternative(written.html, subtype="html")

    mail.post(row, address, written.subject, written.text, now=now, enclose=enclose)
