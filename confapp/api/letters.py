"""Letters on releases: exactly who would be told what, before and after, and when they go out."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response, jsonify

from confapp.api.base import Blueprint, body, page_asked
from confapp.database import give_up_writing
from confapp.domain.agenda import Agenda
from confapp.domain.letters import plans, tellings, wishes
from confapp.domain.letters.concerns import Concern, Recipient
from confapp.domain.letters.plans import Plan
from confapp.domain.letters.tellings import Choice, Telling, When
from confapp.domain.permissions import Permission
from confapp.domain.programme import slots, speakers
from confapp.domain.programme.conferences import Conference
from confapp.domain.release import releases, releasing
from confapp.domain.schedule import scheduling
from confapp.hall import letters
from confapp.hall.named import check_slot, check_speaker, placed
from confapp.schemas.letters import (
    AmendSchema,
    BackSchema,
    LettersSchema,
    NewReleaseSchema,
    TellingSchema,
    TellSchema,
    take_choice,
)
from confapp.web import allowed, me, now, permits

blueprint = Blueprint("letters", "Who is told what of a release, and when")


@blueprint.route("/conferences/<conference>/releases/letters", methods=["POST"])
@permits(Permission.RELEASE)
@blueprint.takes(NewReleaseSchema)
@blueprint.alt_response(200, schema=LettersSchema, success=True)
def preview_release(conference: Conference) -> Response:
    """Who would be told what if the draft were released now, word by word; nothing is released."""
    values = body(NewReleaseSchema, conference)
    choice = take_choice(values)
    return _previewed(conference, releases.drafted(conference, note=values["note"], now=now()), choice)


@blueprint.route("/conferences/<conference>/releases/<int:number>/roll-back/letters", methods=["POST"])
@permits(Permission.RELEASE)
@blueprint.takes(BackSchema)
@blueprint.alt_response(200, schema=LettersSchema, success=True)
def preview_roll_back(conference: Conference, number: int) -> Response:
    """Who would be told what if an earlier release were made public again; nothing is released."""
    values = body(BackSchema, conference)
    choice = take_choice(values)
    wanted, latest = releases.numbered(conference.id, number), releases.current(conference.id)
    assert latest is not None, "there is at least that one"
    after = releasing.rolled_back(conference, wanted, latest, note=values["note"], now=now())
    return _previewed(conference, after, choice)


@blueprint.route("/conferences/<conference>/slots/<uuid:identifier>/amend/letters", methods=["POST"])
@permits(Permission.RELEASE)
@blueprint.takes(AmendSchema)
@blueprint.alt_response(200, schema=LettersSchema, success=True)
def preview_amendment(conference: Conference, identifier: uuid.UUID) -> Response:
    """Who would be told what if one slot were placed and only that released; nothing is placed or released."""
    slot = slots.slot(conference, identifier)
    values = body(AmendSchema, conference)
    choice = take_choice(values)
    place = placed(conference, values, slot)
    check_slot(conference, slot, place["room"])
    may_override = allowed(Permission.SCHEDULE_OVERRIDE, conference)
    scheduling.place(slot, conference, **place, by=me(), now=now(), may_override=may_override)
    more: dict[str, Any] = {"note": values["note"], "override": place["override"], "may_override": may_override}
    after, _latest, _version = releasing.amended(conference, slot, expected=None, **more, now=now())
    answer = _previewed(conference, after, choice)
    give_up_writing()  # it was placed only to see what that would mean
    return answer


def _previewed(conference: Conference, after: Agenda, choice: Choice) -> Response:
    plan = plans.before_release(conference, after, now=now())
    return _shown(conference, plan.within(choice.groups if choice.when is not When.NOBODY else ()))


@blueprint.route("/conferences/<conference>/releases/<int:number>/letters", methods=["GET"])
@permits(Permission.RELEASE)
@blueprint.alt_response(200, schema=LettersSchema, success=True)
def get_letters(conference: Conference, number: int) -> Response:
    """The letters on a release, one page of them, and what was chosen."""
    telling = tellings.telling(conference, number)
    plan = plans.of_telling(conference, telling, now=telling.begun_at or now())
    return _shown(conference, plan, telling)


@blueprint.route("/conferences/<conference>/releases/<int:number>/letters", methods=["PUT"])
@permits(Permission.RELEASE)
@blueprint.takes(TellSchema)
@blueprint.alt_response(200, schema=TellingSchema, success=True)
def put_letters(conference: Conference, number: int) -> Response:
    """Choose anew who is told and when, `now` for example, as long as nothing went out (409)."""
    telling = tellings.telling(conference, number)
    tellings.decide(telling, take_choice(body(TellSchema, conference)), by=me(), now=now())
    return jsonify(_chosen(conference, telling))


@blueprint.route("/conferences/<conference>/speakers/<code>/invitation/letter", methods=["POST"])
@permits(Permission.SPEAKERS_EDIT)
@blueprint.alt_response(202, success=True)
def send_invitation(conference: Conference, code: str) -> Response:
    """Send a speaker a new secret address by letter; the one before it dies."""
    speaker = speakers.speaker(conference, code)
    check_speaker(conference, speaker)
    wishes.send_page(speaker, letters.page_token, by=me(), now=now())
    return Response(status=202)


def _shown(conference: Conference, plan: Plan, telling: Telling | None = None) -> Response:
    page, size = page_asked()
    part = plan.letters[(page - 1) * size : page * size]
    told = {
        "items": [_letter(conference, plan, each) for each in part],
        "total": len(plan.letters),
        "page": page,
        "page_size": size,
        "counts": {group.value: count for group, count in plan.counts.items()},
        "unreachable": [list(each.names) for each in plan.unreachable],
        "invited": plan.invited,
        "unwilling": plan.unwilling,
        "telling": _chosen(conference, telling) if telling is not None else None,
    }
    return jsonify(told)


def _chosen(conference: Conference, telling: Telling) -> Any:
    count, gone = tellings.progress(conference).get(telling.id, (0, 0))
    told = {
        "state": telling.state,
        "groups": telling.groups,
        "due_at": telling.due_at,
        "begun_at": telling.begun_at,
        "letters": count,
        "sent": gone,
    }
    return TellingSchema().dump(told)


def _letter(conference: Conference, plan: Plan, recipient: Recipient) -> dict[str, Any]:
    written = letters.write(recipient, plan.after, is_public=conference.is_public)
    return {
        "names": list(recipient.names),
        "email": recipient.email,
        "groups": sorted(group.value for group in recipient.groups),
        "subject": written.subject,
        "text": written.text,
        "html": written.html,
        "concerns": [_concern(each) for each in recipient.concerns],
    }


def _concern(concern: Concern) -> dict[str, Any]:
    return {
        "slot": str(concern.entry.uuid),
        "session": concern.entry.session.code,
        "kind": concern.kind.value,
        "roles": list(concern.roles),
        "differs": list(concern.change.fields),
    }
