"""The board's page: a frame that the script fills, and the same draft as a table of links where no script runs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, render_template
from flask_babel import gettext

from confapp.domain.permissions import Permission
from confapp.domain.programme.conferences import Conference
from confapp.domain.schedule import board
from confapp.hall import board as telling
from confapp.web import permits
from confapp.web.rendering import text

blueprint = Blueprint("board", __name__, url_prefix="/organise/<conference>")


@blueprint.get("/board")
@permits(Permission.CONFERENCE_READ)
def show_board(conference: Conference) -> str:
    """The board."""
    teller = telling.Teller(conference)
    return render_template(
        "schedule/board.html",
        conference=conference,
        addresses=telling.addresses(conference),
        table=list(_rows(conference, teller)),
        tray=[teller.waiting(waiting) for waiting in board.tray(conference)],
    )


def _rows(conference: Conference, teller: telling.Teller) -> Iterator[dict[str, Any]]:
    """The draft by time, for those whose browser runs no script."""
    rooms = {room.code: text(room.name) for room in teller.rooms}
    everywhere, zone = gettext("Whole venue"), conference.zone
    for card in board.cards(conference):
        told = teller.card(card)
        start, end = card.starts_at.astimezone(zone), card.ends_at.astimezone(zone)
        title = told["title"] if card.session else gettext("Blocked: %(note)s", note=card.note)
        when = f"{start:%Y-%m-%d %H:%M}–{end:%H:%M}"
        room = rooms[card.room] if card.room is not None else everywhere
        yield {"when": when, "room": room, "title": title, "uuid": told["uuid"], "may_move": told["may_move"]}
