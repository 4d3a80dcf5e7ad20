"""How a command tells: readable reports, progress on stderr, and with --json one object on stdout and nothing else."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import click
from flask import current_app

from confapp.config import Settings
from confapp.domain import people
from confapp.domain.errors import N_, Clash, Invalid, Refusal
from confapp.domain.people import Account


def tell_json(value: Any) -> None:
    """Print one JSON value on stdout."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


@contextmanager
def refusing(*, in_json: bool) -> Iterator[None]:
    """With --json a refusal is an object with `error` and `errors` on stdout, and exit status 1."""
    try:
        yield
    except Refusal as refusal:
        if not in_json:
            raise
        tell_json({"error": str(refusal.message), "errors": _errors(refusal)})
        raise SystemExit(1) from refusal


def _errors(refusal: Refusal) -> Any:
    if isinstance(refusal, Invalid):
        return _words(refusal.errors)
    if isinstance(refusal, Clash):
        return {"conflicts": [str(conflict.message) for conflict in refusal.conflicts]}
    return {}


def _words(tree: Any) -> Any:
    if isinstance(tree, dict):
        return {str(key): _words(value) for key, value in tree.items()}
    if isinstance(tree, list | tuple):
        return [_words(value) for value in tree]
    return str(tree)


class Progress:
    """Says on stderr what is being done; silent where it would only be in the way."""

    def __init__(self, *, is_silent: bool = False) -> None:
        self.is_silent = is_silent

    def say(self, words: str) -> None:
        """One step."""
        if not self.is_silent:
            click.echo(words, err=True)

    def count(self, done: int, whole: int) -> None:
        """So many of so many files are made; on a terminal the line is written over."""
        is_terminal = sys.stderr.isatty()
        if not self.is_silent:
            click.echo(f"\rMaking files: {done} of {whole}" if is_terminal else f"Making files: {done} of {whole}",
                       err=True, nl=not is_terminal or done == whole)  # fmt: skip


def read_input(path: str) -> bytes:
    """The bytes of a file that was named; raises Invalid, naming `file`, where it cannot be read or is too large."""
    settings = cast(Settings, current_app.config["CONFAPP"])
    try:
        if Path(path).stat().st_size > settings.upload_limit:
            message = N_("%(path)s is larger than %(limit)s bytes.", path=path, limit=settings.upload_limit)
            raise Invalid({"file": [message]})
        return Path(path).read_bytes()
    except OSError as error:
        message = N_("%(path)s cannot be read: %(reason)s.", path=path, reason=error.strerror or error)
        raise Invalid({"file": [message]}) from error


def account_named(email: str | None, *, option: str = "by") -> Account | None:
    """The account with this address, None for none; raises Invalid, naming the option, for an unknown one."""
    if email is None:
        return None
    account = people.account_by_email(email)
    if account is None:
        raise Invalid({option: [N_("There is no account with the address %(email)s.", email=email)]})
    return account
