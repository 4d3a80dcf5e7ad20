"""Pictures: photos and logos that people send, made anew from their pixels; and those that a release shows everyone."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable

import sqlalchemy as sa
from PIL import Image, ImageOps, UnidentifiedImageError
from sqlalchemy.orm import Mapped, mapped_column

from confapp.database import Model, db
from confapp.domain import files
from confapp.domain.agenda import Agenda
from confapp.domain.errors import N_, Invalid, Missing, TooLarge
from confapp.domain.files import Blob
from confapp.domain.programme.conferences import Conference

MAX_BYTES = 10_000_000
MAX_PIXELS = 50_000_000
"""A small file can hold a picture that fills the memory: larger ones are refused before any pixel is read."""
EDGE = 1200
"""No side of a kept picture is longer, in pixels."""
TAKEN = ("JPEG", "PNG", "WEBP", "GIF")
QUALITY = 85


class PublicPicture(Model):
    """A picture that a release of a conference shows. Public: it lies within the fence, as blobs do not."""

    __tablename__ = "public_picture"

    conference_id: Mapped[int] = mapped_column(sa.ForeignKey("conference.id", ondelete="CASCADE"), primary_key=True)
    sha256: Mapped[str] = mapped_column(sa.String(64), primary_key=True, index=True)
    media_type: Mapped[str] = mapped_column(sa.String(100))
    body: Mapped[bytes] = mapped_column(sa.LargeBinary)


def made_anew(data: bytes, field: str = "picture") -> tuple[bytes, str]:
    """A picture's bytes and media type: turned upright, made small, without anything that is no pixel.

    Where it is seen through it stays PNG, else it becomes JPEG: nothing that the file said beside its pixels (places,
    names, scripts) is kept. Raises Invalid naming `field` for what is no picture, TooLarge for too much of one.
    """
    if len(data) > MAX_BYTES:
        raise TooLarge(N_("A picture may have at most %(most)s MB.", most=MAX_BYTES // 1_000_000))
    try:
        with Image.open(io.BytesIO(data), formats=TAKEN) as sent:
            if sent.width * sent.height > MAX_PIXELS:
                raise TooLarge(N_("A picture may have at most %(most)s million pixels.", most=MAX_PIXELS // 1_000_000))
            sent.draft("RGB", (EDGE * 2, EDGE * 2))
            picture = ImageOps.exif_transpose(sent)
            picture.thumbnail((EDGE, EDGE))
            is_seen_through = picture.has_transparency_data
            pixels = picture.convert("RGBA" if is_seen_through else "RGB")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise Invalid({field: [N_("This is no picture that can be read. Send a JPEG, PNG, WebP or GIF.")]}) from error
    made = io.BytesIO()
    if is_seen_through:
        pixels.save(made, "PNG", optimize=True)
        return made.getvalue(), "image/png"
    pixels.save(made, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return made.getvalue(), "image/jpeg"


def keep(picture: tuple[bytes, str], *, now: dt.datetime) -> str:
    """Store a picture that was made anew; its SHA-256."""
    return files.keep(*picture, now=now).sha256


def kept(sha256: str | None) -> Blob:
    """A stored picture, for those who may see the draft; raises Missing."""
    blob = db.session.get(Blob, sha256) if sha256 else None
    if blob is None:
        raise Missing()
    return blob


def publish(conference: Conference, hashes: Iterable[str | None]) -> None:
    """Let everyone see the pictures that a release shows; two statements whatever their number."""
    wanted = {each for each in hashes if each}
    if not wanted:
        return
    held = sa.select(PublicPicture.sha256).where(PublicPicture.conference_id == conference.id)
    new = sorted(wanted - set(db.session.scalars(held)))
    source = sa.select(sa.literal(conference.id), Blob.sha256, Blob.media_type, Blob.body).where(Blob.sha256.in_(new))
    if new:
        columns = ["conference_id", "sha256", "media_type", "body"]
        db.session.execute(sa.insert(PublicPicture).from_select(columns, source))


def printed(agenda: Agenda) -> set[str]:
    """The hashes of what a programme shows on paper: logos of hosts, plans of venues."""
    named = [host.logo for host in agenda.hosts] + [room.venue.plan for room in agenda.rooms if room.venue]
    return {each for each in named if each}


def shown(conference_id: int, hashes: Iterable[str | None]) -> dict[str, bytes]:
    """The bytes of those of these pictures that releases of the conference show, by hash, in one select."""
    wanted = {each for each in hashes if each}
    rows = sa.select(PublicPicture.sha256, PublicPicture.body).where(
        PublicPicture.conference_id == conference_id, PublicPicture.sha256.in_(wanted)
    )
    return {row.sha256: row.body for row in db.session.execute(rows)} if wanted else {}


def withdraw(hashes: Iterable[str]) -> None:
    """Let nobody see these pictures any more."""
    gone = list(hashes)
    db.session.execute(sa.delete(PublicPicture).where(PublicPicture.sha256.in_(gone)))


def public(sha256: str) -> PublicPicture:
    """A picture that a release of a public conference shows; raises Missing. Reads within the public fence."""
    found = db.session.scalar(
        sa.select(PublicPicture)
        .join(Conference, Conference.id == PublicPicture.conference_id)
        .where(PublicPicture.sha256 == sha256, Conference.is_public.is_(True))
        .limit(1)
    )
    if found is None:
        raise Missing()
    return found
