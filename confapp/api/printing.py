"""What can be printed: each kind with its address, its choices, and when it was last made."""

from __future__ import annotations

from flask import Response, jsonify
from flask_babel import gettext

from confapp.api.base import Blueprint
from confapp.domain.permissions import Permission
from confapp.domain.programme.conferences import Conference
from confapp.domain.release import releases
from confapp.hall.shelf import WORDS, shelf
from confapp.web import permits
from confapp.web.answers import say

blueprint = Blueprint("printing", "What can be printed: signs, sheets and badges")


@blueprint.route("/conferences/<conference>/sheets", methods=["GET"])
@permits(Permission.CONFERENCE_READ)
def list_sheets(conference: Conference) -> Response:
    """All that the asker may have printed. `url` answers with the PDF, to a token too, or 503 while it is made.

    `choices` are the parameters that it takes, each with its values; `made_at` is when all of it was made.
    """
    found = shelf(conference, releases.current(conference.id))
    items = [
        {
            "kind": each.kind,
            "title": gettext(WORDS[each.kind][0]),
            "about": gettext(WORDS[each.kind][1]),
            "url": each.address,
            "release": each.release,
            "made_at": each.made_at.isoformat() if each.made_at else None,
            "is_private": each.is_private,
            "choices": {
                choice.name: [{"value": value, "label": say(words)} for value, words in choice.values]
                for choice in each.choices
            },
        }
        for each in found
    ]
    return jsonify({"items": items})
