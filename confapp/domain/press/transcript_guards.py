"""Guards over words and people: small questions that must find nothing against an event before it may happen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from confapp.database import db
from confapp.domain.errors import N_, Message
from confapp.domain.live import stage
from confapp.domain.live.stage import SessionFacts
from confapp.domain.people import Account
from confapp.domain.press import policies, wording
from confapp.domain.press.policies import Arming
from confapp.domain.press.transcripts import EDITING, Event, Version, VersionEvent, VersionKind, VersionState
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.sessions import Session

CHATHAM_HOUSE = N_("This session is held under the Chatham House Rule: it can have no transcript.")


@dataclass(frozen=True)
class Attempt:
    """Somebody (`by` None: the worker) wants an event to happen to a version now, with what they give for it."""

    version: Version
    event: Event
    by: Account | None
    now: dt.datetime
    reason: str = ""
    seen: str = ""
    """Approving: the hash of the words that the approver read."""
    is_checked: bool = False
    """Approving: the approver declares to have checked the words against a recording."""
    arming: Arming | None = None
    """Arming: how."""
    is_not_delivered: bool = False
    """Arming: for release as not delivered."""
    known: Mapping[int, SessionFacts] | None = None
    """Facts by session, where they were read for many at once."""

    @cached_property
    def facts(self) -> SessionFacts | None:
        """What the latest release and the stage desk say of the session; None: the transcript has none."""
        session_id = self.version.transcript.session_id
        if session_id is None:
            return None
        return (stage.facts_of([session_id]) if self.known is None else self.known)[session_id]

    @cached_property
    def hash(self) -> str:
        """The hash of what the public would see now."""
        return wording.digest(wording.public_words(self.version, self.facts))

    @cached_property
    def armed(self) -> Arming | None:
        """How the version is armed, or is about to be."""
        return self.arming or policies.arming_of(self.version)


Guard = Callable[[Attempt], Message | None]
"""None: nothing speaks against it. Otherwise what does, and what to do."""


def editors(version: Version) -> frozenset[int]:
    """The ids of the accounts that wrote any of its words: in itself or in the versions from which it grew."""
    grown = sa.select(Version.id, Version.base_id).where(Version.id == version.id).cte("grown", recursive=True)
    older = aliased(Version)
    grown = grown.union(sa.select(older.id, older.base_id).join(grown, older.id == grown.c.base_id))
    return frozenset(
        account_id
        for account_id in db.session.scalars(
            sa.select(VersionEvent.account_id).where(
                VersionEvent.version_id.in_(sa.select(grown.c.id)), VersionEvent.event.in_(EDITING)
            )
        )
        if account_id is not None
    )


def last(version: Version, event: Event) -> VersionEvent | None:
    """The last time that this happened to the version."""
    return db.session.scalar(
        sa.select(VersionEvent)
        .where(VersionEvent.version_id == version.id, VersionEvent.event == event)
        .order_by(VersionEvent.id.desc())
        .limit(1)
    )


def is_another(attempt: Attempt, event: Event) -> bool:
    """Whether somebody else than the one who now acts did that last."""
    done = last(attempt.version, event)
    return attempt.by is not None and done is not None and done.account_id not in (None, attempt.by.id)


def not_chatham_house(attempt: Attempt) -> Message | None:
    """A session under the Chatham House Rule has no transcript."""
    session = attempt.version.transcript.session
    return CHATHAM_HOUSE if session is not None and is_under_the_rule(session, attempt.facts) else None


def is_under_the_rule(session: Session, facts: SessionFacts | None) -> bool:
    """Whether the draft of a session or its public page says so: to lift the rule takes a release that shows it."""
    return session.is_chatham_house or (facts is not None and facts.is_chatham_house)


def import_confirmed(attempt: Attempt) -> Message | None:
    """A person has confirmed what a reader made of a file."""
    return None if attempt.version.is_confirmed else N_("Confirm first what was read from the imported file.")


def import_open(attempt: Attempt) -> Message | None:
    """There is an import that nobody has confirmed yet."""
    return N_("There is no import to confirm.") if attempt.version.is_confirmed else None


def complete(attempt: Attempt) -> Message | None:
    """Kind, headline, byline, date and words are there."""
    version = attempt.version
    missing = tuple(
        name
        for name, value in (
            (N_("kind"), version.kind is not VersionKind.UNSPECIFIED),
            (N_("headline"), version.headline),
            (N_("byline"), version.byline),
            (N_("day of delivery"), version.delivered_on),
            (N_("the words"), version.blocks),
        )
        if not value
    )
    return N_("These are still missing: %(fields)s.", fields=missing) if missing else None


def no_placeholders(attempt: Attempt) -> Message | None:
    """Nothing in it was to be filled in."""
    found = wording.placeholders(attempt.version)
    if not found:
        return None
    places = tuple(N_("%(words)s (%(where)s)", words=each.words, where=each.where) for each in found[:5])
    return N_("%(count)s placeholders are still to be filled in: %(places)s.", count=len(found), places=places)


def classified(attempt: Attempt) -> Message | None:
    """Somebody has said what every paragraph is and what every gap stands for."""
    found = wording.unclassified(attempt.version.blocks)
    return N_("Say what these paragraphs hold: %(ids)s.", ids=", ".join(map(str, found))) if found else None


def did_not_submit(attempt: Attempt) -> Message | None:
    """Not the one who submitted it."""
    submitted = last(attempt.version, Event.SUBMIT)
    if attempt.by is None or submitted is None or submitted.account_id == attempt.by.id:
        return N_("Whoever submitted it cannot ask for changes; edit it instead.")
    return None


def _may_approve_own(version: Version) -> bool:
    """Whether the conference lets one person approve words of their own."""
    conference_id = version.transcript.conference_id
    return bool(db.session.scalar(sa.select(Conference.may_approve_own).where(Conference.id == conference_id)))


def edited_nothing(attempt: Attempt) -> Message | None:
    """Not one of those who wrote any of it (four eyes); no role passes this, only the conference's own rule."""
    if attempt.by is None:
        return N_("Somebody has to stand for the words.")
    if attempt.by.id in editors(attempt.version) and not _may_approve_own(attempt.version):
        return N_("Whoever wrote or edited any of it cannot approve it; ask somebody else.")
    return None


