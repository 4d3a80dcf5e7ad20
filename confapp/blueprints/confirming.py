"""The page that asks before something is done for good."""

from __future__ import annotations

from collections.abc import Sequence

from flask import render_template, request

from confapp.domain.programme.conferences import Conference


def confirmation(
    conference: Conference,
    place: str,
    title: str,
    words: str,
    *,
    label: str,
    back: str,
    consequences: Sequence[str] = (),
) -> str:
    """A page that asks before something that cannot be undone: its one button posts to the address that shows it."""
    return render_template(
        "organise/confirm.html",
        conference=conference,
        place=place,
        title=title,
        words=words,
        label=label,
        back=back,
        consequences=consequences,
        action=request.path,
    )
