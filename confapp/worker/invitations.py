"""Invitations by mail: expands what changed for an attendee into letters, and writes each as RFC 6047 says."""

from __future__ import annotations

import datetime as dt
import uuid
from email.message import EmailMessage
from email.utils import parseaddr

from flask import current_app, render_template
from flask_babel import force_locale, gettext

from confapp.config import Settings
from confapp.database import Mode, transaction
from confapp.domain import people
from confapp.domain.attendance import invitations, registrations
from confapp.domain.outbox import OutboxRow
from confapp.domain.release import frozen, releases
from confapp.exports.itip import invitation
from confapp.web.rendering import UI_LANGUAGES
from confapp.worker import mail


def after_release(row: OutboxRow, *, now: dt.datetime) -> None:
    """Have everybody who wants invitations told of a release."""
    if row.conference_id is not None:
        with transaction():
            invitations.after_release(row.conference_id, now=now)


def expand(row: OutboxRow, now: dt.datetime) -> None:
    """Put the letters that one attendee's calendar needs into the outbox."""
    with transaction():
        registration = registrations.by_uuid(uuid.UUID(row.payload["registration"]))
        invitations.expand(registration, now=now)


def send(row: OutboxRow, now: dt.datetime) -> None:
    """Write and send one invitation; one that a later letter overtook needs none. Raises on failure."""
    settings: Settings = current_app.config["CONFAPP"]
    with transaction(Mode.READ):
        registration = registrations.by_uuid(uuid.UUID(row.payload["registration"]))
        account = people.account_of(registration.person)
        entry_id, sequence = uuid.UUID(row.payload["entry"]), int(row.payload["sequence"])
        standing = invitations.standing(registration, entry_id, sequence)
        release = releases.current(registration.conference_id)
        if account is None or account.confirmed_at is None or standing is None or release is None:
            return
        agenda = frozen.agenda(release)
        entry = next((each for each in agenda.entries if each.uuid == entry_id), None)
        if entry is None:  # its tombstone went long after its time
            return
        language = agenda.conference.languages[0]
        with force_locale(language if language in UI_LANGUAGES else UI_LANGUAGES[0]):
            letter = invitation(
                entry,
                agenda,
                attendee=(registration.person.name, account.email),
                organizer=parseaddr(settings.mail_from)[1],
                sequence=sequence,
                is_cancelled=standing.is_cancelled,
                base_url=settings.base_url,
                language=language,
                now=row.created_at,
                translate=gettext,
            )
            text = render_template(
                "mail/invitation.txt",
                letter=letter,
                conference=agenda.conference,
                address=f"{settings.base_url.rstrip('/')}/{agenda.conference.slug}/me",
            )
            subject = gettext("Cancelled: %(title)s", title=letter.title) if standing.is_cancelled else letter.title
        address = account.email

    def enclose(made: EmailMessage) -> None:
        made.add_alternative(
            letter.calendar,
            maintype="text",
            subtype="calendar",
            cte="base64",
            params={"method": letter.method, "charset": "utf-8", "component": "VEVENT", "name": "invite.ics"},
        )

    mail.post(row, address, subject, text, now=now, enclose=enclose)
