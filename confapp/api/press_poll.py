"""Polls beside public transcripts: the desk asks, closes and counts; whoever has an account votes once."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, jsonify

from confapp.api.base import Blueprint, body
from confapp.domain.errors import Missing
from confapp.domain.permissions import Permission
from confapp.domain.press import polls, publications
from confapp.domain.press.polls import Poll
from confapp.domain.programme.conferences import Conference
from confapp.schemas.newsroom import PollSchema, VoteSchema
from confapp.web import me, now, permits

blueprint = Blueprint("press_poll", "Polls beside public transcripts")
POLL = "/conferences/<conference>/polls/<public_id>"


def _poll(conference: Conference, public_id: str) -> Poll:
    found = polls.of(conference.id, public_id)
    if found is None:
        raise Missing()
    return found


def _told(poll: Poll, **more: Any) -> dict[str, Any]:
    facts: dict[str, Any] = PollSchema(exclude=("results", "chosen")).dump(poll)
    return facts | more


def _counted(poll: Poll) -> dict[str, Any]:
    return _told(poll, results=PollSchema(only=("results",)).dump({"results": polls.results(poll)})["results"])


@blueprint.route(POLL, methods=["GET"])
@permits(Permission.PRESS_ARM)
@blueprint.alt_response(200, schema=PollSchema, success=True)
def get_poll(conference: Conference, public_id: str) -> Response:
    """The last poll beside a public transcript, and what readers said so far."""
    return jsonify(_counted(_poll(conference, public_id)))


@blueprint.route(POLL, methods=["POST"])
@permits(Permission.PRESS_ARM)
@blueprint.takes(PollSchema)
@blueprint.alt_response(201, schema=PollSchema, success=True)
def ask_poll(conference: Conference, public_id: str) -> tuple[Response, int]:
    """Ask the readers of public words something; 409 while another poll is open beside them."""
    publication = publications.publication(conference.id, public_id, preferred=conference.languages)
    values = body(PollSchema, conference)
    asked = polls.ask(conference.id, public_id, **values, language=publication.language, by=me(), now=now())
    return jsonify(_counted(asked)), 201


@blueprint.route(f"{POLL}/close", methods=["POST"])
@permits(Permission.PRESS_ARM)
@blueprint.alt_response(200, schema=PollSchema, success=True)
def close_poll(conference: Conference, public_id: str) -> Response:
    """Take no more votes; the result stays."""
    poll = _poll(conference, public_id)
    polls.close(poll, by=me(), now=now())
    return jsonify(_counted(poll))


def _seen(poll: Poll, voter: str) -> dict[str, Any]:
    """The poll for one who may vote: results once they voted, or it is closed."""
    chosen = polls.voted(poll, voter)
    if chosen is None and poll.closed_at is None:
        return _told(poll, chosen=None, results=None)
    return _counted(poll) | {"chosen": chosen}


def _voter(poll: Poll) -> str:
    return polls.voter_of(poll, f"account {me().id}", key=str(current_app.config["SECRET_KEY"]))


@blueprint.route("/conferences/<conference>/publications/<public_id>/poll", methods=["GET"])
@permits(Permission.ACCOUNT)
@blueprint.alt_response(200, schema=PollSchema, success=True)
def read_poll(conference: Conference, public_id: str) -> Response:
    """The poll as a reader sees it: `results` are null until the asker voted, or it is closed."""
    poll = _poll(conference, public_id)
    return jsonify(_seen(poll, _voter(poll)))


@blueprint.route("/conferences/<conference>/publications/<public_id>/poll/vote", methods=["POST"])
@permits(Permission.ACCOUNT)
@blueprint.takes(VoteSchema)
@blueprint.alt_response(200, schema=PollSchema, success=True)
def vote(conference: Conference, public_id: str) -> Response:
    """Choose an answer by its place from 0: one vote each, and a second one changes nothing."""
    poll = _poll(conference, public_id)
    polls.vote(poll, body(VoteSchema)["option"], voter=_voter(poll), now=now())
    return jsonify(_seen(poll, _voter(poll)))
