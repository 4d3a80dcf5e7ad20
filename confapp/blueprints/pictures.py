"""Pictures: what releases show everyone, by the hash of its bytes."""

from __future__ import annotations

from flask import Blueprint, make_response
from werkzeug.wrappers import Response

from confapp.domain.files import Blob
from confapp.domain.permissions import Permission
from confapp.domain.programme import pictures
from confapp.domain.programme.pictures import PublicPicture
from confapp.web import permits

blueprint = Blueprint("pictures", __name__)


@blueprint.get("/files/<sha256>")
@permits(Permission.ANYONE, public=True)
def get_picture(sha256: str) -> Response:
    """A logo or photo that a release shows; for an hour, since erasing a person takes hers away."""
    response = picture_answer(pictures.public(sha256))
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


def picture_answer(picture: Blob | PublicPicture) -> Response:
    """A picture's bytes; whatever they hold, they are shown as a picture and run nothing."""
    response = make_response(picture.body)
    response.mimetype = picture.media_type
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
