"""Publishing: what falls due, the one transaction that makes words public, and taking them back."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from confapp.database import db
from confapp.domain import files, outbox
from confapp.domain.live import stage
from confapp.domain.live.stage import Fact, SessionFacts, StageFact
from confapp.domain.people import Account
from confapp.domain.press import alarms, policies, search
from confapp.domain.press.alarms import Alarm, Due
from confapp.domain.press.publications import BLANK, Publication, PublicationState, link
from confapp.domain.press.transcript_guards import CHATHAM_HOUSE, Attempt
from confapp.domain.press.transcript_states import apply, hold, lock, reaction, refusal
from confapp.domain.press.transcripts import (
    Event,
    Policy,
    Transcript,
    Version,
    VersionEvent,
    VersionKind,
    VersionState,
    versions_of,
)
from confapp.domain.press.wording import public_blocks, public_words
from confapp.domain.programme.slots import Slot


def due(*, now: dt.datetime) -> list[int]:
    """The ids of the armed versions with which `release_due` has something to do now, those due first before others.

    It only reads: everything is asked again under lock.
    """
    armed = _armed()
    facts = _facts(armed)
    found = []
    for version in armed:
        attempt = Attempt(version=version, event=Event.RELEASE, by=None, now=now, known=facts)
        if reaction(attempt) is not None or refusal(attempt) is None:
            arming = policies.arming_of(version)
            assert arming is not None
            found.append((policies.due_at(arming, attempt.facts) or now, version.id))
    return [version_id for _, version_id in sorted(found)]


def expected(versions: Sequence[Version]) -> dict[int, dt.datetime | None]:
    """When each of these armed versions goes out if nothing changes, by id; None: nobody can tell yet."""
    facts = _facts(versions)
    moments = {}
    for version in versions:
        arming = policies.arming_of(version)
        if arming is not None:
            session_id = version.transcript.session_id
            moments[version.id] = policies.due_at(arming, facts[session_id] if session_id is not None else None)
    return moments


def release_due(version_id: int, *, now: dt.datetime) -> Publication | None:
    """Release an armed version if every guard holds, all read again under lock; returns what became public.

    Where the session was postponed or cancelled it is held instead, where it was moved it is disarmed, where its title
    or speakers changed its approval is void. Nothing happens, and None returns, where it is no longer armed or not due.
    """
    version = db.session.get(Version, version_id)
    if version is None:
        return None
    lock(version)
    if version.state is not VersionState.ARMED:
        return None
    if version.transcript.session is not None:
        stage.keep_still(version.transcript.session)
    attempt = Attempt(version=version, event=Event.RELEASE, by=None, now=now)
    found = reaction(attempt)
    if found is not None:
        event, reason = found
        apply(version, event, by=None, now=now, reason=reason)
        alarms.sound(Due(version.id, _STOPPED[event], now.isoformat()), now=now)
        outbox.send(
            f"transcript.{event.value}",
            {"version": str(version.uuid)},
            conference_id=version.transcript.conference_id,
            now=now,
        )
        return None
    if refusal(attempt) is not None:
        return None
    return _publish(apply(version, Event.RELEASE, by=None, now=now))


def withdraw(
    version: Version, reason: str, *, by: Account, now: dt.datetime, is_everything: bool = True
) -> list[Publication]:
    """Take words back at once: what is left is a tombstone with the reason. A second person confirms it afterwards.

    Unless `is_everything` is False, all versions and translations of the transcript go, and approved or armed ones are
    held. Raises NotNow where the version is not public.
    """
    lock(version)
    versions = versions_of(version.transcript) if is_everything else [version]
    public = (VersionState.RELEASED, VersionState.SUPERSEDED)
    gone = []
    for each in [version, *(other for other in versions if other.id != version.id)]:
        if each is version or each.state in public:
            apply(each, Event.WITHDRAW, by=by, now=now, reason=reason)
            gone.append(_bury(each, reason, now=now))
        elif each.state in (VersionState.APPROVED, VersionState.ARMED):
            hold(each, by=by, now=now, reason=reason)
    outbox.send(
        "publication.withdrawn",
        {"publications": [each.id for each in gone]},
        conference_id=version.transcript.conference_id,
        now=now,
    )
    return gone


def look_back(fact_id: int, *, now: dt.datetime) -> list[Version]:
    """Open an incident for every version that went out after an end which `fact_id` took back; returns them.

    Within the undo delay nothing went out, and there is none. Asking again changes nothing.
    """
    revoked = db.session.get(StageFact, fact_id)
    if revoked is None or revoked.fact is not Fact.REVOKED:
        return []
    taken_back = db.session.scalar(  # nothing but a revocation follows an end
        sa.select(StageFact)
        .where(StageFact.slot_id == revoked.slot_id, StageFact.id < revoked.id)
        .order_by(StageFact.id.desc())
        .limit(1)
    )
    if taken_back is None or taken_back.fact is not Fact.ENDED:
        return []
    slot = db.session.get_one(Slot, revoked.slot_id)
    released = sa.select(VersionEvent.version_id).where(
        VersionEvent.event == Event.RELEASE,
        VersionEvent.policy.in_((Policy.ON_SESSION_END, Policy.BOTH, Policy.AT_SCHEDULED_END)),
        VersionEvent.at >= taken_back.at,
        VersionEvent.at <= revoked.at,
    )
    found = db.session.scalars(
        sa.select(Version)
        .join(Version.transcript)
        .where(
            Transcript.session_id == slot.session_id, Version.id.in_(released), Version.state == VersionState.RELEASED
        )
        .order_by(Version.id)
    ).all()
    opened = []
    for version in found:
        if alarms.sound(Due(version.id, Alarm.INCIDENT, str(revoked.id)), now=now):
            apply(version, Event.INCIDENT, by=None, now=now)
            opened.append(version)
    return opened


def raise_alarm(alarm: Due, *, now: dt.datetime) -> bool:
    """Raise an alarm that fell due unless it was raised; returns whether it was raised now.

    Public words whose session came under the Chatham House Rule become an incident, to be withdrawn.
    """
    if alarm.kind is not Alarm.CHATHAM_HOUSE:
        return alarms.sound(alarm, now=now)
    version = db.session.get_one(Version, alarm.version_id)
    lock(version)
    if version.id not in {each.id for each in alarms.under_the_rule()} or not alarms.sound(alarm, now=now):
        return False
    if version.state is VersionState.RELEASED:
        apply(version, Event.INCIDENT, by=None, now=now, reason=CHATHAM_HOUSE)
    return True


_STOPPED = {Event.HOLD: Alarm.HELD, Event.DISARM: Alarm.DISARMED, Event.VOID: Alarm.VOIDED}
"""Of what the worker's own deeds alarm the press office."""


