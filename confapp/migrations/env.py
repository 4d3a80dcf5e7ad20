"""Runs migrations on the app's own engine, in one transaction, and mends the public fence afterwards (for Alembic)."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any, Literal

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext
from alembic.operations import ops

from confapp import database, domain
from confapp.domain.press.search import is_index, make_indexes
from confapp.migrations import grant_public

for module in pkgutil.walk_packages(domain.__path__, f"{domain.__name__}."):
    importlib.import_module(module.name)  # a table nobody imported would look dropped


def render_item(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """The names that script.py.mako gives our column types, so that a revision does not change when the code does."""
    if kind != "type":
        return False
    if isinstance(item, database.UtcDateTime):
        return "MOMENT"
    if item is database.Json:
        return "JSON"
    if isinstance(item, sa.BigInteger) and "sqlite" in item._variant_mapping:
        return "KEY"
    return False


def simplify(_context: Any, _revision: Any, directives: list[Any]) -> None:
    """New indexes need no batch; and a revision in which nothing would happen is not written."""
    for script in directives:
        upgrade = script.upgrade_ops
        if upgrade.is_empty():
            directives.clear()
            return
        upgrade.ops = [each for operation in upgrade.ops for each in _unbatched(operation)]


def _unbatched(operation: Any) -> list[Any]:
    if isinstance(operation, ops.ModifyTableOps) and all(isinstance(each, ops.CreateIndexOp) for each in operation.ops):
        return operation.ops
    return [operation]


def run() -> None:
    """Do what Alembic was asked for."""
    with database.migrating() as connection:
        context.configure(
            connection=connection,
            target_metadata=database.Model.metadata,
            compare_type=True,
            render_as_batch=True,
            render_item=render_item,
            process_revision_directives=simplify,
            include_name=lambda name, kind, _parents: not is_index(name),
        )
        with context.begin_transaction():
            context.run_migrations()
        if sa.inspect(connection).has_table("publication_words"):
            make_indexes(connection)
        grant_public(connection)


run()
