"""A story that the public can read, told to any database, and what may happen beside it that nobody may see."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from confapp.database import db
from confapp.domain import tokens
from confapp.domain.attendance import registrations
from confapp.domain.attendance.registrations import Category
from confapp.domain.errors import Invalid, NotNow, Stale
from confapp.domain.live.stage import Fact
from confapp.domain.people import Account
from confapp.domain.permissions import Role
from confapp.domain.press import publishing, transcript_states
from confapp.domain.press.transcript_editing import correct, edit, import_plan
from confapp.domain.press.transcripts import Correction, Policy, Version, VersionKind, VersionState
from confapp.domain.programme import sessions, speakers
from confapp.domain.programme.sessions import Session, SessionState
from confapp.worker import clock as worker
from tests.conftest import Transaction
from tests.differential import Known, same_chances
from tests.factories import (
    NOW,
    at,
    make_account,
    make_conference,
    make_host,
    make_person,
    make_room,
    make_session,
    make_slot,
    make_speaker,
    make_track,
    make_venue,
)
from tests.press import ENDS, MINUTE, STARTS, WORDS, Scene

S = VersionState
BEFORE = tuple(sorted({*VersionState} - {S.RELEASED, S.SUPERSEDED, S.WITHDRAWN}))
FAR_AWAY = NOW + dt.timedelta(days=400)
FIELDS = ("kicker", "headline", "byline", "byline_role", "summary", "caption", "place")


def canaries(name: str) -> dict[str, Any]:
    """Words of a version, a token of its own in every field of it."""
    return {field: f"canary-{name}-{field}" for field in FIELDS} | {
        "blocks": [
            {"kind": "speech", "speaker": f"canary-{name}-speaker", "text": f"Good day, canary-{name}-text."},
            {"kind": "remark", "speaker": None, "text": f"(canary-{name}-remark)"},
        ],
    }


class Story(Scene):
    """A conference in two languages. Each chapter is public when it ends; chapters never follow from private deeds."""

    def __init__(self) -> None:
        self.writer = make_account("writer@example.org")
        self.approver = make_account("approver@example.org")
        self.officer = make_account("officer@example.org")
        self.second = make_account("second@example.org")
        self.conference = make_conference(languages=["en", "fr"], title={"en": "Summit", "fr": "Sommet"})
        track = make_track(self.conference, "Medicine")
        host = make_host(self.conference, "Academy", country="BE", contact_email="canary-host@example.org")
        venue = make_venue(self.conference, "Main Building")
        self.room = make_room(self.conference, "Hall", venue=venue, host=host)
        self.speaker = make_speaker(self.conference, "Ada Lindqvist", email="canary-ada@example.org")
        self.session = make_session(self.conference, "Biology and treaties", self.speaker, track=track)
        self.slot = make_slot(self.conference, self.session, self.room, STARTS)
        self.panel = make_session(
            self.conference, "Who answers for a gene?", make_speaker(self.conference, "Ben Okoro")
        )
        self.panel_slot = make_slot(self.conference, self.panel, self.room, "16:00")
        self.quiet: Session = make_session(self.conference, "Off the record", is_chatham_house=True)
        make_slot(self.conference, self.quiet, self.room, "10:00")
        self.release_schedule(now=NOW)
        self.secrets: dict[str, str] = {}
        self.count = 0

    # The public chapters, in their order.

    def the_prepared_words(self) -> None:
        """Released by hand, hours before."""
        self.prepared = self.released(now=NOW + MINUTE, kicker="Keynote", summary="On germs and paper.")

    def their_translation(self) -> None:
        """Into French."""
        self.french = self.released(
            now=NOW + 2 * MINUTE,
            transcript=self.prepared.transcript,
            language="fr",
            translation_of=self.prepared,
            headline="Des vaccins",
            blocks=self.prepared.blocks,
        )

    def a_correction(self) -> None:
        """Of a word, and a paragraph more."""
        self.corrected = correct(self.prepared, Correction.TYPO, "A word.", by=self.writer, now=NOW + 3 * MINUTE)
        more = {"kind": "speech", "speaker": "Ada Lindqvist", "text": "Thank you."}
        words = {"headline": "Vaccines, for the next outbreak", "blocks": [*self.corrected.blocks, more]}
        edit(self.corrected, words, expected=1, by=self.writer, now=NOW + 3 * MINUTE)
        self._by_hand(self.corrected, NOW + 3 * MINUTE)

    def what_is_taken_back(self) -> None:
        """Words of no session, soon withdrawn."""
        self.withdrawn = self.released(now=NOW + 4 * MINUTE, session=None, headline="Never mind")
        publishing.withdraw(self.withdrawn, "A mistake.", by=self.officer, now=NOW + 5 * MINUTE)

    def a_second_agenda(self) -> None:
        """The panel is later, and a session is gone."""
        self.move(30, now=NOW + 6 * MINUTE, session_slot=self.panel_slot)
        self.release_schedule(now=NOW + 6 * MINUTE)

    def the_delivered_words(self) -> None:
        """Released by the worker once the session has ended; they take the place of the prepared ones."""
        version = self.draft(
            transcript=self.prepared.transcript,
            kind=VersionKind.AS_DELIVERED,
            blocks=[*WORDS["blocks"], {"kind": "omission", "speaker": None, "text": "Questions were not recorded."}],
        )
        self.arm(self.approve(version), now=STARTS)
        self.end(now=ENDS)
        assert publishing.release_due(version.id, now=ENDS + MINUTE) is not None

    def _by_hand(self, version: Version, now: dt.datetime) -> None:
        self.arm(self.approve(version, now=now), Policy.MANUAL, undo_seconds=0, now=now)
        transcript_states.go_ahead(version, by=self.officer, now=now)
        assert publishing.release_due(version.id, now=now) is not None

    # What nobody outside may see.

    def name(self) -> str:
        """A name that no other deed has."""
        self.count += 1
        return str(self.count)

    def _keep(self, version: Version, state: VersionState) -> Version:
        self.secrets["«secret transcript»"] = version.transcript.public_id
        if state is S.ARMED:
            return self.arm(self.approve(version), Policy.AT_TIME, at=FAR_AWAY)
        return self.bring(version, state)

    def known(self) -> Known:
        """Values for addresses: what is public, and secrets by name; a database without one has any other value."""
        secrets = {
            "«secret transcript»": "5" * 32,
            "«secret session»": "ZZZZZ2",
            "«secret speaker»": "ZZZZZ3",
            "«secret conference»": "nowhere-2",
            "«secret file»": "5" * 64,
        } | self.secrets
        public = [self.prepared.transcript.public_id, self.withdrawn.transcript.public_id]
        return Known(
            {
                "conferences": ["summit", "«secret conference»", "nowhere"],
                "sessions": [self.session.code, self.panel.code, self.quiet.code, "«secret session»", "ABC234"],
                "speakers": [self.speaker.code, "«secret speaker»"],
                "hosts": ["academy", "canary"],
                "rooms": ["hall", "canary"],
                "transcripts": [*public, "«secret transcript»", "f" * 32],
                "transcript_kinds": ["txt", "json", "vtt", "ninjs", "akn"],
            },
            secrets,
        )


Chapter = Callable[[Story], None]
CHAPTERS: Sequence[Chapter] = (
    Story.the_prepared_words,
    Story.their_translation,
    Story.a_correction,
    Story.what_is_taken_back,
    Story.a_second_agenda,
    Story.the_delivered_words,
)
AFTER_ALL = len(CHAPTERS)

Deed = Callable[[Story, int, int], None]
"""Something private, by a chooser (any number) in a place among the chapters: after so many of them."""


def a_new_transcript(story: Story, chosen: int, _place: int) -> None:
    """Words of a session, in any state before release."""
    session = (story.session, story.panel, None)[chosen % 3]
    kind = (VersionKind.NOTES, VersionKind.AS_PREPARED, VersionKind.AS_DELIVERED)[chosen % 3]
    story._keep(story.draft(session=session, kind=kind, **canaries(story.name())), BEFORE[chosen % len(BEFORE)])


def another_version(story: Story, chosen: int, place: int) -> None:
    """Of the public transcript: notes, or in a language that is not public."""
    kind, language = (VersionKind.NOTES, "en") if chosen % 2 else (VersionKind.AS_PREPARED, "de")
    transcript = story.prepared.transcript if place else None
    secret = dict(story.secrets)
    version = story.draft(transcript=transcript, kind=kind, language=language, **canaries(story.name()))
    more = [*version.blocks, {"kind": "speech", "text": "canary"}, {"kind": "speech", "text": "canary"}]
    edit(version, {"blocks": more}, expected=1, by=story.writer, now=NOW)
    story._keep(version, BEFORE[chosen % len(BEFORE)])
    if transcript is not None:
        story.secrets = secret  # its transcript is public


def a_correction_to_come(story: Story, chosen: int, place: int) -> None:
    """Of the French words, while they stand."""
    if place < 2:
        return
    version = correct(story.french, Correction.TRANSLATION, "canary-note", by=story.writer, now=NOW)
    words = canaries(story.name())
    more = [*version.blocks, *words.pop("blocks")]
    edit(version, {**words, "blocks": more}, expected=1, by=story.writer, now=NOW)
    secret = dict(story.secrets)
    story._keep(version, BEFORE[chosen % len(BEFORE)])
    story.secrets = secret


def an_import(story: Story, _chosen: int, _place: int) -> None:
    """Read from a file, confirmed by nobody."""
    words = canaries(story.name())
    blocks = words.pop("blocks")
    version = import_plan(
        story.conference,
        fields=words | {"kind": "notes", "language": "nl"},
        blocks=blocks,
        report={"lines": [{"text": "canary"}]},
        source=b"canary",
        media_type="text/plain",
        session=story.panel,
        by=story.writer,
        now=NOW,
    )
    assert version.source is not None
    story.secrets["«secret file»"] = version.source


def a_secret_conference(story: Story, chosen: int, _place: int) -> None:
    """One that is not public, with an agenda and words of its own."""
    slug = f"canary-{story.name()}"
    hidden = make_conference(slug, title={"en": "canary summit"}, is_public=False)
    session = make_session(hidden, "canary session", state=SessionState.PROPOSED) if chosen % 2 else None
    story.secrets["«secret conference»"] = slug
    here, story.conference = story.conference, hidden
    try:
        story.released(session=session, now=NOW, **canaries(story.name())) if session is None else None
    finally:
        story.conference = here


def the_stage(story: Story, chosen: int, _place: int) -> None:
    """What the desk says of the panel, whose words wait for its end."""
    for fact in ((Fact.STARTED, Fact.RUNNING_OVER), (Fact.POSTPONED,), (Fact.STARTED, Fact.ENDED, Fact.REVOKED))[
        chosen % 3
    ]:
        story.say(fact, now=NOW, slot=story.panel_slot)


def people(story: Story, chosen: int, _place: int) -> None:
    """Accounts, roles, tokens, attendees."""
    name = story.name()
    account: Account = make_account(
        f"canary-{name}@example.org",
        role=(Role.PRESS_OFFICER, Role.ORGANISER, Role.STAGE_DESK)[chosen % 3],
        conference=story.conference,
    )
    tokens.create_token(account, label="canary", expires_at=None, now=NOW)
    person = make_person(f"canary {name}")
    held = registrations.register(
        story.conference, person, category=Category.PRESS, organisation="canary", by=None, now=NOW
    )
    registrations.new_feed(held, now=NOW)
    registrations.pick(held, story.panel, now=NOW)


def the_draft_agenda(story: Story, chosen: int, place: int) -> None:
    """Cards are dragged, titles and names changed, sessions made: whatever the next release would show."""
    if place != AFTER_ALL:
        return
    story.move(15 + chosen % 60, now=NOW)
    sessions.edit(story.session, story.conference, {"title": {"en": "canary title"}}, by=None, now=NOW)
    speakers.edit_speaker(story.speaker, {"name": "canary name"}, by=None, now=NOW)
    make_track(story.conference, "Secret")
    make_host(story.conference, "canary")
    speaker = make_speaker(story.conference, "canary speaker")
    session = make_session(story.conference, "canary session", speaker, subtitle={"en": "canary subtitle"})
    make_slot(story.conference, session, make_room(story.conference, "canary"), at("11:00"))
    story.secrets |= {"«secret session»": session.code, "«secret speaker»": speaker.code}


DEEDS: tuple[Deed, ...] = (
    a_new_transcript,
    another_version,
    a_correction_to_come,
    an_import,
    a_secret_conference,
    the_stage,
    people,
    the_draft_agenda,
)


def tell(write: Transaction, deeds: Mapping[int, Sequence[tuple[Deed, int]]]) -> Story:
    """Tell the story to an empty database; `deeds`: what else happens after so many chapters, each with a chooser.

    A chapter's random values are the same whatever else happened; a deed that is refused stores nothing.
    """
    with same_chances("the beginning"), write():
        story = Story()
    for place in range(len(CHAPTERS) + 1):
        for number, (deed, chosen) in enumerate(deeds.get(place, ())):
            with suppress(NotNow, Invalid, Stale), same_chances(f"deed {place} {number}"), write():
                deed(story, chosen, place)
        worker.release_due(ENDS)
        if place < len(CHAPTERS):
            with same_chances(f"chapter {place}"), write():
                CHAPTERS[place](story)
    while worker.deliver_next(ENDS + 2 * MINUTE):
        pass
    db.session.rollback()
    return story
