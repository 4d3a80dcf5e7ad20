"""The press desk's pages: the queue, one version with what may happen to it, its editor, and each deed."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.datastructures import CombinedMultiDict, FileStorage
from werkzeug.wrappers import Response

from confapp.database import aside, give_up_writing
from confapp.domain.errors import N_, Invalid, Missing
from confapp.domain.permissions import Permission
from confapp.domain.press import (
    comments,
    press_desk,
    publications,
    transcript_editing,
    transcripts,
    wording,
    working_copies,
)
from confapp.domain.press.transcripts import EDITING, Event, Policy, Version, VersionEvent, VersionState
from confapp.domain.programme import conferences
from confapp.domain.programme.conferences import Conference
from confapp.hall import deeds, editor
from confapp.hall.deeds import DEEDS, Deed
from confapp.imports.transcripts import MAX_BYTES, read_transcript
from confapp.schemas.press import ImportSchema, VersionSchema
from confapp.web import clean, holds, me, now, permits
from confapp.web.answers import say
from confapp.web.forms import Form

blueprint = Blueprint("press_desk", __name__, url_prefix="/organise/<conference>/press")


@blueprint.get("")
@permits(Permission.PRESS_READ)
def show_queue(conference: Conference) -> str:
    """Everything that waits for somebody or something, the most urgent first, and what was published last."""
    return render_template(
        "press_desk/queue.html",
        conference=conference,
        queue=press_desk.queue(conference, now=now()),
        public=publications.latest(conference.id, most=20),
        now=now(),
    )


def _show(conference: Conference, version: Version, form: Form | None = None) -> Response:
    """The page of one version; `form` holds a deed that was refused."""
    moment, account = now(), me()
    held = press_desk.duties_of(account, conference, now=moment)
    history = transcripts.history(version)
    form = form or Form(DEEDS[Event.APPROVE].schema, conference)
    return form.page(
        "press_desk/version.html",
        conference=conference,
        version=version,
        queued=press_desk.queued(version, now=moment),
        offers=press_desk.offers(version, held, by=account, now=moment),
        deeds=DEEDS,
        history=history,
        writers=_writers(history),
        comments=comments.comments(version.transcript),
        placeholders=wording.placeholders(version),
        others=[each for each in transcripts.versions_of(version.transcript) if each.id != version.id],
        publication=publications.of_version(version.uuid),
        words=wording.count_words(version.blocks),
        speaking_time=wording.speaking_time(version.blocks),
        now=moment,
    )


def _writers(history: Sequence[VersionEvent]) -> list[str]:
    """The names of those who wrote any of it, in the order in which they did."""
    named = [each.account.person.name for each in history if each.event in EDITING and each.account]
    return list(dict.fromkeys(named))


@blueprint.get("/<uuid:identifier>")
@permits(Permission.PRESS_READ)
def show_version(conference: Conference, identifier: uuid.UUID) -> Response:
    """One version to be read, and what may happen to it next."""
    return _show(conference, transcripts.version(conference, identifier))


@blueprint.route("/new", methods=["GET", "POST"])
@permits(Permission.PRESS_EDIT)
def create_version(conference: Conference) -> Response:
    """A new draft, or a translation of the version that `?translates=` names."""
    source = _translated(conference)
    current = {"session": request.args.get("session"), "language": conference.languages[0]}
    if source is not None:
        current = {**editor.current_of(source), "language": None, "translation_of": str(source.uuid)}
    form = Form(VersionSchema, conference, current=current, choices=editor.version_choices(conference))
    if form.was_sent:
        with form:
            made = deeds.write(conference, form.load(), by=me(), now=now())
            flash(gettext("Saved as a draft."))
            return redirect(url_for(".show_version", conference=conference.slug, identifier=made.uuid))
    return form.page(
        "press_desk/edit.html",
        conference=conference,
        mark_choices=editor.mark_choices(),
        version=None,
        source=source,
        rows=editor.rows(form, source),
        meanwhile=[],
    )


def _translated(conference: Conference) -> Version | None:
    """The version that is to be translated, by the address or the form."""
    named = request.values.get("translates") or request.values.get("translation_of")
    if not named:
        return None
    try:
        return transcripts.version(conference, uuid.UUID(named))
    except ValueError as error:
        raise Missing() from error


@blueprint.route("/<uuid:identifier>/edit", methods=["GET", "POST"])
@permits(Permission.PRESS_EDIT)
def edit_version(conference: Conference, identifier: uuid.UUID) -> Response:
    """Change the words: approvals become void, and it is a draft again. What was typed outlives a refusal."""
    version = transcripts.version(conference, identifier)
    form = Form(
        VersionSchema, conference, current=editor.current_of(version), choices=editor.version_choices(conference)
    )
    if form.was_sent:
        with form:
            is_merged = deeds.rewrite(conference, version, form.load(), by=me(), now=now(), merges=True)
            working_copies.drop(version, me())
            flash(gettext("Saved, with what somebody else changed meanwhile.") if is_merged else gettext("Saved."))
            return redirect(url_for(".show_version", conference=conference.slug, identifier=identifier))
    return form.page(
        "press_desk/edit.html",
        conference=conference,
        mark_choices=editor.mark_choices(),
        version=version,
        source=None,
        rows=editor.rows(form, version),
        meanwhile=editor.meanwhile(form, version),
        others=working_copies.others(version, me(), now=now()),
        is_public=any(
            each.state in (VersionState.RELEASED, VersionState.SUPERSEDED, VersionState.WITHDRAWN)
            for each in transcripts.versions_of(version.transcript)
        ),
    )


@blueprint.route("/import", methods=["GET", "POST"])
@permits(Permission.PRESS_EDIT)
def import_version(conference: Conference) -> Response:
    """Read an uploaded transcript into a draft that somebody has to confirm."""
    form = Form(ImportSchema, conference, choices=editor.version_choices(conference))
    if form.was_sent:
        with form:
            values = clean(form.schema, CombinedMultiDict([request.form, request.files]))
            identifier = _keep(conference.slug, values["file"], values["session"])
            flash(gettext("Read. Compare it with its source, then confirm it."))
            return redirect(url_for(".show_version", conference=conference.slug, identifier=identifier))
    return form.page("press_desk/import.html", conference=conference, max_megabytes=MAX_BYTES // 1_000_000)


def _keep(slug: str, upload: FileStorage, code: str | None) -> uuid.UUID:
    """Read a file while nothing is locked, then keep it in a short transaction: its UUID. Raises Invalid."""
    if not upload.filename:
        raise Invalid({"file": [N_("Choose a file.")]})
    give_up_writing()
    data = upload.read(MAX_BYTES + 1)
    plan = read_transcript(data, upload.filename)
    with aside():
        conference = conferences.by_slug(slug, Permission.PRESS_EDIT, holds)
        version = transcript_editing.import_plan(
            conference,
            **plan.as_version(),
            source=data,
            media_type=plan.media_type,
            session=deeds.session_of(conference, code),
            by=me(),
            now=now(),
        )
        return version.uuid


def _serve(deed: Deed) -> None:
    """Give a deed its address; one that has a page shows its form there, others stand on the version's page."""

    @blueprint.route(
        f"/<uuid:identifier>/{deed.name}",
        endpoint=f"{deed.event.value}_version",
        methods=["GET", "POST"] if deed.has_page else ["POST"],
    )
    @permits(deed.duty)
    def do(conference: Conference, identifier: uuid.UUID) -> Response:
        version = transcripts.version(conference, identifier)
        current = {"is_everything": True, "undo_seconds": 60, "seen": version.hash, "expected": version.lock_version}
        form = Form(deed.schema, conference, current=current, choices=_choices(deed))
        if form.was_sent:
            with form:
                after = deed.do(version, form.load(), me(), now()) or version
                flash(say(deed.said(after)), "good")
                return redirect(url_for(".show_version", conference=conference.slug, identifier=after.uuid))
        if not deed.has_page:
            return _show(conference, version, form)
        return form.page(
            "press_desk/deed.html",
            conference=conference,
            version=version,
            deed=deed,
            queued=press_desk.queued(version, now=now()),
        )


def _choices(deed: Deed) -> dict[str, list[tuple[str, str]]]:
    if deed.event is not Event.ARM:
        return {}
    said = {
        Policy.ON_SESSION_END: gettext("When the stage desk confirms the session's end"),
        Policy.AT_SCHEDULED_END: gettext(
            "At the session's end in the agenda; if it runs over, once its end is confirmed"
        ),
        Policy.AT_TIME: gettext("At a time"),
        Policy.BOTH: gettext("At a time and after the confirmed end, whichever comes later"),
        Policy.MANUAL: gettext("By hand, when somebody gives the go-ahead"),
    }
    return {"policy": [(policy.value, words) for policy, words in said.items()]}


for _deed in DEEDS.values():
    _serve(_deed)
