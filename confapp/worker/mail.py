"""Mail: expands outbox rows into letters, written only now, so that the row holds ids and never words or addresses."""

from __future__ import annotations

import datetime as dt
import os
import smtplib
import ssl
from collections.abc import Callable
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from flask import current_app

from confapp.accounts import MAILS
from confapp.config import Settings
from confapp.database import Mode, db, transaction
from confapp.domain.outbox import OutboxRow
from confapp.domain.people import Account

LOOPBACK = ("localhost", "127.0.0.1", "::1")
TIMEOUT = 20
"""Seconds for each step of talking to the mail server."""


def send(row: OutboxRow, now: dt.datetime) -> None:
    """Write and send the letter of a row `mail.<name>`; an account that is gone needs none. Raises on failure."""
    with transaction(Mode.READ):
        account = db.session.get(Account, row.payload["account"])
        if account is None or not account.is_active:
            return
        subject, text = MAILS[row.kind.removeprefix("mail.")](account)
        address = account.email
    post(row, address, subject, text, now=now)


def post(
    row: OutboxRow,
    address: str,
    subject: str,
    text: str,
    *,
    now: dt.datetime,
    enclose: Callable[[EmailMessage], None] | None = None,
) -> None:
    """Send one letter under the row's id: to the mail server, or into a file where there is none. Raises on failure.

    `enclose` may add parts to the letter.
    """
    settings: Settings = current_app.config["CONFAPP"]
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = settings.mail_from, address, subject
    letter["Date"] = format_datetime(now)
    letter["Message-ID"] = f"<{row.uuid}@{urlsplit(settings.base_url).hostname}>"
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(text)
    if enclose is not None:
        enclose(letter)
    if settings.mail_url:
        _post(letter, settings.mail_url)
    else:
        _file(letter, settings.instance / "mail", f"{row.uuid}.eml")


def _post(letter: EmailMessage, url: str) -> None:
    parts = urlsplit(url)
    secure = ssl.create_default_context()
    if parts.scheme == "smtps":
        port = parts.port or smtplib.SMTP_SSL_PORT
        server: smtplib.SMTP = smtplib.SMTP_SSL(parts.hostname or "", port, timeout=TIMEOUT, context=secure)
    else:
        server = smtplib.SMTP(parts.hostname or "", parts.port or 25, timeout=TIMEOUT)
    with server:
        is_secret = parts.scheme == "smtps" or parts.hostname in LOOPBACK
        server.ehlo()
        if parts.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls(context=secure)
            is_secret = True
        if parts.username and not is_secret:
            raise smtplib.SMTPNotSupportedError("the mail server offers no TLS, and no password is sent in the clear")
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(letter)


def _file(letter: EmailMessage, folder: Path, name: str) -> None:
    """Without a mail server, letters lie in a folder that only whoever runs the app can read: some open accounts."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(letter.as_bytes())
