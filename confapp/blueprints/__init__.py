"""The pages: one blueprint a noun. Registering them here is what gives them addresses."""

from __future__ import annotations

from flask import Flask

from confapp.blueprints import (
    accounts,
    agenda,
    archives,
    attendance,
    attendees,
    availability,
    board,
    conferences,
    conflicts,
    embargo,
    embedding,
    erasing,
    grants,
    health,
    history,
    hosts,
    imports,
    letters,
    moves,
    now,
    pictures,
    press,
    press_desk,
    press_files,
    press_letters,
    press_pdf,
    press_poll,
    press_readers,
    press_webhooks,
    press_writing,
    printing,
    releases,
    schedule,
    sessions,
    speak,
    speakers,
    stage,
    stars,
)
from confapp.web.throttling import MAILS, named, throttle


def init_app(app: Flask) -> None:
    """Register every blueprint of pages."""
    public = (health, agenda, now, embedding, pictures, press, press_files, press_pdf, press_letters)
    drafting = (schedule, releases, letters, history, moves, board, conflicts, availability)
    programme = (conferences, hosts, sessions, speakers, *drafting, imports, archives)
    desks = (stage, press_desk, press_writing, press_webhooks, press_readers, press_poll, embargo)
    people = (attendees, attendance, stars, accounts, grants, erasing)
    for module in (*public, speak, printing, *people, *programme, *desks):
        app.register_blueprint(module.blueprint)
    for view in press_letters.THROTTLED:
        throttle(app, f"press_letters.{view}", MAILS, aim=named)
    throttle(app, "press_poll.show_poll", press_poll.VOTES, aim=press_poll.aim)
