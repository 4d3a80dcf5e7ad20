"""Recognises the things of a plan among those that stand: by the strongest key first, and never by a doubtful one."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from confapp.imports.plan import Planned

STRENGTH = ("guid", "code", "id", "id-name", "guid-name", "slug", "name", "session-name", "title-day", "whole")
"""The kinds of keys, the strongest first: what a source states as unique before what was put together from words."""


@dataclass(frozen=True, slots=True)
class Known:
    """A thing of ours as an import sees it. `seen` is what its source said last, as digests; empty: never imported."""

    target: uuid.UUID
    keys: Sequence[str]
    seen: Mapping[str, str] = field(default_factory=dict)
    current: Mapping[str, Any] | None = None
    """What it holds now, by field; None: it was imported once and has been removed here since."""
    version: int | None = None
    """A session's, as seen."""
    name: str = ""
    """For people."""
    code: str = ""
    """Of a session, a room or a speaker."""


def match(things: Iterable[Planned], known: Sequence[Known]) -> dict[str, Known]:
    """What each of the `things` is among `known`, by its ref; those that are new are left out.

    A key that several of `known` have tells nothing. What was imported before is recognised before what was not.
    """
    waiting = {thing.ref: thing for thing in things}
    found: dict[str, Known] = {}
    for rank in ([each for each in known if each.seen], [each for each in known if not each.seen]):
        by_key = _by_key(rank)
        taken: set[uuid.UUID] = set()
        for kind in STRENGTH:
            for ref, thing in list(waiting.items()):
                here = next((by_key[key] for key in thing.keys if _kind(key) == kind and key in by_key), None)
                if here is not None and here.target not in taken:
                    taken.add(here.target)
                    found[ref] = here
                    del waiting[ref]
    return found


def _by_key(known: Iterable[Known]) -> dict[str, Known]:
    pairs = [(key, each) for each in known for key in dict.fromkeys(each.keys)]
    uses = Counter(key for key, _ in pairs)
    return {key: each for key, each in pairs if uses[key] == 1}


def _kind(key: str) -> str:
    return key.partition(":")[0]
