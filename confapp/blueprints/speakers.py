"""Organisers' pages of speakers: their public profiles in this conference."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from confapp.blueprints.confirming import confirmation
from confapp.blueprints.paging import Paged
from confapp.blueprints.pictures import picture_answer
from confapp.domain.letters import wishes
from confapp.domain.letters.addresses import speaker_address
from confapp.domain.permissions import Permission
from confapp.domain.programme import pictures, sessions, speaker_pages, speakers
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.speakers import Speaker
from confapp.domain.release import frozen, releases
from confapp.domain.schedule import tasks
from confapp.domain.schedule.tasks import Cause
from confapp.domain.texts import collate
from confapp.hall import letters
from confapp.hall.named import check_speaker, is_mine, scope
from confapp.schemas.sessions import SpeakerSchema
from confapp.web import me, now, permits
from confapp.web.forms import Choices, Form
from confapp.web.rendering import language_name, text

blueprint = Blueprint("speakers", __name__, url_prefix="/organise/<conference>/speakers")


def letter_languages(conference: Conference) -> dict[str, Choices]:
    """In which language a speaker may read letters: the conference's, the first one where nobody said."""
    named = [(each, language_name(each)) for each in conference.languages]
    return {"letter_language": [("", gettext("Not said")), *named]}


@blueprint.get("")
@permits(Permission.CONFERENCE_READ)
def list_speakers(conference: Conference) -> str:
    """All speakers by name, narrowed by words, with what they do."""
    held = speakers.speakers(conference)
    words = request.args.get("q", "")
    if words:
        wanted = collate(words)[0]
        held = [each for each in held if wanted in collate(f"{each.name} {each.affiliation} {each.code}")[0]]
    parts = sessions.parts_by_speaker(conference)
    mine = scope(Permission.SPEAKERS_EDIT, conference, "track")
    return render_template(
        "speakers/list.html",
        conference=conference,
        paged=Paged(sorted(held, key=lambda each: collate(each.name))),
        parts=parts,
        may_edit=lambda speaker: is_mine([talk.track_id for talk in parts.get(speaker.id, [])], mine),
        words=words,
    )


@blueprint.route("/new", methods=["GET", "POST"])
@permits(Permission.SPEAKERS_EDIT)
def create_speaker(conference: Conference) -> Response:
    """A new speaker."""
    form = Form(SpeakerSchema, conference, choices=letter_languages(conference))
    if form.was_sent:
        with form:
            speakers.create_speaker(conference, form.load(), by=me(), now=now())
            flash(gettext("The speaker stands; give them a part in a session."), "good")
            return redirect(url_for(".list_speakers", conference=conference.slug))
    return form.page("speakers/speaker.html", conference=conference, speaker=None, talks=[])


@blueprint.route("/<code>", methods=["GET", "POST"])
@permits(Permission.SPEAKERS_EDIT)
def edit_speaker(conference: Conference, code: str) -> Response:
    """One speaker."""
    speaker = speakers.speaker(conference, code)
    check_speaker(conference, speaker)
    form = Form(SpeakerSchema, conference, current=speaker, choices=letter_languages(conference), watched=speaker)
    if form.was_sent:
        with form:
            speakers.edit_speaker(speaker, form.load(), by=me(), now=now())
            flash(gettext("Saved. The public sees it with the next release."), "good")
            return redirect(url_for(".edit_speaker", conference=conference.slug, code=code))
    return _page(conference, speaker, form)


def _page(conference: Conference, speaker: Speaker, form: Form, address: str | None = None) -> Response:
    """`address` is the speaker's secret one, shown this once."""
    release = releases.current(conference.id)
    return form.page(
        "speakers/speaker.html",
        conference=conference,
        speaker=speaker,
        talks=sessions.sessions_of(speaker),
        invitation=speaker_pages.standing(speaker),
        address=address,
        reached_at=speaker_address(speaker),
        has_sheet=release is not None and speaker.code in frozen.agenda(release).people,
    )


@blueprint.post("/<code>/invite")
@permits(Permission.SPEAKERS_EDIT)
def invite_speaker(conference: Conference, code: str) -> Response:
    """A new secret address at which the speaker sees to her part, shown once; the one before it dies."""
    speaker = speakers.speaker(conference, code)
    check_speaker(conference, speaker)
    token = speaker_pages.invite(speaker, by=me(), now=now())
    address = url_for("speak.show_part", token=token, _external=True)
    form = Form(SpeakerSchema, conference, current=speaker, choices=letter_languages(conference))
    return _page(conference, speaker, form, address=address)


@blueprint.post("/<code>/send-page")
@permits(Permission.SPEAKERS_EDIT)
def send_page(conference: Conference, code: str) -> Response:
    """Send the speaker a new secret address by letter; the one before it dies."""
    speaker = speakers.speaker(conference, code)
    check_speaker(conference, speaker)
    wishes.send_page(speaker, letters.page_token, by=me(), now=now())
    flash(gettext("The letter to %(name)s is on its way.", name=speaker.name), "good")
    return redirect(url_for(".edit_speaker", conference=conference.slug, code=code))


@blueprint.post("/<code>/uninvite")
@permits(Permission.SPEAKERS_EDIT)
def uninvite_speaker(conference: Conference, code: str) -> Response:
    """Let the speaker's address die."""
    speaker = speakers.speaker(conference, code)
    check_speaker(conference, speaker)
    speaker_pages.revoke(speaker, by=me(), now=now())
    flash(gettext("The address is dead."), "good")
    return redirect(url_for(".edit_speaker", conference=conference.slug, code=code))


@blueprint.get("/<code>/picture")
@permits(Permission.SPEAKERS_EDIT)
def get_picture(conference: Conference, code: str) -> Response:
    """The speaker's picture as it is kept; the public sees it with a release."""
    speaker = speakers.speaker(conference, code)
    check_speaker(conference, speaker)
    return picture_answer(pictures.kept(speaker.photo))


@blueprint.route("/<code>/delete", methods=["GET", "POST"])
@permits(Permission.SPEAKERS_EDIT)
def delete_speaker(conference: Conference, code: str) -> Response | str:
    """Remove a profile and its parts, after asking."""
    speaker = speakers.speaker(conference, code)
    check_speaker(conference, speaker)
    back = url_for(".list_speakers", conference=conference.slug)
    if request.method == "POST":
        with tasks.watching(conference, Cause.SESSION, by=me(), now=now()):
            speakers.delete_speaker(speaker, by=me(), now=now())
        flash(gettext("The speaker is gone from this conference."), "good")
        return redirect(back)
    return confirmation(
        conference,
        "speakers",
        gettext("Delete the speaker “%(name)s”?", name=speaker.name),
        gettext(
            "The profile goes, and the parts in these sessions with it; the sessions stay, and public releases too."
        ),
        label=gettext("Delete the speaker"),
        back=back,
        consequences=[text(talk.title) for talk in sessions.sessions_of(speaker)],
    )