def confirm_withdrawal(version: Version, *, by: Account, now: dt.datetime) -> None:
    """The second person stands for the withdrawal. Raises NotNow."""
    apply(version, Event.CONFIRM_WITHDRAWAL, by=by, now=now)


def _armed() -> Sequence[Version]:
    """All armed versions, as the database has them."""
    return db.session.scalars(
        sa.select(Version)
        .where(Version.state == VersionState.ARMED)
        .order_by(Version.id)
        .execution_options(populate_existing=True)
    ).all()


def _facts(versions: Sequence[Version]) -> Mapping[int, SessionFacts]:
    return stage.facts_of(
        version.transcript.session_id for version in versions if version.transcript.session_id is not None
    )


def _publish(released: Attempt) -> Publication:
    """Append what was released to the conference's ledger; recording the release has put its writers in line."""
    version, transcript = released.version, released.version.transcript
    public = _of_transcript(transcript)
    words = public_words(version, released.facts)
    publication = Publication(
        **words | {"blocks": public_blocks(transcript, version.blocks)},
        public_id=transcript.public_id,
        number=max((each.number for each in public), default=0) + 1,
        conference_id=transcript.conference_id,
        version=str(version.uuid),
        state=PublicationState.RELEASED,
        is_not_delivered=version.is_not_delivered,
        is_self_approved=version.approval is not None and version.approval.is_own,
        translates=_translated(version, public),
        hash=version.hash,
        released_at=released.now,
        previous=_end_of_ledger(transcript.conference_id),
    )
    publication.ledger = link(publication)
    for each in public:
        if each.state is PublicationState.RELEASED and _supersedes(version, each):
            each.state, each.superseded_by = PublicationState.SUPERSEDED, publication.number
            superseded = _version_of(each)
            apply(superseded, Event.SUPERSEDE, by=None, now=released.now)
            if superseded.id == version.base_id:
                alarms.tell_translators(superseded, now=released.now)
            search.forget(each)
    db.session.add(publication)
    db.session.flush()
    search.index(publication)
    outbox.send(
        "publication.released",
        {"publication": publication.id, "hash": publication.hash},
        conference_id=transcript.conference_id,
        now=released.now,
    )
    return publication


def _supersedes(version: Version, old: Publication) -> bool:
    """Whether the version takes the place of a publication: its own base, its like, or the prepared words."""
    if version.base_id is not None and _version_of(old).id == version.base_id:
        return True
    kinds = {version.kind.value}
    if version.kind is VersionKind.AS_DELIVERED:
        kinds.add(VersionKind.AS_PREPARED.value)
    return old.language == version.language and old.kind in kinds


def _translated(version: Version, public: Sequence[Publication]) -> int | None:
    source = version.translation_of_id
    return next((each.number for each in public if _version_of(each).id == source), None) if source else None


def _of_transcript(transcript: Transcript) -> Sequence[Publication]:
    return db.session.scalars(
        sa.select(Publication)
        .where(Publication.public_id == transcript.public_id)
        .order_by(Publication.number)
        .execution_options(populate_existing=True)
    ).all()


def _end_of_ledger(conference_id: int) -> str:
    return (
        db.session.scalar(
            sa.select(Publication.ledger)
            .where(Publication.conference_id == conference_id)
            .order_by(Publication.id.desc())
            .limit(1)
        )
        or ""
    )


def _version_of(publication: Publication) -> Version:
    return db.session.scalars(sa.select(Version).where(Version.uuid == uuid.UUID(publication.version))).one()


def _bury(version: Version, reason: str, *, now: dt.datetime) -> Publication:
    """Empty the words of the version's publication."""
    publication = db.session.scalars(
        sa.select(Publication).where(Publication.version == str(version.uuid)).execution_options(populate_existing=True)
    ).one()
    for name, value in BLANK.items():
        setattr(publication, name, value)
    publication.state = PublicationState.WITHDRAWN
    publication.withdrawn_at, publication.withdrawn_reason = now, reason[:500]
    db.session.flush()
    search.forget(publication)
    files.forget_paper(publication.conference_id, publication.public_id)
    return publication
