"""The board as its users touch it: a conference for each test, cards dragged, carried by key and looked at."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Locator, Page, expect

from confapp import create_app
from confapp.config import Settings
from confapp.database import Mode, db, transaction
from confapp.domain.people import Account, account_by_email
from confapp.domain.permissions import Role, grant
from confapp.domain.programme import conferences, slots
from confapp.web import ConfappFlask
from tests.e2e.browsing import Visitor
from tests.e2e.conftest import Visit
from tests.e2e.servers import Server
from tests.factories import (
    NOW,
    PASSWORD,
    make_account,
    make_conference,
    make_host,
    make_room,
    make_session,
    make_slot,
    make_speaker,
    make_track,
)

ZOOM = 3
COLUMN, MINUTE = 164, 2.3
"""Pixels of a room and of a minute at ZOOM, as confapp/assets/src/board/settings.ts has them."""


class Backstage:
    """The served instance's database, from this process: what tests need is made there, what happened is read there."""

    def __init__(
        self, server: Server, people: Sequence[str] = ("mia", "ola", "tam", "rea"), *, word: str = "board"
    ) -> None:
        """`word` begins the slugs of its conferences: each test file has its own."""
        self.server = server
        self._word = word
        self.app: ConfappFlask = create_app(Settings.read({"CONFAPP_INSTANCE": str(server.folder / "instance")}))
        self._made = 0
        self._kept: dict[str, Any] = {}
        with self.open():
            for name in people:
                if account_by_email(f"{name}@board.example") is None:
                    make_account(f"{name}@board.example", name=name.title())

    @contextmanager
    def open(self, mode: Mode = Mode.WRITE) -> Iterator[None]:
        """One transaction."""
        with self.app.app_context(), transaction(mode):
            yield
            db.session.flush()

    def close(self) -> None:
        """Let the database go."""
        with self.app.app_context():
            for engine in db.engines.values():
                engine.dispose()

    def conference(self) -> str:
        """A new conference: Spores (Ada) in the Aula at ten, Yeast (Ada) there at eleven, Mould in the Annexe at ten.

        Bread (45 minutes, by Ada) waits. Mia and Ola organise it, Tam manages the track Food (Yeast, Bread), Rea reads.
        """
        self._made += 1
        slug = f"{self._word}-{self._made}"
        with self.open():
            made = make_conference(slug, title={"en": f"Board {self._made}"})
            venue_host = make_host(made, "Academy")
            aula, annexe = make_room(made, "Aula", host_id=venue_host.id), make_room(made, "Annexe")
            make_room(made, "Cellar")
            ada = make_speaker(made, "Ada")
            medicine, food = make_track(made, "Military medicine"), make_track(made, "Food")
            make_slot(made, make_session(made, "Spores", ada, track=medicine), aula, "10:00")
            make_slot(made, make_session(made, "Yeast", ada, track=food), aula, "11:00")
            make_slot(made, make_session(made, "Mould", make_speaker(made, "Bo"), track=medicine), annexe, "10:00")
            make_session(made, "Bread", ada, track=food, duration_minutes=45)
            for name, role, scope in (
                ("mia", Role.ORGANISER, None),
                ("ola", Role.ORGANISER, None),
                ("tam", Role.TRACK_MANAGER, food.id),
                ("rea", Role.READ_ONLY, None),
            ):
                account = self.account(name)
                grant(account, made.id, role, by=None, now=NOW, scope_id=scope)
        return slug

    def account(self, name: str) -> Account:
        """One of the people, within a transaction."""
        found = account_by_email(f"{name}@board.example")
        assert found is not None
        return found

    def places(self, slug: str) -> dict[str, str]:
        """Where everything stands: `{"Spores": "aula 10:00-10:30", ...}` on the first day, with the date on others."""
        with self.open(Mode.READ):
            conference = conferences.named(slug)
            told = {}
            for slot in slots.slots(conference):
                assert slot.starts_at is not None
                assert slot.ends_at is not None
                start, end = (each.astimezone(conference.zone) for each in (slot.starts_at, slot.ends_at))
                day = "" if start.date() == conference.starts_on else f"{start:%d} "
                room = slot.room.code if slot.room else "everywhere"
                told[slot.session.title["en"] if slot.session else slot.note] = f"{room} {day}{start:%H:%M}-{end:%H:%M}"
            return told

    def come(self, visit: Visit, name: str, **options: Any) -> Visitor:
        """One of those people, signed in; the first time by the form."""
        if name not in self._kept:
            who = visit()
            page = who.open("/accounts/login")
            page.get_by_label("E-mail address").fill(f"{name}@board.example")
            page.get_by_label("Password", exact=True).fill(PASSWORD)
            page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
            expect(page.get_by_role("heading", name="Your roles")).to_be_visible()
            self._kept[name] = who.context.storage_state()
            who.context.close()
        return visit(storage_state=self._kept[name], **options)


@dataclass
class Board:
    """One open board."""

    who: Visitor
    page: Page

    @classmethod
    def open(cls, who: Visitor, slug: str, query: str = f"grid=15&zoom={ZOOM}") -> Board:
        """Open the board and wait until it is whole."""
        page = who.open(f"/organise/{slug}/board?{query}")
        expect(page.locator("#board[data-ready]")).to_be_attached()
        return cls(who, page)

    def card(self, title: str) -> Locator:
        """A card by its title."""
        return self.page.locator("#board-cards .card").filter(has_text=re.compile(f"^{re.escape(title)}, "))

    def at(self, title: str, words: str) -> None:
        """Expect a card to stand where its words say: room, day, start and end."""
        expect(self.card(title)).to_contain_text(words)

    def says(self, words: str) -> None:
        """Expect the words that are read aloud."""
        expect(self.page.locator("#board-polite")).to_contain_text(words)

    def state(self, words: str) -> None:
        """Expect what stands above the board of how saving goes."""
        expect(self.page.locator("#board-state")).to_contain_text(words)

    @property
    def note(self) -> Locator:
        """The newest note at the foot of the board."""
        return self.page.locator("#board-notes .note").last

    def middle(self, target: Locator) -> tuple[float, float]:
        """The middle of something, in the window's pixels."""
        target.scroll_into_view_if_needed()
        box = target.bounding_box()
        assert box is not None
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def lift(self, target: Locator) -> tuple[float, float]:
        """Press the mouse on something and pull until it is in the hand."""
        x, y = self.middle(target)
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move(x + 6, y + 6, steps=2)
        return x, y

    def drag(self, title: str, *, rooms: int = 0, minutes: float = 0) -> None:
        """Drag a card by so many rooms to the right and minutes down, and let it go."""
        x, y = self.lift(self.card(title))
        self.page.mouse.move(x + rooms * COLUMN, y + minutes * MINUTE, steps=6)
        expect(self.page.locator("#board-landing")).to_be_visible()
        self.page.wait_for_timeout(50)  # the next frame aims
        self.page.mouse.up()

    def keys(self, *keys: str) -> None:
        """Press keys one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def forgive(self, words: str) -> None:
        """What went wrong on purpose is no problem; it must have gone wrong."""
        expected = [each for each in self.who.problems if words in each]
        assert expected, f"nothing said {words!r}: {self.who.problems}"
        self.who.problems[:] = [each for each in self.who.problems if words not in each]
