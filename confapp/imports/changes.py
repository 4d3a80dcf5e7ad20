"""One imported thing against what stands of it: what is written, what stays, and what is remembered of the source."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any

from confapp.domain.programme.sessions import SessionState
from confapp.imports import values
from confapp.imports.matching import Known
from confapp.imports.plan import Planned


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to one thing. `values` are written: all of them where `is_new`, none where nothing changes."""

    target: uuid.UUID
    keys: Sequence[str]
    seen: Mapping[str, str]
    """Digests of what the source says."""
    values: Mapping[str, Any]
    is_new: bool = False
    is_news: bool = True
    """Whether keys or digests differ from those that were remembered."""
    version: int | None = None
    """The session's version as seen."""
    before: Mapping[str, Any] = field(default_factory=dict)
    """What stood in place of `values`; nothing where it is new."""
    before_keys: Sequence[str] = ()
    before_seen: Mapping[str, str] = field(default_factory=dict)
    """What was remembered of the source before; nothing where nothing was."""
    name: str = ""
    """For people."""

    @property
    def deed(self) -> str:
        """created, updated or unchanged."""
        return "created" if self.is_new else "updated" if self.values else "unchanged"


def change(
    thing: Planned,
    here: Known | None,
    said: dict[str, Any],
    target: uuid.UUID | None = None,
    gone: Set[uuid.UUID] = frozenset(),
) -> Change:
    """What the source says of a thing against what stands of it."""
    seen = {name: values.digest(value) for name, value in said.items()}
    if here is None:
        written = {name: _without(gone, name, value, None) for name, value in said.items()}
        return Change(target or uuid.uuid4(), thing.keys, seen, written, is_new=True, name=name_of(thing))
    current = here.current or {}
    written = {}
    for name, value in said.items():
        if name in here.seen:
            is_told = here.seen[name] != seen[name]
        else:
            is_told = values.is_blank(current[name]) and not values.is_blank(value)
        value = _without(gone, name, value, current[name])
        if is_told and value != current[name]:
            written[name] = value
    is_news = dict(here.seen) != seen or list(here.keys) != list(thing.keys) or not here.seen
    return Change(
        here.target,
        thing.keys,
        seen,
        written,
        is_news=is_news,
        version=here.version,
        before={name: current[name] for name in written},
        before_keys=here.keys if here.seen else (),
        before_seen=here.seen,
        name=name_of(thing),
    )


def name_of(thing: Planned) -> str:
    """What people call it."""
    named = getattr(thing, "name", None) or getattr(thing, "title", None) or {}
    return named if isinstance(named, str) else next(iter(named.values()), "")


def cancelling(here: Known) -> Change:
    """A session that vanished from its source, cancelled. Should the source bring it back, it takes place again."""
    written = {"state": SessionState.CANCELLED, "place": None}
    current = here.current or {}
    return Change(
        here.target,
        here.keys,
        {**here.seen, **{name: values.digest(value) for name, value in written.items()}},
        written,
        version=here.version,
        before={name: current[name] for name in written},
        before_keys=here.keys,
        before_seen=here.seen,
        name=here.name,
    )


def _without(gone: Set[uuid.UUID], name: str, value: Any, current: Any) -> Any:
    """A value that points to nothing that organisers removed; a place in a room that is gone is no place."""
    if name == "track" and value in gone:
        return None
    if name == "parts":
        return [part for part in value if part[0] not in gone]
    if name == "place" and value is not None and value[0] in gone:
        return current
    return value


def steps_of(changes: Mapping[str, Sequence[Change]]) -> tuple[list[dict[str, Any]], list[list[Any]]]:
    """What an import writes, as kept for undoing it: a step for each thing, and what was remembered before."""
    steps = [
        {
            "kind": kind,
            "target": str(each.target),
            "name": each.name[:200],
            "is_new": each.is_new,
            "before": {name: values.plain(name, value) for name, value in each.before.items()},
            "after": {name: values.digest(value) for name, value in each.values.items()},
            "version": _version_after(each) if kind == "session" else None,
        }
        for kind, held in changes.items()
        for each in held
        if each.values
    ]
    remembered = [
        [kind, str(each.target), list(each.before_keys), dict(each.before_seen)]
        for kind, held in changes.items()
        for each in held
        if each.is_news
    ]
    return steps, remembered


def _version_after(change: Change) -> int:
    """A session's version once the change is written: places are its slots' own."""
    if change.is_new:
        return 1
    return (change.version or 1) + (1 if set(change.values) - {"place"} else 0)
