"""What helps writing at the press desk: unsaved typing, versions side by side, a preview, comments on paragraphs."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, Response, flash, jsonify, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as BaseResponse

from confapp.domain.permissions import Permission
from confapp.domain.press import comments, press_desk, transcripts, wording, working_copies
from confapp.domain.press.publications import Publication, PublicationState
from confapp.domain.press.transcripts import Version
from confapp.domain.press.working_copies import WorkingCopy
from confapp.domain.programme.conferences import Conference
from confapp.hall import side_by_side
from confapp.schemas.press_writing import CommentSchema
from confapp.web import me, now, permits
from confapp.web.forms import Form

blueprint = Blueprint("press_writing", __name__, url_prefix="/organise/<conference>/press/<uuid:identifier>")

# Unsaved typing: asked for and sent by the editor's script.


@blueprint.get("/working-copy")
@permits(Permission.PRESS_EDIT)
def get_working_copy(conference: Conference, identifier: uuid.UUID) -> Response:
    """What the asker typed and did not save, the version's present lock version, and who else is typing."""
    version = transcripts.version(conference, identifier)
    return _told(version, working_copies.of(version, me()))


@blueprint.post("/working-copy")
@permits(Permission.PRESS_EDIT)
def keep_working_copy(conference: Conference, identifier: uuid.UUID) -> Response:
    """Keep what the editor's form holds now. Nothing of the version changes."""
    version = transcripts.version(conference, identifier)
    typed = [pair for pair in request.form.items(multi=True) if pair[0] != "csrf_token"]
    expected = request.form.get("expected", type=int) or version.lock_version
    working_copies.keep(version, typed, expected=expected, by=me(), now=now())
    return _told(version, None)


@blueprint.post("/working-copy/discard")
@permits(Permission.PRESS_EDIT)
def drop_working_copy(conference: Conference, identifier: uuid.UUID) -> BaseResponse:
    """Forget what the asker typed and did not save."""
    version = transcripts.version(conference, identifier)
    working_copies.drop(version, me())
    return redirect(url_for("press_desk.edit_version", conference=conference.slug, identifier=identifier), 303)


def _told(version: Version, copy: WorkingCopy | None) -> Response:
    others = working_copies.others(version, me(), now=now())
    facts: dict[str, Any] = {
        "lock_version": version.lock_version,
        "now": now().isoformat(),
        "others": [each.account.person.name for each in others],
        "typed": copy.typed if copy else None,
        "expected": copy.expected if copy else None,
        "at": copy.at.isoformat() if copy else None,
    }
    return jsonify(facts)


# Side by side.


@blueprint.get("/compare")
@permits(Permission.PRESS_READ)
def compare_versions(conference: Conference, identifier: uuid.UUID) -> str:
    """Two texts of a transcript side by side, word by word: `?with=` names the older one, a version or a revision."""
    version = transcripts.version(conference, identifier)
    compared = side_by_side.compare(conference, version, request.args.get("with"))
    return render_template("press_desk/compare.html", conference=conference, version=version, compared=compared)


# As the public will see it.


@blueprint.get("/preview")
@permits(Permission.PRESS_READ)
def preview_version(conference: Conference, identifier: uuid.UUID) -> Response:
    """The version in the press room's own clothes. Only the desk can open it; it dies with the version's editing."""
    version = transcripts.version(conference, identifier)
    facts = press_desk.queued(version, now=now()).facts
    words = wording.public_words(version, facts)
    publication = Publication(
        **words,
        public_id=version.transcript.public_id,
        number=0,
        state=PublicationState.RELEASED,
        is_not_delivered=version.is_not_delivered,
        hash=wording.digest(words),
        released_at=now(),
    )
    page = render_template(
        "press_desk/preview.html",
        conference=conference,
        version=version,
        publication=publication,
        words=wording.count_words(version.blocks),
    )
    response = make_response(page)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


# Comments.


@blueprint.route("/comments", methods=["GET", "POST"])
@permits(Permission.PRESS_READ)
def comment_version(conference: Conference, identifier: uuid.UUID) -> BaseResponse:
    """What was said about the version's paragraphs, and a word more; `?block=` names the paragraph."""
    version = transcripts.version(conference, identifier)
    form = Form(CommentSchema, conference, current={"block": request.args.get("block", type=int)})
    if form.was_sent:
        with form:
            values = form.load()
            comments.say(version, values["text"], block_id=values["block"], by=me(), now=now())
            place = f"p-{values['block']}" if values["block"] else "comments"
            flash(gettext("Your comment is there."))
            target = url_for("press_desk.show_version", conference=conference.slug, identifier=identifier)
            return redirect(f"{target}#{place}")
    said = comments.comments(version.transcript)
    return form.page("press_desk/comments.html", conference=conference, version=version, comments=said)


@blueprint.post("/comments/<int:comment_id>/resolve")
@permits(Permission.PRESS_READ)
def resolve_comment(conference: Conference, identifier: uuid.UUID, comment_id: int) -> BaseResponse:
    """A comment is dealt with."""
    version = transcripts.version(conference, identifier)
    comments.resolve(comments.comment(version.transcript, comment_id), now=now())
    return redirect(
        url_for("press_desk.show_version", conference=conference.slug, identifier=identifier, _anchor="comments"), 303
    )
