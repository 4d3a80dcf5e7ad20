"""Editing: how versions are made, imported, changed, corrected and brought back; edited words need a new approval."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from confapp.database import db
from confapp.domain import files
from confapp.domain.errors import N_, Invalid, NotNow, Stale
from confapp.domain.live import stage
from confapp.domain.people import Account
from confapp.domain.press import revisions, wording
from confapp.domain.press.transcript_guards import CHATHAM_HOUSE, is_under_the_rule
from confapp.domain.press.transcript_states import apply, lock, record
from confapp.domain.press.transcripts import (
    OPEN,
    Correction,
    Event,
    Transcript,
    Version,
    VersionKind,
    VersionState,
    transcripts_of,
    versions_of,
)
from confapp.domain.press.wording import Block
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.sessions import Session

FIELDS = frozenset(
    {
        "kind",
        "language",
        "kicker",
        "headline",
        "byline",
        "byline_role",
        "summary",
        "caption",
        "place",
        "delivered_on",
        "page_date",
        "blocks",
        "correction",
        "correction_note",
    }
)
"""What of a version can be edited."""


def create(
    conference: Conference,
    values: Mapping[str, Any],
    *,
    by: Account,
    now: dt.datetime,
    session: Session | None = None,
    transcript: Transcript | None = None,
    translation_of: Version | None = None,
) -> Version:
    """A new draft of FIELDS, `kind` and `language` among them, of `transcript` or of a new one for the `session`.

    A translation is of the same transcript as the version it translates and keeps its paragraphs' ids. Raises Invalid
    for values that cannot be, and NotNow for a session under the Chatham House Rule, or where a version of that kind
    and language is open or public already.
    """
    if translation_of is not None:
        transcript = translation_of.transcript
    if transcript is None:
        transcript = _new_transcript(conference, session, now=now)
    version = Version(
        transcript=transcript,
        kind=VersionKind(values["kind"]),
        language=values["language"],
        translation_of_id=translation_of.id if translation_of else None,
        source_revision=translation_of.lock_version if translation_of else None,
    )
    lent = translation_of.blocks if translation_of else ()
    return _make(version, values, Event.CREATE, lent=lent, by=by, now=now)


def import_plan(
    conference: Conference,
    *,
    fields: Mapping[str, Any],
    blocks: Sequence[Mapping[str, Any]],
    report: Mapping[str, Any],
    source: bytes,
    media_type: str,
    by: Account,
    now: dt.datetime,
    session: Session | None = None,
) -> Version:
    """A draft of what a reader found, with its report and its raw source, until a person confirms it.

    It joins the session's first transcript where there is one. Without a language it takes the conference's first one,
    without a kind it stays unspecified, and neither passes submitting unseen. Raises as `create` does.
    """
    held = transcripts_of(session) if session is not None else ()
    version = Version(
        transcript=held[0] if held else _new_transcript(conference, session, now=now),
        kind=VersionKind(fields.get("kind") or VersionKind.UNSPECIFIED),
        language=fields.get("language") or conference.languages[0],
        is_confirmed=False,
        import_report=dict(report),
        source=files.keep(source, media_type, now=now).sha256,
    )
    given = {name: value for name, value in fields.items() if value is not None}
    return _make(version, given | {"blocks": blocks}, Event.IMPORT, lent=(), by=by, now=now)


def confirm_import(version: Version, *, expected: int, by: Account, now: dt.datetime) -> None:
    """A person stands for what the reader made of the file. Raises Stale, and NotNow where nothing waits for it."""
    _check_version(version, expected)
    apply(version, Event.CONFIRM_IMPORT, by=by, now=now)


def edit(version: Version, values: Mapping[str, Any], *, expected: int, by: Account, now: dt.datetime) -> bool:
    """Change the words: approvals become void, a countdown stops, and it is a draft again. Returns whether any changed.

    Paragraphs keep their ids, wherever they move; one without an id gets a new one that nobody ever had. `expected` is
    the lock version that the editor saw. Raises Stale when somebody edited meanwhile, Invalid, NotNow once released.
    """
    _check_version(version, expected)
    values = _checked(values)
    if "blocks" in values:
        values["blocks"] = wording.number_blocks(version.transcript, values["blocks"], _citable(version))
    changed = {name: value for name, value in values.items() if getattr(version, name) != value}
    if not changed:
        return False
    if {"kind", "language"} & set(changed):
        _check_free(version, changed.get("kind", version.kind), changed.get("language", version.language))
    apply(version, Event.EDIT, by=by, now=now)
    for name, value in changed.items():
        setattr(version, name, value)
    version.lock_version += 1
    db.session.flush()
    revisions.keep(version, by=by, now=now)
    return True


def attach(transcript: Transcript, session: Session | None, *, by: Account, now: dt.datetime) -> None:
    """Link a transcript to a session (None: to none); since readers see the session's title, approvals become void.

    Raises NotNow once any of it is public, or for a session under the Chatham House Rule.
    """
    held = versions_of(transcript)
    if any(version.state not in OPEN | {VersionState.DISCARDED} for version in held):
        raise NotNow(N_("Some of it is public, or was; its session cannot be changed any more."))
    _check_session(transcript.conference_id, session)
    for version in held:
        if version.state in OPEN:
            apply(version, Event.EDIT, by=by, now=now)
    transcript.session = session
    db.session.flush()


def correct(version: Version, category: Correction, note: str, *, by: Account, now: dt.datetime) -> Version:
    """A new draft from a released version, which stays public meanwhile; `note` says what changes and why.

    Raises NotNow where the version is not public, or a version of that kind and language is open already.
    """
    apply(version, Event.CORRECT, by=by, now=now, reason=note)
    return _grow(version, {"correction": category, "correction_note": note}, by=by, now=now)


def reinstate(version: Version, reason: str, *, by: Account, now: dt.datetime) -> Version:
    """A new draft from a withdrawn version, for the full path again. Raises NotNow as `correct` does."""
    apply(version, Event.REINSTATE, by=by, now=now, reason=reason)
    return _grow(version, {}, by=by, now=now)


def _grow(base: Version, values: Mapping[str, Any], *, by: Account, now: dt.datetime) -> Version:
    copied = {name: getattr(base, name) for name in FIELDS - {"correction", "correction_note"}}
    version = Version(
        transcript=base.transcript,
        kind=base.kind,
        language=base.language,
        base_id=base.id,
        translation_of_id=base.translation_of_id,
        source_revision=base.source_revision,
    )
    return _make(version, copied | dict(values), Event.CREATE, lent=base.blocks, by=by, now=now)


def _new_transcript(conference: Conference, session: Session | None, *, now: dt.datetime) -> Transcript:
    _check_session(conference.id, session)
    transcript = Transcript(conference_id=conference.id, session=session, created_at=now)
    db.session.add(transcript)
    db.session.flush()
    return transcript


def _check_session(conference_id: int, session: Session | None) -> None:
    if session is None:
        return
    if session.conference_id != conference_id:
        raise Invalid({"session": [N_("This session belongs to another conference.")]})
    if is_under_the_rule(session, stage.facts_of([session.id])[session.id]):
        raise NotNow(CHATHAM_HOUSE)


def _make(
    version: Version,
    values: Mapping[str, Any],
    event: Event,
    *,
    lent: Sequence[Block],
    by: Account,
    now: dt.datetime,
) -> Version:
    """Store a new draft with its words and the first line of its history."""
    transcript = version.transcript
    db.session.execute(sa.select(Transcript.id).where(Transcript.id == transcript.id).with_for_update())
    _check_session(transcript.conference_id, transcript.session)
    _check_free(version, version.kind, version.language)
    checked = _checked(values)
    checked["blocks"] = wording.number_blocks(transcript, checked.get("blocks", ()), lent)
    for name, value in checked.items():
        setattr(version, name, value)
    version.created_at = version.changed_at = now
    db.session.add(version)
    db.session.flush()
    record(version, event, before=None, by=by, now=now)
    revisions.keep(version, by=by, now=now)
    return version


def _citable(version: Version) -> list[Block]:
    """The paragraphs whose ids an edit may use: the version's own, and those it shares with what it grew from."""
    related = [each for each in (version.base_id, version.translation_of_id) if each is not None]
    older = db.session.scalars(sa.select(Version.blocks).where(Version.id.in_(related))).all()
    shared = {block["id"]: block for blocks in older for block in blocks}
    return list((shared | {block["id"]: block for block in version.blocks}).values())


