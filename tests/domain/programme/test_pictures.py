"""Pictures: made anew from their pixels, refused where they are none, public once a release shows them."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from confapp.database import Mode, db
from confapp.domain.errors import Invalid, Missing, TooLarge
from confapp.domain.people import Person
from confapp.domain.programme import pictures
from confapp.domain.release import releases
from tests.conftest import NOW, Transaction
from tests.factories import make_conference, make_host, make_room, make_session, make_slot, make_speaker


def drawn(size: tuple[int, int] = (40, 20), mode: str = "RGB", kind: str = "JPEG", **options: object) -> bytes:
    """A picture's bytes."""
    sent = io.BytesIO()
    Image.new(mode, size, (200, 20, 20, 0) if mode == "RGBA" else (200, 20, 20)).save(sent, kind, **options)
    return sent.getvalue()


def opened(made: tuple[bytes, str]) -> Image.Image:
    return Image.open(io.BytesIO(made[0]))


def test_a_photo_is_turned_upright_made_small_and_stripped() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    exif[0x010E] = "Taken at home"
    made = pictures.made_anew(drawn((3000, 1500), exif=exif))
    picture = opened(made)
    assert (made[1], picture.format, picture.size) == ("image/jpeg", "JPEG", (600, 1200))
    assert len(picture.getexif()) == 0
    assert b"Taken at home" not in made[0]


def test_what_is_seen_through_stays_so() -> None:
    made = pictures.made_anew(drawn(mode="RGBA", kind="PNG"))
    assert (made[1], opened(made).mode) == ("image/png", "RGBA")
    assert pictures.made_anew(drawn(kind="WEBP"))[1] == "image/jpeg"


@pytest.mark.parametrize("data", [b"", b"<svg onload='x'/>", b"%PDF-1.7", drawn()[:100], drawn(kind="BMP")], ids=str)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        pictures.made_anew(data, "logo")
    assert set(refused.value.errors) == {"logo"}


def test_too_much_of_a_picture_is_refused_before_its_pixels_are_read() -> None:
    large = io.BytesIO()
    Image.new("1", (8_000, 8_000)).save(large, "PNG")
    with pytest.raises(TooLarge):
        pictures.made_anew(b"x" * (pictures.MAX_BYTES + 1))
    with pytest.raises(TooLarge):
        pictures.made_anew(large.getvalue())


def test_a_picture_is_public_once_a_release_shows_it(write: Transaction) -> None:
    made = [pictures.made_anew(drawn((size, size))) for size in (10, 20, 30)]
    with write():
        conference = make_conference()
        logo, photo, unused = (pictures.keep(each, now=NOW) for each in made)
        make_host(conference, logo=logo)
        make_speaker(conference, photo=unused)
        ada = make_speaker(conference, "Ada", photo=photo)
        make_slot(conference, make_session(conference, "Talk", ada), make_room(conference))
    with write(Mode.PUBLIC), pytest.raises(Missing):
        pictures.public(logo)
    with write():
        releases.release(conference, expected=None, note={}, by=None, now=NOW)
        releases.release(conference, expected=None, note={}, by=None, now=NOW)
    with write(Mode.PUBLIC):
        assert (pictures.public(logo).body, pictures.public(photo).media_type) == (made[0][0], "image/jpeg")
        with pytest.raises(Missing):
            pictures.public(unused)
    with write():
        conference.is_public = False
    with write(Mode.PUBLIC), pytest.raises(Missing):
        pictures.public(logo)
    with write():
        conference.is_public = True


def test_erasing_a_person_takes_her_picture_away(write: Transaction) -> None:
    with write():
        conference = make_conference()
        photo = pictures.keep(pictures.made_anew(drawn()), now=NOW)
        ada = make_speaker(conference, "Ada", photo=photo)
        make_slot(conference, make_session(conference, "Talk", ada), make_room(conference))
        releases.release(conference, expected=None, note={}, by=None, now=NOW)
    with write():
        releases.erase(db.session.get_one(Person, ada.person_id), by=None, now=NOW)
    with write(Mode.PUBLIC), pytest.raises(Missing):
        pictures.public(photo)
