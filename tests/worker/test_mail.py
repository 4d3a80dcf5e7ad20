"""Letters: written when they are sent, kept in a folder without a server, handed to a real one with it."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from typing import Any

import pytest
import sqlalchemy as sa

from confapp.database import db
from confapp.domain import outbox
from confapp.domain.outbox import RETRIES, OutboxRow
from confapp.domain.people import Account
from confapp.web import ConfappFlask
from confapp.worker import clock, mail
from tests.conftest import Transaction
from tests.factories import NOW, make_account


class Server(socketserver.ThreadingTCPServer):
    """A mail server for one machine: takes every letter, or answers what `refusal` says."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.letters: list[bytes] = []
        self.said: list[str] = []
        self.refusal = ""

    @property
    def url(self) -> str:
        """Its address as CONFAPP_MAIL_URL."""
        return f"smtp://127.0.0.1:{self.server_address[1]}"


class Conversation(socketserver.StreamRequestHandler):
    """RFC 5321, as much as a letter needs."""

    server: Server

    def handle(self) -> None:
        """Talk until QUIT."""
        self._say("220 here")
        while line := self.rfile.readline().decode().strip():
            self.server.said.append(line)
            word = line.split()[0].upper()
            if word == "EHLO":
                self._say("250-here\r\n250 AUTH PLAIN")
            elif word == "DATA":
                self._say("354 go on")
                lines = iter(self.rfile.readline, b".\r\n")
                self.server.letters.append(b"".join(lines))
                self._say("250 taken")
            elif word == "RCPT" and self.server.refusal:
                self._say(self.server.refusal)
            elif word == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("235 welcome" if word == "AUTH" else "250 fine")

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


@pytest.fixture
def server(app: ConfappFlask) -> Iterator[Server]:
    """A running server, to which the app sends."""
    with Server() as made:
        thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        app.config["CONFAPP"] = replace(app.config["CONFAPP"], mail_url=made.url)
        yield made
        made.shutdown()
        thread.join()


@pytest.fixture
def letter(write: Transaction) -> OutboxRow:
    """A letter to Ada in the outbox."""
    with write():
        account = make_account("ada@example.org")
        return outbox.send("mail.password_changed", {"account": account.id}, conference_id=None, now=NOW)


def _read(body: bytes) -> EmailMessage:
    read: Any = email.message_from_bytes(body, policy=email.policy.default)
    assert isinstance(read, EmailMessage)
    return read


def _state(write: Transaction) -> tuple[bool, int, str | None]:
    with write():
        row = db.session.scalars(sa.select(OutboxRow)).one()
        return row.is_delivered, row.attempts, row.error


def test_without_a_server_letters_lie_in_a_private_folder(
    app: ConfappFlask, write: Transaction, letter: OutboxRow
) -> None:
    identifier = letter.uuid
    assert clock.deliver_next(NOW) == 1
    folder = app.config["CONFAPP"].instance / "mail"
    (file,) = folder.iterdir()
    assert file.name == f"{identifier}.eml"
    assert (folder.stat().st_mode & 0o777, file.stat().st_mode & 0o777) == (0o700, 0o600)
    read = _read(file.read_bytes())
    assert (read["To"], read["From"]) == ("ada@example.org", "confapp@localhost")
    assert read["Subject"] == "Your password was changed"
    assert read["Message-ID"] == f"<{identifier}@localhost>"
    assert read["Auto-Submitted"] == "auto-generated"
    assert read["Date"].datetime == NOW
    assert "http://localhost/accounts/reset" in read.get_content()
    assert _state(write) == (True, 1, None)


def test_a_letter_goes_to_the_server(write: Transaction, letter: OutboxRow, server: Server) -> None:
    identifier = letter.uuid
    assert clock.deliver_next(NOW) == 1
    (taken,) = server.letters
    assert _read(taken)["Message-ID"] == f"<{identifier}@localhost>"
    assert "rcpt TO:<ada@example.org>" in server.said
    assert _state(write) == (True, 1, None)


def test_a_server_that_refuses_is_asked_again_with_the_same_letter(
    write: Transaction, letter: OutboxRow, server: Server
) -> None:
    server.refusal = "451 later"
    assert clock.deliver_next(NOW) == 1
    is_delivered, attempts, error = _state(write)
    assert (is_delivered, attempts) == (False, 1)
    assert error is not None
    assert error.startswith("SMTPRecipientsRefused")
    server.refusal = ""
    assert clock.deliver_next(NOW + dt.timedelta(seconds=RETRIES[0])) == 1
    assert len(server.letters) == 1
    assert _state(write) == (True, 2, None)


def test_a_server_that_is_away_fails_the_attempt(app: ConfappFlask, write: Transaction, letter: OutboxRow) -> None:
    app.config["CONFAPP"] = replace(app.config["CONFAPP"], mail_url="smtp://127.0.0.1:9")
    assert clock.deliver_next(NOW) == 1
    is_delivered, _attempts, error = _state(write)
    assert not is_delivered
    assert error is not None
    assert error.startswith("ConnectionRefusedError")


def test_a_password_is_told_to_this_machine_and_never_in_the_clear_to_another(
    app: ConfappFlask, write: Transaction, letter: OutboxRow, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = server.url.replace("//", "//ada:s%40crit@")
    app.config["CONFAPP"] = replace(app.config["CONFAPP"], mail_url=url)
    monkeypatch.setattr(mail, "LOOPBACK", ())
    clock.deliver_next(NOW)
    assert not any(line.startswith("AUTH") for line in server.said)
    assert server.letters == []
    monkeypatch.undo()
    clock.deliver_next(NOW + dt.timedelta(seconds=RETRIES[0]))
    assert [line.split()[:2] for line in server.said if line.startswith("AUTH")] == [["AUTH", "PLAIN"]]
    assert len(server.letters) == 1


def test_an_account_that_is_gone_needs_no_letter(app: ConfappFlask, write: Transaction, letter: OutboxRow) -> None:
    with write():
        db.session.scalars(sa.select(Account)).one().is_active = False
    assert clock.deliver_next(NOW) == 1
    assert not (app.config["CONFAPP"].instance / "mail").exists()
    assert _state(write) == (True, 1, None)