def _check_version(version: Version, expected: int) -> None:
    lock(version)
    if version.lock_version != expected:
        raise Stale(
            N_("Somebody edited this since you looked; take their changes in, then save."), version.lock_version
        )


def _check_free(version: Version, kind: VersionKind, language: str) -> None:
    """One open version a kind and language, and what is public is corrected, not written anew."""
    for other in versions_of(version.transcript):
        if other.id == version.id or (other.kind, other.language) != (kind, language):
            continue
        if other.state in OPEN:
            raise NotNow(N_("There is an open version of this kind and language already; edit or discard that one."))
        if other.state is VersionState.RELEASED and version.base_id != other.id:
            raise NotNow(N_("A version of this kind and language is public; correct that one instead."))


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as columns take them; raises Invalid for unknown fields and for words that are too long."""
    errors: dict[str, list[str]] = {}
    checked = dict(values)
    for name, value in values.items():
        if name not in FIELDS:
            errors[name] = [N_("A transcript has no such field.")]
            continue
        longest = getattr(Version.__table__.c[name].type, "length", None)
        if isinstance(value, str) and longest is not None and len(value) > longest:
            errors[name] = [N_("At most %(count)s characters fit here.", count=longest)]
        if name in ("kind", "correction") and value is not None:
            try:
                checked[name] = (VersionKind if name == "kind" else Correction)(value)
            except ValueError:
                errors[name] = [N_("%(value)s is not one of the choices.", value=value)]
    if errors:
        raise Invalid(errors)
    return checked
