"""What takes place now and next, and the service worker that keeps visited public pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from flask import Blueprint, Response, current_app, render_template

from confapp.blueprints.agenda import latest
from confapp.domain.agenda import Agenda, Entry
from confapp.domain.permissions import Permission
from confapp.domain.programme.conferences import Conference
from confapp.web import now, permits
from confapp.web.rendering import asset_name

blueprint = Blueprint("now", __name__)

SOON = dt.timedelta(hours=3)
"""How far ahead "next" looks while the conference runs."""


def next_entries(agenda: Agenda, moment: dt.datetime) -> Sequence[Entry]:
    """What begins next: each room's next entry within SOON, or whatever begins first after a longer pause."""
    coming = [entry for entry in agenda.shown if entry.starts_at > moment]
    soon: dict[str | None, Entry] = {}
    for entry in coming:
        if entry.starts_at <= moment + SOON:
            soon.setdefault(entry.room.code if entry.room else None, entry)
    if soon:
        return tuple(soon.values())
    return tuple(entry for entry in coming if entry.starts_at == coming[0].starts_at) if coming else ()


@blueprint.get("/<conference>/now")
@permits(Permission.ANYONE, public=True)
def show_now(conference: Conference) -> str:
    """What takes place now, and what next, on the conference's clock."""
    _release, agenda = latest(conference)
    moment = now()
    return render_template(
        "agenda/now.html",
        conference=agenda.conference,
        agenda=agenda,
        moment=moment,
        running=[entry for entry in agenda.shown if entry.starts_at <= moment < entry.ends_at],
        coming=next_entries(agenda, moment),
    )


@blueprint.get("/sw.js")
@permits(Permission.ANYONE, public=True)
def get_worker() -> Response:
    """The service worker, at the root because it may only serve pages below its own address."""
    body = Path(current_app.static_folder or "", asset_name("offline.js")).read_bytes()
    return Response(body, mimetype="text/javascript", headers={"Cache-Control": "public, no-cache"})
