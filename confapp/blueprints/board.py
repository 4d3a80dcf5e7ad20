"""The board's page: a frame that the script fills, and the same draft as a table of links where no script runs."""

from __future__ import annotations

from flask import Blueprint, render_template

from confapp import board as telling
from confapp.domain import board
from confapp.domain.conferences import Conference
from confapp.domain.permissions import Permission
from confapp.rendering import text
from confapp.web import permits

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
        table=[(card, teller.card(card)) for card in board.cards(conference)],
        tray=[teller.waiting(waiting) for waiting in board.tray(conference)],
        room_names={room.code: text(room.name) for room in teller.rooms},
    )
