"""Pictures as the doors take them: read while nothing is locked, then kept in a short transaction of their own."""

from __future__ import annotations

from collections.abc import Callable

from flask import request

from confapp.database import aside, give_up_writing
from confapp.domain.errors import N_, Invalid
from confapp.domain.programme import pictures
from confapp.web import now


def take_picture(use: Callable[[str], None], field: str = "picture") -> None:
    """Keep the picture that a form sent; see `store_picture`. Raises Invalid where there is none."""
    sent = request.files.get(field)
    if sent is None or not sent.filename:
        raise Invalid({field: [N_("Choose a file.")]})
    store_picture(sent.read(pictures.MAX_BYTES + 1), use, field)


def store_picture(data: bytes, use: Callable[[str], None], field: str = "picture") -> None:
    """Make a picture anew, keep it, and have `use` store its SHA-256 in the same short transaction.

    The request's own transaction writes nothing any more: `use` loads every row itself, the asker and the conference
    among them. Raises Invalid, TooLarge.
    """
    moment = now()
    give_up_writing()  # reading a picture takes longer than others should wait
    picture = pictures.made_anew(data, field)
    with aside():
        use(pictures.keep(picture, now=moment))
