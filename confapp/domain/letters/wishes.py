"""Wishes: what attendees want to be written to about, and speakers' secret addresses that go out by letter."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable

import sqlalchemy as sa

from confapp.database import db
from confapp.domain import outbox, people
from confapp.domain.attendance.registrations import Registration
from confapp.domain.errors import N_, Invalid, NotNow
from confapp.domain.letters.addresses import speaker_address
from confapp.domain.people import Account
from confapp.domain.programme import speaker_pages
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.speaker_pages import SpeakerPage
from confapp.domain.programme.speakers import Speaker
from confapp.domain.tokens import digest

PAGE_LETTER = "mail.speaker_page"
"""The kind of outbox row by which a speaker's secret address is sent to her."""


def want_letters(registration: Registration, wants: bool, *, language: str | None, conference: Conference) -> None:
    """The attendee wants to hear by letter when what they picked changes, or no more, and in which language.

    Raises NotNow where nobody knows that their address is theirs, Invalid for a language that the conference has not.
    """
    account = people.account_of(registration.person)
    if wants and (account is None or account.confirmed_at is None):
        raise NotNow(N_("Confirm your address first: your account page sends the letter."))
    if language is not None and language not in conference.languages:
        raise Invalid({"language": [N_("“%(language)s” is not one of the conference's languages.", language=language)]})
    registration.wants_letters, registration.letter_language = wants, language


def send_page(
    speaker: Speaker, token_of: Callable[[uuid.UUID], str], *, by: Account | None, now: dt.datetime
) -> SpeakerPage:
    """Send the speaker a new secret address by letter; the one before it dies. Raises NotNow without her address.

    `token_of` makes the secret of a page's id, here and again when the letter is written: no row holds it.
    """
    if speaker_address(speaker) is None:
        raise NotNow(N_("Nobody entered an e-mail address of hers; enter one, then send it."))
    page = speaker_pages.open_page(speaker, token_of, by=by, now=now)
    outbox.send(PAGE_LETTER, {"page": str(page.uuid)}, conference_id=speaker.conference_id, now=now)
    return page


def page_to_send(identifier: uuid.UUID, token: str) -> tuple[Speaker, str] | None:
    """Whose page a letter is to bring, and where to; None where it died meanwhile, or nobody knows her address."""
    found = db.session.execute(
        sa.select(Speaker, SpeakerPage.digest)
        .join(SpeakerPage, SpeakerPage.speaker_id == Speaker.id)
        .where(SpeakerPage.uuid == identifier, SpeakerPage.revoked_at.is_(None))
    ).one_or_none()
    if found is None or found.digest != digest(token):
        return None
    address = speaker_address(found.Speaker)
    return (found.Speaker, address) if address else None