def as_submitted(attempt: Attempt) -> Message | None:
    """What the public would see is what was submitted."""
    if attempt.hash != attempt.version.hash:
        return N_("The session's released title or speakers changed since it was submitted; send it back.")
    return None


def as_read(attempt: Attempt) -> Message | None:
    """The approver read the very words that were submitted."""
    if attempt.seen != attempt.version.hash:
        return N_("The words changed since you read them; read them again.")
    return None


def checked_against_recording(attempt: Attempt) -> Message | None:
    """Words as delivered were checked against a recording."""
    if attempt.version.kind is VersionKind.AS_DELIVERED and not attempt.is_checked:
        return N_("Approving words as delivered takes the declaration that they were checked against a recording.")
    return None


def as_approved(attempt: Attempt) -> Message | None:
    """What the public would see is what was approved."""
    approval = attempt.version.approval
    if approval is None or not approval.hash == attempt.version.hash == attempt.hash:
        return N_("What the public would read is no longer what was approved; submit it again.")
    return None


def approver_edited_nothing(attempt: Attempt) -> Message | None:
    """The approval is by somebody who wrote none of it."""
    version, approval = attempt.version, attempt.version.approval
    if approval is None:
        return N_("Nobody has approved it.")
    if approval.account_id in editors(version) and not (approval.is_own and _may_approve_own(version)):
        return N_("Its approval is by somebody who edited it.")
    return None


def source_of(version: Version) -> Version | None:
    """What a translation has to follow: what it was made from, or what is public in its place since; None: no source.

    Corrections grow from what they correct, so that the last public one of that line counts.
    """
    if version.translation_of_id is None:
        return None
    found = db.session.get_one(Version, version.translation_of_id, populate_existing=True)
    while found.state is VersionState.SUPERSEDED:
        newer = db.session.scalar(
            sa.select(Version).where(
                Version.base_id == found.id, Version.state.in_((VersionState.RELEASED, VersionState.SUPERSEDED))
            )
        )
        if newer is None:
            break
        found = newer
    return found


def source_unchanged(attempt: Attempt) -> Message | None:
    """A translation is of the very revision of its source that is going to be public."""
    version = attempt.version
    if version.translation_of_id is None:
        return None
    revision = db.session.scalar(sa.select(Version.lock_version).where(Version.id == version.translation_of_id))
    if revision != version.source_revision:
        return N_("The words that it translates changed since; bring it up to date, then say that it follows them.")
    return None


def source_moved(attempt: Attempt) -> Message | None:
    """What it translates is no longer what was translated."""
    source = source_of(attempt.version)
    if source is None:
        return N_("It is no translation.")
    if (source.id, source.lock_version) == (attempt.version.translation_of_id, attempt.version.source_revision):
        return N_("It follows its source already.")
    return None
