"""The watch over the press office: its letters say what happened and where to act, and never what is under embargo."""

from __future__ import annotations

from pathlib import Path

import pytest

from confapp.config import Settings
from confapp.domain.live.stage import Fact
from confapp.domain.press.alarms import Alarm, Due, sound
from confapp.worker import clock, press
from tests.conftest import Transaction
from tests.domain.press.test_alarms import Office
from tests.factories import NOW
from tests.press import ENDS, MINUTE, SECOND


@pytest.fixture
def letters(settings: Settings) -> Path:
    """Where letters lie without a mail server."""
    return settings.instance / "mail"


def _deliver(write: Transaction) -> None:
    while clock.deliver_next(ENDS + 60 * MINUTE):
        pass


def test_a_late_release_reaches_the_press_officers(write: Transaction, letters: Path) -> None:
    with write():
        office = Office()
        version = office.armed()
        office.end(now=ENDS)
        address = f"http://localhost/organise/summit/press/{version.uuid}"
    assert press.sound(ENDS + MINUTE + 29 * SECOND) == 0
    assert press.sound(ENDS + MINUTE + 30 * SECOND) == 1
    assert press.sound(ENDS + 2 * MINUTE) == 0
    _deliver(write)
    found = [file.read_text() for file in letters.glob("*.eml")]
    assert sorted(each.partition("To: ")[2].partition("\n")[0] for each in found) == [
        "officer@example.org",
        "second@example.org",
    ]
    for each in found:
        assert "Subject: A transcript is late: Biology and treaties" in each
        assert "should be public and is not" in each
        assert address in each
        assert "Vaccines" not in each


def test_an_end_taken_back_after_the_release_reaches_them_too(write: Transaction, letters: Path) -> None:
    with write():
        office = Office()
        office.armed()
        office.end(now=ENDS)
    assert clock.release_due(ENDS + MINUTE) == 1
    with write():
        office.say(Fact.REVOKED, now=ENDS + 2 * MINUTE)
    _deliver(write)
    found = [file.read_text() for file in letters.glob("*.eml")]
    assert len(found) == 2
    assert all("has taken that end back" in " ".join(each.split()) for each in found)


@pytest.mark.parametrize("kind", Alarm)
def test_every_alarm_has_its_letter(write: Transaction, letters: Path, kind: Alarm) -> None:
    with write():
        office = Office()
        sound(Due(office.draft(session=None, headline="Secret").id, kind, "x"), now=NOW)
    _deliver(write)
    subjects = {file.read_text().partition("Subject: ")[2].partition("\n")[0] for file in letters.glob("*.eml")}
    assert subjects == {f"{press.said(kind)}: no session"}


def test_who_lost_the_role_meanwhile_gets_no_letter(write: Transaction, letters: Path) -> None:
    with write():
        office = Office()
        version = office.draft()
        sound(Due(version.id, Alarm.LATE, "x"), now=NOW, also=[office.writer.id])
        office.second.is_active = False
    _deliver(write)
    assert ["officer@example.org" in file.read_text() for file in letters.glob("*.eml")] == [True]
