"""How a command refuses: a clear message on stderr and exit status 1, never a stack trace."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from typing import Any, ParamSpec, TypeVar

import click
from flask.cli import with_appcontext
from sqlalchemy.exc import SQLAlchemyError

from confapp.database.troubles import Trouble, reason, trouble
from confapp.domain.errors import Clash, Invalid, Refusal

P = ParamSpec("P")
R = TypeVar("R")


def command(view: Callable[P, R]) -> Callable[P, R]:
    """Run a command inside the app, saying its refusals. Stands below `@click.command()` and the options.

    @group.command("create")
    @click.argument("email")
    @command
    def create(email: str) -> None: ...
    """

    @functools.wraps(view)
    def run(*arguments: P.args, **options: P.kwargs) -> R:
        try:
            return view(*arguments, **options)
        except Refusal as refusal:
            raise click.ClickException(words_of(refusal)) from refusal
        except SQLAlchemyError as error:
            found = trouble(error)
            if found is None:
                raise
            if found is Trouble.UNREADY:
                raise click.ClickException(f"The database is {found}: run `flask --app wsgi migrate`.") from error
            raise click.ClickException(f"The database did not answer: {reason(error)}") from error

    return with_appcontext(run)


def words_of(refusal: Refusal) -> str:
    """A refusal in English, one line for each field or conflict that it names."""
    lines = [str(refusal.message)]
    if isinstance(refusal, Invalid):
        lines += [f"  {name}: {message}" if name else f"  {message}" for name, message in _leaves(refusal.errors)]
    elif isinstance(refusal, Clash):
        lines += [f"  {conflict.message}" for conflict in refusal.conflicts]
    return "\n".join(lines)


def _leaves(tree: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(tree, Mapping):
        for key, branch in tree.items():
            name = "" if key == "_schema" else str(key)
            yield from _leaves(branch, f"{path}.{name}" if path and name else path or name)
    elif isinstance(tree, list | tuple):
        for branch in tree:
            yield from _leaves(branch, path)
    else:
        yield path, str(tree)
