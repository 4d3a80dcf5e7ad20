"""The watch over the press office: raises alarms, writes their letters, and looks back when an end is taken back."""

from __future__ import annotations

import datetime as dt
import logging
import uuid

from flask import current_app, render_template
from flask_babel import force_locale, gettext

from confapp.database import Mode, db, transaction
from confapp.domain.errors import Missing
from confapp.domain.outbox import OutboxRow
from confapp.domain.press import alarms, press_desk, publishing, transcripts
from confapp.domain.press.alarms import Alarm
from confapp.domain.programme.conferences import Conference
from confapp.web.rendering import UI_LANGUAGES, text
from confapp.worker import mail

log = logging.getLogger("confapp.worker.press")


def sound(now: dt.datetime) -> int:
    """Raise each alarm that fell due, in a transaction of its own; returns how many."""
    with transaction(Mode.READ):
        due = alarms.due(now=now)
    raised = 0
    for alarm in due:
        with transaction():
            raised += publishing.raise_alarm(alarm, now=now)
        log.warning("press alarm %s: transcript version %s", alarm.kind.value, alarm.version_id)
    return raised


def look_back(row: OutboxRow, now: dt.datetime) -> None:
    """The stage desk took an end back: whatever went out by it becomes an incident."""
    with transaction():
        publishing.look_back(row.payload["fact"], now=now)


def send(row: OutboxRow, now: dt.datetime) -> None:
    """Write and send the letter of an alarm: what happened, to which session, and where to act; never the words."""
    kind = Alarm(row.payload["alarm"])
    with transaction(Mode.READ):
        conference = db.session.get(Conference, row.conference_id)
        if conference is None:
            return
        try:
            version = transcripts.version(conference, uuid.UUID(row.payload["version"]))
        except Missing:
            return
        account = alarms.reader(row.payload["account"], version, now=now)
        if account is None:
            return
        base = str(current_app.config["CONFAPP"].base_url).rstrip("/")
        path = current_app.url_map.bind("").build(
            "press_desk.show_version", {"conference": conference.slug, "identifier": version.uuid}
        )
        facts = press_desk.queued(version, now=now).facts
        with force_locale(UI_LANGUAGES[0]):
            title = text(facts.title) if facts and facts.title else gettext("no session")
            subject = gettext("%(what)s: %(session)s", what=said(kind), session=title)
            words = render_template(
                "mail/press_alarm.txt", kind=kind.value, conference=conference, title=title, address=base + path
            )
        address = account.email
    mail.post(row, address, subject, words, now=now)


def said(kind: Alarm) -> str:
    """What happened, in a few words."""
    words: dict[Alarm, str] = {
        Alarm.LATE: gettext("A transcript is late"),
        Alarm.OVERRUN: gettext("An end is not confirmed"),
        Alarm.HELD: gettext("A transcript was held"),
        Alarm.DISARMED: gettext("A transcript was disarmed"),
        Alarm.VOIDED: gettext("An approval became void"),
        Alarm.INCIDENT: gettext("An end was taken back after a release"),
        Alarm.WITHDRAWAL: gettext("A withdrawal is not confirmed"),
        Alarm.OUTDATED: gettext("A translation is outdated"),
        Alarm.CHATHAM_HOUSE: gettext("Public words of a session under the Chatham House Rule"),
    }
    return words[kind]
